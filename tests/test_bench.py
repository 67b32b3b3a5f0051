"""The benchmarks run, with little to measure; what they measure is told in bench/RESULTS.md."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest
from support.browser import ROOT, needs_chromium
from support.postgresql import needs_postgresql

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("pages --clusters 24 --runs 1 --largest 1500", "page: benchmark, manager"),
        ("publishing --clusters 24 --years 2 --rounds 1", "24 clusters, 2 years"),
        ("load --clusters 24 --sessions 2 --processes 1 --seconds 6", "MB a session"),
        ("load --clusters 24 --arrivals 3 --minutes 0.05 --processes 1", "3 people within 0.05 minutes"),
        pytest.param("shared_editions --publications 4 --readers 4 --pause 0.3", "mixtures 0;", marks=needs_postgresql),
        pytest.param(
            "loading --clusters 120 --rounds 1 --pages home 'benchmark, Dash'",
            "benchmark, Dash",
            marks=[needs_chromium, pytest.mark.browser],
        ),
    ],
)
def test_a_benchmark_runs_to_its_end(command: str, told: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", *shlex.split(f"bench.{command}")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert told in ran.stdout
    if command.startswith("load "):
        lines = ran.stdout.splitlines()
        assert "0 errors" in lines[0] if "--arrivals" in command else lines[1].split()[3] == "0", ran.stdout
