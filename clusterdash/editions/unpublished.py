"""Editions that wait to be published: which one each completes, and whether it still can be published."""

from __future__ import annotations

from pathlib import Path

from ..domain import ClusterdashError
from . import catalog
from .publication_effects import read_metadata


def extended_edition(path: Path) -> str:
    """The edition that the one in a file completes; one of another version of the program completes none any more."""
    try:
        return read_metadata(path).completed
    except ClusterdashError:
        return ""


def extension_chain(data: Path, edition_id: str) -> list[str]:
    """This edition, the one it completes, and so on, as far as they wait or are drafts; none where it does neither."""
    waiting = {path.stem: path for path in (*catalog.draft_paths(data), *catalog.unpublished(data))}
    found: list[str] = []
    while edition_id in waiting:
        found.append(edition_id)
        edition_id = extended_edition(waiting[edition_id])
    return found


def superseded(data: Path, edition_id: str) -> str:
    """The edition that one that waits completes, directly or by others that wait, where another one is served by now.

    "" where it is the one that is served, or none. What was published in between would be lost by publishing it.
    """
    chain = extension_chain(data, edition_id)
    if not chain:
        return ""
    drafts = {path.stem: path for path in catalog.draft_paths(data)}
    below = extended_edition(drafts.get(chain[-1]) or catalog.edition_path(data, chain[-1]))
    return below if below != catalog.current_id(data) else ""


def refuse_superseded(data: Path, edition_id: str) -> None:
    """Raise ClusterdashError where an edition cannot be published any more as it is."""
    if below := superseded(data, edition_id):
        served = catalog.current_id(data)
        raise ClusterdashError("editions.overtaken", edition=edition_id, completed=below, served=served)


def refuse_to_extend(data: Path, edition_id: str) -> None:
    """Raise ClusterdashError where an edition that completes this one could not be published."""
    served = catalog.current_id(data)
    catalog.edition_path(data, edition_id)
    if edition_id != served and not extension_chain(data, edition_id):
        raise ClusterdashError("editions.not_served", edition=edition_id, served=served)
    if superseded(data, edition_id):
        raise ClusterdashError("editions.stranded", edition=edition_id, served=served)
