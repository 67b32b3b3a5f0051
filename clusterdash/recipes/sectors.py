"""What the words of a column of sectors mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from rapidfuzz import fuzz, process

from ..ingest import values
from .cells import Cells, ColumnCells
from .questions import MAXIMUM_PLACES, Place, Question
from .recipe import NONE
from .words import telling_words

_SEPARATORS = re.compile(r"\s*[;|\n/]\s*|\s*,\s+|\s+&\s+")
ALIKE, SUGGESTED, MARGIN = 90, 60, 5
"""Likeness of a word and a sector, from 0 to 100: taken to be the same; suggested; by how much the next one is less."""


class SectorWords:
    """Reads sectors by code, French or English name, or a choice; collects the words that mean none of them."""

    def __init__(self, sectors: Mapping[str, tuple[str, ...]], choices: Mapping[str, str]) -> None:
        """`sectors`: names by code; `choices`: codes by word, as in a recipe."""
        self._codes = tuple(sectors)
        self._choices = choices
        self._phrases = {_plain(name): code for code, names in sectors.items() for name in (code, *names)}
        self._asked: dict[str, list[Place]] = {}
        self.read_one = cache(self._read_one)

    def read(self, cells: Cells, heading: str) -> ColumnCells:
        """Read the cells of a column: codes separated by "|"."""
        found = ColumnCells()
        for row, cell in cells:
            if values.is_no_answer(cell):
                found.read[row] = ""
                found.readings.setdefault("no_answer", row)
                continue
            words = [word for word in _SEPARATORS.split(cell) if word]
            if len(words) < 2 or self._certain(cell) is not None:
                words = [cell]
            codes = [self.read_one(word) for word in words]
            if not any(codes):  # one word for something else, such as "A & B"
                words, codes = [cell], [self.read_one(cell)]
            for word, code in zip(words, codes, strict=True):
                if code is None or word in self._choices:
                    self._asked.setdefault(word, []).append(Place(row, heading, cell))
            found.read[row] = "|".join(dict.fromkeys(code for code in codes if code))
            if found.read[row] != cell and all(codes):
                found.readings.setdefault("sector", row)
            if None in codes:
                found.ask("sector", row)
        return found

    def _certain(self, word: str) -> str | None:
        """The code that a word certainly means, "" for none; None if nothing is certain."""
        if (choice := self._choices.get(word)) in (*self._codes, NONE):
            return "" if choice == NONE else choice
        return self._phrases.get(_plain(word))

    def _read_one(self, word: str) -> str | None:
        """The code that a word means, also if it is almost a name, "" for none; None if nobody knows."""
        certain, plain = self._certain(word), _plain(word)
        if certain is not None:
            return certain
        near = process.extract(plain, self._phrases.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE - MARGIN, limit=3)
        codes = list(dict.fromkeys(self._phrases[phrase] for phrase, *_ in near))
        return codes[0] if near and near[0][1] >= ALIKE and len(codes) == 1 else None

    def questions(self) -> list[Question]:
        """A question for each word that nobody knows, or that somebody has chosen a sector for."""
        return [
            Question(
                "sector",
                "",
                f"sector:{word}",
                word,
                (*self._codes, NONE),
                choice if (choice := self._choices.get(word, "")) in (*self._codes, NONE) else "",
                self._suggestion(word),
                len(places),
                tuple(places[:MAXIMUM_PLACES]),
            )
            for word, places in self._asked.items()
        ]

    def _suggestion(self, word: str) -> str:
        words = _plain(word)
        best = process.extractOne(words, self._phrases.keys(), scorer=fuzz.WRatio, score_cutoff=SUGGESTED)
        return self._phrases[best[0]] if best else ""


def _plain(name: str) -> str:
    return telling_words(name).replace(" ", "")
