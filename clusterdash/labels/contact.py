"""The contact for questions: the accredited expert organisation, from `contact.toml` of the data folder or project."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from ..editions.catalog import PROJECT_DATA


@dataclass(frozen=True, slots=True)
class Contact:
    """An organisation; `mail` is empty where it has no address for this purpose."""

    name: str
    website: str
    mail: str


def contact(data: Path) -> Contact:
    """The organisation named in a data folder, else the project's default."""
    own = data / "contact.toml"
    file = own if own.is_file() else PROJECT_DATA / "contact.toml"
    found = tomllib.loads(file.read_text("utf-8"))
    return Contact(str(found["name"]), str(found["website"]), str(found.get("mail", "")))
