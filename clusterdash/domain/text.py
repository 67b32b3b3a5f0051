"""Languages, and texts that the data hold in several languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]
PartialDate = str
"""A date as precise as its source states it: "2013", "2013-03", "2013-03-27", or "" where it is unknown."""


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A name that the data hold in both languages."""

    fr: str
    en: str

    def get(self, language: Language) -> str:
        """The name in one language."""
        return self.fr if language == "fr" else self.en


NO_TEXT = LocalizedText("", "")
