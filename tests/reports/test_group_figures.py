"""The funnel of groups, and the figures as pictures: the words of the page, no small group, the size of a slide."""

from __future__ import annotations

import html
import io
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest
from support.editions import FORMULA, HOSTILE
from support.leak_audit import recorded_messages, sent_by, unpacked
from support.pages import APP, words

from clusterdash.domain import STAFF, Language
from clusterdash.domain.group_comparison import GroupingKind, PooledMean
from clusterdash.editions.reader import EditionReader
from clusterdash.presentation.benchmark.funnel_chart import funnel, funnel_alt
from clusterdash.presentation.benchmark.group_overview import limit_word
from clusterdash.reports import group_figures, group_note
from clusterdash.reports.group_figures import FigureKind, ShownGroups
from clusterdash.reports.pdf import pdf
from clusterdash.statistics.parameters import LIMITS
from clusterdash.web import comparison, group_notes
from clusterdash.web.context import PageContext

SCHEME = "benchmark-36"
SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES: tuple[Language, ...] = ("fr", "en")
Look = Callable[..., ShownGroups]


@pytest.fixture
def look(staff: EditionReader) -> Look:
    """What the page shows: the largest group closely, and the first dimension."""

    def read(language: Language = "en", key: str = "", kind: GroupingKind = GroupingKind.SECTOR) -> ShownGroups:
        here = PageContext(language, STAFF, staff, staff.edition(), False, datetime.now(UTC))
        grid = next(one for one in staff.benchmark_schemes() if one.scheme.code == SCHEME)
        groups = comparison.compared_groups(here, grid, kind)
        key = key or max(groups.groups, key=lambda one: groups.members[one])
        means = group_notes.all_means(groups)
        dimension = next(iter(means))
        close = group_notes.closely(here, groups, means, key)
        return ShownGroups(close, dimension, means[dimension], staff.edition())

    return read


def squeezed(text: str) -> str:
    """A text without spaces and hyphens of any kind, for lines are broken anywhere."""
    return re.sub(r"[\s\u200b\u2060\u00ad\u2011-]+", "", text)


def plain(runs: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in runs)


def described(made: bytes) -> str:
    root = ElementTree.fromstring(made)
    return " ".join(root.findtext(f"{SVG}{tag}") or "" for tag in ("title", "desc"))


def text_of(kind: FigureKind, shown: ShownGroups, language: Language) -> str:
    """The words that are drawn, from the same template as PDF."""
    content = group_figures.figure_content(kind, shown, language)
    made = PdfReader(io.BytesIO(pdf("group_figure", content, datetime(2026, 1, 1))))
    assert len(made.pages) == 1
    return squeezed(made.pages[0].extract_text())


def strings(content: Any) -> list[str]:
    """All texts in the content of a document."""
    if isinstance(content, str):
        return [content]
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, (list, tuple)) else ()
    return [text for part in parts for text in strings(part)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FigureKind)
def test_the_pictures_have_the_size_of_a_slide_and_need_nothing_else(
    look: Look, language: Language, kind: FigureKind
) -> None:
    shown = look(language)
    made = group_figures.figure(kind, shown, language, "png")
    assert made.startswith(b"\x89PNG")
    assert struct.unpack(">II", made[16:24]) == (1920, 1080)
    drawn = group_figures.figure(kind, shown, language, "svg")
    assert drawn == group_figures.figure(kind, shown, language, "svg")
    root = ElementTree.fromstring(drawn)
    assert [float(size) for size in root.attrib["viewBox"].split()] == [0, 0, 960, 540]
    assert root.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == language
    assert {one.tag for one in root.iter()} <= {
        SVG + tag for tag in ("svg", "title", "desc", "g", "path", "use", "defs", "symbol", "clipPath", "rect")
    }
    links = [value for one in root.iter() for name, value in one.attrib.items() if "href" in name]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not re.search(rb"url\((?!#)|@font-face|@import", drawn)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_say_what_the_page_says(
    look: Look, data: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    shown = look(language, kind=GroupingKind.SIZE)
    groups = shown.close.groups
    assert group_note.large_groups(groups) == list(groups.names), "nothing is left out"
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = "staff"
    for name, value in {"lang": language, "by": "size", "group": shown.close.group}.items():
        app.query_params[name] = value
    with recorded_messages() as sent:
        app.run()
        sent_by(app, "pages/staff/comparison.py", ("figure_svg", "figure_png"), sent)
    assert not app.error
    page = squeezed(html.unescape(re.sub(r"<[^>]+>", "", words(app))))
    page += squeezed(html.unescape(" ".join(re.findall(r'aria-label="([^"]*)"', words(app)))))
    files = unpacked(sent)
    for file_format in group_figures.MEDIA_TYPES:
        assert group_figures.figure(FigureKind.EXPECTED, shown, language, file_format) in files
    for kind in FigureKind:
        content = group_figures.figure_content(kind, shown, language)
        drawn = text_of(kind, shown, language)
        said = [content["title"], plain(content["key"])]
        said += [text for row in content.get("rows", ()) for text in row.get("cells", ()) if isinstance(text, str)]
        said += [cell for part in content.get("lists", ()) for row in part["rows"] for cell in row["cells"][:2]]
        said += [row["name"] for row in content.get("rows", ()) if "name" in row]
        assert not [text for text in said if squeezed(text.replace("*", "")) not in page]
        assert not [text for text in (*said, *map(plain, content["basis"])) if squeezed(text) not in drawn]
        spoken = described(group_figures.figure(kind, shown, language, "svg"))
        assert spoken.startswith(content["title"])
        if kind is not FigureKind.CLOSELY:
            assert not [text for text in content["description"].split(" · ") if squeezed(text) not in page]
    assert len(group_figures.figure_content(FigureKind.EXPECTED, shown, language)["rows"]) == len(shown.means)


@pytest.mark.parametrize("kind", FigureKind)
def test_no_small_group_is_named(look: Look, kind: FigureKind) -> None:
    shown = look()
    groups = shown.close.groups
    large = group_note.large_groups(groups)
    small = [key for key in groups.names if groups.members[key] < LIMITS.quartile_minimum]
    assert large
    assert small
    named = {key: f"Group {place:03}!" for place, key in enumerate(groups.names)}
    renamed = replace(shown, close=replace(shown.close, groups=replace(groups, names=named)))
    content = group_figures.figure_content(kind, renamed, "en")
    said = " ".join(strings(content)) + described(group_figures.figure(kind, renamed, "en", "svg"))
    assert [key for key in large if named[key] in said] == (
        [shown.close.group] if kind is FigureKind.CLOSELY else large
    )
    assert not [key for key in small if named[key] in said]
    near = replace(shown, close=replace(shown.close, group=small[0]))
    if kind is FigureKind.CLOSELY:
        assert not group_figures.may_be_drawn(kind, near.close)
        with pytest.raises(ValueError, match="too small"):
            group_figures.figure(kind, near, "en", "png")


def test_there_are_no_figures_of_small_groups_alone(look: Look) -> None:
    shown = look()
    cells = [replace(one, ranks=replace(one.ranks, n=LIMITS.quartile_minimum - 1)) for one in shown.close.groups.cells]
    few = replace(shown, close=replace(shown.close, groups=replace(shown.close.groups, cells=cells)))
    for kind in FigureKind:
        with pytest.raises(ValueError, match="too small"):
            group_figures.figure(kind, few, "en", "svg")


@pytest.mark.parametrize("name", [HOSTILE, FORMULA, '#read("/etc/passwd")', "</desc><script>a\x0b&amp;", "\\ *b* $x$"])
def test_a_name_is_text_and_nothing_else(look: Look, name: str) -> None:
    shown = look()
    groups = shown.close.groups
    hostile = replace(groups, names={**groups.names, shown.close.group: name})
    shown = replace(shown, close=replace(shown.close, groups=hostile))
    for kind in (FigureKind.EXPECTED, FigureKind.CLOSELY):
        made = group_figures.figure(kind, shown, "en", "svg")
        assert re.sub("[\x00-\x08\x0b]", "", name) in described(made)
        assert b"<script" not in made
    assert "<script" not in str(funnel(hostile, beyond(shown.means), "en").to_json())


def beyond(means: tuple[PooledMean, ...] | Any) -> list[PooledMean]:
    """The same means, by turns beyond each limit above and below, and within."""
    shifts = (1.1, -1.1, 0, 0.8, -0.8)
    return [replace(one, mean=one.overall + shifts[place % 5] * one.limit_998) for place, one in enumerate(means)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_points_and_limits_of_the_funnel_are_the_numbers(look: Look, language: Language) -> None:
    shown = look(language)
    groups = shown.close.groups
    for means in (list(shown.means), beyond(shown.means)):
        figure = funnel(groups, means, language)
        outer, inner, overall, *points = figure.data
        drawn = sorted((x, y) for trace in points for x, y in zip(trace.x, trace.y, strict=True))
        assert drawn == sorted((one.n, one.mean) for one in means)
        assert set(overall.y) == {means[0].overall}
        for one in means:
            for curve, limit in ((outer, one.limit_998), (inner, one.limit_95)):
                at = [y for x, y in zip(curve.x, curve.y, strict=True) if x == one.n]
                assert at == pytest.approx([one.overall + limit, one.overall - limit])
        for trace, sign in zip(points[:2], (1, -1), strict=True):
            out = [one for one in means if limit_word(one) != "within" and sign * (one.mean - one.overall) > 0]
            labels = [html.unescape(text).replace("\n", " ").replace("<br>", " ") for text in trace.text]
            assert labels == [groups.names[one.group] for one in out]
            alt = funnel_alt(groups, means, shown.dimension, language)
            assert all(groups.names[one.group] in alt for one in out)
        assert not any(points[2].text)
        assert len({(trace.marker.symbol, trace.marker.color) for trace in points}) == 3
        low, high = figure.layout.yaxis.range
        assert all(low <= one.mean <= high for one in means if 0 <= one.mean <= 100)


def test_a_funnel_of_no_groups_is_empty(look: Look) -> None:
    figure = funnel(look().close.groups, (), "en")
    assert not any(trace.x for trace in figure.data)
