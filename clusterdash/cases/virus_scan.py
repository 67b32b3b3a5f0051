"""The operator's virus scanner, run on each file of evidence after it is stored and before a row names it.

It is called outside any transaction: nobody waits for it but who handed in the file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from ..settings import PREFIX, settings
from . import evidence_store

SECONDS = 60.0
"""How long a scanner may take for one file."""
_CLEAN, _INFECTED = 0, 1
"""What scanners exit with, as clamscan and clamdscan do."""
_LOG = logging.getLogger("clusterdash")


class ScanResult(StrEnum):
    """What a scanner found; `UNCHECKED` where there is none, or where it failed."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNCHECKED = "unchecked"


def scan_stored(data: Path, sha256: str) -> ScanResult:
    """Scan a stored content by the setting `scan_command`; an infected one is moved to quarantine.

    Raises ClusterdashError if settings cannot be read, or if there is no such content.
    """
    found = scan(evidence_store.path(data, sha256), settings(data).scan_command)
    if found is ScanResult.INFECTED:
        evidence_store.quarantine(data, sha256)
        _LOG.warning("virus scan: %s is infected, moved to quarantine", sha256)
    return found


def scan(path: Path, command: Sequence[str], seconds: float = SECONDS) -> ScanResult:
    """Run a scanner with a file as its last argument: 0 is clean, 1 infected, all else unchecked.

    Without a command nothing is checked. After so many seconds it is ended, with all that it started.
    """
    if not command:
        return ScanResult.UNCHECKED
    own = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}  # no secrets
    try:
        process = subprocess.Popen(
            [*command, str(path.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=own,
            start_new_session=True,
        )
    except OSError as error:
        _LOG.warning("virus scan: the scanner cannot be started: %s", error.strerror)
        return ScanResult.UNCHECKED
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        _LOG.warning("virus scan: the scanner was ended after %s seconds", seconds)
        return ScanResult.UNCHECKED
    if code not in (_CLEAN, _INFECTED):
        _LOG.warning("virus scan: the scanner exited with %s", code)
    return {_CLEAN: ScanResult.CLEAN, _INFECTED: ScanResult.INFECTED}.get(code, ScanResult.UNCHECKED)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):  # they have just ended
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
