"""Which indicator a word means, in a sheet with a row for each answer. Pure."""

from __future__ import annotations

from functools import cache

from ..ingest.schemes import SchemeDraft
from .columns import HeadingMatcher
from .layout import Layout
from .questions import MAXIMUM_PLACES, Question
from .recipe import NONE, OPEN


class IndicatorWords:
    """Reads the indicators of a sheet by code, French or English name, or a choice."""

    def __init__(self, layout: Layout, scheme: SchemeDraft | None) -> None:
        """`scheme`: that of the answers; the choices are those of the layout."""
        self._layout = layout
        self._scheme = scheme
        self._matcher = HeadingMatcher(scheme)
        self.code = cache(self._code)

    def _code(self, word: str) -> str:
        """The code of the indicator that a word means, "none" for none of them; the word itself if nobody knows."""
        known = self._scheme.indicators if self._scheme else ()
        choice = self._layout.choices.get(f"indicator:{word}", OPEN)
        return choice if choice == NONE or choice in known else self._matcher.exact(word) or word

    def questions(self) -> list[Question]:
        """A question for each word that is no indicator of the scheme."""
        if self._layout.table != "answers" or self._scheme is None:
            return []
        rows: dict[str, list[int]] = {}
        for row in self._layout.rows:
            rows.setdefault(self._layout.cell(row, "indicator"), []).append(row)
        known = self._scheme.indicators
        return [
            self._question(word, own) for word, own in rows.items() if word and self._matcher.exact(word) not in known
        ]

    def _question(self, word: str, rows: list[int]) -> Question:
        assert self._scheme is not None  # or nothing is asked
        near = [match.target for match in self._matcher.matches(word) if match.target in self._scheme.indicators]
        options = (*near, *(code for code in self._scheme.indicators if code not in near), NONE)
        key, choice = f"indicator:{word}", self._layout.choices.get(f"indicator:{word}", "")
        answer, suggestion = choice if choice in options else "", near[0] if near else ""
        places = tuple(self._layout.place(row, "value") for row in rows[:MAXIMUM_PLACES])
        return Question("indicator", self._layout.name, key, word, options, answer, suggestion, len(rows), places)
