"""Differencing between releases: what anyone with the figures of an earlier edition could infer from a new one.

A figure before and after reveals what changed in between. So the clusters whose contribution to a figure is added,
removed or changed form a part like any other obtained by subtraction, and the rules for publishing parts
(`suppression`) apply: there must be enough of them, and they must not all be alike.
(Repeated releases: Hundepool et al., Statistical Disclosure Control, 2012, section 4.6.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb

from ..statistics.parameters import LIMITS, Limits
from ..statistics.suppression import Atom, suppressed
from .export import attach

Group = tuple[str, str, str]
"""A population, and the kind and the key of a group in it."""
Cell = tuple[Group, str]
"""A group in one question."""

# Populations are those whose answers are published together: a scheme's latest benchmarks, its waves (scheme@year),
# and the holders of its label (scheme#). A wave that is not in the old edition is compared with its 500 best.
_SIDE = """
create temp table {side}_group as
select scheme as population, kind, key, coalition, cluster_id
from {side}.peer_group join {side}.peer_group_member using (group_id) where withdrawn = ''
union all
select scheme || '#', 'holder', '', (select max(coalition) from {side}.peer_group), cluster_id
from {side}.holder where scheme in (select scheme from {side}.holder_median)
union all
select wave, 'wave', '', (select max(coalition) from {side}.peer_group), cluster_id from {side}.wave_member;

create temp table {side}_contribution as
with based as (
    select scheme as population, scheme, cluster_id, assessment_id from {side}.latest_benchmark
    union all
    select w.wave, a.scheme, a.cluster_id, a.assessment_id
    from (
        select distinct wave, regexp_replace(wave, '@[0-9]+$', '') as scheme,
            regexp_extract(wave, '[0-9]+$')::integer as until
        from {side}.wave_member
    ) w
    join {side}.assessment a on a.scheme = w.scheme and year(a.assessed_on) <= w.until
    qualify row_number() over (
        partition by w.wave, a.cluster_id order by a.assessed_on desc, a.evidence = 'verified' desc
    ) = 1
    union all
    select scheme || '#', scheme, cluster_id, assessment_id
    from {side}.holder join {side}.assessment using (scheme, cluster_id)
    where evidence = 'verified'
    qualify row_number() over (partition by scheme, cluster_id order by assessed_on desc) = 1
)
select b.population, b.cluster_id, i.code as item, n.value
from based b
join {side}.answer n using (assessment_id)
join {side}.indicator i on i.scheme = b.scheme and i.code = n.indicator
where i.direction <> 'none' or (b.population like '%#' and i.kind = 'points');
"""
_WAVES_BEFORE = """
create temp table wave_before as
select distinct wave, regexp_replace(wave, '@[0-9]+$', '') as scheme
from new.wave_member where wave not in (select wave from old.wave_member);

insert into old_group
select wave, 'wave', '', coalition, cluster_id
from wave_before join old_group on population = scheme and kind = 'top500';

insert into old_contribution
select wave, cluster_id, item, value from wave_before join old_contribution on population = scheme;
"""
_TOUCHED = """
with told as (
    select population, kind, key from old_group intersect select population, kind, key from new_group
),
numbered as (
    select population, kind, key, row_number() over (order by population, kind, key) as number from told
),
belonging as (
    select population, cluster_id, list(number) filter (side = 'old') as before,
        list(number) filter (side = 'new') as after
    from (
        select population, kind, key, cluster_id, 'old' as side from old_group
        union all
        select population, kind, key, cluster_id, 'new' from new_group
    )
    join numbered using (population, kind, key)
    group by population, cluster_id
),
touched as (
    select population, item, o.value as gone, n.value as come, cluster_id,
        if(o.value is null, [], coalesce(before, [])) as before, if(n.value is null, [], coalesce(after, [])) as after,
        o.value is distinct from n.value as other
    from old_contribution o
    full join new_contribution n using (population, cluster_id, item)
    join belonging using (population, cluster_id)
),
changed as (
    select population, item, gone, come, list_sort(list_distinct(
        if(other, before || after, list_filter(before || after,
            lambda g: not (list_contains(before, g) and list_contains(after, g))))
    )) as groups
    from touched
)
select population, item, groups, count(*),
    min(coalesce(come, gone), $extremes), max(coalesce(come, gone), $extremes),
    min(coalesce(gone, come), $extremes), max(coalesce(gone, come), $extremes)
from changed
where len(groups) > 0
group by population, item, groups
order by population, item, groups
"""
_NUMBERED = """
select row_number() over (order by population, kind, key), population, kind, key,
    greatest(max(o.coalition), max(n.coalition))
from old_group o join new_group n using (population, kind, key)
group by population, kind, key
"""
_CLOSED = """
select distinct scheme, kind, key, code from {side}.withheld join {side}.peer_group using (group_id)
where subject = 'indicator'
"""


def exposed_cells(old: Path, new: Path, limits: Limits = LIMITS) -> frozenset[Cell]:
    """Return the published cells of both editions from which the answers of too few clusters can be inferred.

    Raises duckdb.Error if one of the files cannot be read, or is of another schema version.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        for side, path in (("old", old), ("new", new)):
            attach(connection, path, side)
            connection.execute(_SIDE.format(side=side))
        connection.execute(_WAVES_BEFORE)
        published = _published_groups(connection)
        closed = set(connection.execute(f"{_CLOSED.format(side='old')} union {_CLOSED.format(side='new')}").fetchall())
        extremes = limits.for_coalition(max((group.coalition for group in published.values()), default=0)).extremes_kept
        rows = connection.execute(_TOUCHED, {"extremes": extremes}).fetchall()
    found: set[Cell] = set()
    for (_, item), cell in groupby(rows, key=itemgetter(0, 1)):
        open_groups = {number: group for number, group in published.items() if (*group.name, item) not in closed}
        kinds = {number: group.name[1] for number, group in open_groups.items()}
        coalitions = {number: group.coalition for number, group in open_groups.items()}
        for parts in _parts(list(cell), frozenset(open_groups)):
            inside = {number for part in parts for number in part.groups}
            unsafe = suppressed({number: kinds[number] for number in inside}, parts, coalitions, limits)
            found |= {(published[number].name, item) for number in unsafe}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _PublishedGroup:
    """A group published by both editions, and the largest number of its members that one account may see."""

    name: Group
    coalition: int


def _published_groups(connection: duckdb.DuckDBPyConnection) -> dict[int, _PublishedGroup]:
    rows = connection.execute(_NUMBERED).fetchall()
    return {
        number: _PublishedGroup((population, kind, key), coalition) for number, population, kind, key, coalition in rows
    }


def _parts(rows: Sequence[tuple[Any, ...]], published: frozenset[int]) -> Iterator[list[Atom]]:
    """Yield the clusters changed in one question, by their published groups: with new answers, then with old ones."""
    for now in (True, False):
        together: dict[frozenset[int], list[tuple[int, list[float], list[float]]]] = defaultdict(list)
        for _, _, groups, n, lowest, highest, lowest_before, highest_before in rows:
            ends = (lowest, highest) if now else (lowest_before, highest_before)
            together[published.intersection(groups)].append((n, *ends))
        yield [
            Atom(
                groups,
                sum(n for n, _, _ in same),
                tuple(sorted(value for _, lowest, _ in same for value in lowest)),
                tuple(sorted((value for _, _, highest in same for value in highest), reverse=True)),
            )
            for groups, same in together.items()
            if groups
        ]
