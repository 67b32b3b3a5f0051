"""Reference packs made from an edition: the statistics of its groups, without anybody's answers.

What the edition withholds of a group is not in its pack, and neither is what a comparison with an edition served
earlier would reveal: a pack is for everybody, and for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ..domain import ClusterdashError, LocalizedText
from ..i18n import translate
from ..reference_packs.content import PackHeader, ReferencePack, Row
from ..statistics.frequencies import cumulative_frequencies
from ..statistics.parameters import LIMITS, TOP_SIZE, Limits
from ..statistics.rounding import rounded_figure
from .export import opened
from .release_differencing import exposed_cells

_GROUPS = """
select group_id, kind, key, name_en, name_fr, n, coalition
from peer_group where scheme = ? and withdrawn = '' order by group_id"""
_ANSWERS = """
select i.code, i.kind, i.minimum, i.maximum, list(a.value)
from peer_group_member m
join latest_benchmark b on b.cluster_id = m.cluster_id and b.scheme = $scheme
join answer a using (assessment_id)
join indicator i on i.scheme = b.scheme and i.code = a.indicator
where m.group_id = $group and i.direction <> 'none'
group by all order by any_value(i.position)"""
_SCORES = """
select d.code, list(p.score)
from peer_group_member m
join profile p using (cluster_id)
join peer_group t on t.group_id = p.group_id and t.kind = 'top500' and t.scheme = $scheme
join dimension d on d.scheme = t.scheme and d.code = p.dimension
where m.group_id = $group and p.score is not null
group by all order by any_value(d.position)"""
_INDICATORS = """
select i.code, i.dimension, i.name_en, i.name_fr, i.kind, i.unit_en, i.unit_fr, i.minimum, i.maximum, i.direction,
    coalesce(bool_and(a.value = floor(a.value)), true)
from indicator i
left join latest_benchmark b using (scheme)
left join answer a on a.assessment_id = b.assessment_id and a.indicator = i.code
where i.scheme = ? and i.direction <> 'none'
group by all order by any_value(i.position)"""
_COMPOSITION = """
select g.kind, g.key, c.kind, c.key, coalesce(s.name_en, z.name_en, ''), coalesce(s.name_fr, z.name_fr, ''), c.n
from composition c
join peer_group g using (group_id)
left join sector s on c.kind = 'sector' and s.code = c.key
left join peer_group z on c.kind = 'size' and z.kind = 'size' and z.key = c.key and z.scheme = g.scheme
where g.scheme = ? and g.withdrawn = '' order by group_id, c.kind, c.key = '', c.n desc, c.key"""
_SHARES = """
select g.kind, g.key, p.indicator, p.low, p.high, p.share
from practice p
join peer_group g using (group_id)
join indicator i on i.scheme = g.scheme and i.code = p.indicator
where g.scheme = ? and g.withdrawn = '' order by group_id, i.position, low"""


@dataclass(frozen=True, slots=True)
class PackExport:
    """A pack, and how many figures are not in it because of editions served earlier."""

    pack: ReferencePack
    withheld: int


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of the edition that is told of, and the limits by which it is."""

    group_id: int
    kind: str
    key: str
    name: LocalizedText
    n: int
    limits: Limits


def reference_pack(
    path: Path,
    scheme: str,
    publisher: str,
    licence: str,
    created: date,
    earlier: tuple[Path, ...] = (),
    *,
    limits: Limits = LIMITS,
) -> PackExport:
    """The reference pack of one scheme of an edition, unsigned.

    `earlier`: the editions served so far; itself may be among them. Raises ClusterdashError if the edition cannot be
    read, or nothing of the scheme may be published.
    """
    withheld = _exposed(path, earlier, limits)
    with opened(path) as connection:
        header = _header(connection, scheme, publisher, licence, created)
        groups = [
            _Group(group_id, kind, key, LocalizedText(fr, en), n, limits.for_coalition(coalition))
            for group_id, kind, key, en, fr, n, coalition in connection.execute(_GROUPS, [scheme]).fetchall()
        ]
        closed = connection.execute("select group_id, subject, code from withheld").fetchall()
        open_cells = [
            cell
            for group in groups
            for cell in _cells(connection, scheme, group)
            if (group.group_id, cell.subject, cell.code) not in closed
        ]
        cells = [c for c in open_cells if ((scheme, c.group.kind, c.group.key), c.code) not in withheld]
        if not cells:
            raise ClusterdashError("reference_pack.nothing", scheme=scheme)
        told = {(c.group.kind, c.group.key, c.code) for c in cells if c.subject == "indicator"}
        used = {(cell.group.kind, cell.group.key) for cell in cells}
        tables: Mapping[str, tuple[Row, ...]] = {
            "groups": tuple(_described(connection, scheme, g) for g in groups if (g.kind, g.key) in used),
            "indicators": tuple(connection.execute(_INDICATORS, [scheme]).fetchall()),
            "figures": tuple(cell.figures for cell in cells),
            "frequencies": tuple(row for cell in cells for row in cell.frequencies),
            "shares": tuple(
                row for row in connection.execute(_SHARES, [scheme]).fetchall() if (row[0], row[1], row[2]) in told
            ),
            "composition": tuple(
                row for row in connection.execute(_COMPOSITION, [scheme]).fetchall() if (row[0], row[1]) in used
            ),
        }
    return PackExport(ReferencePack(header, tables), len(open_cells) - len(cells))


@dataclass(frozen=True, slots=True)
class _PackCell:
    """What is told of a group in one indicator or dimension, as rows of the tables."""

    group: _Group
    subject: str
    code: str
    figures: Row
    frequencies: tuple[Row, ...]


def _cells(connection: duckdb.DuckDBPyConnection, scheme: str, group: _Group) -> Iterator[_PackCell]:
    """All cells of a group with enough answers."""
    named = {"scheme": scheme, "group": group.group_id}
    for code, kind, minimum, maximum, values in connection.execute(_ANSWERS, named).fetchall():
        yield from _cell(group, "indicator", code, kind, np.array(values, dtype=float), minimum, maximum)
    for code, values in connection.execute(_SCORES, named).fetchall():
        yield from _cell(group, "dimension", code, "share", np.array(values, dtype=float))


def _cell(
    group: _Group,
    subject: str,
    code: str,
    kind: str,
    values: NDArray[np.float64],
    minimum: float | None = None,
    maximum: float | None = None,
) -> Iterator[_PackCell]:
    """One cell; none where there are fewer answers than quartiles need."""
    found = cumulative_frequencies(values, kind, minimum, maximum, group.limits)
    if len(values) < group.limits.quartile_minimum:
        return
    place = (group.kind, group.key, subject, code)
    quartiles = [rounded_figure(float(one), kind) for one in np.quantile(values, [0.25, 0.5, 0.75])]
    yield _PackCell(
        group,
        subject,
        code,
        (*place, len(values), *quartiles),
        tuple((*place, one.value, one.at_least, one.at_most) for one in found),
    )


def _header(
    connection: duckdb.DuckDBPyConnection, scheme: str, publisher: str, licence: str, created: date
) -> PackHeader:
    found = connection.execute(
        """select family, version, name_fr, name_en, min(year(assessed_on)), max(year(assessed_on)),
               (select synthetic from edition)
           from scheme join latest_benchmark using (scheme) where scheme = ? group by all""",
        [scheme],
    ).fetchall()
    if not found:
        raise ClusterdashError("reference_pack.no_scheme", scheme=scheme, known=", ".join(_schemes(connection)))
    ((family, version, fr, en, first, last, synthetic),) = found
    names = LocalizedText(fr, en)
    return PackHeader(
        publisher,
        translate("en", "reference_pack.title", publisher=publisher, scheme=names.en, year=str(last)),
        created.isoformat(),
        licence,
        scheme,
        family,
        version,
        names,
        first,
        last,
        synthetic,
    )


def most_used_scheme(path: Path) -> str:
    """The scheme of most benchmarks in an edition, "" without any. Raises ClusterdashError if it cannot be read."""
    with opened(path) as connection:
        return next(iter(_schemes(connection)), "")


def _schemes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    most = "select scheme from latest_benchmark group by scheme order by count(*) desc, scheme"
    return [scheme for (scheme,) in connection.execute(most).fetchall()]


def _described(connection: duckdb.DuckDBPyConnection, scheme: str, group: _Group) -> Row:
    """A row of the table of groups, with the rule by which others can form the same group."""
    rules = [
        translate(language, f"grouped.{group.kind}", size=TOP_SIZE, name=group.name.get(language))
        for language in ("en", "fr")
    ]
    indicator, low, high = "", None, None
    if group.kind in ("size", "age"):
        band = "select indicator, low, high from band where scheme = ? and kind = ? and key = ?"
        ((indicator, low, high),) = connection.execute(band, [scheme, group.kind, group.key]).fetchall()
    countries = ""
    if group.kind == "country_group":
        listed = "select country from country_group where key = ? order by country"
        countries = " ".join(country for (country,) in connection.execute(listed, [group.key]).fetchall())
    names = (group.name.en, group.name.fr)
    return (group.kind, group.key, *names, group.n, *rules, indicator, low, high, countries)


def _exposed(path: Path, earlier: tuple[Path, ...], limits: Limits) -> set[tuple[Any, str]]:
    """What the difference from an edition served earlier would reveal."""
    found: set[tuple[Any, str]] = set()
    for before in earlier:
        if before != path:
            with suppress(duckdb.Error):  # of another version: its figures were other ones
                found |= exposed_cells(before, path, limits)
    return found
