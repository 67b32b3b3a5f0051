"""Charts drawn by the server: what stands where, and what a screen reader is told."""

from __future__ import annotations

import base64
import cmath
import re
from itertools import combinations
from math import log, pi, radians, tan
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.domain import Label
from clusterdash.editions.reader import EditionReader
from clusterdash.labels import search, status
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.html_charts import (
    HeatCell,
    HeatRow,
    RadarAxis,
    RadarSeries,
    Strip,
    cells,
    gauge,
    heat_table,
    radar,
    strip,
    tally,
)
from clusterdash.presentation.html_charts.radar import RADIUS
from clusterdash.presentation.labels import europe_map

SVG = "{http://www.w3.org/2000/svg}"
SCORES = st.lists(st.none() | st.floats(0, 100), min_size=6, max_size=6)
AXES = [RadarAxis(f"Axis {i}", str(i)) for i in range(6)]


def image(drawn: str) -> ElementTree.Element:
    """The drawing inside the HTML of a chart."""
    (address,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', drawn)
    return ElementTree.fromstring(base64.b64decode(address))


def marks(drawing: ElementTree.Element, style: str) -> list[complex]:
    """Where the marks of a series stand, to the right of and above the centre."""
    found = []
    for path in drawing.iter(f"{SVG}path"):
        if path.get("class") == f"{style} mark":
            x, y = re.findall(r"-?[\d.]+", str(path.get("d")))[:2]
            found.append(complex(float(x), -float(y)))
    return found


@given(SCORES)
def test_each_score_stands_on_its_axis_at_its_distance(scores: list[float | None]) -> None:
    drawing = image(radar(AXES, [RadarSeries("own", "Own", scores)], "alt"))
    known = [round(score) for score in scores if score is not None]
    outer = 75 if max(known, default=0) <= 75 else 100
    expected = [
        cmath.rect(RADIUS * round(score) / outer, pi / 2 - 2 * pi * i / 6)
        for i, score in enumerate(scores)
        if score is not None
    ]
    assert marks(drawing, "own") == pytest.approx(expected, abs=0.01)
    rings = [float(str(circle.get("r"))) for circle in drawing.iter(f"{SVG}circle") if circle.get("class") == "ring"]
    assert max(rings) == RADIUS
    assert len(rings) == outer // 25


@given(SCORES)
def test_a_missing_score_is_a_gap_and_is_not_bridged(scores: list[float | None]) -> None:
    drawing = image(radar(AXES, [RadarSeries("own", "Own", scores)], "alt"))
    edges = [path for path in drawing.iter(f"{SVG}path") if path.get("class") == "own line"]
    neighbours = zip(scores, [*scores[1:], scores[0]], strict=True)
    assert len(edges) == sum(a is not None and b is not None for a, b in neighbours)
    gaps = [path for path in drawing.iter(f"{SVG}path") if path.get("class") == "gap"]
    assert len(gaps) == (None in scores and any(score is not None for score in scores))


def test_a_missing_axis_says_why_and_the_others_have_their_values() -> None:
    axes = [RadarAxis("Structure", "29"), RadarAxis("<Finance>", "–", "no score"), RadarAxis("Results", "12")]
    drawn = radar(axes, [RadarSeries("own", "You & yours", [29, None, 12])], 'A "radar"')
    assert "<b>29</b>" in drawn
    assert "<i>no score</i>" in drawn
    assert "&lt;Finance&gt;" in drawn
    assert "You &amp; yours" in drawn
    assert 'role="img" aria-label="A &#34;radar&#34;"' in drawn
    assert len([path for path in image(drawn).iter(f"{SVG}path") if path.get("class") == "missing"]) == 1


WHOLE = st.lists(st.floats(25, 100), min_size=6, max_size=6)


@given(WHOLE, WHOLE, WHOLE)
def test_names_of_series_do_not_cover_each_other(own: list[float], peers: list[float], top: list[float]) -> None:
    series = [RadarSeries("top", "500 best", top), RadarSeries("peers", "Food", peers), RadarSeries("own", "You", own)]
    found = re.findall(r'class="radar-name \w+" style="--x:([-\d.]+);--y:([-\d.]+)"', radar(AXES, series, "alt"))
    assert len(found) == 3
    places = [complex(float(x), float(y)) for x, y in found]
    for one, other in combinations(places, 2):
        assert abs(one.real - other.real) >= 0.7 or abs(one.imag - other.imag) >= 0.14


def test_a_radar_needs_three_axes_and_a_score_for_each() -> None:
    for axes, scores in ((AXES[:2], [1.0, 2.0]), (AXES, [1.0])):
        with pytest.raises(ValueError, match="radar"):
            radar(axes, [RadarSeries("own", "Own", scores)], "alt")


@given(st.floats(0, 100), st.none() | st.floats(0, 100))
def test_a_strip_puts_its_mark_where_the_value_is(value: float, sector: float | None) -> None:
    drawn = strip(Strip(value, value, value, "below", sector), "alt")
    (at,) = re.findall(r'class="mark below" style="--p:([\d.]+)"', drawn)
    assert float(at) == round(value), "whole points, as everywhere"
    assert "ties" not in drawn, "nobody shares the value"
    raised = "raised" in drawn
    assert raised == (sector is not None and abs(sector - value) < 4)


def test_a_strip_without_a_position_says_so() -> None:
    drawn = strip(Strip(None), "no position", "no score")
    assert "mark" not in drawn
    assert ">no score<" in drawn
    assert 'aria-label="no position"' in drawn


def test_a_tally_has_a_cell_for_each_indicator() -> None:
    words = {"above": "above", "level": "level", "unsure": "cannot tell", "below": "below"}
    drawn = tally({"above": 3, "below": 18, "unsure": 7}, words, "alt")  # type: ignore[arg-type]
    assert [drawn.count(f'<i class="{word}">') for word in words] == [3, 0, 7, 18]
    assert "<b>0</b> level" in drawn


def test_cells_are_drawn_for_each_part_with_its_words_escaped() -> None:
    drawn = cells([("ready", 2, "<b>ready</b>"), ("missing", 0, "missing")], "a & b")
    assert drawn.count('<i class="ready">') == 2
    assert '<i class="missing">' not in drawn
    assert "&lt;b&gt;ready&lt;/b&gt;" in drawn
    assert 'aria-label="a &amp; b"' in drawn


@pytest.mark.parametrize(("value", "required", "lacks"), [(108, 120, True), (120, 120, False), (150, 120, False)])
def test_a_gauge_hatches_what_is_lacking(value: float, required: float, lacks: bool) -> None:
    drawn = gauge(value, required, 150, "alt", ("a", "b", "c"))
    assert ('class="lacking"' in drawn) is lacks
    assert f"--v:{round(100 * value / 150, 2)};--r:80.0" in drawn
    with pytest.raises(ValueError, match="maximum"):
        gauge(151, required, 150, "alt", ("a", "b", "c"))


@given(st.lists(st.floats(0, 100), min_size=2, max_size=6))
def test_a_higher_score_is_never_lighter(values: list[float]) -> None:
    cells = [HeatCell(value, f"{value:.0f}") for value in sorted(values)]
    drawn = heat_table("caption", ["Row", *map(str, range(len(values)))], [HeatRow("a", "", cells)], sorted_by=1)
    steps = [int(step) for step in re.findall(r"step-(\d)", drawn)]
    assert steps == sorted(steps)
    assert len(steps) == len(values)
    assert set(steps) <= set(range(7))


def test_the_map_of_europe_has_a_mark_for_each_place_by_its_highest_label(staff: EditionReader) -> None:
    found = search.select(status.label_statuses(staff.label_register(), TODAY, TODAY), LabelFilters())
    drawing = image(europe_map.europe_map(found, "alt"))
    drawn = {(use.get("x"), use.get("y")): use.get("class") for use in drawing.iter(f"{SVG}use")}
    places: dict[tuple[float, float], list[Label]] = {}
    for holding in found:
        cluster = holding.cluster
        if cluster.latitude is not None and cluster.longitude is not None:
            places.setdefault((cluster.latitude, cluster.longitude), []).append(holding.label)
    inside = {
        (latitude, longitude): labels
        for (latitude, longitude), labels in places.items()
        if 35.5 < latitude < 66.5 and -12 < longitude < 34
    }
    assert len(inside) > 150

    def height(latitude: float) -> float:
        return log(tan(pi / 4 + radians(latitude) / 2))

    whole = height(66.5) - height(35.5)
    for (latitude, longitude), labels in inside.items():
        x = europe_map.WIDTH * (longitude + 12) / 46
        y = europe_map.HEIGHT * (height(66.5) - height(latitude)) / whole
        near = [look for (u, v), look in drawn.items() if abs(float(u or 0) - x) < 1 and abs(float(v or 0) - y) < 1.5]
        highest = max(labels, key=list(Label).index)
        assert f"m {highest.value}" in near or "m gold" in near
    assert len(drawn) <= len(inside)
    assert {use.get("class") for use in drawing.iter(f"{SVG}use")} == {"m bronze", "m silver", "m gold"}
