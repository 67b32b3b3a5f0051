"""Evidence is scanned by the operator's scanner: what is infected is set aside, what was not scanned says so."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from clusterdash.cases import evidence_store, virus_scan
from clusterdash.cases.virus_scan import ScanResult
from clusterdash.domain import ClusterdashError

SCANNER = """#!/bin/sh
env > "$0.environment"
case "$1" in --quick) shift ;; esac
grep -q EICAR "$1" && exit 1
grep -q BROKEN "$1" && exit 2
exit 0
"""


@pytest.fixture
def scanner(tmp_path: Path) -> Path:
    """A scanner that looks for a word, as real ones look for signatures."""
    script = tmp_path / "scan me.sh"
    script.write_text(SCANNER)
    script.chmod(0o700)
    return script


@pytest.fixture
def data(tmp_path: Path, scanner: Path) -> Path:
    """A data folder whose operator has set the scanner."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "settings.toml").write_text(f"""scan_command = "'{scanner}' --quick"\n""")
    return folder


def test_a_clean_file_stays_and_an_infected_one_is_set_aside(data: Path) -> None:
    clean, infected = (evidence_store.put(data, content) for content in (b"minutes", b"an EICAR test"))
    assert virus_scan.scan_stored(data, clean) is ScanResult.CLEAN
    assert evidence_store.read(data, clean) == b"minutes"
    assert virus_scan.scan_stored(data, infected) is ScanResult.INFECTED
    with pytest.raises(ClusterdashError):
        evidence_store.read(data, infected)
    assert evidence_store.stored(data) == (clean,)
    aside = data / "evidence" / "quarantine" / infected
    assert aside.read_bytes() == b"an EICAR test"
    assert not aside.stat().st_mode & 0o077
    evidence_store.put(data, b"an EICAR test")
    assert virus_scan.scan_stored(data, infected) is ScanResult.INFECTED, "whoever hands it in again"
    evidence_store.remove(data, infected)
    assert not aside.exists()


def test_without_a_result_a_file_is_unchecked(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = evidence_store.put(data, b"BROKEN")
    with caplog.at_level(logging.WARNING, "clusterdash"):
        assert virus_scan.scan_stored(data, broken) is ScanResult.UNCHECKED
        (data / "settings.toml").write_text('scan_command = ["/no/such/scanner"]\n')
        assert virus_scan.scan_stored(data, broken) is ScanResult.UNCHECKED
    assert [record.getMessage().split(": ", 1)[1] for record in caplog.records] == [
        "the scanner exited with 2",
        "the scanner cannot be started: No such file or directory",
    ]
    (data / "settings.toml").unlink()
    assert virus_scan.scan_stored(data, broken) is ScanResult.UNCHECKED
    assert evidence_store.read(data, broken) == b"BROKEN"


def is_running(process: Path) -> bool:
    """Whether a process of /proc has not ended; where there is no /proc, nothing is said to run."""
    try:
        return "Z" not in (process / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_slow_scanner_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    started = tmp_path / "started"
    command = ["sh", "-c", f"sleep 60 & echo $! > {started}; wait", "scanner"]
    before = time.monotonic()
    assert virus_scan.scan(tmp_path / "file", command, seconds=0.5) is ScanResult.UNCHECKED
    assert time.monotonic() - before < 10
    child = Path("/proc", started.read_text().strip())
    until = time.monotonic() + 10
    while is_running(child):  # it was killed; the kernel ends it when its turn comes
        assert time.monotonic() < until


def test_a_scanner_sees_no_secret(data: Path, scanner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_COOKIE_SECRET", "very-secret")
    assert virus_scan.scan_stored(data, evidence_store.put(data, b"minutes")) is ScanResult.CLEAN
    seen = scanner.with_name(f"{scanner.name}.environment").read_text()
    assert "PATH=" in seen
    assert "very-secret" not in seen
    assert "CLUSTERDASH_" not in seen
    assert os.environ["CLUSTERDASH_COOKIE_SECRET"] == "very-secret"


def test_a_file_that_is_not_there_is_not_scanned(data: Path) -> None:
    with pytest.raises(ClusterdashError):
        virus_scan.scan_stored(data, "../settings.toml")
