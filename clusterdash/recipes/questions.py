"""What is asked about a file: questions with their possible answers, where they arise, and what was answered. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QuestionKind = Literal[
    "column",
    "scheme",
    "indicator",
    "multiple",
    "assessed_on",
    "day_order",
    "day_of_year",
    "fractions",
    "thousands",
    "country",
    "sector",
    "cluster",
    "unreadable",
    "far_above",
]
"""What a heading means; of which scheme the answers are; which indicator a word means; whether numbers are in thousands
or millions, as the heading says; on which day the answers were given; whether the day or the month comes first, and
which day stands for a year; whether 0.45 is 45 %; whether 1.234 is a thousand; in which country new clusters are; what
a word means as a sector; whether a cluster is a known one; what to do with cells that cannot be read, or are far above
the others."""
MAXIMUM_PLACES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A cell: row as in the spreadsheet, heading, text."""

    row: int
    heading: str
    cell: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question about a sheet by name, or about all of them ("").

    `key` is what the answer is stored under in the recipe (`Recipe.with_choice`), `subject` the heading, word or name
    that it is about. `options` are the possible answers, none for a day that is typed; `answer` is "" while open.
    `suggestion` is what the file speaks for, if anything. `count` cells are concerned, of which `places` are the first;
    `headings` are those of their columns.
    """

    kind: QuestionKind
    sheet: str
    key: str
    subject: str
    options: tuple[str, ...]
    answer: str = ""
    suggestion: str = ""
    count: int = 0
    places: tuple[Place, ...] = ()
    headings: tuple[str, ...] = ()
