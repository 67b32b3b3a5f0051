"""Words of headings and names, to be compared. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from ..i18n import collation_key

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_SMALL = {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "par", "pour", "sur"}
_SMALL |= {"and", "for", "in", "of", "the"}
"""Words that do not tell headings apart."""


def heading_words(text: str) -> str:
    """A heading to compare by: its words without case and accents, one blank between them."""
    return " ".join(_NOT_ALPHANUMERIC.sub(" ", collation_key(text.replace("’", "'"))).split())


def telling_words(text: str) -> str:
    """As `heading_words`, without articles and prepositions."""
    words = heading_words(text).split()
    return " ".join(word for word in words if word not in _SMALL) or " ".join(words)


def slug(text: str) -> str:
    """A text as part of an id: small letters without accents, digits, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", collation_key(text)).strip("-")


@cache
def usual_headings() -> Mapping[str, tuple[str, ...]]:
    """The usual headings of columns about clusters, assessments, answers and awards, by column (`headings.toml`)."""
    text = resources.files("clusterdash.recipes").joinpath("headings.toml").read_text("utf-8")
    return {column: tuple(headings) for column, headings in tomllib.loads(text).items()}
