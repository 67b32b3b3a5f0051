"""Unpublished editions: which one each extends, and whether it can still be published."""

from __future__ import annotations

from pathlib import Path

from ..domain import ClusterdashError
from . import catalog
from .publication_effects import read_metadata


def extended_edition(path: Path) -> str:
    """The id of the edition that the one in a file extends; "" if none, or if it is of another schema version."""
    try:
        return read_metadata(path).completed
    except ClusterdashError:
        return ""


def extension_chain(data: Path, edition_id: str) -> list[str]:
    """This edition, the one it extends, and so on, while unpublished or drafts; empty if this one is neither."""
    drafts = {path.stem: path for path in catalog.draft_paths(data)}
    waiting = {*drafts, *catalog.unpublished_ids(data)}
    found: list[str] = []
    while edition_id in waiting:
        found.append(edition_id)
        edition_id = extended_edition(drafts.get(edition_id) or catalog.edition_path(data, edition_id))
    return found


def superseded(data: Path, edition_id: str) -> str:
    """The id of the edition on which an unpublished one, or its chain of extensions, is based, if no longer served.

    "" if that edition is served, or there is none. Publishing a superseded edition would lose what was published since.
    """
    chain = extension_chain(data, edition_id)
    if not chain:
        return ""
    drafts = {path.stem: path for path in catalog.draft_paths(data)}
    below = extended_edition(drafts.get(chain[-1]) or catalog.edition_path(data, chain[-1]))
    return below if below != catalog.current_id(data) else ""


def refuse_superseded(data: Path, edition_id: str) -> None:
    """Raise ClusterdashError if an edition can no longer be published as it is."""
    if below := superseded(data, edition_id):
        served = catalog.current_id(data)
        raise ClusterdashError("editions.overtaken", edition=edition_id, completed=below, served=served)


def refuse_to_extend(data: Path, edition_id: str) -> None:
    """Raise ClusterdashError if an extension of this edition could not be published."""
    served = catalog.current_id(data)
    if not catalog.exists(data, edition_id):
        raise ClusterdashError("editions.unknown", edition=edition_id)
    if edition_id != served and not extension_chain(data, edition_id):
        raise ClusterdashError("editions.not_served", edition=edition_id, served=served)
    if superseded(data, edition_id):
        raise ClusterdashError("editions.stranded", edition=edition_id, served=served)
