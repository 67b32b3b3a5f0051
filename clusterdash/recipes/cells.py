"""The cells of a column, read by its meaning and by what the whole column says. Pure.

The separators of thousands, the order of day and month, and shares of one are a matter of the column: its cells decide,
and if they do not, somebody is asked.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from ..ingest import cell_parsers, plausibility, values
from ..ingest.cell_parsers import CellError, NumberWithin
from ..ingest.table_reader import as_cell
from .questions import QuestionKind
from .recipe import OPEN
from .words import heading_words

Cells = Sequence[tuple[int, str]]
"""Row number and text of each cell of a column that is not empty."""
Choices = Mapping[str, str]
_MULTIPLES: Mapping[int, frozenset[str]] = {
    1000: frozenset(("k", "keur", "teur", "tsd", "milliers", "thousand", "thousands", "tausend", "miles", "migliaia")),
    1_000_000: frozenset(("m", "meur", "mio", "millions", "million", "millionen", "milliones", "milioni")),
}
DAYS_OF_YEAR = ("12-31", "06-30", "01-01")
"""The days that may stand for a year."""
_MONTH_OR_YEAR = re.compile(r"(?:19|20|21)\d{2}(?:-\d{2})?\Z", re.ASCII)
_ONE_SEPARATOR = re.compile(r"[+-]?\d+([.,])(\d+)\Z", re.ASCII)
_UNIT = re.compile(r"([+-]?[\d.,'’ \u00a0\u202f]*\d)\s*([^\W\d_][^\d]*)\Z")


@dataclass(slots=True)
class ColumnCells:
    """The cells of one column as they are read, by row: canonical text, "" for no answer.

    `asked` are the rows that a question of each kind is about, "unreadable" those whose text is kept as it is;
    `readings` are the first rows that are read in a way that is not documented.
    """

    read: dict[int, str] = field(default_factory=dict)
    readings: dict[values.Reading, int] = field(default_factory=dict)
    asked: dict[QuestionKind, list[int]] = field(default_factory=dict)

    def ask(self, kind: QuestionKind, row: int) -> None:
        """Note a row that a question is about."""
        self.asked.setdefault(kind, []).append(row)


def multiple_in(heading: str) -> int:
    """The thousand or million that a heading says its numbers are counted in, as "Budget (k€)"; 1 if none."""
    words = {*heading_words(heading).split()}
    return next((multiple for multiple, known in _MULTIPLES.items() if words & known), 1)


def read_numbers(
    cells: Cells, parse: NumberWithin, indicator: Mapping[str, Any], choices: Choices, multiple: int = 1
) -> ColumnCells:
    """Read the answers to an indicator; `multiple`: what each number of the column is multiplied by."""
    found = ColumnCells()
    thousands = _thousands(cells, parse)
    units = _units(indicator)
    signed: set[int] = set()
    for row, cell in cells:
        text = _without_unit(cell, units)
        if values.may_mean_thousands(text) and thousands is None:
            found.ask("thousands", row)
        if values.may_mean_thousands(text) and (thousands or choices.get("thousands") == "thousands"):
            text = re.sub(r"[.,]", "", text)
        if "%" in text:
            signed.add(row)
        if multiple > 1 and (number := values.read_number(text)):
            text = as_cell(number[0] * multiple)
        _keep(found, row, cell, text, parse)
    if indicator.get("kind") == "share":
        _read_fractions(found, signed, choices.get("fractions", OPEN))
    if indicator.get("kind") == "number":
        _ask_far_above(found, choices.get("far_above", "keep"))
    return found


def _keep(found: ColumnCells, row: int, cell: str, text: str, parse: cell_parsers.Parser) -> None:
    """Keep how a cell is read, from a text that may say more clearly what stands in it."""
    try:
        found.read[row] = as_cell(parse(text))
        reading = cell_parsers.reading(parse, text)
    except CellError:
        reading = "no_answer" if values.is_no_answer(cell) else None
        found.read[row] = "" if reading else cell
        if reading is None:
            found.ask("unreadable", row)
    if reading:
        found.readings.setdefault(reading, row)


def _thousands(cells: Cells, parse: NumberWithin) -> bool | None:
    """Whether the one separator of numbers such as 1.234 is of thousands; None if nothing says so."""
    if parse.maximum is not None and parse.maximum < 1000:
        return False
    matches = [match for _, cell in cells if (match := _ONE_SEPARATOR.match(cell))]
    separators = {match[1] for match in matches if len(match[2]) == 3}
    if not separators:
        return False
    decimal = any(match[1] in separators and len(match[2]) != 3 for match in matches)  # 12.5 stands beside 1.234
    grouped = any(cell.count(separator) > 1 for _, cell in cells for separator in separators)  # 1.234.567
    if len(separators) == 1:  # 1.234,5
        (other,) = {",", "."} - separators
        grouped = grouped or any(other in cell and separators & {*cell} for _, cell in cells)
    return None if decimal == grouped else grouped


def _units(indicator: Mapping[str, Any]) -> frozenset[str]:
    written = "|".join(str(indicator.get(name) or "") for name in ("unit_fr", "unit_en"))
    return frozenset(filter(None, (values.plain_word(unit) for unit in written.split("|"))))


def _without_unit(cell: str, units: frozenset[str]) -> str:
    match = _UNIT.match(cell)
    return match[1].strip() if match and values.plain_word(match[2]) in units else cell


def _read_so_far(found: ColumnCells) -> dict[int, float]:
    """The numbers that could be read, by row."""
    unreadable = set(found.asked.get("unreadable", ()))
    return {row: float(text) for row, text in found.read.items() if text and row not in unreadable}


def _read_fractions(found: ColumnCells, signed: set[int], choice: str) -> None:
    """Multiply shares of one by 100 if that is the choice; cells with a per cent sign are none."""
    plain = {row: share for row, share in _read_so_far(found).items() if row not in signed}
    between = {row: share for row, share in plain.items() if 0 < share < 1}
    if not plausibility.are_fractions([*plain.values()]):
        plain = between  # beside per cents
    for row, share in plain.items():
        found.ask("fractions", row)
        if choice == "percent":
            found.read[row] = as_cell(round(share * 100, 10))


def _ask_far_above(found: ColumnCells, choice: str) -> None:
    """Doubt numbers far above the median; leave them out if that is the choice."""
    numbers = _read_so_far(found)
    limit = plausibility.far_above_from(median(numbers.values()), len(numbers)) if numbers else None
    for row, number in numbers.items():
        if limit is not None and number >= limit:
            found.ask("far_above", row)
            if choice == "no_answer":
                found.read[row] = ""


def read_days(cells: Cells, choices: Choices) -> ColumnCells:
    """Read days; a year or a month needs a choice of the day that stands for it."""
    found = ColumnCells()
    orders = [values.day_orders(cell) for _, cell in cells]
    proved = {order for known in orders if len(known) == 1 for order in known}
    doubtful = any(len(known) > 1 for known in orders) and len(proved) != 1
    order: values.DayOrder = "mdy" if proved == {"mdy"} or choices.get("day_order") == "mdy" else "dmy"
    for (row, cell), known in zip(cells, orders, strict=True):
        if doubtful and len(known) > 1:
            found.ask("day_order", row)
        partial = values.read_partial_date(cell, order)
        text = partial[0] if partial else cell
        if _MONTH_OR_YEAR.match(text):
            found.ask("day_of_year", row)
            found.read[row] = _day_of(text, choices.get("day_of_year", OPEN))
        else:
            _keep(found, row, cell, text, cell_parsers.date_cell)
    return found


def _day_of(partial: str, day: str) -> str:
    """The day that stands for a year or a month: the last one, one in the middle or the first one; "" if not chosen."""
    if day not in DAYS_OF_YEAR:
        return ""
    year, _, month = partial.partition("-")
    if not month:
        return f"{year}-{day}"
    last = monthrange(int(year), int(month))[1]
    return f"{partial}-{ {'12-31': last, '06-30': 15, '01-01': 1}[day]:02}"


def read_partial_dates(cells: Cells, choices: Choices) -> ColumnCells:
    """Read days, months or years, as precise as they are."""
    order: values.DayOrder = "mdy" if choices.get("day_order") == "mdy" else "dmy"
    found = ColumnCells()
    for row, cell in cells:
        if len(values.day_orders(cell)) > 1:
            found.ask("day_order", row)
        partial = values.read_partial_date(cell, order)
        _keep(found, row, cell, partial[0] if partial else cell, cell_parsers.partial_date)
    return found


def read_with(parse: cell_parsers.Parser, cells: Cells) -> ColumnCells:
    """Read cells that do not depend on each other."""
    found = ColumnCells()
    for row, cell in cells:
        if parse is cell_parsers.text and values.is_no_answer(cell):
            found.read[row] = ""
            found.readings.setdefault("no_answer", row)
        else:
            _keep(found, row, cell, cell, parse)
    return found
