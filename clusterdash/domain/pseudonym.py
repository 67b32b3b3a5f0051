"""Replacing what identifies somebody in texts by a pseudonym. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping


class Pseudonyms:
    """Words and what stands for each; a word is replaced where no letter or digit continues it, in either case."""

    def __init__(self, words: Mapping[str, str], longer: Collection[str] = ()) -> None:
        """`longer`: words that stay although they contain one of `words`, such as the ids of other clusters."""
        self.words = tuple(word for word in words if word)
        self._pseudonyms = {word.lower(): pseudonym for word, pseudonym in words.items()}
        kept = [other for other in longer if any(word.lower() in other.lower() for word in self.words)]
        known = sorted({*self.words, *kept}, key=len, reverse=True)  # of two at one place the longer one counts
        self._pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, known))})(?![^\W_])", re.IGNORECASE)

    def replace(self, text: str) -> str:
        """A text with pseudonyms in it."""
        if not self.words:
            return text
        return self._pattern.sub(lambda found: self._pseudonyms.get(found[0].lower(), found[0]), text)
