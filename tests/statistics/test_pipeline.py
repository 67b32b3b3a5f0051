"""The statistics of an edition: by hand, against the slow twin, and against SciPy."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import percentileofscore
from support.editions import laid_bare, publish_folder
from support.reference_statistics import ReferenceStatistics, published_percentile

from clusterdash.benchmark.progress import time_series
from clusterdash.benchmark.rules import findings
from clusterdash.domain import STAFF, IndicatorPosition
from clusterdash.editions import catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.statistics import pipeline
from clusterdash.statistics.parameters import Limits

pytestmark = pytest.mark.slow

SCHEME, EUROPE = PROJECT_DATA / "scheme", PROJECT_DATA / "geo" / "council-of-europe.csv"


@pytest.fixture(scope="module")
def twin(sample_folder: Path) -> ReferenceStatistics:
    return ReferenceStatistics(sample_folder, SCHEME, EUROPE, "benchmark-36")


def close(found: float | None, expected: float | None) -> bool:
    return found == expected if found is None or expected is None else found == pytest.approx(expected, abs=1e-6)


def rounded(found: float | None, exact: float | None, kind: str = "level") -> bool:
    """Whether a figure is another one as it is told: whole; numbers to two significant digits, whole from 1 on."""
    if found is None or exact is None:
        return found is exact
    small = kind == "number" and abs(exact) < 1
    unit = 10.0 ** (math.floor(math.log10(abs(exact))) - 1) if kind == "number" and exact else 1.0
    unit = unit if small else max(1.0, unit)
    whole = abs(found / unit - round(found / unit)) < 1e-6
    return whole and abs(found - exact) <= unit * (0.5 + 1e-6)


Closed = dict[tuple[str, str], set[str]]


def closed_of(staff: EditionReader) -> tuple[set[tuple[str, str]], Closed]:
    """The groups of which nothing is published, and the questions and dimensions that are not told of others."""
    groups: set[tuple[str, str]] = set()
    found: Closed = defaultdict(set)
    for withheld in staff.suppressed_cells("benchmark-36"):
        key = (withheld.group.kind, withheld.group.key)
        if withheld.code:
            found[key].add(withheld.code)
        else:
            groups.add(key)
    return groups, found


def test_every_position_and_score_equals_the_twin(twin: ReferenceStatistics, staff: EditionReader) -> None:
    withdrawn, closed = closed_of(staff)
    assert withdrawn
    assert closed
    top_scores = {c: twin.scores(c, twin.top, closed["top500", ""]) for c in twin.answers}
    for cluster in list(twin.answers)[::8]:
        result = staff.benchmark(cluster)
        groups = twin.groups(cluster)
        kinds = {indicator.code: indicator.kind for indicator in result.grid.indicators}
        assert {(r.group.kind, r.group.key) for r in result.references} == set(groups) - withdrawn
        assert {(w.group.kind, w.group.key) for w in result.suppressed} == set(groups) & withdrawn
        for reference in result.references:
            key = (reference.group.kind, reference.group.key)
            group = groups[key]
            assert reference.n == len(set(group) - {cluster})
            for position in reference.positions:
                expected = twin.position(cluster, position.indicator, group, position.indicator in closed[key])
                assert close(position.value, expected.value)
                assert close(position.percentile, expected.percentile), (cluster, position, expected)
                assert close(position.percentile_low, expected.low)
                assert close(position.percentile_high, expected.high)
                kind = kinds[position.indicator]
                assert rounded(position.peer_median, expected.median, kind), (cluster, position, expected)
                assert rounded(position.peer_lower, expected.lower, kind), (cluster, position, expected)
                assert rounded(position.peer_upper, expected.upper, kind)
                assert position.n == expected.n
            assert {p.dimension: p.score for p in reference.scores} == pytest.approx(top_scores[cluster], abs=1e-6), (
                "one score, whichever group it is shown beside"
            )
            for profile in reference.scores:
                peers = [s for c in group if c != cluster and (s := top_scores[c][profile.dimension]) is not None]
                assert profile.n == len(peers)
                told = len(peers) >= 5 and profile.dimension not in closed[key]
                assert rounded(profile.peer_median, median(peers) if told else None)


def test_percentiles_equal_scipy_within_the_step_of_five_clusters(
    twin: ReferenceStatistics, staff: EditionReader
) -> None:
    for cluster in list(twin.answers)[:10]:
        for position in staff.benchmark(cluster).first.positions:
            if position.percentile is None:
                continue
            others = [v for c in twin.top if c != cluster and (v := twin.turned(c, position.indicator)) is not None]
            own = twin.turned(cluster, position.indicator)
            step = 100 * 5 / len(others)
            low, high = (percentileofscore(others, own, kind=kind) for kind in ("strict", "weak"))
            assert position.percentile_low is not None
            assert position.percentile_high is not None
            assert position.percentile_low <= low + 1e-9 <= position.percentile_low + 2 * step
            assert position.percentile_high - 2 * step <= high - 1e-9 <= position.percentile_high
            assert position.percentile == pytest.approx(percentileofscore(others, own, kind="mean"), abs=step)


def test_the_best_are_cut_off_and_ties_go_to_the_smaller_id(sample_folder: Path, tmp_path: Path) -> None:
    data = publish_folder(sample_folder, tmp_path, Limits(top_size=20))
    twin = ReferenceStatistics(sample_folder, SCHEME, EUROPE, "benchmark-36", top_size=20)
    with laid_bare(data) as connection:
        members = connection.execute(
            "select cluster_id from peer_group_member join peer_group using (group_id) where kind = 'top500'"
        ).fetchall()
    assert sorted(c for (c,) in members) == sorted(twin.top)
    result = EditionDatabase(catalog.current_path(data)).reader(STAFF)
    _, closed = closed_of(result)
    outsider = next(c for c in twin.answers if c not in twin.top)
    for cluster, others in ((twin.top[0], 19), (outsider, 20)):
        reference = result.benchmark(cluster).first
        assert reference.n == others
        for position in reference.positions:
            expected = twin.position(cluster, position.indicator, twin.top, position.indicator in closed["top500", ""])
            assert close(position.percentile, expected.percentile)
            kind = next(i.kind for i in result.benchmark(cluster).grid.indicators if i.code == position.indicator)
            assert rounded(position.peer_median, expected.median, kind)


GRID = {
    "dimensions.csv": "scheme,code,name_en,name_fr\ntiny,d,D,D\n",
    "indicators.csv": "scheme,code,dimension,name_en,name_fr,kind,unit_en,unit_fr,minimum,maximum,direction\n"
    "tiny,up,d,Up,Haut,number,,,,,higher\ntiny,down,d,Down,Bas,number,,,,,lower\ntiny,size,d,Size,Taille,number,,,,,none\n",
}


def tiny(folder: Path, values: dict[str, dict[str, float]], country: str = "FR") -> Path:
    """An edition of its own small grid, all clusters in one country and one sector."""
    folder.mkdir(exist_ok=True)
    for name, text in GRID.items():
        (folder / name).write_text(text)
    with (folder / "clusters.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "name", "country", "sector"])
        writer.writerows([[c, f"Cluster {c}", country, "food"] for c in values])
    with (folder / "answers.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "assessed_on", "scheme", "indicator", "value"])
        writer.writerows([[c, "2025-03-01", "tiny", i, v] for c, a in values.items() for i, v in a.items()])
    return folder


def positions(data: Path, cluster: str) -> dict[str, IndicatorPosition]:
    opened = EditionDatabase(catalog.current_path(data))
    result = opened.reader(STAFF).benchmark(cluster)
    opened.close()
    assert result.sector is not None
    return {position.indicator: position for position in result.sector.positions}


def test_by_hand(tmp_path: Path) -> None:
    """Thirteen clusters; for g with 6 the others are 1 to 12: five are worse, told as none, six better, as five."""
    up = (1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12)
    values = {name: {"up": up, "down": up, "size": up} for name, up in zip("abcdefghijklm", up, strict=True)}
    data = publish_folder(tiny(tmp_path / "in", values), tmp_path / "data")
    found = positions(data, "g")
    assert set(found) == {"up", "down"}, "an indicator without direction is never scored"
    up_place = found["up"]
    assert (up_place.n, up_place.peer_median, up_place.peer_lower) == (12, 7, None)
    assert (up_place.percentile_low, up_place.percentile_high) == (0, pytest.approx(100 * 7 / 12))
    assert up_place.percentile == pytest.approx(100 * 3.5 / 12)
    down = found["down"]
    assert (down.percentile_low, down.percentile_high, down.peer_median) == (pytest.approx(100 * 5 / 12), 100, 7)
    for name, ends in (("a", (0, 700 / 12)), ("f", (0, 700 / 12)), ("m", (500 / 12, 100))):
        place = positions(data, name)["up"]
        assert (place.percentile_low, place.percentile_high) == pytest.approx(ends), "nobody is told to be the last"


def test_four_others_are_too_few_and_nothing_is_told(tmp_path: Path) -> None:
    values = {name: {"up": up, "down": up} for name, up in zip("abcde", (1, 2, 3, 4, 5), strict=True)}
    data = publish_folder(tiny(tmp_path / "in", values), tmp_path / "data")
    opened = EditionDatabase(catalog.current_path(data))
    result = opened.reader(STAFF).benchmark("c")
    opened.close()
    assert [reference.group.kind for reference in result.references] == ["top500"]
    assert {(w.group.kind, w.reason) for w in result.suppressed} == {
        ("all", "few"),
        ("sector", "few"),
        ("country_group", "few"),
    }
    for position in result.first.positions:
        assert position.n == 4
        assert (position.percentile, position.percentile_low, position.percentile_high) == (None, None, None)
        assert position.peer_median is None


def test_beyond_europe_counts_for_the_sector_only(tmp_path: Path) -> None:
    values = {name: {"up": up, "down": 1.0} for name, up in zip("abcdefg", range(7), strict=True)}
    data = publish_folder(tiny(tmp_path / "in", values, country="MX"), tmp_path / "data")
    opened = EditionDatabase(catalog.current_path(data))
    result = opened.reader(STAFF).benchmark("a")
    assert (result.first.n, result.sector.n if result.sector else None) == (0, 6)
    assert all(profile.score is None for profile in result.first.scores)


def test_a_dimension_needs_two_thirds_of_its_answers(tmp_path: Path) -> None:
    values = {name: {"up": up, "down": up} for name, up in zip("abcdefghijklmn", range(14), strict=True)}
    del values["c"]["down"]
    data = publish_folder(tiny(tmp_path / "in", values), tmp_path / "data")
    opened = EditionDatabase(catalog.current_path(data))
    half, whole = (opened.reader(STAFF).benchmark(c).first.scores[0].score for c in ("c", "d"))
    assert half is None
    assert whole is not None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_macro_equals_plain_counting_for_any_values(draw: st.DataObject) -> None:
    """Members and outsiders, ties, gaps: `rank_among_peers` against counting and `statistics.median`."""
    value = st.one_of(st.none(), st.integers(0, 4))
    members = draw.draw(st.lists(value, min_size=0, max_size=14))
    outsider = draw.draw(value)
    people = [(f"m{i}", v) for i, v in enumerate(members)] + [("out", outsider)]
    with duckdb.connect() as connection:
        for table, columns in {
            "limit_of": "coalition int",
            "account_cluster": "cluster_id text, account int",
            "question": "scheme text, item text, dimension text",
        }.items():  # what other macros of the file read
            connection.execute(f"create table {table} ({columns})")
        connection.execute(pipeline.read_sql("20_macros"))
        connection.execute("create table viewers(scheme text, group_id int, cluster_id text)")
        connection.execute("create table members(scheme text, group_id int, cluster_id text)")
        connection.execute("create table oriented_answer(scheme text, cluster_id text, item text, value double)")
        connection.execute("create table items as select 's' as scheme, 'i' as item")
        connection.executemany("insert into viewers values ('s', 1, ?)", [[c] for c, _ in people])
        for c, _ in people[:-1]:
            connection.execute("insert into members values ('s', 1, ?)", [c])
        for c, v in people:
            if v is not None:
                connection.execute("insert into oriented_answer values ('s', ?, 'i', ?)", [c, v])
        found = connection.execute(
            """select cluster_id, n, lower_quartile, median, upper_quartile, percentile, percentile_low, percentile_high
               from rank_among_peers('viewers', 'members', 'items', 'oriented_answer', 'oriented_answer')"""
        ).fetchall()
    assert len(found) == len(people)
    for cluster, n, lower, middle, upper, mid, low, high in found:
        own = dict(people)[cluster]
        others = [v for c, v in people[:-1] if c != cluster and v is not None]
        assert n == len(others)
        assert middle == (median(others) if others else None)
        quartiles = np.quantile(others, [0.25, 0.75]) if others else (None, None)
        assert (lower, upper) == pytest.approx(tuple(quartiles))
        if own is None or not others:
            assert (mid, low, high) == (None, None, None)
        else:
            assert mid == pytest.approx(percentileofscore(others, own, kind="mean"))
            assert low == pytest.approx(percentileofscore(others, own, kind="strict"))
            assert high == pytest.approx(percentileofscore(others, own, kind="weak"))


def test_the_quartiles_of_a_groups_scores_equal_numpy(data: Path) -> None:
    with laid_bare(data) as connection:
        scores = connection.execute(
            """select cluster_id, dimension, score
               from profile join peer_group using (group_id)
               where kind = 'top500' and score is not null"""
        ).fetchall()
        members = connection.execute("select group_id, cluster_id from peer_group_member").fetchall()
        told = connection.execute(
            """select group_id, dimension, n, lower_quartile, median, upper_quartile from group_profile"""
        ).fetchall()
    inside: dict[int, set[str]] = {}
    for group_id, cluster_id in members:
        inside.setdefault(group_id, set()).add(cluster_id)
    compared = 0
    for group_id, dimension, n, *quartiles in told:
        values = [score for cluster, of, score in scores if of == dimension and cluster in inside[group_id]]
        assert n == len(values)
        expected = np.floor(np.quantile(values, [0.25, 0.5, 0.75]) + 0.5)
        for value, right in zip(quartiles, expected, strict=True):
            if value is not None:
                assert value == right
                compared += 1
    assert compared > 100


def test_two_schemes_with_the_same_codes_are_never_pooled(tmp_path: Path) -> None:
    """A changed grid keeps most codes; its clusters are compared among themselves only."""
    people = {scheme: [f"{scheme}-{i}" for i in range(13)] for scheme in ("v1", "v2")}
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "dimensions.csv").write_text("scheme,code,name_en,name_fr\nv1,d,D,D\nv2,d,D,D\n")
    grid = "scheme,code,dimension,name_en,name_fr,kind,direction\n"
    (folder / "indicators.csv").write_text(grid + "v1,q,d,Q,Q,number,higher\nv2,q,d,Q,Q,number,higher\n")
    everybody = [c for group in people.values() for c in group]
    clusters = "".join(f"{c},{c},FR,food\n" for c in everybody)
    (folder / "clusters.csv").write_text("cluster_id,name,country,sector\n" + clusters)
    answers = "".join(
        f"{c},2025-01-01,{scheme},q,{i + 40 * (scheme == 'v2')}\n"
        for scheme, group in people.items()
        for i, c in enumerate(group)
    )
    (folder / "answers.csv").write_text("cluster_id,assessed_on,scheme,indicator,value\n" + answers)
    gateway = EditionDatabase(catalog.current_path(publish_folder(folder, tmp_path / "data"))).reader(STAFF)
    for group in people.values():
        for i, cluster in enumerate(group):
            result = gateway.benchmark(cluster)
            assert result.sector is not None
            for reference in (result.first, result.sector):
                assert reference.n == 12
                expected = published_percentile(i, [other for other in range(13) if other != i])
                assert expected
                assert reference.positions[0].percentile == pytest.approx(expected[0])


def test_progress_is_split_into_own_move_and_the_peers(
    sample_folder: Path, staff: EditionReader, twin: ReferenceStatistics
) -> None:
    """By the twin, as things stood at the end of the earlier year: answers then, answers now, same peers."""
    then = ReferenceStatistics(sample_folder, SCHEME, EUROPE, "benchmark-36", until="2024-12-31")
    told = 0
    for cluster in list(twin.answers)[::10]:
        result = staff.benchmark(cluster)
        (earlier,) = result.past
        assert earlier.assessed_on.year == 2024
        now = {position.indicator: position.percentile for position in result.first.positions}
        for move in earlier.changes:
            before = then.position(cluster, move.indicator, then.top)
            others = [v for c in then.top if c != cluster and (v := then.turned(c, move.indicator)) is not None]
            own = twin.turned(cluster, move.indicator)
            placed = None if own is None else published_percentile(own, others)
            held = placed and placed[0]
            assert (close(move.value_before, before.value), move.n) == (True, len(others))
            assert close(move.percentile_then, before.percentile)
            assert close(move.percentile_counterfactual, held), (cluster, move)
            assert close(move.percentile_now, now[move.indicator])
            turned = then.turned(cluster, move.indicator)
            if placed is None or turned is None or before.high is None:
                assert (move.own_low, move.own_high) == (None, None)
            elif turned == own:
                assert (move.own_low, move.own_high) == (0, 0), "the same answer has not moved"
            else:
                bounds = placed[1] - before.high, placed[2] - before.low
                better = own > turned
                assert close(move.own_low, max(bounds[0], 0) if better else bounds[0])
                assert close(move.own_high, bounds[1] if better else min(bounds[1], 0))
            told += move.percentile_counterfactual is not None
    assert told > 200


PEERS = dict(zip("abcdefghijkl", range(1, 13), strict=True))


def test_progress_by_hand(tmp_path: Path) -> None:
    """Twelve peers at 1 to 12; two of them rise from 1 and 2 to 13 and 14, and the cluster from 3 to 8."""
    first = {name: {"up": k, "down": k} for name, k in PEERS.items()} | {"x": {"up": 3, "down": 6.5}}
    folder = tiny(tmp_path / "in", first)
    with (folder / "answers.csv").open("a") as file:
        for name, value in (PEERS | {"a": 13, "b": 14, "x": 8}).items():
            file.write(f"{name},2026-03-01,tiny,up,{value}\n{name},2026-03-01,tiny,down,{value}\n")
    result = (
        EditionDatabase(catalog.current_path(publish_folder(folder, tmp_path / "data"))).reader(STAFF).benchmark("x")
    )
    move = next(move for move in result.past[0].changes if move.indicator == "up")
    assert (move.value_before, move.value_now, move.n) == (3, 8, 12)
    low, high = 100 * 3.5 / 12, 100 * 8.5 / 12  # the middles of 0 to 7 and of 5 to 12
    assert move.percentile_then == pytest.approx(low), "1 and 2 below, told as none; 4 to 12 above, told as five"
    assert move.percentile_counterfactual == pytest.approx(high), (
        "1 to 7 below, told as five; 9 to 12 above, told as none"
    )
    assert move.percentile_now == pytest.approx(low), (
        "3 to 7 below, told as none; six above, told as five: two have passed"
    )


def test_slopes_over_three_benchmarks(tmp_path: Path) -> None:
    """Every earlier year among the best of that year; a dimension's line rests on what is known at all times."""
    first = {name: {"up": k, "down": k} for name, k in PEERS.items()} | {"x": {"up": 3, "down": 6.5}}
    folder = tiny(tmp_path / "in", first)
    with (folder / "answers.csv").open("a") as file:
        file.write("x,2023-05-01,tiny,up,1\n")
        for name, k in PEERS.items():
            file.write(f"{name},2023-05-01,tiny,up,{2 * k}\n{name},2023-05-01,tiny,down,{k}\n")
        file.write("x,2026-03-01,tiny,up,8\nx,2026-03-01,tiny,down,6.5\n")
        file.write("x,2025-01-15,tiny,up,12\n")  # an earlier one of the same year does not count
    opened = EditionDatabase(catalog.current_path(publish_folder(folder, tmp_path / "data")))
    result = opened.reader(STAFF).benchmark("x")
    opened.close()
    assert [earlier.assessed_on.isoformat() for earlier in result.past] == ["2025-03-01", "2023-05-01"]
    blocks, indicators = time_series(result), {slope.code: slope for slope in time_series(result, "d")}
    expected = [100 * 3.5 / 12, 100 * 3.5 / 12, 100 * 8.5 / 12]
    assert [place for _, place in indicators["up"].points] == pytest.approx(expected)
    assert [place for _, place in indicators["down"].points] == [None, 50, 50], "not answered in 2023"
    assert [day.year for day, _ in blocks[0].points] == [2023, 2025, 2026]
    assert [place for _, place in blocks[0].points] == pytest.approx(expected), "the other is not known at all times"


def test_strong_weak_and_patchy_clusters_equal_pandas_and_scipy(sample_folder: Path, staff: EditionReader) -> None:
    """What the page shows of three clusters, recomputed from the files with pandas, SciPy and NumPy alone."""
    answers = pd.read_csv(sample_folder / "answers.csv").query("scheme == 'benchmark-36'")
    latest = answers.groupby("cluster_id")["assessed_on"].transform("max")
    wide = answers[answers["assessed_on"] == latest].pivot(index="cluster_id", columns="indicator", values="value")
    clusters = pd.read_csv(sample_folder / "clusters.csv", keep_default_na=False).set_index("cluster_id")
    indicators = pd.read_csv(SCHEME / "indicators.csv").query("scheme == 'benchmark-36' and direction != 'none'")
    sign = {row.code: -1 if row.direction == "lower" else 1 for row in indicators.itertuples()}
    turned = wide[list(sign)] * pd.Series(sign)
    blocks = indicators.set_index("code")["dimension"]
    european = turned[clusters.loc[turned.index, "country"].isin(pd.read_csv(EUROPE)["country"])]

    def ends(cluster: str, group: pd.DataFrame, code: str) -> tuple[float, float]:
        """What is told of the tie range: SciPy's, in steps of five others, outwards."""
        others = group.drop(index=cluster, errors="ignore")[code].dropna()
        n, own = len(others), turned.loc[cluster, code]
        below = round(n * percentileofscore(others, own, kind="strict") / 100)
        above = round(n - n * percentileofscore(others, own, kind="weak") / 100)
        steps = [min(5 * max(0, -(-count // 5) - 1), 5 * (n // 5 - 1)) for count in (below, above)]
        return 100 * steps[0] / n, 100 - 100 * steps[1] / n

    def against(cluster: str, group: pd.DataFrame) -> pd.Series:
        known = group.drop(index=cluster, errors="ignore").count() >= 10
        return pd.Series(
            {
                code: sum(ends(cluster, group, code)) / 2
                if known[code] and not np.isnan(turned.loc[cluster, code])
                else np.nan
                for code in sign
            }
        )

    def exactly(cluster: str) -> pd.Series:
        others = european.drop(index=cluster)
        found = {
            code: percentileofscore(others[code].dropna(), turned.loc[cluster, code], kind="mean") for code in sign
        }
        return pd.Series(found).where(turned.loc[cluster].notna())

    def scores(percentiles: pd.Series) -> pd.Series:
        grouped = percentiles.groupby(blocks)
        return grouped.mean().where(3 * grouped.count() >= 2 * grouped.size())

    overall = pd.Series({cluster: scores(exactly(cluster)).mean(skipna=False) for cluster in european.index})
    top = european.loc[overall.dropna().index]
    strong, weak = str(overall.idxmax()), str(overall.idxmin())
    patchy = str(turned.isna().sum(axis=1).idxmax())
    for cluster in (strong, weak, patchy):
        shown = staff.benchmark(cluster)
        expected = against(cluster, top)
        found = pd.Series({p.indicator: p.percentile for p in shown.first.positions}, dtype=float)
        pd.testing.assert_series_equal(found.sort_index(), expected.sort_index(), check_names=False)
        found = pd.Series({p.dimension: p.score for p in shown.first.scores}, dtype=float)
        pd.testing.assert_series_equal(found.sort_index(), scores(expected).sort_index(), check_names=False)
        for judgement in findings(shown.first, shown.grid).comparisons:
            others = top.drop(index=cluster, errors="ignore")[judgement.indicator.code].dropna()
            own = turned.loc[cluster, judgement.indicator.code]
            if np.isnan(own):
                assert judgement.classification is None
                continue
            low, high = ends(cluster, top, judgement.indicator.code)
            expected_word = "above" if low > 60 else "below" if high < 40 else None
            if expected_word is None:
                expected_word = "level" if low >= 40 and high <= 60 else "unsure"
            assert judgement.classification == expected_word
            middle = sign[judgement.indicator.code] * float(np.median(others))
            assert rounded(judgement.position.peer_median, middle, judgement.indicator.kind)
    strong_words, weak_words = (
        [
            judgement.classification
            for judgement in findings(staff.benchmark(c).first, staff.benchmark(c).grid).comparisons
        ]
        for c in (strong, weak)
    )
    assert strong_words.count("above") > strong_words.count("below")
    assert weak_words.count("below") > weak_words.count("above")


def everything(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables of the served edition but its own description, which has its time."""
    with laid_bare(data) as edition:
        names = edition.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'edition'"
        ).fetchall()
        return {
            name: sorted(edition.execute(f"select * from {name}").fetchall(), key=repr)
            for (name,) in names
            if name != "main.edition"
        }


def test_kinds_of_groups_one_by_one_give_the_same_as_all_at_once(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large edition is computed kind by kind, a small one at once."""
    publish_folder(small_folder, tmp_path / "at_once")
    monkeypatch.setattr(pipeline, "_MOST_AT_ONCE", 0)
    publish_folder(small_folder, tmp_path / "one_by_one")
    at_once, one_by_one = everything(tmp_path / "at_once"), everything(tmp_path / "one_by_one")
    assert sum(map(len, at_once.values())) > 1000
    assert at_once == one_by_one
