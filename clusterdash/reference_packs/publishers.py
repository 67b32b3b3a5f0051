"""Whether a reference pack is its publisher's: by the public key that was pinned, or that of an earlier pack. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..domain import ClusterdashError
from .content import ReferencePack

Trust = Literal["pinned", "known", "unknown", "unsigned"]
"""Signed by the key that whoever imports has pinned; by that of the publisher's earlier pack; by another one, of which
nothing is known; or not at all."""


def trust_in(pack: ReferencePack, pinned: Mapping[str, str], earlier: Mapping[str, str]) -> Trust:
    """How a pack is signed. `pinned` and `earlier` hold public keys by publisher, "" for an unsigned earlier pack.

    Raises ClusterdashError if another key, or none, has signed it than the pinned one, or that of the earlier pack.
    """
    keys = {publisher_key(name): key for name, key in pinned.items()}
    publisher = publisher_key(pack.header.publisher)
    before = {publisher_key(name): key for name, key in earlier.items() if key}
    expected = keys.get(publisher) or before.get(publisher)
    if expected is None:
        return "unknown" if pack.public_key else "unsigned"
    if pack.public_key != expected:
        key = "reference_pack.other_key" if pack.public_key else "reference_pack.must_be_signed"
        raise ClusterdashError(key, publisher=pack.header.publisher, found=pack.public_key, expected=expected)
    return "pinned" if publisher in keys else "known"


def publisher_key(name: str) -> str:
    """A publisher's name to compare by: case and blanks do not matter."""
    return " ".join(name.split()).casefold()
