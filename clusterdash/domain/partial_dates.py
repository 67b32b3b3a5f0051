"""Dates as precise as their source states them: what they can mean, and counting months from them. Pure."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from .text import PartialDate

_YEAR, _MONTH = len("2013"), len("2013-03")


def first_day(value: PartialDate) -> date | None:
    """The first day that a partial date can mean; None where the date is unknown."""
    if not value:
        return None
    year, month, day = (*map(int, value.split("-")), 1, 1)[:3]
    return date(year, month, day)


def last_day(value: PartialDate) -> date | None:
    """The last day that a partial date can mean; None where the date is unknown."""
    first = first_day(value)
    if first is None or len(value) > _MONTH:
        return first
    return first + (relativedelta(month=12, day=31) if len(value) == _YEAR else relativedelta(day=31))


def months_later(value: PartialDate, months: int) -> PartialDate:
    """The month so many months after a known partial date, or the year where only the year is known.

    A day becomes its month: labels end with a month.
    """
    start = last_day(value)
    if start is None:
        return ""
    later = start + relativedelta(months=months)
    return f"{later:%Y}" if len(value) == _YEAR else f"{later:%Y-%m}"
