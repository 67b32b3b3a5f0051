"""Languages, and texts that the data hold in several languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]
PartialDate = str
"""A date as precise as its source states it: "2013", "2013-03", "2013-03-27", or "" where it is unknown."""


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A text that the data hold in each language; a field for each of `Language`."""

    fr: str
    en: str

    def get(self, language: Language) -> str:
        """The name in one language."""
        found: str = getattr(self, language)
        return found


NO_TEXT = LocalizedText("", "")
