"""Several reference packs of one scheme as one: what can be added honestly, and nothing else. Pure.

Counts can be added: numbers of clusters below a value, clusters at a level. Medians, quartiles and scores cannot, and
neither can the 500 best: the best of two publishers are not the best of both. A cluster that is in two packs counts
twice; a pack does not tell who is in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..domain import ClusterdashError
from .content import TABLES, ReferencePack, Row
from .matching import match_scheme

_DECIMALS = 6
"""Of a share in per cent."""
_Group = tuple[str, str]
_Cell = tuple[str, str, str]
"""Kind and key of a group, code of an indicator."""


def combine(packs: Sequence[ReferencePack], *, publisher: str, title: str, created: str, licence: str) -> ReferencePack:
    """The pack of all clusters of several packs; who publishes it, on which day (ISO 8601), under which licence.

    A group or an indicator is in it where all packs have it, with the same rule. Raises ClusterdashError if there are
    fewer than two packs, if two are of one publisher, if they are about different schemes, or have no group in common.
    """
    if len(packs) < 2:
        raise ClusterdashError("reference_pack.combine_two")
    first = packs[0]
    for other in packs[1:]:
        if (other.header.family, other.header.version) != (first.header.family, first.header.version):
            values = {"one": first.header.title, "other": other.header.title}
            raise ClusterdashError("reference_pack.combine_schemes", **values)
        if other.header.synthetic != first.header.synthetic:
            raise ClusterdashError("reference_pack.combine_invented")
    publishers = [pack.header.publisher for pack in packs]
    if len(set(publishers)) < len(publishers):
        raise ClusterdashError("reference_pack.combine_publishers", publishers=", ".join(publishers))
    for pack in packs:
        for other in packs:
            if other.header.title in pack.header.combined:
                values = {"one": pack.header.title, "other": other.header.title}
                raise ClusterdashError("reference_pack.combine_contained", **values)
    groups = _common_groups(packs)
    codes = set.intersection(
        *(set(match_scheme(pack.rows("indicators"), first.rows("indicators")).indicators) for pack in packs)
    )
    if not groups or not codes:
        raise ClusterdashError("reference_pack.combine_nothing")
    figures = _added_figures(packs, groups, codes)
    cells = [_Cells(pack) for pack in packs]
    sizes = [_sizes(pack) for pack in packs]
    rows: dict[str, list[dict[str, Any]]] = {
        "groups": [
            row | {"n": sum(of_pack[row["kind"], row["key"]] for of_pack in sizes)}
            for row in first.rows("groups")
            if (row["kind"], row["key"]) in groups
        ],
        "indicators": [
            row | {"whole_numbers": all(_whole_numbers(pack, row["code"]) for pack in packs)}
            for row in first.rows("indicators")
            if row["code"] in codes
        ],
        "figures": figures,
        "frequencies": [row for cell in figures for row in _added_frequencies(cells, cell)],
        "shares": [row for cell in figures for row in _added_shares(cells, cell)],
        "composition": [],
    }
    years = [(pack.header.first_year, pack.header.last_year) for pack in packs]
    return ReferencePack(
        replace(
            first.header,
            publisher=publisher,
            title=title,
            created=created,
            licence=licence,
            first_year=min(first_year for first_year, _ in years),
            last_year=max(last_year for _, last_year in years),
            combined=tuple(pack.header.title for pack in packs),
        ),
        {table: tuple(_row(table, one) for one in rows[table]) for table in TABLES},
    )


def _common_groups(packs: Sequence[ReferencePack]) -> set[_Group]:
    """The groups that all packs have with the same rule, without the 500 best."""
    rules = ("indicator", "low", "high", "countries")
    found = []
    for pack in packs:
        found.append({(row["kind"], row["key"], *(row[name] for name in rules)) for row in pack.rows("groups")})
    return {(kind, key) for kind, key, *_ in set.intersection(*found) if kind != "top500"}


def _added_figures(packs: Sequence[ReferencePack], groups: set[_Group], codes: set[str]) -> list[dict[str, Any]]:
    """The number of answers of each cell that all packs have; without medians and quartiles."""
    numbers: dict[_Cell, list[int]] = defaultdict(list)
    for pack in packs:
        for row in pack.rows("figures"):
            if row["subject"] == "indicator" and (row["kind"], row["key"]) in groups and row["code"] in codes:
                numbers[_cell(row)].append(row["n"])
    empty = dict.fromkeys(("lower_quartile", "median", "upper_quartile"))
    return [
        {"kind": kind, "key": key, "subject": "indicator", "code": code, "n": sum(told)} | empty
        for (kind, key, code), told in numbers.items()
        if len(told) == len(packs)
    ]


class _Cells:
    """The rows of a pack about indicators, by kind and key of the group and code of the indicator."""

    def __init__(self, pack: ReferencePack) -> None:
        self.numbers = {_cell(row): row["n"] for row in pack.rows("figures") if row["subject"] == "indicator"}
        self.frequencies: dict[_Cell, list[dict[str, Any]]] = defaultdict(list)
        for row in pack.rows("frequencies"):
            if row["subject"] == "indicator":
                self.frequencies[_cell(row)].append(row)
        self.shares: dict[_Cell, list[dict[str, Any]]] = defaultdict(list)
        for row in pack.rows("shares"):
            self.shares[_cell(row)].append(row)


def _cell(row: dict[str, Any]) -> _Cell:
    return row["kind"], row["key"], row["code"]


def _sizes(pack: ReferencePack) -> dict[_Group, int]:
    return {(row["kind"], row["key"]): row["n"] for row in pack.rows("groups")}


def _added_frequencies(packs: Sequence[_Cells], cell: dict[str, Any]) -> list[dict[str, Any]]:
    """How many clusters of all packs are below each value that one of them tells of."""
    of_packs = [_Bounds(pack.frequencies[_cell(cell)], pack.numbers[_cell(cell)]) for pack in packs]
    if not all(bounds.values for bounds in of_packs):
        return []
    place = {name: cell[name] for name in ("kind", "key", "subject", "code")}
    return [
        place
        | {
            "value": value,
            "at_least": sum(bounds.at_least(value) for bounds in of_packs),
            "at_most": sum(bounds.at_most(value) for bounds in of_packs),
        }
        for value in sorted({value for bounds in of_packs for value in bounds.values})
    ]


class _Bounds:
    """What the frequencies of one pack say of any value: it is between those of its neighbours."""

    def __init__(self, rows: Sequence[dict[str, Any]], n: int) -> None:
        self.values = [row["value"] for row in rows]
        self._least = [0, *(row["at_least"] for row in rows)]
        self._most = [*(row["at_most"] for row in rows), n]

    def at_least(self, value: float) -> int:
        """At least so many are below the value."""
        return int(self._least[bisect_right(self.values, value)])

    def at_most(self, value: float) -> int:
        """At most so many are below the value."""
        return int(self._most[bisect_left(self.values, value)])


def _added_shares(packs: Sequence[_Cells], cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Shares at the levels, weighted by the number of answers; levels that one pack has merged stay merged."""
    of_packs = [pack.shares[_cell(cell)] for pack in packs]
    numbers = [pack.numbers[_cell(cell)] for pack in packs]
    if not all(of_packs):
        return []
    ends = sorted(set.intersection(*({row["high"] for row in rows} for rows in of_packs)))
    found, low = [], min(row["low"] for rows in of_packs for row in rows)
    for high in ends:
        weighted = sum(
            n * row["share"]
            for n, rows in zip(numbers, of_packs, strict=True)
            for row in rows
            if low <= row["high"] <= high
        )
        place = {"kind": cell["kind"], "key": cell["key"], "code": cell["code"]}
        found.append(place | {"low": low, "high": high, "share": round(weighted / sum(numbers), _DECIMALS)})
        low = high + 1
    return found if len(found) > 1 else []


def _whole_numbers(pack: ReferencePack, code: str) -> bool:
    return any(row["code"] == code and row["whole_numbers"] for row in pack.rows("indicators"))


def _row(table: str, row: dict[str, Any]) -> Row:
    return tuple(row[name] for name in TABLES[table])
