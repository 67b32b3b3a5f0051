"""The query string of an address: how much of it is read, which parameters are known, what a repeated one means. Pure.

Routes and pages read it by the same rules, in a time that grows with its length and no faster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import parse_qsl

from .domain import ClusterdashError

MAX_LENGTH = 4000
"""Characters of a query string, as they are sent; all choices of a page together need less than 3,000."""
MAX_PARAMETERS = 100
"""Parameters of a query string."""
_LONGEST_SHOWN = 60


def check_length(query: str) -> None:
    """Refuse a query string that is too long, before it is taken apart.

    Raises ClusterdashError.
    """
    if len(query) > MAX_LENGTH:
        raise ClusterdashError("address.too_long", most=MAX_LENGTH)
    if query.count("&") >= MAX_PARAMETERS:
        raise ClusterdashError("address.too_many", most=MAX_PARAMETERS)


def parse(query: str, known: Collection[str]) -> dict[str, str]:
    """The parameters of a query string, each with its value (`joined`); empty ones are left out.

    Raises ClusterdashError where it is too long, or where a parameter is not known.
    """
    check_length(query)
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            told = ", ".join(known) or "–"
            raise ClusterdashError("address.unknown_name", name=excerpt(name), known=told)
        values.setdefault(name, []).append(value)
    return {name: value for name, found in values.items() if (value := joined_values(found))}


def parameter(query: str, names: Collection[str]) -> dict[str, str]:
    """As `read`, of some parameters only: all others are ignored, and everything is where it is too long."""
    try:
        check_length(query)
    except ClusterdashError:
        return {}
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        if name in names:
            values.setdefault(name, []).append(value)
    return {name: joined_values(found) for name, found in values.items()}


def joined_values(values: Iterable[str]) -> str:
    """The one value of a parameter that may stand several times: its different values with commas between."""
    return ",".join(dict.fromkeys(value for value in values if value))


def excerpt(value: str) -> str:
    """The beginning of a value, to be named in a message."""
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
