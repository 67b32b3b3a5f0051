"""Editions that wait to be published: which one each completes, and whether it still can be published."""

from __future__ import annotations

from pathlib import Path

from ..domain import ClusterdashError
from . import catalog
from .publication_effects import told


def completed(path: Path) -> str:
    """The edition that the one in a file completes; one of another version of the program completes none any more."""
    try:
        return told(path).completed
    except ClusterdashError:
        return ""


def waiting_on(data: Path, edition_id: str) -> list[str]:
    """This edition, the one it completes, and so on, as far as they wait or are drafts; none where it does neither."""
    waiting = {path.stem: path for path in (*catalog.drafts(data), *catalog.waiting(data))}
    found: list[str] = []
    while edition_id in waiting:
        found.append(edition_id)
        edition_id = completed(waiting[edition_id])
    return found


def overtaken(data: Path, edition_id: str) -> str:
    """The edition that one that waits completes, directly or by others that wait, where another one is served by now.

    "" where it is the one that is served, or none. What was published in between would be lost by publishing it.
    """
    chain = waiting_on(data, edition_id)
    if not chain:
        return ""
    drafts = {path.stem: path for path in catalog.drafts(data)}
    below = completed(drafts.get(chain[-1]) or catalog.file_of(data, chain[-1]))
    return below if below != catalog.served(data) else ""


def refuse_overtaken(data: Path, edition_id: str) -> None:
    """Raise ClusterdashError where an edition cannot be published any more as it is."""
    if below := overtaken(data, edition_id):
        served = catalog.served(data)
        raise ClusterdashError("editions.overtaken", edition=edition_id, completed=below, served=served)


def refuse_to_complete(data: Path, edition_id: str) -> None:
    """Raise ClusterdashError where an edition that completes this one could not be published."""
    served = catalog.served(data)
    catalog.file_of(data, edition_id)
    if edition_id != served and not waiting_on(data, edition_id):
        raise ClusterdashError("editions.not_served", edition=edition_id, served=served)
    if overtaken(data, edition_id):
        raise ClusterdashError("editions.stranded", edition=edition_id, served=served)
