"""The cells of a worksheet's part (ECMA-376, 18.3), each as the text that its reader sees."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from xml.parsers import expat

from .number_formats import day_text, text_of
from .xlsx_package import GENERAL, DamagedError, unescaped

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")
_RANGE = re.compile(rf"{_PLACE.pattern}:{_PLACE.pattern}")
_TRUE = ("1", "true", "on")
_TEXTS = frozenset(("v", "t", "f"))


class Budget(Protocol):
    """What may still be read of a workbook."""

    def spend(self, cells: int) -> None:
        """Count cells that are kept. Raises an error when there are too many."""

    def skip(self, count: int = 1) -> None:
        """Count cells or rows without a value. Raises an error when there are too many."""


@dataclass(slots=True)
class Cells:
    """The filled cells of a sheet by row and column, both counted from 1; and what a spreadsheet does not show of them.

    `hidden_columns`: pairs of first and last. `merged`: first and last row, first column of each range. `uncomputed`:
    row and text of formulas without a value.
    """

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    uncomputed: list[tuple[int, str]] = field(default_factory=list)


def column_number(letters: str) -> int:
    """The number of a column from its letters: A is 1."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column: 1 is A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_cells(
    content: bytes, strings: Sequence[str], formats: Sequence[str], budget: Budget, *, since_1904: bool
) -> Cells:
    """The cells of a worksheet's part. Raises DamagedError, and what `budget` raises."""
    reader = _CellReader(strings, formats, budget, since_1904=since_1904)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(content.lstrip(), True)
    except expat.ExpatError as error:
        raise DamagedError(str(error)) from error
    return reader.cells


def fill_merged(cells: Cells, budget: Budget) -> list[str]:
    """Repeat the value of each cell that was merged over several rows in all of these that have other values.

    Returns the places of these ranges, as "A2:A4".
    """
    filled: list[str] = []
    end = max(cells.rows, default=0)
    for first, last, column in cells.merged:
        text = cells.rows.get(first, {}).get(column)
        budget.skip(max(0, min(last, end) - first))  # ranges of a hostile file may overlap
        rows = (cells.rows.get(number) for number in range(first + 1, min(last, end) + 1))
        below = [row for row in rows if row is not None and column not in row] if text else []
        if text and below:
            budget.spend(len(below))
            for row in below:
                row[column] = text
            letters = column_letters(column)
            filled.append(f"{letters}{first}:{letters}{last}")
    return filled


def rows_of(cells: Cells, budget: Budget) -> list[tuple[str, ...]]:
    """All rows up to the last filled one, each up to its last filled cell."""
    rows: list[tuple[str, ...]] = []
    for number in sorted(cells.rows):
        row = cells.rows[number]
        width = max(row)
        budget.spend(number - 1 - len(rows) + width - len(row))
        rows += [()] * (number - 1 - len(rows))
        rows.append(tuple(row.get(column, "") for column in range(1, width + 1)))
    return rows


def hidden_columns_of(cells: Cells) -> list[str]:
    """The letters of the hidden columns that have a value."""
    if not cells.hidden_columns:
        return []
    used = sorted({column for row in cells.rows.values() for column in row})
    return [column_letters(n) for n in used if any(first <= n <= last for first, last in cells.hidden_columns)]


class _CellReader:
    """Handlers of the events of a parser, which fill `cells`."""

    def __init__(self, strings: Sequence[str], formats: Sequence[str], budget: Budget, *, since_1904: bool) -> None:
        self.cells = Cells()
        self._strings, self._budget, self._since_1904 = strings, budget, since_1904
        self._row = self._column = 0
        self._kind = self._style = ""
        self._by_style = {str(number): code for number, code in enumerate(formats)}
        self._in_cell = False
        self._phonetic = 0
        self._collected: list[str] | None = None
        self._texts: dict[str, str] = {}
        self._by_kind: dict[str, Callable[[str], str]] = {
            "s": self._shared, "str": unescaped, "e": str, "d": self._moment,
            "b": lambda value: "1" if value.strip().lower() in _TRUE else "0",
        }  # fmt: skip
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._start_row, "c": self._start_cell, "col": self._hide_columns, "mergeCell": self._merge,
        }  # fmt: skip

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition("}")[2]
        if self._in_cell:
            if name in _TEXTS and not self._phonetic:
                self._collected = []
            elif name == "rPh":
                self._phonetic += 1
        elif name in self._starts:
            self._starts[name](attributes)

    def characters(self, text: str) -> None:
        """Text within an element."""
        if self._collected is not None:
            self._collected.append(text)

    def end(self, name: str) -> None:
        """An element ends."""
        if not self._in_cell:
            return
        name = name.rpartition("}")[2]
        if self._collected is not None:
            if name in _TEXTS:
                self._texts[name] = self._texts.get(name, "") + "".join(self._collected)
                self._collected = None
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "c":
            self._in_cell = False
            self._end_cell()

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "").strip()
        self._row = int(number) if number.isdecimal() and 0 < len(number) < 10 else self._row + 1
        self._column = 0
        self._budget.skip()
        if attributes.get("hidden", "").strip().lower() in _TRUE:
            self.cells.hidden_rows.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self._column = column_number(place[1]) if place else self._column + 1
        self._kind, self._style = attributes.get("t", ""), attributes.get("s", "")
        self._in_cell = True
        self._texts = {}

    def _end_cell(self) -> None:
        texts = self._texts
        if "f" in texts and not texts.get("v") and self._kind != "str":
            self.cells.uncomputed.append((self._row, "=" + texts["f"]))
        text = self._shown()
        if not text:
            self._budget.skip()
            return
        self._budget.spend(1)
        self.cells.rows.setdefault(self._row, {})[self._column] = text

    def _shown(self) -> str:
        """The text of a cell, as its reader sees it."""
        value = self._texts.get("v", "")
        if self._kind == "inlineStr" or (not value and "t" in self._texts):
            return unescaped(self._texts.get("t", ""))
        read = self._by_kind.get(self._kind, self._number)
        return read(value) if value else ""

    def _shared(self, value: str) -> str:
        try:
            place = int(value)
            if place < 0:
                raise IndexError(place)
            return self._strings[place]
        except (ValueError, IndexError) as error:
            raise DamagedError("sharedStrings") from error

    def _format(self) -> str:
        return self._by_style.get(self._style.strip(), GENERAL)

    def _number(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if not math.isfinite(number):
            return value
        return text_of(number, self._format(), since_1904=self._since_1904)

    def _moment(self, value: str) -> str:
        """A day or time that is written as such, not as a number."""
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            return value
        return day_text(moment.date(), self._format())

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if attributes.get("hidden", "").strip().lower() in _TRUE and first.isdecimal() and last.isdecimal():
            self.cells.hidden_columns.append((int(first), int(last)))

    def _merge(self, attributes: dict[str, str]) -> None:
        if place := _RANGE.fullmatch(attributes.get("ref", "").strip()):
            first, last = int(place[2]), int(place[4])
            if last > first:
                self.cells.merged.append((first, last, column_number(place[1])))
