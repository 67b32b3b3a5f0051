"""Number formats of spreadsheets (ECMA-376, 18.8.30 and 18.8.31): what a reader of the cell sees of its value. Pure.

A value is never rounded to what its format shows, and no thousands separator is added. A format decides whether a
number is a day, a time, a percentage, and which zeros are part of a code.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from openpyxl.styles.numbers import BUILTIN_FORMATS

_DAY, _TIME = "yyyy-mm-dd", "hh:mm:ss"
_LOCAL = {**dict.fromkeys((*range(27, 37), *range(50, 59)), _DAY), 32: _TIME, 33: _TIME}
"""Formats that every language of East Asia defines otherwise: all of them show days, two of them times."""
BUILT_IN: Mapping[int, str] = {**BUILTIN_FORMATS, **_LOCAL}
"""The formats that a workbook need not define, by their number."""

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | [_*](?P<blank>.) | \[(?P<bracket>[^]]*)]?
    | (?P<general>General) | (?P<exponent>E[+-]) | (?P<half>AM/PM|A/P)
    | (?P<date>y+|m+|d+|h+|s+|e+|b+|g+|a{3,4}) | (?P<digit>[0?#]) | (?P<end>;) | (?P<sign>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_DIGIT = "\x00"
"""In the place of a digit, among the texts of a format."""
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*([+-]?\d+(?:\.\d+)?(?:E[+-]?\d+)?)", re.IGNORECASE)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_MONTH_NAME = 3
"""So many letters m, or more, are a month, even beside hours."""
_FIRST, _FIRST_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LAST_SERIAL = 2_958_465
"""31 December 9999."""
_NO_LEAP_DAY = 60
"""29 February 1900, which there was not: days before it are one number later than the calendar has them."""
_EXACT = 1e-9
"""In days: less than what computing with fractions of a day may leave; far less than a millisecond."""
_THOUSANDS = 3
"""So many decimals may be mistaken for thousands."""
_MOST_DIGITS, _MOST_SIGNS = 30, 5
"""No spreadsheet shows more digits after the point than that; more signs of per cent are a slip."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a format: for which numbers it is, and what it shows of them.

    `parts`: which of year, month, day, hour, minute, second ("y", "M", "d", "h", "m", "s"). `whole`, `decimals`: the
    digits that are shown at least. `plain`: the digits are those of the value, neither scaled, a fraction, nor with an
    exponent. `percent`: how often the value is multiplied by 100; `percent_sign`: a sign that multiplies nothing.
    """

    condition: tuple[str, float] | None
    parts: frozenset[str]
    elapsed: bool
    whole: int
    decimals: int
    plain: bool
    percent: int
    percent_sign: bool

    def holds(self, value: float) -> bool:
        """Whether a number meets the condition; False without one."""
        return self.condition is not None and _COMPARE[self.condition[0]](value, self.condition[1])


def text_of(value: float, code: str, *, since_1904: bool = False) -> str:
    """A number as text, by its format: a day, month, year or time; a percentage with its sign; zeros of a code.

    Days are counted from 1900, or from 1904. A number that is no day, though its format shows one, stays a number.
    """
    section = section_of(value, code)
    if section is None:
        return _plain(value)
    if section.parts:
        shown = _moment(value, section, since_1904=since_1904)
        return _plain(value) if shown is None else shown
    if section.percent:
        # The decimal digits are shifted: in binary, 5105.1 times 100 is not a whole number.
        return _plain(round(float(Decimal(repr(value)).scaleb(2 * section.percent)), 10)) + "%"
    if section.percent_sign:
        return _plain(value) + "%"
    return _with_zeros(_plain(value), section) if section.plain else _plain(value)


def day_text(day: date, code: str) -> str:
    """A day as text, as precise as its format shows it."""
    section = next(iter(sections(code)), None)
    return _day(day, section.parts if section else frozenset())


def section_of(value: float, code: str) -> Section | None:
    """The section of a format that applies to a number; None if there is none."""
    found = sections(code)[:3]
    if not any(section.condition for section in found):
        place = int(value < 0) if len(found) == 2 or value else 2
        return found[place if place < len(found) else 0] if found else None
    first, *others = found
    if first.holds(value) or (first.condition is None and value > 0):
        return first
    second = others[0] if others else None
    if second and (second.holds(value) or (second.condition is None and (value < 0 or len(others) == 1))):
        return second
    return others[1] if len(others) > 1 else None


@lru_cache(maxsize=10_000)
def sections(code: str) -> tuple[Section, ...]:
    """The sections of a format, in order: positive, negative, zero, text, unless they have conditions."""
    parts: list[list[tuple[str, str]]] = [[]]
    for token in _TOKEN.finditer(code):
        if token.lastgroup == "end":
            parts.append([])
        elif token.lastgroup:
            parts[-1].append((token.lastgroup, token[token.lastgroup]))
    return tuple(map(_section, parts))


def _section(tokens: Sequence[tuple[str, str]]) -> Section:
    condition, elapsed = None, False
    dates: list[str] = []
    for kind, text in tokens:
        if kind == "bracket":
            if found := _CONDITION.fullmatch(text.strip()):
                condition = (found[1], float(found[2]))
            elif _ELAPSED.fullmatch(text):
                elapsed = True
                dates.append(text.lower())
        elif kind == "date":
            dates.append(text.lower())
        elif kind == "half":
            dates.append("h")
    digits = [] if dates else [(kind, text) for kind, text in tokens if kind == "digit" or text in (".", ",")]
    shown = "".join(text for _, text in digits)
    before, _, after = shown.partition(".")
    placeholders = before.rstrip(",")
    signs = [text for kind, text in tokens if kind == "sign"]
    plain = bool(digits) and before == placeholders and not after.endswith(",")
    plain = plain and "/" not in signs and not any(kind == "exponent" for kind, _ in tokens)
    whole = placeholders.replace(",", "")
    return Section(
        condition,
        _parts(dates),
        elapsed,
        min(len(whole) - whole.index("0"), _MOST_DIGITS) if "0" in whole else 0,
        min(after.rindex("0") + 1, _MOST_DIGITS) if "0" in after else 0,
        plain,
        min(signs.count("%"), _MOST_SIGNS),
        _beside_digits(tokens),
    )


def _parts(dates: Sequence[str]) -> frozenset[str]:
    """Which parts of a moment letters show: "m" is the minute after hours and before seconds, else the month."""
    found = set()
    for place, letters in enumerate(dates):
        letter = {"e": "y", "b": "y", "g": "y", "a": "d"}.get(letters[0], letters[0])
        if letter == "m":
            after_hours = place > 0 and dates[place - 1].startswith("h")
            before_seconds = place + 1 < len(dates) and dates[place + 1].startswith("s")
            letter = "m" if len(letters) < _MONTH_NAME and (after_hours or before_seconds) else "M"
        found.add(letter)
    return frozenset(found)


def _beside_digits(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether a text of the format puts a per cent sign directly before or after the digits."""
    line = "".join(
        _DIGIT if kind == "digit" else text if kind in ("quoted", "escaped") else "" if text == "%" else " "
        for kind, text in tokens
        if kind not in ("bracket", "blank")
    )
    return re.search(rf"{_DIGIT}\s*%|%\s*{_DIGIT}", line) is not None


def _plain(value: float) -> str:
    """A number in full, without ".0"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return repr(value)


def _with_zeros(text: str, section: Section) -> str:
    """A number with the zeros that its format shows and that change nothing of its value.

    Not with exactly three decimals, which a reader could take for thousands.
    """
    if "e" in text or "n" in text:
        return text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = digits.partition(".")
    if section.decimals != _THOUSANDS:
        decimals = decimals.ljust(section.decimals, "0")
    return sign + whole.zfill(section.whole) + ("." if decimals else "") + decimals


def _moment(value: float, section: Section, *, since_1904: bool) -> str | None:
    """A day, month, year or time; None for a number that is none."""
    if section.elapsed or not section.parts & {"y", "M", "d"}:
        return _time(value if section.elapsed else value % 1) if value >= 0 else None
    days = int(value + _EXACT)
    if not (0 <= value <= _LAST_SERIAL + 1):
        return None
    if not days and not since_1904:
        return _time(value) if section.parts & {"h", "m", "s"} else None
    if since_1904:
        day = _FIRST_1904 + timedelta(days)
    elif days == _NO_LEAP_DAY:
        return None
    else:
        day = _FIRST + timedelta(days + (days < _NO_LEAP_DAY))
    return _day(day, section.parts)


def _day(day: date, parts: frozenset[str]) -> str:
    """A day in ISO 8601, as precise as the parts that are shown; in full if none of them is."""
    if "d" in parts or not parts & {"y", "M"}:
        return day.isoformat()
    return day.isoformat()[: 7 if "M" in parts else 4]


def _time(days: float) -> str:
    """A time or duration: "09:30", "36:00", with seconds if there are any."""
    seconds = int((days + _EXACT) * 86_400)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return text + (f":{seconds % 60:02}" if seconds % 60 else "")
