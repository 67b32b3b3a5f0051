"""The contact for questions: the accredited expert organisation, from `contact.toml` of the data folder or project."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass

from ..domain import ClusterdashError
from ..editions.catalog import PROJECT_DATA


@dataclass(frozen=True, slots=True, config=ConfigDict(strict=True, extra="forbid"))
class Contact:
    """An organisation; `mail` is empty where it has no address for this purpose.

    `country` is its own (ISO 3166-1 alpha-2), "" for an international one: what staff compare with the rest first.
    """

    name: str
    website: str
    mail: str = ""
    country: str = ""


def contact(data: Path) -> Contact:
    """The organisation named in a data folder, else the project's default.

    Raises ClusterdashError if the file cannot be read, or lacks an entry.
    """
    own = data / "contact.toml"
    file = own if own.is_file() else PROJECT_DATA / "contact.toml"
    try:
        return Contact(**tomllib.loads(file.read_text("utf-8")))
    except ValidationError as error:
        wrong = dict.fromkeys(str(found["loc"][0]) for found in error.errors())
        raise ClusterdashError("contact.wrong", file=file, names=", ".join(wrong)) from None
    except (OSError, ValueError) as error:
        raise ClusterdashError("contact.unreadable", file=file, detail=str(error)) from error
