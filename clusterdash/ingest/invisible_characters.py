"""Removal of invisible characters that have no meaning in a text or reorder it on the screen. Pure.

Letters of every script are kept. Joiners are kept where they may change the display: after letters without case, as
in Arabic and Indic scripts (compare RFC 5892, appendix A), and in emoji; not in Latin, Greek, Cyrillic. So are
variation selectors after a character that may have variants.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_MEANINGLESS = (
    "\u00ad"  # soft hyphen
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides, isolates of direction (UAX #9)
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff"  # zero width; invisible operators; deprecated ones; byte order mark
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # fillers, which look like a space or are invisible
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SUSPECT = re.compile(f"[{_MEANINGLESS}{_JOINERS}{_SELECTORS}]")
_ALWAYS = re.compile(f"[{_MEANINGLESS}]")
_IS_SELECTOR = re.compile(f"[{_SELECTORS}]")
_WITH_FORMS = ("So", "Sm", "Po", "Nd", "Lo")
"""General categories of characters that may have variants: symbols, keys, ideographs, letters without case."""


def may_contain_invisible(text: str) -> bool:
    """Whether a text contains a character that may have to be removed; fast for long texts, too."""
    return not text.isascii() and _SUSPECT.search(text) is not None


def remove_invisible(text: str) -> str:
    """The text without invisible characters; the same object if there is nothing to remove."""
    if not may_contain_invisible(text):
        return text
    kept: list[str] = []
    base = ""  # the last character that is not a combining mark
    for character in _ALWAYS.sub("", text):
        if character in _JOINERS:
            stays = _may_join(base)
        elif _IS_SELECTOR.match(character):
            stays = bool(kept) and unicodedata.category(kept[-1]) in _WITH_FORMS
        else:
            stays = True
        if stays:
            kept.append(character)
            base = base if unicodedata.category(character).startswith("M") else character
    return "".join(kept)


def removed_code_points(text: str) -> str:
    """The characters that `remove_invisible` removes from a text, by code point: "U+202E, U+200B"."""
    before, after = Counter(_SUSPECT.findall(text)), Counter(_SUSPECT.findall(remove_invisible(text)))
    return ", ".join(f"U+{ord(character):04X}" for character in before - after)


def escape_control(text: str) -> str:
    """The text for a terminal or a log: control and invisible characters are escaped, joiners are kept."""
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") or _ALWAYS.match(character)
    return character.encode("unicode_escape").decode() if hidden and character not in _JOINERS else character


def _may_join(base: str) -> bool:
    """Whether a joiner may have an effect after a character: a letter of a script in which letters join, a symbol."""
    category = unicodedata.category(base) if base else ""
    return category in ("So", "Sk") or (category == "Lo" and unicodedata.east_asian_width(base) not in ("W", "F"))
