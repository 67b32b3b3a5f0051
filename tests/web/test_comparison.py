"""The page on groups, through the real `app.py`: each kind of group, what is said of it, and the file beside it."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import APP, words

from clusterdash.domain import PUBLIC, Audience, ClusterdashError, Viewer
from clusterdash.domain.group_comparison import Finding, GroupingKind
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.presentation.benchmark import group_overview, member_overview
from clusterdash.presentation.benchmark.group_overview import ComparedGroups
from clusterdash.presentation.formatting import with_unit
from clusterdash.reports.comparison_file import comparison_csv
from clusterdash.statistics.group_comparison import compare, pool
from clusterdash.statistics.parameters import LIMITS

PAGE = "pages/staff/comparison.py"
SCHEME = "benchmark-36"


@pytest.fixture
def visit(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))

    def start(page: str = PAGE, **address: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60)
        app.session_state["role"] = "staff"
        for name, value in {"lang": "en", **address}.items():
            app.query_params[name] = value
        return app.switch_page(page).run()

    return start


@pytest.fixture
def sectors(staff: EditionReader) -> ComparedGroups:
    grid = next(one for one in staff.benchmark_schemes() if one.scheme.code == SCHEME)
    cells = compare(staff.comparisons().ranks(SCHEME, GroupingKind.SECTOR))
    return ComparedGroups(GroupingKind.SECTOR, cells, {c: s.name.en for c, s in staff.sectors().items()}, grid)


@pytest.mark.parametrize("kind", list(GroupingKind))
def test_each_kind_of_group_is_compared(visit, kind: GroupingKind) -> None:
    app = visit(by=kind.value)
    assert not app.exception
    assert not app.error
    if kind is GroupingKind.LABEL:  # invented clusters were awarded none
        assert [one.value for one in app.info] == ["Fewer than two groups of this kind have results."]
        return
    told = words(app)
    real = re.search(r"(\d+) differences? (?:is|are) real", told)
    assert real
    assert told.count('class="above"') + told.count('class="below"') == int(real[1]) or kind is GroupingKind.COUNTRY


def test_a_cell_leads_to_its_group(visit, sectors: ComparedGroups) -> None:
    group = next(cell.ranks.group for cell in sectors.cells if cell.finding is Finding.ABOVE)
    app = visit(by="sector", group=group)
    assert f"by=sector&amp;group={group}" in words(app)
    names = {one.code: one.name.en for one in sectors.grid.indicators}
    real = [
        c for c in sectors.cells if c.ranks.group == group and c.finding is Finding.ABOVE and not c.ranks.is_dimension
    ]
    (rows,) = [
        str(h.proto.body) for h in app.get("html") if 'class="strip"' in str(h.proto.body) and "▲ " in str(h.proto.body)
    ]
    for cell in real:
        assert names[cell.ranks.item] in rows


def test_what_may_be_chance_is_never_coloured_or_told(sectors: ComparedGroups) -> None:
    drawn = group_overview.comparison_rug(sectors, "en")
    real = sum(cell.finding in (Finding.ABOVE, Finding.BELOW) for cell in sectors.cells)
    assert drawn.count('class="above"') + drawn.count('class="below"') == real
    assert drawn.count("▲") + drawn.count("▼") - 4 == real, "two are in the caption, which is spoken as well"
    for dimension in sectors.grid.dimensions:
        cells = [c for c in sectors.cells if c.ranks.is_dimension and c.ranks.item == dimension.code]
        told = group_overview.comparison_verdict(sectors, dimension.code, "en")
        for cell in cells:
            named = sectors.names[cell.ranks.group].replace("&", "&amp;") in told
            assert named == (cell.finding in (Finding.ABOVE, Finding.BELOW))


def test_the_page_of_sectors_says_the_same_of_a_dimension(visit, sectors: ComparedGroups) -> None:
    dimension = sectors.grid.dimensions[1].code
    told = group_overview.comparison_verdict(sectors, dimension, "en")
    for page in (PAGE, "pages/staff/sectors.py"):
        assert str(told) in words(visit(page, dimension=dimension, by="sector"))


def test_rows_of_means_stand_by_what_is_to_be_expected(sectors: ComparedGroups) -> None:
    ranks = [c.ranks for c in sectors.cells if c.ranks.is_dimension and c.ranks.item == sectors.grid.dimensions[0].code]
    pooled = pool(ranks)
    drawn = group_overview.caterpillar(sectors, pooled, "en")
    places = [
        drawn.index(sectors.names[one.group].replace("&", "&amp;")) for one in sorted(pooled, key=lambda m: -m.pooled)
    ]
    assert places == sorted(places)


def test_the_file_leaves_out_what_is_of_few_clusters(sectors: ComparedGroups) -> None:
    content = comparison_csv(sectors.cells, sectors.names, sectors.grid, "en").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    large = [c for c in sectors.cells if min(c.ranks.n, c.ranks.total - c.ranks.n) >= LIMITS.quartile_minimum]
    assert [int(row["Clusters"]) for row in rows] == [cell.ranks.n for cell in large]
    assert len(large) < len(sectors.cells)
    assert [float(row["Superiority (%)"]) for row in rows] == pytest.approx(
        [cell.superiority for cell in large], abs=0.051
    )


@pytest.mark.parametrize("kind", list(GroupingKind))
def test_changes_of_each_kind_of_group_are_shown(visit, kind: GroupingKind) -> None:
    app = visit("pages/staff/trends.py", by=kind.value)
    assert not app.exception
    assert not app.error
    told = words(app)
    real = re.search(r"(\d+) changes? (?:is|are) real", told)
    assert real
    assert told.count('class="above"') + told.count('class="below"') == int(real[1])
    assert ("Improved most" in told or "Declined most" in told) == bool(int(real[1]))
    assert "The same clusters, before → now" in told


def test_a_group_that_does_not_exist_is_told(visit) -> None:
    app = visit(by="sector", group="nobody")
    assert "nobody" in "".join(one.value for one in app.warning)


def test_answers_of_a_group_are_told_as_they_were_given(sectors: ComparedGroups) -> None:
    drawn = group_overview.answer_table(sectors, "food", "en")
    cells = [c for c in sectors.cells if c.ranks.group == "food" and not c.ranks.is_dimension]
    for cell in cells:
        indicator = next(one for one in sectors.grid.indicators if one.code == cell.ranks.item)
        assert f"{indicator.code} {indicator.name.en}".replace("&", "&amp;").replace("'", "&#39;") in drawn
        turned = indicator.direction == "lower"
        median = -cell.ranks.median if turned else cell.ranks.median
        assert median >= 0, "answers of this scheme are not negative"
        assert f"{with_unit('en', median, indicator)} (" in drawn
    assert any(one.direction == "lower" for one in sectors.grid.indicators), "one at least was turned"
    assert drawn.count("may be chance") == sum(c.finding is Finding.UNCLEAR for c in cells)


@pytest.mark.usefixtures("visit")
def test_who_is_in_a_group_is_counted_and_old_benchmarks_are_listed(staff: EditionReader) -> None:
    members = staff.comparisons().members(SCHEME, GroupingKind.SECTOR, "food")
    today = members[len(members) // 2].assessed_on + timedelta(days=740)
    old = member_overview.old_benchmarks(members, today)
    assert old == [one for one in members if one.assessed_on < today.replace(year=today.year - 2)]
    assert old, "the sample has some"
    told = member_overview.member_sentence(members, today, "en")
    assert f"**{len(members)}** clusters" in told
    assert f"{len(old)} " in told
    peers = staff.comparisons().names(SCHEME, GroupingKind.SIZE)
    table = member_overview.composition(members, {"size": {k: n.en for k, n in peers.items()}}, "en")
    for key, name in peers.items():
        counted = sum(one.size == key for one in members)
        assert (name.en in table) == bool(counted)
    assert members == tuple(sorted(members, key=lambda one: (one.assessed_on, one.name, one.cluster_id)))
    assert {one.cluster_id for one in members} <= staff.assessed().keys()
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"], app.session_state["group-members"] = "staff", True
    app.query_params["lang"], app.query_params["group"] = "en", "food"
    app.switch_page(PAGE).run()
    assert not app.exception
    assert f"{len(members)}** clusters" in words(app)
    for one in members[:3]:
        assert (one.name in words(app)) == (
            one in member_overview.old_benchmarks(members, datetime.now(UTC).date())[:20]
        )


def test_managers_compare_no_groups(opened: EditionDatabase) -> None:
    for viewer in (PUBLIC, Viewer(Audience.CLUSTER, frozenset({"demo-0001"}))):
        with pytest.raises(ClusterdashError, match="staff_only"):
            opened.reader(viewer).comparisons()
