"""Maps, charts, tables and sentences: what is drawn is right, and is all that travels."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.benchmark import rules
from clusterdash.domain import ClusterBenchmark, DimensionScore, Label, LabelState
from clusterdash.editions.reader import EditionReader
from clusterdash.labels import search, status
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.benchmark import narrative, radar_chart, tables
from clusterdash.presentation.html import escape
from clusterdash.presentation.labels import narrative as labels_narrative
from clusterdash.presentation.labels import tables as labels_tables
from clusterdash.presentation.labels import world_map


@pytest.fixture
def result(staff: EditionReader) -> ClusterBenchmark:
    """A cluster with a sector that is large enough for medians."""
    found = (staff.benchmark(cluster) for cluster in staff.assessed())
    return next(r for r in found if r.sector and r.sector.n > 8 and all(p.score is not None for p in r.first.scores))


def with_profiles(result: ClusterBenchmark, *profiles: DimensionScore, keep: bool = True) -> ClusterBenchmark:
    """The same result with other profiles against the top 500; without any, also without the other references."""
    top = replace(result.first, scores=profiles)
    others = result.references[1:] if keep and profiles else ()
    return replace(result, references=(top, *others))


def rendered(drawn: folium.Map) -> str:
    return drawn.get_root().render()


def points(drawn: folium.Map) -> dict:  # type: ignore[type-arg]
    """What travels to the browser for the marks."""
    (found,) = [child for child in drawn._children.values() if isinstance(child, world_map.Points)]
    return found.data


def shown(staff: EditionReader, label: Label | None = None) -> tuple[status.LabelStatus, ...]:
    """What the map shows of a label today."""
    return search.select(status.label_statuses(staff.label_register(), TODAY, TODAY), LabelFilters(label))


@pytest.mark.parametrize("label", [None, *Label])
def test_every_holding_is_on_the_map_or_in_the_list_without_place(staff: EditionReader, label: Label | None) -> None:
    found = shown(staff, label)
    drawn = world_map.label_map(found, staff.sectors(), "fr")
    placeless = [holding for holding in found if holding.cluster.latitude is None]
    drawn_here = [entry for *_, clusters in points(drawn)["points"] for entry in clusters]
    assert len(drawn_here) + len(placeless) == len(found)
    told = {(entry[0], entry[1], points(drawn)["strings"][entry[-1]]) for entry in drawn_here}
    for holding in found:
        cluster, said = holding.cluster, labels_narrative.label_sentence(holding, "fr")
        assert ((cluster.cluster_id, cluster.name, said) in told) == (holding not in placeless)
    listed = labels_tables.label_list(found, labels_tables.list_entries(found, staff.sectors(), "fr"))
    assert listed.count("<li ") == len(found)
    for holding in found:
        assert escape(holding.cluster.name) in listed
        assert escape(labels_narrative.label_sentence(holding, "fr")) in listed


def test_a_map_asks_nobody_else(staff: EditionReader) -> None:
    html = rendered(world_map.label_map(shown(staff), staff.sectors(), "en", world_map.Frame(view="world")))
    assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=\"(?:https?:)?//", html)
    assert "leaflet.js" in html
    assert "countries-110m.geojson" in html


def test_a_mark_tells_label_and_state_without_colour(staff: EditionReader) -> None:
    found = shown(staff)
    one = {label: next(h for h in found if h.label is label and h.cluster.latitude is not None) for label in Label}
    looks = set()
    for holding in one.values():
        for state in (LabelState.VALID, LabelState.UNKNOWN, LabelState.EXPIRED):
            (mark,) = points(world_map.label_map([replace(holding, state=state)], staff.sectors(), "en"))["marks"]
            looks.add(re.sub(r"#[0-9a-f]{6}", "", mark))
    assert len(looks) == 9


HOSTILE = "<img src=x onerror=alert(1)>`${alert(1)}`\\u0027{{7*7}}</script><script>alert(2)</script>\"'"


def test_a_hostile_name_stays_text(staff: EditionReader) -> None:
    holding = shown(staff, Label.GOLD)[0]
    hostile = replace(holding, cluster=replace(holding.cluster, name=HOSTILE, city=HOSTILE, region=HOSTILE))
    html = rendered(world_map.label_map([hostile], staff.sectors(), "en", world_map.Frame(view="world")))
    script = html[html.rindex("<script>") :]
    assert script.count("</script>") == 1, "the name does not end the script"
    assert "<img" not in html
    (literal,) = re.findall(r"const data = JSON\.parse\((.*)\);", html)
    assert not set("{}<>`$") & set(literal), "nothing that folium’s second rendering or a browser could run"
    sent = json.loads(json.loads(literal))
    assert sent["points"][0][3][0][1] == HOSTILE, "it travels whole, and is set as text"


@given(st.text())
def test_any_text_travels_whole_through_both_renderings(text: str) -> None:
    drawn = world_map._Map("", tiles=None)
    drawn.add_child(world_map.Points({"points": [], "strings": [text], "marks": []}))
    (literal,) = re.findall(r"const data = JSON\.parse\((.*)\);", rendered(drawn))
    assert json.loads(json.loads(literal))["strings"] == [text]


def test_the_radar_has_three_series_on_one_scale(result: ClusterBenchmark) -> None:
    figure = radar_chart.radar(result, radar_chart.usual_view(result, result.first), "fr")
    *series, values = figure.data
    assert result.sector is not None
    sector = f"Médiane, {result.sector.group.name.fr}"
    assert [trace.name for trace in series] == ["Médiane, Europe", sector, "Votre cluster"]
    assert len({(trace.line.dash, trace.marker.symbol) for trace in series}) == 3, "told apart without colour"
    own = series[-1]
    scores = [profile.score for profile in result.first.scores]
    assert [None if r is None else round(r) for r in own.r] == [
        None if s is None else round(s) for s in [*scores, scores[0]]
    ]
    assert list(values.text) == [f"<b>{round(s)}</b>" for s in scores if s is not None]
    assert tuple(figure.layout.polar.radialaxis.range) == (0, 100)
    assert not any(trace.fill for trace in figure.data)


def test_a_missing_axis_is_a_gap_and_is_not_bridged(result: ClusterBenchmark) -> None:
    first, second, *others = result.first.scores
    holed = with_profiles(result, first, replace(second, score=None), *others)
    own = radar_chart.radar(holed, radar_chart.usual_view(holed, holed.first), "fr").data[-2]
    assert own.r[1] is None
    assert own.connectgaps is False
    assert own.r[0] == own.r[-1], "closed by its first point"
    assert "non connu" in narrative.radar_alt(holed, "fr")


def test_nothing_drawn_names_another_cluster(result: ClusterBenchmark) -> None:
    """The figure's JSON and the tables hold the cluster's own numbers, medians and counts: no id, no other's values."""
    figure = radar_chart.radar(result, radar_chart.usual_view(result, result.first), "en")
    drawn = (tables.score_table(result, result.first, "en"), tables.position_table(result, result.first, "en"))
    travels = figure.to_json() + "".join(drawn)
    assert set(re.findall(r"demo-\d{4}|Démo \d{4}", travels)) <= {result.cluster.cluster_id, result.cluster.name[-9:]}
    known = {round(p.score) for p in result.first.scores if p.score is not None}
    for reference in (result.first, result.sector):
        assert reference is not None
        known |= {round(p.peer_median, 1) for p in reference.scores if p.peer_median is not None}
    numbers = {r for trace in json.loads(figure.to_json())["data"] for r in trace["r"] if r is not None}
    assert numbers <= known


def test_tables_escape_and_name_their_rows() -> None:
    html = tables.table("<b>", ["a", "<i>"], [("", [["<script>", "x & y"]])])
    assert "<script>" not in html
    assert '<th scope="row">&lt;script&gt;</th>' in html
    assert "x &amp; y" in html
    assert "<caption>&lt;b&gt;</caption>" in html
    assert 'data-label="&lt;i&gt;"' in html


def test_the_headline_counts_what_the_profile_says(result: ClusterBenchmark) -> None:
    short = rules.score_summary(result.first)
    assert short is not None
    leads = {p.dimension: round(p.score) - round(p.peer_median) for p in result.first.scores if p.score is not None}
    assert short.scored == len(leads)
    assert short.above == sum(lead > 0 for lead in leads.values())
    assert short.highest.dimension == max(leads, key=lambda d: leads[d])
    assert short.lowest.dimension == min(leads, key=lambda d: leads[d])
    assert f"{short.above} of {short.scored}" in narrative.headline(result, result.first, "en")
    empty = with_profiles(result)
    assert narrative.headline(empty, empty.first, "en").startswith("No dimension can be compared")


def test_a_cluster_without_any_score_still_has_its_radar(result: ClusterBenchmark) -> None:
    unknown = tuple(replace(profile, score=None) for profile in result.first.scores)
    scoreless = with_profiles(result, *unknown, keep=True)
    figure = radar_chart.radar(scoreless, radar_chart.usual_view(scoreless, scoreless.first), "en")
    assert result.sector is not None
    assert [trace.name for trace in figure.data] == ["Median, Europe", f"Median, {result.sector.group.name.en}"]
    assert not any(trace.text for trace in figure.data)
    empty = with_profiles(result)
    assert radar_chart.radar(empty, radar_chart.usual_view(empty, empty.first), "en").data == ()
