"""The rows of a sheet: which ones are headings, which ones hold no data. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from ..ingest import values
from .words import heading_words

SEARCHED_ROWS = 30
"""Rows among which the headings are looked for."""
MAXIMUM_COLUMNS = 1_000
"""Of a sheet; further ones are not read."""
Rows = Sequence[tuple[str, ...]]
NoData = Literal["total", "note", "headings"]
"""Why a row below the headings holds no data."""
_UNITS = {"%", "€", "eur", "euros", "etp", "fte", "oui/non", "yes/no", "jj/mm/aaaa", "dd/mm/yyyy", "nombre", "number"}
_UNITS |= {"note", "0-4", "0/1", "0-100", "niveau", "level", "texte", "text"}


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a sheet: numbers of their first and last row, and a text for each column, "" for none."""

    first: int
    last: int
    columns: tuple[str, ...]


def find_headings(rows: Rows, is_known: Callable[[str], bool]) -> Headings | None:
    """The headings of a sheet; None if no row among the first ones has two that are known.

    `rows` begin with row 1. A row of groups above, and one of codes or units below, belong to them.
    """
    scores = [sum(is_known(cell) for cell in {*row} - {""}) for row in rows[:SEARCHED_ROWS]]
    best = max(range(len(scores)), key=lambda index: (scores[index], -index), default=0)
    if not scores or scores[best] < 2:
        return None
    first = last = best
    while first > 0 and _is_group_row(rows[first - 1], rows[best]):
        first -= 1
    while last + 1 < len(rows) and _continues(rows[last + 1], is_known):
        last += 1
    return Headings(first + 1, last + 1, _columns(rows[first : last + 1]))


def headings_in(rows: Rows, number: int) -> Headings:
    """The headings in the row of a number, whatever they are."""
    return Headings(number, number, _columns(rows[number - 1 : number]))


def _is_group_row(row: tuple[str, ...], below: tuple[str, ...]) -> bool:
    """Whether a row names groups of the columns below: texts, some of them above a heading; one alone is a title."""
    named = [index for index, cell in enumerate(row) if cell]
    above = any(index < len(below) and below[index] for index in named)
    return named not in ([], [0]) and above and not any(_is_value(row[index]) for index in named)


def _continues(row: tuple[str, ...], is_known: Callable[[str], bool]) -> bool:
    cells = [cell for cell in row if cell]
    if len(cells) < 2:
        return False
    units = sum(cell.lower() in _UNITS for cell in cells)
    return sum(map(is_known, {*cells})) >= max(2, len(cells) / 2) or units >= max(2, len(cells) - 1)


def _is_value(cell: str) -> bool:
    return values.read_number(cell) is not None or values.read_day(cell) is not None


def _columns(rows: Rows) -> tuple[str, ...]:
    """A text for each column: the lowest heading that is no unit; with its group where another one has the same."""
    width = max(map(len, rows))
    width = min(width, MAXIMUM_COLUMNS)
    filled = [
        _filled(row[:width], width) if row is not rows[-1] else (*row[:width], *("",) * (width - len(row)))
        for row in rows
    ]
    parts = [
        list(dict.fromkeys(row[index] for row in filled if row[index] and row[index].lower() not in _UNITS))
        for index in range(width)
    ]
    own = [bool(any(index < len(row) and row[index] for row in rows)) for index in range(width)]
    leaves = Counter(part[-1] for part, is_own in zip(parts, own, strict=True) if part and is_own)
    named = [
        "" if not part or not is_own else part[-1] if leaves[part[-1]] == 1 else " | ".join(part)
        for part, is_own in zip(parts, own, strict=True)
    ]
    seen: Counter[str] = Counter()
    unique = []
    for heading in named:
        seen[heading] += 1
        unique.append(f"{heading} ({seen[heading]})" if heading and seen[heading] > 1 else heading)
    return tuple(unique)


def _filled(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    """A row of groups in which each one also stands above its other columns."""
    filled, last = [], ""
    for index in range(width):
        last = (row[index] if index < len(row) else "") or last
        filled.append(last)
    return tuple(filled)


def without_data(row: tuple[str, ...], headings: Headings, keys: Collection[int]) -> NoData | None:
    """Why a row below the headings holds no data; None if it does. `keys` are the columns that name the cluster."""
    cells = [cell for cell in row if cell]
    first = next(iter(cells), "")
    if sum(cell == heading for cell, heading in zip(row, headings.columns, strict=False) if cell) > len(cells) / 2:
        return "headings"
    named = [row[index] for index in keys if index < len(row) and row[index]]
    if values.plain_word(first) in values.words("total") or any(
        values.plain_word(name) in values.words("total") for name in named
    ):
        return "total"
    words = heading_words(first)
    if (
        words.split()[:1]
        and values.plain_word(words.split()[0]) in values.words("total")
        and not _has_id(row, keys, first)
    ):
        return "total"
    return "note" if len(cells) == 1 and (not named or len(first) > 40) else None


def _has_id(row: tuple[str, ...], keys: Collection[int], first: str) -> bool:
    """Whether another cell than the first names the cluster, too."""
    return any(index < len(row) and row[index] and row[index] != first for index in keys)
