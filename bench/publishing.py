"""How long it takes to check and publish an edition, and the most memory that the command takes.

`python -m bench.publishing --clusters 1300 20000`; prints the median of some rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clusterdash.editions import build
from clusterdash.ingest import sample
from tests.support.browser import ROOT


def publish(folder: Path, data: Path) -> tuple[float, float]:
    """Publish the files of a folder with the command; seconds, and megabytes of memory at the highest."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "clusterdash", "import", str(folder), "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "the command has refused"
    return time.perf_counter() - start, used.ru_maxrss / 1024


def main() -> None:
    """Invent an edition, publish it into new folders, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--clusters", type=int, nargs="+", default=[1300])
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for clusters in asked.clusters:
        with tempfile.TemporaryDirectory(prefix="clusterdash-publishing-") as place:
            folder = Path(place, "sample")
            sample.generate(folder, build.PROJECT_DATA, clusters=clusters, years=asked.years)
            found = []
            for turn in range(asked.rounds):
                data = Path(place, f"data-{turn}")
                data.mkdir()
                found.append(publish(folder, data))
            seconds, megabytes = (statistics.median(values) for values in zip(*found, strict=True))
            print(f"{clusters:,} clusters, {asked.years} years: {seconds:.1f} s, {megabytes:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
