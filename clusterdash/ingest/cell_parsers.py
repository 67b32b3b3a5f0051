"""Parsers of cells: text to a number, a date, a code; raise `CellError` with the reason."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ..access import normalize_email
from ..i18n import countries_by_name, country_codes, other_country_codes
from ..spreadsheets import neutralize_formula
from . import values
from .closest import closest
from .values import Reading

Parser = Callable[[str], Any]
"""From the text of a cell, never empty, to its value; raises `CellError`."""

_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_FIRST_YEAR = 1900
_BREAK = re.compile(r"[\t\n\v\r\u0085\u2028\u2029]+")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+\Z")
_LONGEST_EMAIL = 254
_URL = re.compile(r"https?://[^\s\"'<>\\`{}]+\Z")
FORMULA_STARTS = "=+-@＝＋－＠"
"""A spreadsheet would evaluate a text that begins with one of these as a formula."""
_NAME_LIKE_FORMULA = re.compile(r"[+\-@＋－＠]\s?[^\W\d_][^=|!(){};]*\Z")
"""A name such as "+Composites": exports put an apostrophe before it."""
MAXIMUM_TEXT, MAXIMUM_PROSE, MAXIMUM_LONG_PROSE = 500, 5_000, 500_000


class CellError(Exception):
    """A cell that cannot be parsed: a message key (`i18n/locales`) and its values."""

    def __init__(self, key: str, **values: object) -> None:
        """`key`: the message; `values`: its placeholders."""
        super().__init__(key)
        self.key = key
        self.values = tuple(values.items())


def text(cell: str) -> str:
    """Text of one line that is no formula and no control sequence.

    Line breaks and tabs become spaces. The apostrophe that an export puts before "+Composites" is removed.
    """
    cell = " ".join(part.strip() for part in _BREAK.split(cell))
    if cell[0] == "'" and neutralize_formula(cell[1:]) == cell:
        cell = cell[1:]
    if cell[0] in FORMULA_STARTS and not _NAME_LIKE_FORMULA.match(cell):
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
    return _prose(cell, MAXIMUM_PROSE)


def long_prose(cell: str) -> str:
    """As `prose`, for texts that the program has written."""
    return _prose(cell, MAXIMUM_LONG_PROSE)


def encoded(cell: str) -> str:
    """A part of a file in Base64 (RFC 4648)."""
    if len(cell) > MAXIMUM_LONG_PROSE:
        raise CellError("cell.too_long", maximum=MAXIMUM_LONG_PROSE)
    if not _BASE64.fullmatch(cell):
        raise CellError("cell.encoded")
    return cell


def _prose(cell: str, maximum: int) -> str:
    lines = "\n".join(cell.splitlines())
    if any(c not in "\n\t" and is_control(c) for c in lines):
        raise CellError("cell.control")
    noted = lines[1:] if lines[0] == "'" and neutralize_formula(lines[1:]) == lines else lines
    if len(noted) > maximum:
        raise CellError("cell.too_long", maximum=maximum)
    return noted


def code(cell: str) -> str:
    """A key: letters, digits, dot, dash, underscore."""
    if not _CODE.match(cell):
        raise CellError("cell.code")
    return cell


def codes(cell: str) -> tuple[str, ...]:
    """Keys separated by "|", without duplicates, in the given order."""
    return tuple(dict.fromkeys(code(part.strip()) for part in cell.split("|")))


def sectors(cell: str) -> tuple[str, ...]:
    """Codes or names of sectors separated by "|", without duplicates; which of them are known, the schemes say."""
    return tuple(dict.fromkeys(text(part.strip()) for part in cell.split("|") if part.strip()))


def number(cell: str) -> float:
    """A finite number (`values.read_number`)."""
    return _finite(values.read_number(cell))


def _finite(found: tuple[float, Reading | None] | None) -> float:
    if found is None or not math.isfinite(found[0]):
        raise CellError("cell.number")
    return found[0]


_ANSWERS = {"number": values.read_number, "level": values.read_level, "yes_no": values.read_yes_no}


@dataclass(frozen=True, slots=True)
class NumberWithin:
    """A parser of numbers between two bounds, both included, None for no bound; `whole` rejects fractions.

    `kind`: a level may have its label beside it, and yes and no may be words.
    """

    minimum: float | None
    maximum: float | None
    whole: bool = False
    kind: Literal["number", "level", "yes_no"] = "number"

    def __call__(self, cell: str) -> float:
        """The number; raises `CellError` for one outside the bounds."""
        value = _finite(_ANSWERS[self.kind](cell))
        if (self.minimum is not None and value < self.minimum) or (self.maximum is not None and value > self.maximum):
            raise CellError("cell.range", minimum=self.minimum, maximum=self.maximum)
        if self.whole and not value.is_integer():
            raise CellError("cell.whole")
        return value


def date_cell(cell: str) -> date:
    """A day, with or without a time (`values.read_day`); the day comes before the month where both are numbers."""
    found = values.read_day(cell)
    if found is None or found[0].year < _FIRST_YEAR:
        raise CellError("cell.day")
    return found[0]


def partial_date(cell: str) -> str:
    """A year, month or day in ISO 8601, as precise as the cell: "2013", "2013-03", "2013-03-27"."""
    found = values.read_partial_date(cell)
    if found is None or int(found[0][:4]) < _FIRST_YEAR:
        raise CellError("cell.partial_date")
    return found[0]


@dataclass(frozen=True, slots=True)
class OneOf:
    """A parser of a closed list of words; case is ignored."""

    choices: Sequence[str]

    def __call__(self, cell: str) -> str:
        """The word in lower case; raises `CellError` for any other."""
        if cell.lower() not in self.choices:
            if near := closest(cell, self.choices):
                raise CellError("cell.choice_like", near=near, choices=", ".join(self.choices))
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
    """An ISO 3166-1 alpha-2 code in upper case; from it, a usual other code, or a name in a language of Europe."""
    upper = cell.upper()
    if upper in country_codes():
        return upper
    word = values.plain_word(cell)
    names = values.country_names(), countries_by_name(values.plain_word)
    named = other_country_codes().get(upper) or next((known[word] for known in names if word in known), None)
    if named is None:
        raise CellError("cell.country")
    return named


def url(cell: str) -> str:
    """An http or https address that is safe to put into a link; "https://" is added where it begins without."""
    address, _ = values.read_url(cell)
    if len(address) > MAXIMUM_TEXT or not _URL.match(address):
        raise CellError("cell.url")
    return address


def reading(parse: Parser, cell: str) -> Reading | None:
    """How a cell was parsed, if it is not written in a documented form. The parser has accepted it."""
    found: tuple[Any, Reading | None] | None = None
    if isinstance(parse, NumberWithin):
        found = _ANSWERS[parse.kind](cell)
    elif parse is number:
        found = values.read_number(cell)
    elif parse is date_cell:
        found = values.read_day(cell)
    elif parse is partial_date:
        found = values.read_partial_date(cell)
    elif parse is url:
        found = values.read_url(cell)
    elif parse is country and cell.upper() not in country_codes():
        return "country"
    return found[1] if found else None
