"""The public keys by which reference packs are expected to be signed, when files are imported into a data folder."""

from __future__ import annotations

from pathlib import Path

from ..domain import STAFF, ClusterdashError
from ..ingest.reference_pack_tables import KnownKeys
from ..settings import settings
from .catalog import current_path
from .reader import EditionDatabase


def known_keys(data: Path) -> KnownKeys:
    """The keys that the operator has pinned, and those of the packs in the served edition, if it can be read.

    Raises ClusterdashError if the settings cannot be read.
    """
    pinned = settings(data).reference_keys
    try:
        opened = EditionDatabase(current_path(data))
    except ClusterdashError:
        return KnownKeys(pinned)
    try:
        packs = opened.reader(STAFF).reference_packs()
    finally:
        opened.close()
    return KnownKeys(pinned, {pack.publisher: pack.public_key for pack in packs})
