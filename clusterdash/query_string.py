"""Parsing of query strings: maximum length, known parameters, repeated parameters. Pure.

Routes and pages use the same rules; the time is linear in the length.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import parse_qsl

from .domain import ClusterdashError

MAX_LENGTH = 4000
"""Maximum number of characters, as sent; all choices of a page together need less than 3,000."""
MAX_PARAMETERS = 100
"""Maximum number of parameters."""
_LONGEST_SHOWN = 60


def check_length(query: str) -> None:
    """Check a query string before it is parsed.

    Raises ClusterdashError if it is too long or has too many parameters.
    """
    if len(query) > MAX_LENGTH:
        raise ClusterdashError("address.too_long", most=MAX_LENGTH)
    if query.count("&") >= MAX_PARAMETERS:
        raise ClusterdashError("address.too_many", most=MAX_PARAMETERS)


def parse(query: str, known: Collection[str]) -> dict[str, str]:
    """The parameters of a query string, each with its value (`joined_values`); empty ones are left out.

    Raises ClusterdashError if it is too long, or a parameter is unknown.
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
    """As `parse`, for some parameters: others are ignored; empty if the query string is too long."""
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
    """The value of a parameter that may be repeated: its distinct values, separated by commas."""
    return ",".join(dict.fromkeys(value for value in values if value))


def excerpt(value: str) -> str:
    """The first characters of a value, to be shown in a message."""
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
