"""What an operator settles about access, in `access.toml` of the data folder; no secrets stand there."""

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
    """A list of TOML as the tuple that it is kept as; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def _listed_by_name(value: Any) -> Any:
    """The issuers of each provider as a tuple, where a single one is named too."""
    if not isinstance(value, Mapping):
        return value
    return {name: (named,) if isinstance(named, str) else _listed(named) for name, named in value.items()}


@dataclass(frozen=True, slots=True, config=ConfigDict(strict=True, extra="forbid"))
class Settings:
    """How long a sign-in lasts (hours) and the log of access is kept (days), how many visits may be open at once, and
    what is known of what stands around.

    `behind_tls`: a proxy that speaks TLS stands in front. `vouching`: the providers that check every address themselves
    but do not say so (no claim `email_verified`). `issuers`: of providers whose tokens name other issuers than their
    metadata's address tells; all of them.
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
    """What `access.toml` says; what it leaves out is as above.

    Raises ClusterdashError where it cannot be read, or says something that cannot be meant.
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
