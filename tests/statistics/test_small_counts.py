"""Groups told in parts: every part is large enough, nobody is lost, and what is true of everybody is not told."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import publish_folder

from clusterdash.domain import STAFF, ClusterBenchmark
from clusterdash.editions import catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.statistics import small_counts

COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=7)


@given(COUNTS, st.integers(1, 10))
def test_joined_levels_are_large_enough_in_order_and_complete(counts: list[int], minimum: int) -> None:
    parts = small_counts.merge_small_bins(counts, minimum)
    cuts = [cut for cut in range(1, len(counts)) if min(sum(counts[:cut]), sum(counts[cut:])) >= minimum]
    assert bool(parts) == bool(cuts), "told wherever two parts can be"
    if not parts:
        return
    assert len(parts) > 1
    assert [first for first, _, _ in parts] == [0, *(last + 1 for _, last, _ in parts[:-1])]
    assert parts[-1][1] == len(counts) - 1
    assert all(n == sum(counts[first : last + 1]) >= minimum for first, last, n in parts)


def test_joined_by_hand() -> None:
    assert small_counts.merge_small_bins([0, 2, 30, 70, 3], 6) == [(0, 2, 32), (3, 4, 73)]
    assert small_counts.merge_small_bins([0, 0, 40, 0, 0], 6) == [], "all at one level"
    assert small_counts.merge_small_bins([6, 0, 5], 6) == [], "five cannot stand alone"
    assert small_counts.merge_small_bins([6, 0, 6], 6) == [(0, 0, 6), (1, 2, 6)]


@given(st.lists(st.integers(6, 60), min_size=2, max_size=6))
def test_shares_are_told_in_steps_and_together_are_all(counts: list[int]) -> None:
    shares, total = small_counts.rounded_shares(counts, 5), sum(counts)
    assert sum(shares) == pytest.approx(100)
    step = 100 / round(total / 5)
    for share, count in zip(shares, counts, strict=True):
        assert share / step == pytest.approx(round(share / step))
        assert abs(share - 100 * count / total) < step
    assert small_counts.rounded_shares(counts, 1) == pytest.approx([100 * count / total for count in counts])


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 20)), st.integers(1, 10))
def test_kinds_are_large_enough_and_complete(counts: dict[str, int], minimum: int) -> None:
    told = small_counts.merge_small_categories(counts, minimum)
    if told:
        assert sum(told.values()) == sum(counts.values())
        assert len(told) > 1
        assert all(n >= minimum for n in told.values())
        assert small_counts.OTHERS not in list(told)[:-1], "the others stand last"


def test_kinds_by_hand() -> None:
    assert small_counts.merge_small_categories({"FR": 20, "DE": 7, "MT": 1}, 6) == {"FR": 20, "": 8}, (
        "one alone takes the smallest with it"
    )
    assert small_counts.merge_small_categories({"FR": 20, "DE": 7, "MT": 1, "LU": 5}, 6) == {"FR": 20, "DE": 7, "": 6}
    assert small_counts.merge_small_categories({"FR": 20, "MT": 1}, 6) == {}
    assert small_counts.merge_small_categories({"FR": 20}, 6) == {}


def all_results(staff: EditionReader) -> list[ClusterBenchmark]:
    return [staff.benchmark(cluster) for cluster in list(staff.assessed())[::6]]


@pytest.mark.slow
def test_practices_and_composition_equal_plain_counting(sample_folder: Path, staff: EditionReader) -> None:
    """From the files: the answers of every group that stands in an edition, level by level, country by country."""
    from support.reference_statistics import ReferenceStatistics  # noqa: PLC0415

    scheme = PROJECT_DATA / "scheme"
    twin = ReferenceStatistics(sample_folder, scheme, PROJECT_DATA / "geo" / "council-of-europe.csv", "benchmark-36")
    seen = 0
    for result in all_results(staff):
        groups = twin.groups(result.cluster.cluster_id)
        for reference in result.references:
            members = groups[reference.group.kind, reference.group.key]
            told: dict[str, list[tuple[int, int, float]]] = {}
            for practice in reference.level_shares:
                told.setdefault(practice.indicator, []).append((practice.low, practice.high, practice.share))
            for indicator in result.grid.indicators:
                if indicator.kind != "level" or indicator.direction == "none":
                    assert indicator.code not in told
                    continue
                levels = Counter(v for c in members if (v := twin.answers[c].get(indicator.code)) is not None)
                n = levels.total()
                parts = told.get(indicator.code, [])
                assert n > 20 or not parts
                for low, high, share in parts:
                    inside = sum(levels[level] for level in range(low, high + 1))
                    assert inside >= 6
                    step = 100 / round(n / 5)
                    assert round(share / step, 6) == round(share / step), "told in steps of five clusters"
                    assert abs(share - 100 * inside / n) < step
                assert not parts or round(sum(share for *_, share in parts), 6) == 100
                seen += bool(parts)
            countries = Counter(twin.country[c] for c in members)
            shown = {p.key: p.n for p in reference.composition if p.kind == "country"}
            assert all(n >= 6 for n in shown.values())
            assert all(countries[key] == n for key, n in shown.items() if key)
            assert not shown or sum(shown.values()) == len(members)
    assert seen > 200


GRID = {
    "dimensions.csv": "scheme,code,name_en,name_fr\ntiny,d,D,D\n",
    "indicators.csv": "scheme,code,dimension,name_en,name_fr,kind,minimum,maximum,direction\n"
    "tiny,a,d,A,A,level,0,4,higher\ntiny,b,d,B,B,level,0,4,higher\n",
}


@pytest.mark.slow
def test_what_everybody_answers_is_withheld_and_small_groups_are_silent(tmp_path: Path) -> None:
    """Twenty-one clusters: all at level 3 in one question, seven at each of three levels in the other."""
    for others, told in ((20, {"b"}), (19, set())):
        folder = tmp_path / f"in-{others}"
        folder.mkdir()
        for name, text in GRID.items():
            (folder / name).write_text(text)
        people = [f"c{i}" for i in range(others + 1)]
        with (folder / "clusters.csv").open("w", newline="") as file:
            csv.writer(file).writerows(
                [["cluster_id", "name", "country", "sector"]] + [[c, c, "FR", "food"] for c in people]
            )
        with (folder / "answers.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["cluster_id", "assessed_on", "scheme", "indicator", "value"])
            writer.writerows([c, "2025-03-01", "tiny", "a", 3] for c in people)
            writer.writerows([c, "2025-03-01", "tiny", "b", i % 3 + 1] for i, c in enumerate(people))
        opened = EditionDatabase(catalog.current_path(publish_folder(folder, tmp_path / f"data-{others}")))
        result = opened.reader(STAFF).benchmark("c0")
        opened.close()
        for reference in result.references:
            assert {practice.indicator for practice in reference.level_shares} == told
