"""Publications in the operational database: which edition is served since when, by whom and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import insert, select

from .engine import reading, writing
from .tables import PUBLICATION

PublicationAction = Literal["publish", "rollback"]
_IN_ORDER = select(PUBLICATION.c.at, PUBLICATION.c.edition, PUBLICATION.c.by, PUBLICATION.c.action).order_by(
    PUBLICATION.c.publication_id
)
_LATEST = select(PUBLICATION.c.edition).order_by(PUBLICATION.c.publication_id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Publication:
    """Which edition became the served one, when (UTC, ISO 8601), by whom and how."""

    at: str
    edition: str
    by: str
    action: PublicationAction


def served(data: Path) -> str:
    """The id of the served edition: that of the latest publication; "" without any.

    Raises ClusterdashError if the database cannot be read.
    """
    with reading(data) as connection:
        return (connection.scalar(_LATEST) or "") if connection else ""


def read(data: Path) -> Sequence[Publication]:
    """All publications, the first one first. Raises ClusterdashError if the database cannot be read."""
    with reading(data) as connection:
        return [Publication(*row) for row in connection.execute(_IN_ORDER)] if connection else []


def add(data: Path, publication: Publication, expected: str | None = None) -> bool:
    """Make an edition the served one, at once for every later reader on all servers.

    `expected`: the edition that was served when it was decided; returns False, and changes nothing, if another one is
    served now. Raises ClusterdashError if the database cannot be written.
    """
    row = {"at": publication.at, "edition": publication.edition, "by": publication.by, "action": publication.action}
    with writing(data) as connection:
        if expected is not None and (connection.scalar(_LATEST) or "") != expected:
            return False
        connection.execute(insert(PUBLICATION), [row])
    return True
