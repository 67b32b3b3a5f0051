"""Numbers, dates and times in the format of each language."""

from __future__ import annotations

import math
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, dates, numbers

from ..domain import Language, LocalizedText, PartialDate
from .languages import CLDR_LOCALES
from .messages import texts


def format_value(language: Language, value: object) -> str:
    """Format a value for a reader of the language; None as a dash, text unchanged."""
    if value is None:
        return "–"
    if isinstance(value, date):
        return format_date(language, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format_number(language, value)
    if isinstance(value, LocalizedText):
        return value.get(language)
    return str(value)


@lru_cache(maxsize=8192)
def format_number(language: Language, value: float, decimals: int = 1) -> str:
    """Format a number with at most `decimals` decimals, never -0; below 0.1 with two significant digits."""
    decimals = _decimals(value, decimals)
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return numbers.format_decimal(round_for_display(value, decimals), pattern, locale=CLDR_LOCALES[language])


def round_for_display(value: float, decimals: int = 1) -> float:
    """Round a number as `format_number` shows it, for files that hold numbers instead of texts."""
    return round(value, _decimals(value, decimals)) + 0.0


def _decimals(value: float, decimals: int) -> int:
    return 1 - math.floor(math.log10(abs(value))) if decimals and 0 < abs(value) < 0.1 else decimals


def plural_category(language: Language, n: float) -> str:
    """Return the CLDR plural category of a number as it is shown: "one", "other" and, in French, "many"."""
    return str(Locale.parse(CLDR_LOCALES[language]).plural_form(round_for_display(abs(n))))


@lru_cache(maxsize=8192)
def format_partial_date(language: Language, value: PartialDate) -> str:
    """Format a date as precisely as it is known: "27 mars 2013", "mars 2013", "2013", "date inconnue"."""
    parts = [int(part) for part in value.split("-")] if value else []
    if not parts:
        return str(texts()["date.unknown"][language])
    if len(parts) == 1:
        return str(parts[0])
    if len(parts) == 2:
        return dates.format_skeleton("yMMMM", date(parts[0], parts[1], 1), locale=CLDR_LOCALES[language])
    return format_date(language, date(*parts))


def format_date(language: Language, value: date) -> str:
    """Format a day in full; French writes the first of a month as "1er", which CLDR does not."""
    text = dates.format_date(value, "long", locale=CLDR_LOCALES[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and value.day == 1 else text


def format_datetime(language: Language, value: datetime) -> str:
    """Format a day and a time to the minute, in the time zone of `value`, which column headings name."""
    return str(dates.format_datetime(value, "d MMM y HH:mm", locale=CLDR_LOCALES[language]))
