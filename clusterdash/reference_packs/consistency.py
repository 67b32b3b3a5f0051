"""Whether the tables of a reference pack agree with each other: a signed pack may still be made wrongly. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ..domain import ClusterdashError
from .content import KEYS, TABLES, ReferencePack

_SLACK = 0.1
"""By so much shares that are written with few digits may miss 100."""
_ROUNDED = 0.05
"""By such a part of the greatest answer a figure of two digits may exceed it."""
_Cell = tuple[str, str, str, str]
"""Kind and key of a group, subject, code."""


def ensure_consistent(pack: ReferencePack) -> None:
    """Raise ClusterdashError for the first row that contradicts another one, is repeated, or names something unknown.

    Frequencies must rise with the value, and stay between 0 and the number of answers.
    """
    for table in TABLES:
        _ensure_unique(pack, table)
    if not pack.tables["figures"]:
        raise ClusterdashError("reference_pack.empty")
    _ensure_known(pack)
    _ensure_within(pack)
    _ensure_groups(pack)
    _ensure_frequencies(pack, _answered(pack))
    _ensure_shares(pack)


def _ensure_known(pack: ReferencePack) -> None:
    """Each row is about a group, and an indicator or dimension, that the pack describes."""
    groups = {(row["kind"], row["key"]) for row in pack.rows("groups")}
    indicators = {row["code"] for row in pack.rows("indicators")}
    dimensions = {row["dimension"] for row in pack.rows("indicators")}
    for table in ("figures", "frequencies", "shares", "composition"):
        for number, row in _numbered(pack, table):
            known = dimensions if row.get("subject") == "dimension" else indicators
            if (row["kind"], row["key"]) not in groups or ("code" in row and row["code"] not in known):
                raise _contradiction(table, number)


def _ensure_within(pack: ReferencePack) -> None:
    """Medians, quartiles and the values of frequencies are possible answers, or scores from 0 to 100."""
    extent = {row["code"]: (row["minimum"], row["maximum"]) for row in pack.rows("indicators")}
    for table, columns in (("figures", ("lower_quartile", "median", "upper_quartile")), ("frequencies", ("value",))):
        for number, row in _numbered(pack, table):
            low, high = extent[row["code"]] if row["subject"] == "indicator" else (0.0, 100.0)
            slack = _ROUNDED * max(1.0, abs(low or 0), abs(high or 0))
            for value in (row[name] for name in columns if row[name] is not None):
                if (low is not None and value < low - slack) or (high is not None and value > high + slack):
                    raise _contradiction(table, number)


def _ensure_groups(pack: ReferencePack) -> None:
    """A group has the rule that its kind needs."""
    for number, row in _numbered(pack, "groups"):
        without_band = row["kind"] in ("size", "age") and not row["indicator"]
        if without_band or (row["kind"] == "country_group" and not row["countries"]):
            raise _contradiction("groups", number)


def _answered(pack: ReferencePack) -> dict[_Cell, int]:
    """How many answered each cell: at most all members of the group, with quartiles in their order."""
    groups = {(row["kind"], row["key"]): row["n"] for row in pack.rows("groups")}
    found: dict[_Cell, int] = {}
    for number, row in _numbered(pack, "figures"):
        quartiles = [row[name] for name in ("lower_quartile", "median", "upper_quartile") if row[name] is not None]
        if row["n"] > groups[row["kind"], row["key"]] or quartiles != sorted(quartiles):
            raise _contradiction("figures", number)
        found[_cell(row)] = row["n"]
    return found


def _ensure_shares(pack: ReferencePack) -> None:
    """The shares of a cell add up to all of it."""
    totals: dict[tuple[str, str, str], float] = defaultdict(float)
    for _, row in _numbered(pack, "shares"):
        totals[row["kind"], row["key"], row["code"]] += row["share"]
    for number, row in _numbered(pack, "shares"):
        if row["high"] < row["low"] or abs(totals[row["kind"], row["key"], row["code"]] - 100) > _SLACK:
            raise _contradiction("shares", number)


def _ensure_frequencies(pack: ReferencePack, answered: dict[_Cell, int]) -> None:
    before: dict[_Cell, tuple[float, int, int]] = {}
    for number, row in _numbered(pack, "frequencies"):
        cell, low, high = _cell(row), row["at_least"], row["at_most"]
        value, least, most = before.get(cell, (float("-inf"), 0, 0))
        rising = row["value"] > value and low >= least and high >= most
        if cell not in answered or not rising or not low <= high <= answered[cell]:
            raise _contradiction("frequencies", number)
        before[cell] = row["value"], low, high


def _cell(row: dict[str, Any]) -> _Cell:
    return row["kind"], row["key"], row["subject"], row["code"]


def _ensure_unique(pack: ReferencePack, table: str) -> None:
    seen = set()
    for number, row in _numbered(pack, table):
        key = tuple(row[name] for name in KEYS[table])
        if key in seen:
            raise _contradiction(table, number)
        seen.add(key)


def _numbered(pack: ReferencePack, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a table, numbered as in its file."""
    return enumerate(pack.rows(table), start=2)


def _contradiction(table: str, row: int) -> ClusterdashError:
    return ClusterdashError("reference_pack.contradiction", file=f"{table}.csv", row=row)
