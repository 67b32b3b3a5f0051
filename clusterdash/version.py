"""The version of the program, derived from the tag of the repository."""

from __future__ import annotations

import subprocess
from importlib import metadata
from pathlib import Path

_UNKNOWN = "0.0.0+unknown"


def version() -> str:
    """The version of the installed wheel; in a checkout that of `git describe`; else "0.0.0+unknown"."""
    try:
        return metadata.version("clusterdash")
    except metadata.PackageNotFoundError:
        pass
    folder = Path(__file__).resolve().parents[1]
    if not (folder / ".git").exists():  # else git would describe a repository around this copy
        return _UNKNOWN
    command = ["git", "-C", str(folder), "describe", "--tags", "--always", "--dirty"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return _UNKNOWN
    return told if "." in told else f"0.0.0+{told.replace('-', '.')}"
