"""What an operator settles about access, in `access.toml` of the data folder; no secrets stand there."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..model import ClusterdashError

FILE = "access.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a sign-in lasts (hours) and the log of access is kept (days), how many visits may be open at once, and
    what is known of what stands around.

    `behind_tls`: a proxy that speaks TLS stands in front. `vouching`: the providers that check every address themselves
    but do not say so (no claim `email_verified`). `issuers`: of providers whose tokens name other issuers than their
    metadata's address tells; all of them.
    """

    hours: float = 8
    log_days: int = 365
    behind_tls: bool = False
    sessions: int = 300
    vouching: tuple[str, ...] = ()
    issuers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


def settings(data: Path) -> Settings:
    """What `access.toml` says; what it leaves out is as above.

    Raises ClusterdashError where it cannot be read, or says something that cannot be meant.
    """
    file = data / FILE
    if not file.is_file():
        return Settings()
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ClusterdashError("settings.unreadable", file=file, detail=str(error)) from error
    known = Settings()
    hours, days = told.pop("hours", known.hours), told.pop("log_days", known.log_days)
    sessions = told.pop("sessions", known.sessions)
    behind_tls, vouching, issuers = told.pop("behind_tls", False), told.pop("vouching", []), told.pop("issuers", {})
    wrong = [
        name
        for name, fits in {
            "hours": isinstance(hours, (int, float)) and not isinstance(hours, bool) and 0 < hours <= 24 * 30,
            "log_days": isinstance(days, int) and not isinstance(days, bool) and days > 0,
            "sessions": isinstance(sessions, int) and not isinstance(sessions, bool) and sessions > 0,
            "behind_tls": isinstance(behind_tls, bool),
            "vouching": _are_texts(vouching),
            "issuers": isinstance(issuers, dict) and all(map(_are_texts, map(_as_list, issuers.values()))),
        }.items()
        if not fits
    ]
    if wrong or told:
        raise ClusterdashError("settings.wrong", file=file, names=", ".join([*wrong, *told]))
    listed = {name: tuple(_as_list(named)) for name, named in issuers.items()}
    return Settings(float(hours), days, behind_tls, sessions, tuple(vouching), MappingProxyType(listed))


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
