"""The known word that is closest to one that is not known: most are typing errors. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

ALIKE = 75
"""Likeness of two words, from 0 to 100, from which on one may be meant by the other."""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like another one, whatever their case; "" if none is like it."""
    found = process.extractOne(word, [*known], scorer=fuzz.ratio, processor=str.lower, score_cutoff=ALIKE)
    return found[0] if found else ""
