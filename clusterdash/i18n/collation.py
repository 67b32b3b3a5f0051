"""Sort order of texts."""

from __future__ import annotations

import unicodedata


def collation_key(text: str) -> str:
    """Return a key to sort and search texts by, as a reader expects: without accents and case."""
    if text.isascii():
        return text.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
