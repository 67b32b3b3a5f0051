"""What an operator settles about access, in `access.toml` of the data folder; no secrets stand there."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ..model import ClusterdashError

FILE = "access.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """How long a sign-in lasts (hours) and the log of access is kept (days), and what is known of what stands around.

    `behind_tls`: a proxy that speaks TLS stands in front. `vouching`: the providers that check every address themselves
    but do not say so (no claim `email_verified`). `issuers`: of providers whose tokens name another issuer than their
    metadata's address tells.
    """

    hours: float = 8
    log_days: int = 365
    behind_tls: bool = False
    vouching: tuple[str, ...] = ()
    issuers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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
    behind_tls, vouching, issuers = told.pop("behind_tls", False), told.pop("vouching", []), told.pop("issuers", {})
    wrong = [
        name
        for name, fits in {
            "hours": isinstance(hours, (int, float)) and not isinstance(hours, bool) and 0 < hours <= 24 * 30,
            "log_days": isinstance(days, int) and not isinstance(days, bool) and days > 0,
            "behind_tls": isinstance(behind_tls, bool),
            "vouching": isinstance(vouching, list) and all(isinstance(name, str) for name in vouching),
            "issuers": isinstance(issuers, dict) and all(isinstance(address, str) for address in issuers.values()),
        }.items()
        if not fits
    ]
    if wrong or told:
        raise ClusterdashError("settings.wrong", file=file, names=", ".join([*wrong, *told]))
    return Settings(float(hours), days, behind_tls, tuple(vouching), MappingProxyType(dict(issuers)))
