"""Fills an edition with its statistics: positions and scores by SQL, then spreads of groups, then robustness."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib import resources
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from ..benchmark import TOP_SIZE
from . import disclosure, robustness, spread
from .disclosure import LIMITS, Limits

Accounts = Collection[Collection[str]]
"""Of each account the clusters that it sees, by id."""


def compute(connection: duckdb.DuckDBPyConnection, accounts: Accounts = (), limits: Limits = LIMITS) -> None:
    """Compute everything that pages show of groups. The tables of what was handed in must be full.

    No group tells the `accounts` more of the clusters that they do not see than it tells a few managers who talk.
    The script stops at its lines `-- check: ...`: there it is decided what may be told. What stands below `-- for each
    kind` is run for one kind of groups after another, up to the next such line: all at once would not fit into memory.
    """
    values = {"top_size": TOP_SIZE}
    checks: dict[str, Callable[[duckdb.DuckDBPyConnection], None]] = {
        "groups": partial(_withdraw, limits=limits),
        "answers": partial(_withhold, limits=limits, values="observed", subject="indicator", into="withheld_answer"),
        "scores": partial(_withhold, limits=limits, values="top_score", subject="dimension", into="withheld_score"),
    }
    _settle(connection, accounts, limits)
    first, *rest = re.split(r"(?m)^-- (check: \w+|for each kind|for all)$", _script())
    _run(connection, first, values)
    for mark, piece in zip(rest[::2], rest[1::2], strict=True):
        if mark.startswith("check: "):
            checks[mark.removeprefix("check: ")](connection)
        kinds = connection.execute("select distinct kind from peer_group order by all").fetchall()
        for (kind,) in kinds if mark == "for each kind" else [("",)]:
            connection.execute("set variable kind = ?", [kind])
            _run(connection, piece, values)
    coalitions = _coalitions(connection)
    told_by = {group_id: limits.of(coalition) for group_id, coalition in coalitions.items()}
    _practices(connection, told_by)
    _compositions(connection, told_by)
    _robustness(connection, told_by)


def _settle(connection: duckdb.DuckDBPyConnection, accounts: Accounts, limits: Limits) -> None:
    """Tell the script which accounts see more clusters than a coalition is thought to have, and all limits."""
    connection.execute("create temp table account_cluster (account integer, cluster_id text)")
    large = sorted({tuple(sorted(set(clusters))) for clusters in accounts if len(set(clusters)) > limits.coalition})
    rows = [(account, cluster) for account, clusters in enumerate(large) for cluster in clusters]
    _insert(connection, "account_cluster", ["account", "cluster_id"], rows)
    largest = max(map(len, large), default=limits.coalition)
    told_by = pd.DataFrame(asdict(limits.of(coalition)) for coalition in range(limits.coalition, largest + 1))
    connection.register("incoming", told_by)
    connection.execute("create temp table limit_of as from incoming")
    connection.unregister("incoming")


def _coalitions(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """How many members of each group one account sees, by the group's id."""
    return dict(connection.execute("select group_id, coalition from peer_group").fetchall())


def _run(connection: duckdb.DuckDBPyConnection, script: str, values: Mapping[str, object]) -> None:
    for statement in connection.extract_statements(script):
        connection.execute(statement, {name: values[name] for name in statement.named_parameters})


def _script() -> str:
    return resources.files("clusterdash.editions").joinpath("statistics.sql").read_text("utf-8")


def _withdraw(connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Mark the groups of which nothing may be told, whatever was answered."""
    parts = connection.execute(
        """select scheme, groups, count(*)
           from (
               select scheme, cluster_id, list(group_id order by group_id) as groups
               from peer_group_member join peer_group using (group_id) group by all
           ) group by all order by all"""
    ).fetchall()
    rows = [(scheme, "", *rest, [], []) for scheme, *rest in parts]
    for _, group_id, reason in _unsafe(connection, rows, _coalitions(connection), limits):
        connection.execute(  # the place of the top 500 is kept; where nothing may be told, nothing stands there
            "update peer_group set withdrawn = ? where group_id = ? and kind <> 'top500'", [reason, group_id]
        )


def _withhold(connection: duckdb.DuckDBPyConnection, limits: Limits, values: str, subject: str, into: str) -> None:
    """Find the questions, or the dimensions, that may not be told of a group because of what was answered.

    `values` names a table (scheme, cluster_id, item, value). Written to `withheld`, and to the temporary table `into`
    (group_id, item), which knows the groups of earlier years as well.
    """
    told_of = connection.execute("select group_id, limits.coalition from told_of").fetchall()
    kept = limits.of(max((coalition for _, coalition in told_of), default=0)).kept
    parts = connection.execute(
        f"""with belonging as (
               select scheme, cluster_id, list(group_id order by group_id) as groups
               from (select * from member union all select * from then_member) group by all
           )
           select scheme, item, groups, count(*), min(value, {kept}), max(value, {kept})
           from {values} join belonging using (scheme, cluster_id) group by all order by all"""
    ).fetchall()
    unsafe = _unsafe(connection, parts, dict(told_of), limits)
    rows = [(group_id, subject, item, reason) for item, group_id, reason in unsafe]
    _insert(connection, "withheld", ["group_id", "subject", "code", "reason"], rows)
    connection.execute(
        f"create temp table {into} as select group_id, code as item from withheld where subject = ?", [subject]
    )
    connection.execute("delete from withheld where group_id < 0")


def _unsafe(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[tuple[Any, ...]],
    coalitions: Mapping[int, int],
    limits: Limits,
) -> Iterator[tuple[str, int, disclosure.Reason]]:
    """What may not be told: item, group and reason.

    `rows` hold scheme, item, group ids, number of clusters, lowest and highest answers, sorted by scheme and item.
    """
    kinds = dict(connection.execute("select group_id, kind from peer_group").fetchall())
    for (_, item), inside in groupby(rows, key=itemgetter(0, 1)):
        parts = [disclosure.Part(frozenset(ids), n, tuple(low), tuple(high)) for *_, ids, n, low, high in inside]
        groups = sorted({group_id for part in parts for group_id in part.groups})
        named = {group_id: kinds.get(group_id, "top500") for group_id in groups}
        reasons = disclosure.withheld(named, parts, coalitions, limits)
        yield from ((item, group_id, reason) for group_id, reason in reasons.items())


ToldBy = Mapping[int, Limits]
"""By which limits is told of each group, by its id."""


def _practices(connection: duckdb.DuckDBPyConnection, told_by: ToldBy) -> None:
    """Which share of a group answers which level; the one who looks is counted too, hence one more than the others."""
    counted = connection.execute(
        """select group_id, indicator, minimum::integer, maximum::integer, list(level), list(n)
           from (
               select g.group_id, i.code as indicator, i.position, i.minimum, i.maximum, a.value::integer as level,
                   count(*) as n
               from peer_group_member m
               join peer_group g using (group_id)
               join latest_benchmark b on b.cluster_id = m.cluster_id and b.scheme = g.scheme
               join answer a using (assessment_id)
               join indicator i on i.scheme = g.scheme and i.code = a.indicator
               left join withheld w on w.group_id = g.group_id and w.subject = 'indicator' and w.code = i.code
               where g.withdrawn = '' and w.code is null
                   and i.kind = 'level' and i.direction <> 'none' and i.minimum is not null and i.maximum is not null
               group by all
           )
           group by group_id, indicator, position, minimum, maximum
           order by group_id, position"""
    ).fetchall()
    rows = []
    for group_id, indicator, minimum, maximum, levels, numbers in counted:
        limits, at = told_by[group_id], dict(zip(levels, numbers, strict=True))
        if sum(numbers) <= limits.spread:
            continue
        counts = [at.get(level, 0) for level in range(minimum, maximum + 1)]
        parts = spread.joined(counts, limits.smallest)
        shares = spread.steps([n for *_, n in parts], limits.step)
        rows += [
            (group_id, indicator, minimum + first, minimum + last, share)
            for (first, last, _), share in zip(parts, shares, strict=True)
        ]
    _insert(connection, "practice", ["group_id", "indicator", "low", "high", "share"], rows)


def _compositions(connection: duckdb.DuckDBPyConnection, told_by: ToldBy) -> None:
    """Who is in a group, by country, main sector and size."""
    counted = connection.execute(
        """with member as (
               select g.group_id, g.scheme, m.cluster_id
               from peer_group_member m
               join peer_group g using (group_id)
               where g.withdrawn = ''
           ), told as (
               select group_id, 'country' as kind, country as key from member join cluster using (cluster_id)
               union all
               select group_id, 'sector', sector from member join cluster_sector using (cluster_id) where position = 1
               union all
               select m.group_id, 'size', g.key
               from member m
               join peer_group g on g.scheme = m.scheme and g.kind = 'size'
               join peer_group_member s on s.group_id = g.group_id and s.cluster_id = m.cluster_id
           )
           select group_id, kind, list(key), list(n)
           from (select group_id, kind, key, count(*) as n from told group by all)
           group by group_id, kind
           order by group_id, kind"""
    ).fetchall()
    rows = [
        (group_id, kind, key, n)
        for group_id, kind, keys, numbers in counted
        for key, n in spread.kinds(dict(zip(keys, numbers, strict=True)), told_by[group_id].smallest).items()
    ]
    _insert(connection, "composition", ["group_id", "kind", "key", "n"], rows)


def _robustness(connection: duckdb.DuckDBPyConnection, told_by: ToldBy) -> None:
    """How firm the blocks' positions among the top 500 are."""
    blocks = connection.execute(
        """select distinct scheme, dimension, group_id
           from question join peer_group g using (scheme) where g.kind = 'top500' order by all"""
    ).fetchall()
    for scheme, dimension, group_id in blocks:
        limits = told_by[group_id]
        stood = connection.execute(
            """select t.cluster_id, any_value(s.value) is not null as scored,
                   any_value(m.cluster_id) is not null as member,
                   list(coalesce(t.percentile, 'nan') order by t.indicator) as percentiles
               from position t
               join peer_group g using (group_id)
               join question q on q.scheme = g.scheme and q.item = t.indicator
               join score s on s.group_id = t.group_id and s.cluster_id = t.cluster_id and s.item = q.dimension
               left join peer_group_member m on m.group_id = t.group_id and m.cluster_id = t.cluster_id
               left join withheld w on w.group_id = t.group_id and w.subject = 'dimension' and w.code = q.dimension
               where g.kind = 'top500' and w.code is null and g.scheme = ? and q.dimension = ?
               group by t.cluster_id
               order by t.cluster_id""",
            [scheme, dimension],
        ).df()
        scored, member = stood["scored"].to_numpy(bool), stood["member"].to_numpy(bool)
        inside = scored & member
        if inside.sum() <= limits.percentile:
            continue
        percentiles = np.stack(stood["percentiles"].to_list())
        found = robustness.assess(percentiles, scored, member, robustness.variants(percentiles.shape[1]))
        others = inside.sum() - inside
        columns = {
            "position": disclosure.told(found.position, others, limits.step),
            "low": disclosure.told(found.low, others, limits.step),
            "high": disclosure.told(found.high, others, limits.step),
            "same_side": found.same_side,
        }
        frame = pd.DataFrame({"cluster_id": stood["cluster_id"], "scheme": scheme, "dimension": dimension, **columns})
        insert_frame(connection, "robustness", frame[scored])


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], rows: Sequence[tuple[object, ...]]
) -> None:
    if rows:
        insert_frame(connection, table, pd.DataFrame(rows, columns=columns))


def insert_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    """Put the rows of a frame into a table, column by column of the same name."""
    connection.register("incoming", frame)
    connection.execute(f"insert into {table} by name select * from incoming")
    connection.unregister("incoming")
