"""Comparison of groups: against SciPy, pandas, and plain twins; and what is called real where nothing is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from support.editions import laid_bare
from support.ranks import group_ranks

from clusterdash.domain import STAFF
from clusterdash.domain.group_comparison import Finding, GroupingKind, GroupRanks
from clusterdash.editions import comparison_queries
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.statistics.group_comparison import FALSE_DISCOVERY_RATE, TESTED_MINIMUM, assess_changes, compare, pool

SCHEME = "benchmark-36"


@given(st.lists(st.integers(0, 5), min_size=2, max_size=60), st.data())
def test_superiority_and_p_are_those_of_pairs_and_of_scipy(values: list[int], data: st.DataObject) -> None:
    members = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    answers = np.array(values, float)
    if not members.any():
        return
    (found,) = compare(group_ranks(answers, {"g": members}))
    mine, others = answers[members], answers[~members]
    if not len(others):
        assert found.superiority is None
        return
    pairs = [1.0 if x > y else 0.5 if x == y else 0.0 for x, y in itertools.product(mine, others)]
    assert found.superiority == pytest.approx(100 * np.mean(pairs))
    if min(len(mine), len(others)) < TESTED_MINIMUM:
        assert (found.p_value, found.q_value, found.finding) == (None, None, Finding.FEW)
    elif len(set(values)) == 1:
        assert found.p_value == 1
    else:
        expected = stats.mannwhitneyu(mine, others, use_continuity=False, method="asymptotic").pvalue
        assert found.p_value == pytest.approx(expected, rel=1e-9)


def test_what_is_real_is_the_step_up_of_benjamini_and_hochberg() -> None:
    rng = np.random.default_rng(3)
    cells = [
        cell
        for item in range(40)
        for cell in group_ranks(
            rng.normal(size=200) + np.where(np.arange(200) < 40, (item % 4) * 0.25, 0),
            {"g": np.arange(200) < 40},
            f"i{item}",
        )
    ]
    found = compare(cells)
    ordered = sorted(one.p_value for one in found if one.p_value is not None)
    passed = [p for k, p in enumerate(ordered, 1) if p <= FALSE_DISCOVERY_RATE * k / len(ordered)]
    limit = max(passed)
    for one in found:
        assert one.p_value is not None
        real = one.p_value <= limit
        assert (one.finding in (Finding.ABOVE, Finding.BELOW)) == real
        if real:
            assert (one.finding is Finding.ABOVE) == (one.superiority is not None and one.superiority > 50)
    assert 0 < sum(one.finding is not Finding.UNCLEAR for one in found) < len(found)


def twin(cells: Sequence[GroupRanks]) -> dict[str, tuple[float, float]]:
    """Pooled means and their standard errors, by loops, as the papers write them."""
    degrees = sum(cell.n - 1 for cell in cells)
    within = sum((cell.n - 1) * (cell.variance or 0) for cell in cells) / degrees
    weight = {cell.group: cell.n / within for cell in cells}
    total = sum(weight.values())
    fixed = sum(weight[cell.group] * cell.mean for cell in cells) / total
    q = sum(weight[cell.group] * (cell.mean - fixed) ** 2 for cell in cells)
    between = max(0.0, (q - (len(cells) - 1)) / (total - sum(w * w for w in weight.values()) / total))
    random = {group: 1 / (1 / w + between) for group, w in weight.items()}
    overall = sum(random[cell.group] * cell.mean for cell in cells) / sum(random.values())
    found = {}
    for cell in cells:
        share = (within / cell.n) / (within / cell.n + between)
        variance = (1 - share) * within / cell.n + share**2 / sum(random.values())
        found[cell.group] = share * overall + (1 - share) * cell.mean, variance**0.5
    return found


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.floats(0, 3))
def test_pooled_means_are_those_of_a_plain_twin_and_lie_between_the_raw_and_the_overall_one(
    seed: int, spread: float
) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 60, 8)
    group = np.repeat(np.arange(8), sizes)
    values = rng.normal(size=len(group)) + spread * rng.normal(size=8)[group]
    cells = group_ranks(values, {str(one): group == one for one in range(8)}, is_dimension=True)
    expected = twin(cells)
    for one in pool(cells):
        mean, error = expected[one.group]
        assert one.pooled == pytest.approx(mean)
        assert (one.low, one.high) == pytest.approx((mean - 1.959964 * error, mean + 1.959964 * error), abs=1e-5)
        assert min(one.mean, one.overall) - 1e-9 <= one.pooled <= max(one.mean, one.overall) + 1e-9
        assert one.limit_998 > one.limit_95 > 0


def test_nothing_is_pooled_of_a_single_group() -> None:
    assert pool(group_ranks(np.arange(20.0), {"g": np.arange(20) < 9})) == ()
    assert pool([]) == ()
    assert compare([]) == ()


@pytest.mark.parametrize("kind", list(GroupingKind))
def test_what_an_edition_counts_is_what_pandas_counts(opened: EditionDatabase, data, kind: GroupingKind) -> None:
    reader = opened.reader(STAFF)
    with laid_bare(data) as connection:
        answers = connection.execute(
            f"""select b.cluster_id, a.indicator as item, if(i.direction = 'lower', -a.value, a.value) as value
               from latest_benchmark b join answer a using (assessment_id)
               join indicator i on i.scheme = b.scheme and i.code = a.indicator
               where b.scheme = '{SCHEME}' and i.direction <> 'none'"""
        ).df()
        groups = {
            GroupingKind.COUNTRY: 'select country as "group", cluster_id from cluster',
            GroupingKind.LABEL: "select 'none' as \"group\", cluster_id from latest_benchmark",
        }.get(
            kind,
            f"""select key as "group", cluster_id from peer_group_member join peer_group using (group_id)
                where kind = '{kind}' and scheme = '{SCHEME}'""",
        )
        members = connection.execute(groups).df()
        scores = connection.execute(
            f"""select cluster_id, dimension as item, score as value from profile join peer_group using (group_id)
                where kind = 'top500' and scheme = '{SCHEME}' and score is not null"""
        ).df()
    found = {(one.group, one.item, one.is_dimension): one for one in reader.comparisons().ranks(SCHEME, kind)}
    expected = 0
    for table, is_dimension in ((answers, False), (scores, True)):
        table["rank"] = table.groupby("item")["value"].rank()
        sizes = table.groupby(["item", "value"]).size()
        for (item, group), part in table.merge(members, on="cluster_id").groupby(["item", "group"]):
            one, total = found[group, item, is_dimension], table[table["item"] == item]
            expected += 1
            assert (one.n, one.total) == (len(part), len(total))
            assert one.rank_sum == pytest.approx(part["rank"].sum())
            assert one.ties == pytest.approx(float((sizes[item] ** 3 - sizes[item]).sum()))
            assert one.mean == pytest.approx(part["value"].mean())
            assert (one.variance is None) == (len(part) < 2)
            assert one.variance is None or one.variance == pytest.approx(part["value"].var())
            quartiles = (one.lower_quartile, one.median, one.upper_quartile)
            assert quartiles == pytest.approx(tuple(part["value"].quantile([0.25, 0.5, 0.75])))
    assert len(found) == expected > 0


@pytest.mark.parametrize("kind", [GroupingKind.SECTOR, GroupingKind.SIZE, GroupingKind.COUNTRY])
def test_changes_are_those_of_the_same_clusters(opened: EditionDatabase, data, kind: GroupingKind) -> None:
    with laid_bare(data) as connection:
        answers = connection.execute(
            f"""select cluster_id, assessed_on, evidence, a.indicator, a.value, i.direction
               from assessment s join answer a using (assessment_id)
               join indicator i on i.scheme = s.scheme and i.code = a.indicator
               where s.scheme = '{SCHEME}' and i.direction <> 'none'"""
        ).df()
        latest = connection.execute(
            f"select cluster_id, assessed_on, evidence from latest_benchmark where scheme = '{SCHEME}'"
        ).df()
        groups = (
            'select country as "group", cluster_id from cluster'
            if kind is GroupingKind.COUNTRY
            else f"""select key as "group", cluster_id from peer_group_member join peer_group using (group_id)
                     where kind = '{kind}' and scheme = '{SCHEME}'"""
        )
        members = connection.execute(groups).df().groupby("group")["cluster_id"].apply(set).to_dict()
    pairs: dict[str, dict[str, tuple[float, float, str]]] = {}
    for one in latest.itertuples():
        mine = answers[answers["cluster_id"] == one.cluster_id]
        before = mine[mine["assessed_on"] < one.assessed_on]
        if before.empty:
            continue
        day = before["assessed_on"].max()
        then = before[before["assessed_on"] == day]
        then = then[then["evidence"] == max(then["evidence"])].set_index("indicator")
        now = mine[(mine["assessed_on"] == one.assessed_on) & (mine["evidence"] == one.evidence)].set_index("indicator")
        for code in now.index.intersection(then.index):
            told = float(then.loc[code, "value"]), float(now.loc[code, "value"]), str(now.loc[code, "direction"])
            pairs.setdefault(code, {})[str(one.cluster_id)] = told
    reader = opened.reader(STAFF).comparisons()
    raw = reader.changes(SCHEME, kind)
    found = assess_changes(raw)
    assert len(found) == sum(any(c in ids for c in told) for told in pairs.values() for ids in members.values()) > 0
    for one in found:
        told = [pair for cluster, pair in pairs[one.item].items() if cluster in members[one.group]]
        gains = [was - now if direction == "lower" else now - was for was, now, direction in told]
        assert (one.n, one.better, one.worse) == (len(told), sum(g > 0 for g in gains), sum(g < 0 for g in gains))
        assert one.median_before == pytest.approx(float(np.median([was for was, _, _ in told])))
        assert one.median_after == pytest.approx(float(np.median([now for _, now, _ in told])))
        if one.better + one.worse < TESTED_MINIMUM:
            assert (one.p_value, one.finding) == (None, Finding.FEW)
        else:
            less = min(one.better, one.worse)
            tails = (
                2 * sum(math.comb(one.better + one.worse, k) for k in range(less + 1)) / 2 ** (one.better + one.worse)
            )
            assert one.p_value == pytest.approx(min(1.0, tails))
            real = one.q_value is not None and one.q_value <= FALSE_DISCOVERY_RATE
            assert (one.finding in (Finding.ABOVE, Finding.BELOW)) == real
            assert not real or (one.finding is Finding.ABOVE) == (one.better > one.worse)


def test_medians_by_year_are_those_of_all_who_were_benchmarked_in_it(opened: EditionDatabase, data) -> None:
    group = "food"
    with laid_bare(data) as connection:
        told = connection.execute(
            f"""select year(s.assessed_on) as year, a.indicator, a.value
                from assessment s join answer a using (assessment_id) join peer_group_member m using (cluster_id)
                join peer_group g using (group_id)
                where s.scheme = '{SCHEME}' and g.kind = 'sector' and g.key = '{group}' and g.scheme = '{SCHEME}'"""
        ).df()
        twice = connection.execute(
            f"""select count(*) from (select 1 from assessment where scheme = '{SCHEME}'
                group by cluster_id, year(assessed_on) having count(*) > 1)"""
        ).fetchone()
    assert twice == (0,), "the plain count below needs one benchmark a year"
    expected = told.groupby(["year", "indicator"])["value"].agg(["size", "median"])
    found = opened.reader(STAFF).comparisons().year_medians(SCHEME, GroupingKind.SECTOR, group)
    assert len(found) == len(expected)
    for one in found:
        row = expected.loc[(one.year, one.item)]
        assert (one.n, one.median) == (row["size"], pytest.approx(row["median"]))


def test_labels_are_the_highest_that_each_cluster_was_awarded(staff: EditionReader) -> None:
    register = staff.label_register()
    held = comparison_queries.highest_labels(register, [*(h.cluster.cluster_id for h in register), "nobody"])
    assert held.pop("nobody") == comparison_queries.NO_LABEL
    for holder in register[:50]:
        labels = {award.label for award in holder.awards}
        assert held[holder.cluster.cluster_id] == max(labels, key=["bronze", "silver", "gold"].index)


def cells_of(rng: np.random.Generator, sectors: int, size: int, planted: float) -> list[GroupRanks]:
    group = np.repeat(np.arange(sectors), size)
    masks = {str(one): group == one for one in range(sectors)}
    return [
        cell
        for item in range(36)
        for cell in group_ranks(rng.normal(size=len(group)) + planted * (group == 0) * (item < 6), masks, f"i{item}")
    ]


@pytest.mark.slow
def test_where_nothing_differs_nothing_is_called_real_but_rarely() -> None:
    """A smaller form of what `bench/comparison.py` prints."""
    wrong = sum(
        any(
            one.finding in (Finding.ABOVE, Finding.BELOW)
            for one in compare(cells_of(np.random.default_rng(s), 8, 50, 0))
        )
        for s in range(60)
    )
    assert wrong <= 8, "5 % of 60 are 3; more than 8 happen once in 200 runs"
    found = sum(
        any(
            one.finding is Finding.ABOVE and one.ranks.group == "0"
            for one in compare(cells_of(np.random.default_rng(s), 8, 60, 0.5))
        )
        for s in range(20)
    )
    assert found >= 16
