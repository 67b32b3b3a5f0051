"""The statistics of an edition, step by step: SQL files, and the steps between them that are written in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from . import robustness, rounding, small_counts, suppression
from .parameters import LIMITS, Accounts, Limits, Reason, as_variables
from .suppression import Atom

Connection = duckdb.DuckDBPyConnection


def read_sql(name: str) -> str:
    """The text of a file in `sql/`, by its name without the extension."""
    return resources.files("clusterdash.statistics").joinpath("sql", f"{name}.sql").read_text("utf-8")


_MOST_AT_ONCE = 20_000
"""The number of members of groups up to which all kinds are computed at once, which saves planning each script anew."""


@dataclass(frozen=True, slots=True)
class SqlStep:
    """A script to run: once; `per_kind` of group, where all at once would not fit into memory; or `per_pack`."""

    sql: str
    per_kind: bool = False
    per_pack: bool = False

    def __call__(self, connection: Connection, _: Limits) -> None:
        """Run the script."""
        if self.per_pack:
            for _pack in _packs(connection):
                connection.execute(self.sql)
            return
        if not self.per_kind or _members(connection) <= _MOST_AT_ONCE:
            connection.execute(self.sql)
            return
        for (kind,) in connection.execute("select distinct kind from peer_group order by all").fetchall():
            connection.execute("set variable kind = ?", [kind])
            connection.execute(self.sql)
        connection.execute("reset variable kind")


Step = Callable[[Connection, Limits], None]


def _members(connection: Connection) -> int:
    return int(connection.execute("select count(*) from peer_group_member").fetchone()[0])  # type: ignore[index]


def suppress_groups(connection: Connection, limits: Limits) -> None:
    """Fill `suppressed_group` with the groups for which nothing may be published, whatever the answers."""
    atoms = connection.execute(
        """select scheme, groups, count(*)
           from (
               select scheme, cluster_id, list(group_id order by group_id) as groups
               from peer_group_member join peer_group using (group_id) group by all
           ) group by all order by all"""
    ).fetchall()
    rows = [(scheme, "", *rest, [], []) for scheme, *rest in atoms]
    coalitions = dict(connection.execute("select group_id, coalition from peer_group").fetchall())
    kinds = dict(connection.execute("select group_id, kind from peer_group").fetchall())
    found = [
        (group_id, reason)
        for _, group_id, reason in _unsafe(connection, rows, coalitions, limits)
        if kinds[group_id] != "top500"  # always offered; where nothing may be published, it is empty
    ]
    _insert(connection, "suppressed_group", ["group_id", "reason"], found)


def suppress_indicators(connection: Connection, limits: Limits) -> None:
    """Find the indicators that must not be published for a group because of the answers."""
    _suppress_cells(connection, limits, "indicator", "oriented_answer")


def suppress_dimensions(connection: Connection, limits: Limits) -> None:
    """Find the dimensions that must not be published for a group because of its members' scores."""
    _suppress_cells(connection, limits, "dimension", "top_score")


def suppress_reference_scores(connection: Connection, limits: Limits) -> None:
    """Find the dimensions that must not be published for a group because of its scores on the scale of a pack."""
    for pack in _packs(connection):
        _suppress_cells(connection, limits, pack, "reference_scale")


def _packs(connection: Connection) -> Iterator[str]:
    """Yield each reference pack, which is the variable `pack` meanwhile."""
    for (pack,) in connection.execute("select pack from reference_pack order by position").fetchall():
        connection.execute("set variable pack = ?", [pack])
        yield pack
        connection.execute("reset variable pack")


def _suppress_cells(connection: Connection, limits: Limits, subject: str, values: str) -> None:
    """Fill `suppressed_cell`; `values` names a table (scheme, cluster_id, item, value)."""
    coalitions = dict(connection.execute("select group_id, limits.coalition from group_limits").fetchall())
    extremes = limits.for_coalition(max(coalitions.values(), default=0)).extremes_kept
    rows = connection.execute(
        f"""with belonging as (
               select scheme, cluster_id, list(group_id order by group_id) as groups
               from (select * from member union all select * from past_top500) group by all
           )
           select scheme, item, groups, count(*), min(value, {extremes}), max(value, {extremes})
           from {values} join belonging using (scheme, cluster_id) group by all order by all"""
    ).fetchall()
    unsafe = _unsafe(connection, rows, coalitions, limits)
    found = [(group_id, subject, item, reason) for item, group_id, reason in unsafe]
    _insert(connection, "suppressed_cell", ["group_id", "subject", "item", "reason"], found)


def _unsafe(
    connection: Connection, rows: Sequence[tuple[Any, ...]], coalitions: Mapping[int, int], limits: Limits
) -> Iterator[tuple[str, int, Reason]]:
    """Yield what must not be published: item, group and reason.

    `rows` hold scheme, item, group ids, number of clusters, lowest and highest answers, sorted by scheme and item.
    """
    kinds = dict(connection.execute("select group_id, kind from peer_group").fetchall())
    for (_, item), inside in groupby(rows, key=itemgetter(0, 1)):
        atoms = [Atom(frozenset(ids), n, tuple(low), tuple(high)) for *_, ids, n, low, high in inside]
        groups = sorted({group_id for atom in atoms for group_id in atom.groups})
        kinds_here = {group_id: kinds.get(group_id, "top500") for group_id in groups}
        reasons = suppression.suppressed(kinds_here, atoms, coalitions, limits)
        yield from ((item, group_id, reason) for group_id, reason in reasons.items())


def level_shares(connection: Connection, limits: Limits) -> None:
    """Fill `practice`: the share of a group that answers each level, including the viewer's own cluster."""
    counts = connection.execute(
        """select group_id, indicator, minimum, maximum, list(level), list(n)
           from level_count
           group by group_id, indicator, position, minimum, maximum
           order by group_id, position"""
    ).fetchall()
    limits_of = _limits_of_groups(connection, limits)
    rows = []
    for group_id, indicator, minimum, maximum, levels, numbers in counts:
        of_group, by_level = limits_of[group_id], dict(zip(levels, numbers, strict=True))
        if sum(numbers) <= of_group.share_minimum:  # one more than the others that are required
            continue
        at_levels = [by_level.get(level, 0) for level in range(minimum, maximum + 1)]
        bins = small_counts.merge_small_bins(at_levels, of_group.group_minimum)
        shares = small_counts.rounded_shares([n for *_, n in bins], of_group.rounding_base)
        rows += [
            (group_id, indicator, minimum + first, minimum + last, share)
            for (first, last, _), share in zip(bins, shares, strict=True)
        ]
    _insert(connection, "practice", ["group_id", "indicator", "low", "high", "share"], rows)


def compositions(connection: Connection, limits: Limits) -> None:
    """Fill `composition`: the members of each group by country, main sector and size."""
    counts = connection.execute(
        "select group_id, kind, list(key), list(n) from member_count group by group_id, kind order by group_id, kind"
    ).fetchall()
    limits_of = _limits_of_groups(connection, limits)
    rows = []
    for group_id, kind, keys, numbers in counts:
        by_key = dict(zip(keys, numbers, strict=True))
        merged = small_counts.merge_small_categories(by_key, limits_of[group_id].group_minimum)
        rows += [(group_id, kind, key, n) for key, n in merged.items()]
    _insert(connection, "composition", ["group_id", "kind", "key", "n"], rows)


def dimension_robustness(connection: Connection, limits: Limits) -> None:
    """Fill `robustness`: how much positions of dimensions among the top 500 depend on how scores are aggregated."""
    dimensions = connection.execute(
        """select distinct scheme, dimension, group_id
           from question join peer_group g using (scheme) where g.kind = 'top500' order by all"""
    ).fetchall()
    limits_of = _limits_of_groups(connection, limits)
    for scheme, dimension, group_id in dimensions:
        clusters = connection.execute(
            """select p.cluster_id, any_value(s.value) is not null as scored,
                   any_value(m.cluster_id) is not null as member,
                   list(coalesce(p.percentile, 'nan') order by p.indicator) as percentiles
               from position p
               join peer_group g using (group_id)
               join question q on q.scheme = g.scheme and q.item = p.indicator
               join score s on s.group_id = p.group_id and s.cluster_id = p.cluster_id and s.item = q.dimension
               left join peer_group_member m on m.group_id = p.group_id and m.cluster_id = p.cluster_id
               left join withheld w on w.group_id = p.group_id and w.subject = 'dimension' and w.code = q.dimension
               where g.kind = 'top500' and w.code is null and g.scheme = ? and q.dimension = ?
               group by p.cluster_id
               order by p.cluster_id""",
            [scheme, dimension],
        ).df()
        of_group = limits_of[group_id]
        scored, member = clusters["scored"].to_numpy(bool), clusters["member"].to_numpy(bool)
        inside = scored & member
        if inside.sum() <= of_group.percentile_minimum:  # one more than the others that are required
            continue
        percentiles = np.stack(clusters["percentiles"].to_list())
        variants = robustness.draw_aggregations(percentiles.shape[1])
        uncertainty = robustness.assess(percentiles, scored, member, variants)
        others, base = inside.sum() - inside, of_group.rounding_base
        frame = pd.DataFrame(
            {
                "cluster_id": clusters["cluster_id"],
                "scheme": scheme,
                "dimension": dimension,
                "position": rounding.coarsened_percentile(uncertainty.position, others, base),
                "low": rounding.coarsened_percentile(uncertainty.low, others, base),
                "high": rounding.coarsened_percentile(uncertainty.high, others, base),
                "same_side": uncertainty.same_side,
            }
        )
        insert_frame(connection, "robustness", frame[scored])


def _limits_of_groups(connection: Connection, limits: Limits) -> dict[int, Limits]:
    """The limits for each group, by its id: those of the largest coalition in it."""
    rows = connection.execute("select group_id, coalition from peer_group").fetchall()
    return {group_id: limits.for_coalition(coalition) for group_id, coalition in rows}


STEPS: tuple[Step, ...] = (
    SqlStep(read_sql("10_latest_assessments")),
    SqlStep(read_sql("20_macros")),
    SqlStep(read_sql("30_peer_groups")),
    suppress_groups,
    SqlStep(read_sql("40_viewers")),
    suppress_indicators,
    SqlStep(read_sql("50_positions"), per_kind=True),
    suppress_dimensions,
    SqlStep(read_sql("60_scores"), per_kind=True),
    SqlStep(read_sql("70_progress")),
    SqlStep(read_sql("80_labels")),
    SqlStep(read_sql("90_counts")),
    level_shares,
    compositions,
    dimension_robustness,
    SqlStep(read_sql("95_reference_positions"), per_pack=True),
    suppress_reference_scores,
    SqlStep(read_sql("96_reference_profiles"), per_pack=True),
)
"""All steps, in order. Tests replace single ones."""


def compute(
    connection: Connection,
    accounts: Accounts = (),
    limits: Limits = LIMITS,
    steps: Sequence[Step] | None = None,
    progress: Callable[[float], object] = lambda _: None,
) -> None:
    """Compute everything that pages show about groups, into the tables of `schema.sql`.

    The tables of submitted data must be filled, those of statistics empty. No group discloses more to the `accounts`
    about clusters that they do not see than to a coalition of managers. `steps` defaults to `STEPS`. `progress` is
    called before each step with the share done, 0 to 1; what it raises ends the computation.
    """
    for name, value in as_variables(limits, accounts).items():
        connection.execute(f"set variable {name} = ?", [value])
    chosen = STEPS if steps is None else steps
    for number, step in enumerate(chosen):
        progress(number / len(chosen))
        step(connection, limits)


def _insert(connection: Connection, table: str, columns: list[str], rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        insert_frame(connection, table, pd.DataFrame(rows, columns=columns))


def insert_frame(connection: Connection, table: str, frame: pd.DataFrame) -> None:
    """Insert the rows of a frame into a table, matching columns by name."""
    connection.register("incoming", frame)
    connection.execute(f"insert into {table} by name select * from incoming")
    connection.unregister("incoming")
