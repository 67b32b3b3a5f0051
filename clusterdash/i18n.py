"""Words, numbers, dates and country names in French and English. Texts are in `texts.toml`, both languages together."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal

from .model import Bilingual, ClusterdashError, Language, PartialDate, Problem

LANGUAGES: tuple[Language, ...] = ("fr", "en")
_LOCALES: dict[Language, str] = {"fr": "fr", "en": "en_GB"}
_MARKS = r"[\\`*_{}\[\]()#+\-.!|<>~$:&^=]"
"""What has a meaning in Markdown."""
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}


@cache
def texts() -> dict[str, dict[Language, Any]]:
    """All texts: key -> language -> sentence, or its plural forms by CLDR category ("one", "other")."""
    raw = tomllib.loads(resources.files("clusterdash").joinpath("texts.toml").read_text("utf-8"))
    return {f"{group}.{key}": entry for group, entries in raw.items() for key, entry in entries.items()}


def of_environment(environment: Mapping[str, str]) -> Language:
    """The language of a terminal or a server's log, by POSIX's variables."""
    told = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "fr" if told.lower().startswith("fr") else "en"


def say(language: Language, key: str, **values: object) -> str:
    """The text of a key. Numbers among the values are written by the language's rules; `n` chooses the plural.

    A blank may also choose a word by its number: "{days} {days:day|days}". Raises KeyError for a key that does not
    exist.
    """
    entry = texts()[key][language]
    if isinstance(entry, dict):
        n = values["n"]
        if not isinstance(n, int | float):
            raise TypeError(f"{key} needs a number n")
        entry = entry.get(plural(language, n), entry["other"])
    if not isinstance(entry, str):
        raise TypeError(f"{key} is no text")
    return entry.format(**{name: _Blank(language, value) for name, value in values.items()})


def plural(language: Language, n: float) -> str:
    """The category of a number by CLDR, as it is shown: "one", "other" and, in French, "many"."""
    return str(Locale.parse(_LOCALES[language]).plural_form(rounded(abs(n))))


@dataclass(frozen=True, slots=True)
class _Blank:
    """What is filled into a text; after a colon stand the words for one and for several, separated by a bar."""

    language: Language
    value: object

    def __format__(self, words: str) -> str:
        if not words:
            return written(self.language, self.value)
        if not isinstance(self.value, int | float):
            raise TypeError(f"no number to choose from {words!r}")
        one, other = words.split("|")
        return one if plural(self.language, self.value) == "one" else other


def written(language: Language, value: object) -> str:
    """A value as a reader of the language writes it; None as a dash, text as it is."""
    if value is None:
        return "–"
    if isinstance(value, date):
        return day(language, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(language, value)
    if isinstance(value, Bilingual):
        return value.in_(language)
    return str(value)


@lru_cache(maxsize=8192)
def number(language: Language, value: float, decimals: int = 1) -> str:
    """A number with at most so many decimals, a zero never negative; below 0.1 with two figures."""
    decimals = _decimals(value, decimals)
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return format_decimal(rounded(value, decimals), pattern, locale=_LOCALES[language])


def rounded(value: float, decimals: int = 1) -> float:
    """A number as `number` shows it, for files that hold numbers and no texts."""
    return round(value, _decimals(value, decimals)) + 0.0


def _decimals(value: float, decimals: int) -> int:
    return 1 - math.floor(math.log10(abs(value))) if decimals and 0 < abs(value) < 0.1 else decimals


@lru_cache(maxsize=8192)
def partial_date(language: Language, value: PartialDate) -> str:
    """A date as precise as it is known: "27 mars 2013", "mars 2013", "2013", "date not known"."""
    parts = [int(part) for part in value.split("-")] if value else []
    if not parts:
        return say(language, "date.unknown")
    if len(parts) == 1:
        return str(parts[0])
    if len(parts) == 2:
        return format_skeleton("yMMMM", date(parts[0], parts[1], 1), locale=_LOCALES[language])
    return day(language, date(*parts))


def day(language: Language, value: date) -> str:
    """A day in full; French writes the first of a month as "1er", which CLDR does not."""
    text = format_date(value, "long", locale=_LOCALES[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and value.day == 1 else text


def moment(language: Language, value: datetime) -> str:
    """A day and a time, to the minute, as it stands; in which zone, the heading tells."""
    return str(format_datetime(value, "d MMM y HH:mm", locale=_LOCALES[language]))


@lru_cache(maxsize=8192)
def country_name(language: Language, code: str) -> str:
    """The name of a country by its ISO 3166-1 alpha-2 code."""
    return str(Locale.parse(_LOCALES[language]).territories.get(code, code))


def plain(text: str) -> str:
    """A text for Markdown that stays text: no markup, no link, no icon, no arrow, no formula.

    Backslashes take the meaning from marks; a joiner of no width breaks what would be linked or replaced after that.
    """
    joined = re.sub(r"(?i)(www)(?=\.)|:(?=[\w/])|@|[-<=>](?=[-<=>])", "\\g<0>\u2060", text)
    return re.sub(f"({_MARKS})", r"\\\1", joined)


def runs(markdown: str) -> list[tuple[str, bool]]:
    """One of our texts in Markdown as runs of plain text, each with whether it is bold.

    For paper, which tells the same sentences as the pages: what `plain` hid is itself again. Of Markdown it knows what
    those sentences use, which is bold.
    """
    found: list[tuple[str, bool]] = []
    bold = False
    for hidden, mark, other in re.findall(rf"(?s)\\({_MARKS})|(\*\*)|([^\\*]+|.)", markdown.replace("\u2060", "")):
        if mark:
            bold = not bold
        elif found and found[-1][1] == bold:
            found[-1] = (found[-1][0] + hidden + other, bold)
        else:
            found.append((hidden + other, bold))
    return found


def plain_order(text: str) -> str:
    """A key to sort texts by as a reader expects: accents and case aside."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


@cache
def country_codes() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes that CLDR knows, Kosovo (XK) among them."""
    known = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - _NOT_COUNTRIES


def without_paths(error: ClusterdashError) -> ClusterdashError:
    """An error for a visitor, who need not know where on the server files lie."""
    values = {name: value.name if isinstance(value, Path) else value for name, value in error.values.items()}
    return ClusterdashError(error.key, **values)


def explain(language: Language, problem: Problem | ClusterdashError) -> str:
    """The reason of a problem, or the sentence of an error, in words."""
    values = dict(problem.values)
    return say(language, problem.key, **values)
