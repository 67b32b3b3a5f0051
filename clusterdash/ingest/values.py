"""Values as people write them: "no answer" in words, numbers, days, yes and no. Pure.

Only what has one meaning is read here. What depends on the other cells of its column (is 1,234 one or a thousand, does
3/4 name April or March) is read in the documented form, and doubted by `column_evidence`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from babel import Locale

from ..i18n import collation_key

DayOrder = Literal["dmy", "mdy"]
Reading = Literal[
    "no_answer",
    "currency",
    "thousands",
    "about",
    "label",
    "yes_no",
    "day",
    "month",
    "country",
    "url",
    "sector",
]
"""How a cell was read that is not written in a documented form."""

_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f\u2009]+")
_NOT_WORD = re.compile(r"[\s.\-‐‑'’]+")
_PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?P<group>[ '’.,])\d{3})(?:(?P=group)\d{3})*(?P<rest>[.,]\d*)?\Z", re.ASCII)
_LEVEL = re.compile(r"(\d+)\s*(?:[-–—:=.)]\s+|[-–—:=(]\s*(?=\D))\S.*\Z", re.DOTALL)
_TIME = re.compile(
    r"(?:\s+|(?<=\d)T)\d{1,2}[:hH]\d{2}(?::\d{2}(?:[.,]\d+)?)?"
    r"\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?\Z",
    re.ASCII,
)
_ISO_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\Z", re.ASCII)
_DAY = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\Z", re.ASCII)
_COMPACT_DAY = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})\Z", re.ASCII)
_WORDS_OF_DAY = re.compile(r"[^\W\d_]+|\d+", re.UNICODE)
_YEAR = re.compile(r"(19|20|21)\d{2}(?:\.0+)?\Z", re.ASCII)
_ISO_MONTH = re.compile(r"((?:19|20|21)\d{2})[-/.](0?[1-9]|1[0-2])\Z", re.ASCII)
_MONTH = re.compile(r"(0?[1-9]|1[0-2])[-/.]((?:19|20|21)\d{2})\Z", re.ASCII)
_FIRST_SHORT_YEAR = 70
"""A year of two digits from here on is one of the last century."""
_LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "cs")
_NOT_OF_A_DAY = {"er", "st", "nd", "rd", "th", "de", "del", "di", "den", "le", "the"}
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}\Z", re.ASCII)


def plain_word(cell: str) -> str:
    """A word to compare by: without case, accents, blanks, dots, hyphens and apostrophes."""
    return _NOT_WORD.sub("", collation_key(cell))


@cache
def words(group: str) -> frozenset[str]:
    """The words of a group of `words.toml`, as `plain_word` writes them."""
    return frozenset(map(plain_word, _vocabulary()[group]))


@cache
def country_names() -> Mapping[str, str]:
    """The codes of countries by names that CLDR does not have, as `plain_word` writes them."""
    names: Mapping[str, list[str]] = _vocabulary()["country_names"]
    return {plain_word(name): code for code, known in names.items() for name in known}


@cache
def _vocabulary() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("clusterdash.ingest").joinpath("words.toml").read_text("utf-8"))


@cache
def _signs() -> frozenset[str]:
    return frozenset(_vocabulary()["no_answer_signs"])


def is_no_answer(cell: str) -> bool:
    """Whether a cell says in words, or by a sign, that there is no answer."""
    if cell[:1].isdigit() or len(cell) > 40:
        return False
    return cell in _signs() or plain_word(cell) in words("no_answer")


def may_mean_thousands(cell: str) -> bool:
    """Whether a number such as 1,234 or 1.234, which is read as a decimal, may have a thousands separator."""
    return _THOUSANDS.match(cell) is not None


def read_number(cell: str) -> tuple[float, Reading | None] | None:
    """A number, and how it was read; None if it is none.

    Decimal comma or point; thousands by blanks, apostrophes, points or commas; a per cent sign or a currency before or
    after; a word for "about" before. 1,234 and 1.234 are decimals.
    """
    if _PLAIN.match(cell):
        return float(cell.replace(",", ".")), None
    bare, reading = _without_units(_BLANKS.sub(" ", cell).strip().replace("−", "-"))
    if not _PLAIN.match(bare):
        found = _ungrouped(bare)
        if found is None:
            return None
        if "'" in bare or "’" in bare or bare.count(".") + bare.count(",") > 1:
            reading = reading or "thousands"
        bare = found
    return float(bare.replace(",", ".")), reading


def _without_units(cell: str) -> tuple[str, Reading | None]:
    reading: Reading | None = None
    for _ in range(2):  # "env. 516 €"
        first, last = re.match(r"[^\d+\-]*[^\d+\-.,]", cell), re.search(r"[^\d.,\s]+\s*\Z", cell)
        before, after = first[0].strip() if first else "", last[0].strip() if last else ""
        if before and plain_word(before) in words("about"):
            cell, reading = cell[len(first[0]) :].strip(), "about"  # type: ignore[index]  # `first` is there
        elif before and plain_word(before) in words("currency"):
            cell, reading = cell[len(first[0]) :].strip(), reading or "currency"  # type: ignore[index]
        elif before == "%":
            cell = cell[len(first[0]) :].strip()  # type: ignore[index]
        elif after == "%":
            cell = cell[: last.start()].strip()  # type: ignore[union-attr]
        elif after and plain_word(after) in words("currency"):
            cell, reading = cell[: last.start()].strip(), reading or "currency"  # type: ignore[union-attr]
    return cell, reading


def _ungrouped(cell: str) -> str | None:
    """A number without its thousands separators; None if it has none, or if they are not in their places."""
    match = _GROUPED.match(cell)
    if not match:
        return None
    group, rest = match["group"], match["rest"] or ""
    if rest[:1] == group or (rest == "" and group in ".," and cell.count(group) == 1):
        return None
    whole = cell[: len(cell) - len(rest)].replace(group, "")
    return whole + rest


def read_level(cell: str) -> tuple[float, Reading | None] | None:
    """A level, as `read_number`; also with its label ("4 - excellent", "niveau 4")."""
    if found := read_number(cell):
        return found
    if match := _LEVEL.match(cell):
        return float(match[1]), "label"
    before, _, number = cell.partition(" ")
    if plain_word(before) in words("level") and number.strip().isascii() and number.strip().isdigit():
        return float(number), "label"
    return None


def read_yes_no(cell: str) -> tuple[float, Reading | None] | None:
    """1 for yes, 0 for no, in ten languages or as numbers; None for another word."""
    word = plain_word(cell)
    if word in words("yes"):
        return 1.0, "yes_no"
    if word in words("no"):
        return 0.0, "yes_no"
    return read_level(cell)


def without_time(cell: str) -> str:
    """A day without the time beside it."""
    return _TIME.sub("", cell)


def read_day(cell: str, order: DayOrder = "dmy") -> tuple[date, Reading | None] | None:
    """A day in any usual form, with or without a time, and how it was read; None if it is none.

    `order` counts where a day has no name of a month and does not begin with the year.
    """
    bare = without_time(cell.strip())
    reading: Reading | None = None if bare == cell else "day"
    if match := _ISO_DAY.match(bare):
        year, separator, month, day = match.groups()
        documented = separator == "-" and len(month) == len(day) == 2
        return _day(year, month, day, reading if documented else "day")
    if match := _DAY.match(bare):
        first, separator, second, year = match.groups()
        day, month = (second, first) if order == "mdy" and separator != "." else (first, second)
        return _day(year, month, day, reading if separator == "/" and len(year) == 4 else "day")
    if match := _COMPACT_DAY.match(bare):
        return _day(match[1], match[2], match[3], "day")
    return _named_day(bare)


def day_orders(cell: str) -> frozenset[DayOrder]:
    """In which orders the numbers of a day may be read as different days; empty if its form says the order."""
    match = _DAY.match(without_time(cell.strip()))
    if not match or match[2] == "." or match[1] == match[3]:
        return frozenset()
    return frozenset(order for order in ("dmy", "mdy") if read_day(cell, order))


def _day(year: str, month: str, day: str, reading: Reading | None) -> tuple[date, Reading | None] | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _FIRST_SHORT_YEAR else 2000
    try:
        return date(number, int(month), int(day)), reading
    except ValueError:
        return None


def _named_day(cell: str) -> tuple[date, Reading | None] | None:
    """A day whose month has a name: 27 mars 2025, March 27, 2025, 27-mars-25."""
    parts = [part for part in _WORDS_OF_DAY.findall(cell) if plain_word(part) not in _NOT_OF_A_DAY]
    named = [part for part in parts if plain_word(part) in _months()]
    numbers = [part for part in parts if part.isascii() and part.isdigit()]
    if len(parts) != 3 or len(named) != 1 or len(numbers) != 2:
        return None
    month = str(_months()[plain_word(named[0])])
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _day(year, month, day, "day") if len(day) <= 2 and len(year) in (2, 4) else None


@cache
def _months() -> Mapping[str, int]:
    """The numbers of the months by their names and abbreviations, as `plain_word` writes them."""
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[use][width].items():
                    found.setdefault(plain_word(str(name)), number)
    return found


def read_partial_date(cell: str, order: DayOrder = "dmy") -> tuple[str, Reading | None] | None:
    """A year, month or day in ISO 8601, as precise as the cell, and how it was read; None if it is none."""
    if _YEAR.match(cell):
        return cell[:4], None
    if match := _ISO_MONTH.match(cell):
        month = f"{match[1]}-{int(match[2]):02}"
        return month, None if month == cell else "month"
    if match := _MONTH.match(cell):
        return f"{match[2]}-{int(match[1]):02}", "month"
    parts = _WORDS_OF_DAY.findall(cell)
    if len(parts) == 2 and plain_word(parts[0]) in _months() and _YEAR.match(parts[1]):
        return f"{parts[1]}-{_months()[plain_word(parts[0])]:02}", "month"
    if day := read_day(cell, order):
        return day[0].isoformat(), day[1]
    return None


def read_url(cell: str) -> tuple[str, Reading | None]:
    """An address with its scheme in small letters; https where it has none."""
    if match := re.match(r"(https?)://(.*)\Z", cell, re.IGNORECASE | re.DOTALL):
        return f"{match[1].lower()}://{match[2]}", None
    if re.match(r"[\w-]+(\.[\w-]+)+(/\S*)?\Z", cell):
        return f"https://{cell}", "url"
    return cell, None
