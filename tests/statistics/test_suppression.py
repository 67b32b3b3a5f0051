"""What may be published of groups: by hand, against plain sets, and in editions."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations, permutations
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attack_model import told_figure
from support.editions import laid_bare, publish_folder
from support.leak_audit import visit
from support.pages import open_folds
from support.reference_statistics import in_steps
from support.suppression import ALL, FOOD, HEALTH, KINDS, NORTH, SOUTH, TOP, atoms

from clusterdash.domain import STAFF, Audience, Viewer
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase
from clusterdash.statistics import pipeline
from clusterdash.statistics.parameters import as_variables
from clusterdash.statistics.rounding import round_outward
from clusterdash.statistics.suppression import suppressed

pytestmark = pytest.mark.slow


def spread(n: int) -> dict[int, float]:
    return {cluster: 10.0 * 1.5**cluster for cluster in range(n)}


def told_apart(members: Mapping[int, set[int]], answers: Mapping[int, float]) -> dict[int, str]:
    return dict(suppressed({group: KINDS[group] for group in members}, atoms(answers, members)))


def test_by_hand() -> None:
    everybody = set(range(20))
    assert told_apart({ALL: everybody, FOOD: set(range(12))}, spread(20)) == {}
    assert told_apart({ALL: everybody, FOOD: set(range(5))}, spread(20)) == {FOOD: "few"}
    assert told_apart({ALL: everybody, FOOD: set(range(15))}, spread(20)) == {FOOD: "difference"}, "five are left"
    assert told_apart({ALL: everybody, FOOD: set(range(14))}, spread(20)) == {}, "six are left"
    assert told_apart({ALL: everybody, TOP: set(range(15))}, spread(20)) == {ALL: "difference"}, "the best stay"
    both = {NORTH: set(range(8)), SOUTH: set(range(8, 18))}
    assert told_apart({ALL: everybody, **both}, spread(20)) == {NORTH: "difference"}, "two in neither"
    assert told_apart({ALL: everybody, FOOD: set(range(12)), HEALTH: set(range(7, 20))}, spread(20)) == {
        FOOD: "difference"
    }, "together they are all, so what they share is known: five"


def test_answers_that_are_alike() -> None:
    group = {ALL: set(range(20))}
    same = dict.fromkeys(range(20), 3.0)
    assert told_apart(group, same) == {ALL: "alike"}
    assert told_apart(group, same | {0: 1, 1: 2, 2: 4}) == {ALL: "alike"}, "three could know each other’s"
    assert told_apart(group, same | {0: 1, 1: 2, 2: 4, 3: 0}) == {}
    near = {cluster: 1000.0 + 5 * cluster for cluster in range(20)}
    assert told_apart(group, near) == {ALL: "alike"}, "a guess within 5 % would do"
    assert told_apart(group, {cluster: -value for cluster, value in near.items()}) == {ALL: "alike"}
    assert told_apart(group, {cluster: 1000.0 + 20 * cluster for cluster in range(20)}) == {}
    left = spread(20) | dict.fromkeys(range(12, 20), 7.0)
    assert told_apart({ALL: set(range(20)), FOOD: set(range(12))}, left) == {FOOD: "difference"}, "the rest is alike"


@settings(max_examples=150)
@given(st.data())
def test_no_difference_of_what_is_left_is_small_or_alike(draw: st.DataObject) -> None:
    """Plain sets of clusters, every difference and difference of differences, answer by answer."""
    n = draw.draw(st.integers(6, 40))
    members = {ALL: set(range(n))}
    for group in list(KINDS)[1:]:
        members[group] = {c for c in range(n) if draw.draw(st.booleans())}
    members[SOUTH] -= members[NORTH]
    answers = {c: float(draw.draw(st.integers(0, 4))) for c in range(n) if draw.draw(st.integers(0, 9))}
    gone = told_apart(members, answers)
    told = {frozenset(inside & answers.keys()) for group, inside in members.items() if group not in gone}
    for _ in range(2):
        told |= {large - small for large, small in permutations(told, 2) if small < large}
    for clusters in told:
        if clusters:
            levels = Counter(answers[c] for c in clusters)
            assert len(clusters) >= 6
            assert len(clusters) - max(levels.values()) > 3, "more than a coalition answers otherwise"


@given(st.integers(10, 300), st.integers(0, 300))
def test_rounding_outward_never_tells_that_nobody_is_there(n: int, count: int) -> None:
    told = round_outward(min(count, n), n)
    assert told == in_steps(min(count, n), n)
    alike = [other for other in range(n + 1) if round_outward(other, n) == told]
    assert len(alike) >= 5
    assert min(count, n) in alike
    assert told <= min(alike), "away from the truth: fewer below than there are"


def test_the_sql_rounds_outward_and_to_digits_as_python_does() -> None:
    with duckdb.connect() as connection:
        for name, value in as_variables().items():
            connection.execute(f"set variable {name} = ?", [value])
        connection.execute("create table limit_of as select unnest(getvariable('limits'), recursive := true)")
        for table, columns in {
            "account_cluster": "cluster_id text, account int",
            "question": "scheme text, item text, dimension text",
        }.items():
            connection.execute(f"create table {table} ({columns})")
        connection.execute(pipeline.read_sql("20_macros"))
        for n in (10, 12, 15, 49, 500):
            found = connection.execute(
                """select round_outward(k, $n, l.rounding_base), published_low(k, $n, l), published_high(k, $n, l)
                   from range($n + 1) t(k), limit_of l""",
                {"n": n},
            ).fetchall()
            for k, (told, low, high) in enumerate(found):
                assert told == round_outward(k, n)
                assert (low, high) == pytest.approx((100 * told / n, 100 - 100 * told / n))
        few = connection.execute("select published_low(3, 9, l), published_high(3, 9, l) from limit_of l").fetchall()
        assert few == [(None, None)]
        for value, kind, told in (
            (2.5, "level", 3),
            (-2.5, "level", -3),
            (0.75, "points", 1),
            (45.37, "share", 45),
            (1234567.0, "number", 1.2e6),
            (-187.0, "number", -190),
            (99.6, "number", 100),
            (4.5, "number", 5),
            (1.2, "number", 1),
            (0.55, "number", 0.55),
            (0.0123456, "number", 0.012),
            (0.0, "number", 0),
        ):
            ((found,),) = connection.execute("select rounded(?, ?)", [value, kind]).fetchall()
            assert found == pytest.approx(told)
            assert told_figure(value, kind) == pytest.approx(told), "and the attacker knows"


GRID = {
    "dimensions.csv": "scheme,code,name_en,name_fr\ntiny,d,D,D\n",
    "indicators.csv": "scheme,code,dimension,name_en,name_fr,kind,minimum,maximum,direction\n"
    "tiny,same,d,Same,Pareil,level,0,4,higher\ntiny,mixed,d,Mixed,Varié,level,0,4,higher\n",
}


def written(folder: Path, sectors: Mapping[str, str]) -> Path:
    """Clusters of the sectors given; all answer 3 to one question, and all levels to the other."""
    folder.mkdir()
    for name, text in GRID.items():
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "clusters.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [["cluster_id", "name", "country", "sector"]] + [[c, c, "FR", sector] for c, sector in sectors.items()]
        )
    with (folder / "answers.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "assessed_on", "scheme", "indicator", "value"])
        for i, cluster in enumerate(sectors):
            writer.writerows([cluster, "2025-03-01", "tiny", q, v] for q, v in (("same", 3), ("mixed", i % 5)))
    return folder


def test_what_everybody_answers_is_told_to_nobody(tmp_path: Path) -> None:
    data = publish_folder(written(tmp_path / "in", {f"c{i}": "food" for i in range(30)}), tmp_path / "data")
    result = (
        EditionDatabase(catalog.current_path(data)).reader(Viewer(Audience.CLUSTER, frozenset({"c0"}))).benchmark("c0")
    )
    for reference in result.references:
        same, mixed = reference.positions
        assert (same.value, same.n) == (3, 29)
        assert {same.percentile, same.percentile_low, same.percentile_high, same.peer_median, same.peer_lower} == {None}
        assert mixed.percentile is not None
        assert mixed.peer_median is not None
        assert {practice.indicator for practice in reference.level_shares} == {"mixed"}


def test_a_group_that_leaves_a_few_is_withdrawn_and_said_so(tmp_path: Path) -> None:
    """Of 30 clusters 26 are in one sector: the four others would be known."""
    sectors = {f"c{i}": "food" if i < 26 else "health" for i in range(30)}
    data = publish_folder(written(tmp_path / "in", sectors), tmp_path / "data")
    opened = EditionDatabase(catalog.current_path(data))
    for cluster, reason in (("c0", "difference"), ("c29", "few")):
        result = opened.reader(Viewer(Audience.CLUSTER, frozenset({cluster}))).benchmark(cluster)
        assert result.sector is None
        (missing,) = result.suppressed
        assert (missing.group.kind, missing.reason) == ("sector", reason)
    told = {(w.group.key, w.n, w.code, w.reason) for w in opened.reader(STAFF).suppressed_cells("tiny")}
    assert ("food", 26, "", "difference") in told
    assert ("health", 4, "", "few") in told
    assert ("", 30, "same", "alike") in told
    opened.close()


def test_the_sample_gives_away_no_difference(data: Path) -> None:
    """Every two groups that are offered, from the edition's own tables: what one has more than the other."""
    with laid_bare(data) as connection:
        rows = connection.execute(
            """select group_id, cluster_id, indicator from peer_group join peer_group_member using (group_id)
               join latest_benchmark using (scheme, cluster_id) join answer using (assessment_id)
               where withdrawn = ''"""
        ).fetchall()
        closed = set(connection.execute("select group_id, code from withheld").fetchall())
        graded = {c for (c,) in connection.execute("select code from indicator where direction <> 'none'").fetchall()}
    cells: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for group, cluster, indicator in rows:
        if indicator in graded and (group, indicator) not in closed:
            cells[indicator][group].add(cluster)
    tried = 0
    for groups in cells.values():
        for one, other in combinations(groups.values(), 2):
            tried += 1
            for large, small in ((one, other), (other, one)):
                assert not (small < large) or len(large - small) >= 6
    assert tried > 1000
    assert np.all([len(inside) >= 6 for groups in cells.values() for inside in groups.values()])


def test_the_pages_say_what_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the group would have stood, to its member; as a list, to staff."""
    sectors = {f"c{i}": "food" if i < 26 else "health" for i in range(30)}
    folder = written(tmp_path / "in", sectors)
    (folder / "edition.csv").write_text("title,synthetic\nInvented,1\n", encoding="utf-8")
    monkeypatch.setenv("CLUSTERDASH_DATA", str(publish_folder(folder, tmp_path / "data")))
    for language, few, left in (
        ("fr", "il compte trop peu de clusters", "retrancherait"),
        ("en", "it has too few", "subtracted it"),
    ):
        for cluster, said in (("c29", few), ("c0", left)):
            app = visit("cluster", lang=language, cluster=cluster)
            open_folds(app)
            app.switch_page("pages/cluster/benchmark.py").run()
            assert not app.exception
            assert sum(said in told.value for told in app.markdown) == 1
    app = visit("staff", lang="en").switch_page("pages/staff/data.py").run()
    assert not app.exception
    shown = "".join(str(part.proto.body) for part in app.get("html"))
    assert "What is not shown" in shown
    assert "almost all gave the same answer" in shown
    assert "the whole group" in shown
