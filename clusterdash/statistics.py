"""Fills an edition with its statistics: positions and scores by SQL, then spreads of groups, then robustness."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import duckdb
import numpy as np
import pandas as pd

from . import robustness, spread
from .benchmark import MEDIAN_MINIMUM, PAIR_MINIMUM, QUARTILE_MINIMUM, SPREAD_MINIMUM, TOP_SIZE


def compute(connection: duckdb.DuckDBPyConnection) -> None:
    """Compute everything that pages show of groups. The tables of what was handed in must be full."""
    limits = {"median_minimum": MEDIAN_MINIMUM, "quartile_minimum": QUARTILE_MINIMUM, "top_size": TOP_SIZE}
    limits["pair_minimum"] = PAIR_MINIMUM
    script = resources.files("clusterdash").joinpath("statistics.sql").read_text("utf-8")
    for statement in connection.extract_statements(script):
        wanted = {name: limits[name] for name in statement.named_parameters}
        connection.execute(statement, wanted)
    _practices(connection)
    _compositions(connection)
    _robustness(connection)


def _practices(connection: duckdb.DuckDBPyConnection) -> None:
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
               where i.kind = 'level' and i.direction <> 'none' and i.minimum is not null and i.maximum is not null
               group by all
           )
           group by group_id, indicator, position, minimum, maximum
           having sum(n) > ?
           order by group_id, position""",
        [SPREAD_MINIMUM],
    ).fetchall()
    rows = []
    for group_id, indicator, minimum, maximum, levels, numbers in counted:
        at = dict(zip(levels, numbers, strict=True))
        counts = [at.get(level, 0) for level in range(minimum, maximum + 1)]
        rows += [
            (group_id, indicator, minimum + first, minimum + last, 100 * n / sum(counts))
            for first, last, n in spread.joined(counts, MEDIAN_MINIMUM + 1)
        ]
    _insert(connection, "practice", ["group_id", "indicator", "low", "high", "share"], rows)


def _compositions(connection: duckdb.DuckDBPyConnection) -> None:
    """Who is in a group, by country, main sector and size."""
    counted = connection.execute(
        """with member as (
               select g.group_id, g.scheme, m.cluster_id
               from peer_group_member m
               join peer_group g using (group_id)
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
        for key, n in spread.kinds(dict(zip(keys, numbers, strict=True)), MEDIAN_MINIMUM + 1).items()
    ]
    _insert(connection, "composition", ["group_id", "kind", "key", "n"], rows)


def _robustness(connection: duckdb.DuckDBPyConnection) -> None:
    """How firm the blocks' positions among the top 500 are."""
    stood = connection.execute(
        """select t.scheme, q.dimension, t.cluster_id, t.item, t.percentile, s.value is not null as scored,
               m.cluster_id is not null as member
           from told t
           join peer_group g using (group_id)
           join question q on q.scheme = t.scheme and q.item = t.item
           join score s on s.group_id = t.group_id and s.cluster_id = t.cluster_id and s.item = q.dimension
           left join peer_group_member m on m.group_id = t.group_id and m.cluster_id = t.cluster_id
           where g.kind = 'top500'
           order by t.scheme, q.dimension, t.cluster_id, t.item"""
    ).df()
    found = []
    for (scheme, dimension), block in stood.groupby(["scheme", "dimension"], sort=False):
        items = block["item"].unique()
        people = block.iloc[:: len(items)]
        scored, member = people["scored"].to_numpy(bool), people["member"].to_numpy(bool)
        if (scored & member).sum() <= MEDIAN_MINIMUM:
            continue
        percentiles = block["percentile"].to_numpy(float).reshape(len(people), len(items))
        result = robustness.assess(percentiles, scored, member, robustness.variants(len(items)))
        columns = {"position": result.position, "low": result.low, "high": result.high, "same_side": result.same_side}
        names = {"cluster_id": people["cluster_id"].to_numpy(), "scheme": scheme, "dimension": dimension}
        found.append(pd.DataFrame({**names, **columns})[~np.isnan(result.position)])
    if found:
        _insert_frame(connection, "robustness", pd.concat(found))


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], rows: Sequence[tuple[object, ...]]
) -> None:
    if rows:
        _insert_frame(connection, table, pd.DataFrame(rows, columns=columns))


def _insert_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    connection.register("incoming", frame)
    connection.execute(f"insert into {table} by name select * from incoming")
    connection.unregister("incoming")
