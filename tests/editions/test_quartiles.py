"""The quartiles of groups that a cluster may know, against the answers themselves."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from support.attack_model import told_figure
from support.editions import laid_bare

from clusterdash.domain import Audience, ClusterdashError, Viewer
from clusterdash.editions.reader import EditionReader
from clusterdash.statistics.parameters import LIMITS

SCHEME = "benchmark-36"
As = Callable[[Viewer], EditionReader]


def manager(cluster: str) -> Viewer:
    return Viewer(Audience.CLUSTER, frozenset({cluster}))


def test_a_newcomer_reads_the_rounded_quartiles_of_all_answers_of_large_groups(data: Path, as_viewer: As) -> None:
    answers: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    with laid_bare(data) as connection:
        rows = connection.execute(
            """select g.kind, g.key, a.indicator, i.kind, a.value
               from peer_group g join peer_group_member m using (group_id)
               join latest_benchmark b on b.scheme = g.scheme and b.cluster_id = m.cluster_id
               join answer a using (assessment_id)
               join indicator i on i.scheme = g.scheme and i.code = a.indicator
               where g.scheme = $scheme and g.kind in ('top500', 'sector') and g.withdrawn = ''""",
            {"scheme": SCHEME},
        ).fetchall()
    for *whose, value in rows:
        answers[tuple(whose)].append(value)  # type: ignore[index]
    kinds = {key[2]: key[3] for key in answers}
    reader, compared = as_viewer(manager("zz-new")), 0
    for sector in sorted({key for kind, key, *_ in answers if kind == "sector"}):
        for group in reader.quartiles("zz-new", SCHEME, sector):
            assert (group.group.kind, group.group.key) in (("top500", ""), ("sector", sector))
            for one in group.indicators:
                given = answers[group.group.kind, group.group.key, one.indicator, kinds[one.indicator]]
                exact = statistics.quantiles(given, n=4, method="inclusive")
                assert len(given) >= LIMITS.quartile_minimum
                assert (one.lower, one.median, one.upper) == tuple(
                    pytest.approx(told_figure(figure, kinds[one.indicator])) for figure in exact
                )
                compared += 1
    assert compared > 100


def test_a_member_reads_what_its_page_shows_and_of_no_other_sector(as_viewer: As) -> None:
    cluster = "demo-0007"
    reader = as_viewer(manager(cluster))
    (scheme,) = [grid.scheme.code for grid in reader.schemes() if grid.scheme.code == SCHEME]
    result = reader.benchmark(cluster)
    shown = {
        (group.kind, group.key, p.indicator): (p.peer_lower, p.peer_median, p.peer_upper)
        for group, positions in ((r.group, r.positions) for r in result.references)
        for p in positions
        if p.peer_lower is not None
    }
    for sector in ("none", "health", "food"):
        for group in reader.quartiles(cluster, scheme, sector):
            for one in group.indicators:
                assert shown[group.group.kind, group.group.key, one.indicator] == (one.lower, one.median, one.upper)


def test_nobody_reads_those_of_another_cluster(as_viewer: As) -> None:
    with pytest.raises(ClusterdashError):
        as_viewer(manager("demo-0001")).quartiles("demo-0007", SCHEME, "health")
