"""Checks of what is installed: the interpreter, and packages in the pinned versions."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from .. import locations
from ..version import version
from .finding import Finding, error, ok

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)(?P<condition>\s*;)?", re.MULTILINE)


def check_versions(site: Path = locations.SITE) -> Iterator[Finding]:
    """Whether the packages are those of the pins, in `requirements.txt` of a checkout or in the wheel."""
    found = {"python": platform.python_version(), "program": version()}
    wrong = differences(pins(site))
    if wrong:
        yield error("versions", "versions_differ", n=len(wrong), names=", ".join(wrong), **found)
    else:
        libraries = {name: metadata.version(name) for name in ("duckdb", "streamlit")}
        yield ok("versions", "versions", **libraries, **found)


def pins(site: Path) -> dict[str, str]:
    """The pinned version of each package; those for other systems only are left out where they are not installed."""
    file = site / "requirements.txt"
    lines = file.read_text("utf-8") if file.is_file() else "\n".join(metadata.requires("clusterdash") or ())
    return {
        found[1]: found[2]
        for found in _PIN.finditer(lines)
        if not found["condition"] or _installed(found[1]) is not None
    }


def differences(pinned: Mapping[str, str]) -> list[str]:
    """Each package that is missing or has another version, with the version that is pinned."""
    installed = {name: _installed(name) for name in pinned}
    return [f"{name} {installed[name] or '–'} (→ {pin})" for name, pin in pinned.items() if installed[name] != pin]


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
