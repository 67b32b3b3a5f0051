"""Parsers of cells: text to a number, a date, a code; raise `CellError` with the reason."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..access import normalize_email
from ..i18n import country_codes
from ..spreadsheets import neutralize_formula

Parser = Callable[[str], Any]
"""From the text of a cell, never empty, to its value; raises `CellError`."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}\Z", re.ASCII)
_GROUPING = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(\D|\Z))")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z", re.ASCII)
_PARTIAL = re.compile(r"(19|20|21)\d{2}(-(0[1-9]|1[0-2]))?\Z", re.ASCII)
_FIRST_YEAR = 1900
_BREAK = re.compile(r"[\t\n\v\r\u0085\u2028\u2029]+")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+\Z")
_LONGEST_EMAIL = 254
_URL = re.compile(r"https?://[^\s\"'<>\\`{}]+\Z")
FORMULA_STARTS = "=+-@＝＋－＠"
"""A spreadsheet would evaluate a text that begins with one of these as a formula."""
MAXIMUM_TEXT, MAXIMUM_PROSE = 500, 5_000


class CellError(Exception):
    """A cell that cannot be parsed: a message key (`i18n/locales`) and its values."""

    def __init__(self, key: str, **values: object) -> None:
        """`key`: the message; `values`: its placeholders."""
        super().__init__(key)
        self.key = key
        self.values = tuple(values.items())


def text(cell: str) -> str:
    """Text of one line that no export can turn into a formula or a control sequence.

    Line breaks and tabs become spaces.
    """
    cell = " ".join(part.strip() for part in _BREAK.split(cell))
    if cell[0] in FORMULA_STARTS:
        raise CellError("cell.formula", start=cell[0])
    if not cell.isprintable() and any(map(is_control, cell)):  # most texts are, and the check is fast
        raise CellError("cell.control")
    if len(cell) > MAXIMUM_TEXT:
        raise CellError("cell.too_long", maximum=MAXIMUM_TEXT)
    return cell


def is_control(character: str) -> bool:
    """Whether a character is not allowed in a text or in the XML of a workbook."""
    code = ord(character)
    return code < 32 or 127 <= code < 160 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE


def prose(cell: str) -> str:
    """Free text, which may have several lines and any first character: exports apply `neutralize_formula`.

    The apostrophe that such an export puts before it is removed.
    """
    lines = "\n".join(cell.splitlines())
    if any(c not in "\n\t" and is_control(c) for c in lines):
        raise CellError("cell.control")
    noted = lines[1:] if lines[0] == "'" and neutralize_formula(lines[1:]) == lines else lines
    if len(noted) > MAXIMUM_PROSE:
        raise CellError("cell.too_long", maximum=MAXIMUM_PROSE)
    return noted


def code(cell: str) -> str:
    """A key: letters, digits, dot, dash, underscore."""
    if not _CODE.match(cell):
        raise CellError("cell.code")
    return cell


def codes(cell: str) -> tuple[str, ...]:
    """Keys separated by "|", without duplicates, in the given order."""
    return tuple(dict.fromkeys(code(part.strip()) for part in cell.split("|")))


def number(cell: str) -> float:
    """A finite number with decimal comma or point; thousands may be separated by spaces.

    One per cent sign before or after it changes nothing: "45 %" is 45.
    """
    plain = _GROUPING.sub("", _without_percent(cell))
    if not _NUMBER.match(plain):
        raise CellError("cell.number")
    value = float(plain.replace(",", "."))
    if not math.isfinite(value):
        raise CellError("cell.number")
    return value


def may_mean_thousands(cell: str) -> bool:
    """Whether a number such as 1,234 or 1.234, which is read as a decimal, may have a thousands separator."""
    return _THOUSANDS.match(_without_percent(cell)) is not None


def _without_percent(cell: str) -> str:
    """A number without a per cent sign at its beginning or end, nor the blanks between them."""
    if cell.endswith("%"):
        return cell[:-1].rstrip()
    return cell[1:].lstrip() if cell.startswith("%") else cell


@dataclass(frozen=True, slots=True)
class NumberWithin:
    """A parser of numbers between two bounds, both included, None for no bound; `whole` rejects fractions."""

    minimum: float | None
    maximum: float | None
    whole: bool = False

    def __call__(self, cell: str) -> float:
        """The number; raises `CellError` for one outside the bounds."""
        value = number(cell)
        if (self.minimum is not None and value < self.minimum) or (self.maximum is not None and value > self.maximum):
            raise CellError("cell.range", minimum=self.minimum, maximum=self.maximum)
        if self.whole and not value.is_integer():
            raise CellError("cell.whole")
        return value


def date_cell(cell: str) -> date:
    """A day as 2025-03-27 or 27/03/2025."""
    if match := _DAY.match(cell):
        year, month, dom = match.groups()
    elif match := _FRENCH_DAY.match(cell):
        dom, month, year = match.groups()
    else:
        raise CellError("cell.day")
    try:
        found = date(int(year), int(month), int(dom))
    except ValueError as error:
        raise CellError("cell.day") from error
    if found.year < _FIRST_YEAR:
        raise CellError("cell.day")
    return found


def partial_date(cell: str) -> str:
    """A year, month or day in ISO 8601, as precise as the cell: "2013", "2013-03", "2013-03-27"."""
    if _PARTIAL.match(cell):
        return cell
    try:
        return date_cell(cell).isoformat()
    except CellError as refusal:
        raise CellError("cell.partial_date") from refusal


@dataclass(frozen=True, slots=True)
class OneOf:
    """A parser of a closed list of words; case is ignored."""

    choices: Sequence[str]

    def __call__(self, cell: str) -> str:
        """The word in lower case; raises `CellError` for any other."""
        if cell.lower() not in self.choices:
            raise CellError("cell.choice", choices=", ".join(self.choices))
        return cell.lower()


def any_value(cell: str) -> str:
    """The cell unchanged: its parser depends on another column."""
    return cell


def boolean(cell: str) -> bool:
    """True for 1, False for 0."""
    if cell not in ("0", "1"):
        raise CellError("cell.choice", choices="0, 1")
    return cell == "1"


def email(cell: str) -> str:
    """An e-mail address, as `normalize_email` returns it."""
    if not _EMAIL.match(cell) or len(cell) > _LONGEST_EMAIL:
        raise CellError("cell.email")
    return normalize_email(cell)


def country(cell: str) -> str:
    """An ISO 3166-1 alpha-2 code, in upper case."""
    if cell.upper() not in country_codes():
        raise CellError("cell.country")
    return cell.upper()


def url(cell: str) -> str:
    """An http or https address that is safe to put into a link."""
    if len(cell) > MAXIMUM_TEXT or not _URL.match(cell):
        raise CellError("cell.url")
    return cell
