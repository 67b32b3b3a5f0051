"""Which indicators and dimensions of a reference pack are those of a scheme of our own. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_ALWAYS = ("kind", "direction", "unit_en")
_OF_LEVELS = ("minimum", "maximum")


@dataclass(frozen=True, slots=True)
class Difference:
    """An indicator whose description in a pack is not ours: the column, what it says there and here."""

    code: str
    column: str
    theirs: Any
    ours: Any


@dataclass(frozen=True, slots=True)
class SchemeMatch:
    """What of a pack can be compared with a scheme: codes of indicators and of dimensions.

    `differing`: indicators of one code that ask for something else. `unknown`: those that the scheme does not have;
    `lacking`: those of the scheme that the pack does not have. Dimensions match where all their indicators do.
    """

    indicators: frozenset[str]
    dimensions: frozenset[str]
    differing: tuple[Difference, ...]
    unknown: tuple[str, ...]
    lacking: tuple[str, ...]


def match_scheme(theirs: Iterable[Mapping[str, Any]], ours: Iterable[Mapping[str, Any]]) -> SchemeMatch:
    """Compare the indicators of a pack with those of a scheme that have a better direction: rows by column."""
    told = {row["code"]: row for row in theirs}
    known = {row["code"]: row for row in ours if row["direction"] != "none"}
    differing = tuple(
        Difference(code, column, told[code][column], known[code][column])
        for code in told
        if code in known
        for column in _compared(known[code])
        if _plain(told[code][column]) != _plain(known[code][column])
    )
    other = {difference.code for difference in differing}
    matching = frozenset(code for code in told if code in known and code not in other)
    return SchemeMatch(
        matching,
        frozenset(
            dimension
            for dimension, codes in _by_dimension(told.values()).items()
            if codes == _by_dimension(known.values()).get(dimension) and codes <= matching
        ),
        differing,
        tuple(code for code in told if code not in known),
        tuple(code for code in known if code not in told),
    )


def _compared(row: Mapping[str, Any]) -> tuple[str, ...]:
    return _ALWAYS + (_OF_LEVELS if row["kind"] in ("level", "points", "gate") else ())


def _plain(value: object) -> object:
    return value.strip().casefold() if isinstance(value, str) else value


def _by_dimension(rows: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["dimension"]].add(row["code"])
    return found
