"""The context of one script run: viewer, language and reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..benchmark.references import Opening
from ..domain import Edition, Language, Viewer
from ..editions.reader import EditionReader
from ..i18n import escape_markdown, translate
from ..server import edition_cache
from ..settings import settings


@dataclass(frozen=True, slots=True)
class PageContext:
    """One run of a page: language, viewer, and the one reader for this viewer.

    `user_email` is the address that has signed in, or "".
    """

    language: Language
    viewer: Viewer
    reader: EditionReader
    edition: Edition
    demonstration: bool
    now: datetime
    user_email: str = ""

    @property
    def opening(self) -> Opening:
        """Which reference pages open with."""
        return settings(edition_cache.data_dir()).reference

    def translate(self, key: str, **values: object) -> str:
        """Return a text in the visitor's language, as Markdown in which the values are escaped."""
        return translate(self.language, key, **escaped_values(values))


def escaped_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return values for a Markdown text, with strings escaped."""
    return {name: escape_markdown(value) if isinstance(value, str) else value for name, value in values.items()}
