"""The operator's settings of access, in `access.toml` of the data folder, which contains no secrets."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from ..domain import ClusterdashError

FILE = "access.toml"


def _listed(value: Any) -> Any:
    """A list as a tuple; anything else unchanged."""
    return tuple(value) if isinstance(value, list) else value


def _listed_by_name(value: Any) -> Any:
    """The issuers of each provider as a tuple, also if only one is given as text."""
    if not isinstance(value, Mapping):
        return value
    return {name: (named,) if isinstance(named, str) else _listed(named) for name, named in value.items()}


@dataclass(frozen=True, slots=True, config=ConfigDict(strict=True, extra="forbid"))
class Settings:
    """Settings: lifetime of a sign-in (`hours`), retention of the access log (`log_days`), maximum of open `sessions`.

    `behind_tls`: a proxy in front terminates TLS. `vouching`: providers that verify every address but do not send the
    claim `email_verified`. `issuers`: all issuers of each provider whose tokens name others than the address of its
    metadata.
    """

    hours: Annotated[float, Field(gt=0, le=24 * 30, allow_inf_nan=False)] = 8
    log_days: Annotated[int, Field(gt=0)] = 365
    behind_tls: bool = False
    sessions: Annotated[int, Field(gt=0)] = 300
    vouching: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    issuers: Annotated[
        Mapping[str, tuple[str, ...]], BeforeValidator(_listed_by_name), AfterValidator(MappingProxyType)
    ] = Field(default_factory=lambda: MappingProxyType({}))


def settings(data: Path) -> Settings:
    """The settings in `access.toml`; missing ones have the defaults above.

    Raises ClusterdashError if the file cannot be read, or a setting is unknown or invalid.
    """
    file = data / FILE
    if not file.is_file():
        return Settings()
    try:
        return Settings(**tomllib.loads(file.read_text("utf-8")))
    except ValidationError as error:
        wrong = dict.fromkeys(str(found["loc"][0]) for found in error.errors())
        raise ClusterdashError("settings.wrong", file=file, names=", ".join(wrong)) from None
    except (OSError, ValueError) as error:
        raise ClusterdashError("settings.unreadable", file=file, detail=str(error)) from error
