"""One file of colours, and one environment of templates."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from clusterdash.presentation import html
from clusterdash.presentation.chart_theme import in_dark, make_figure
from clusterdash.presentation.theme import DARK, THEME, Theme, css_variables

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "clusterdash"
DRAWN = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".typ", ".css", ".js", ".jinja")]


def test_colours_are_written_in_the_theme_only() -> None:
    assert len({path.suffix for path in DRAWN}) == 5
    found = {
        f"{path.relative_to(PACKAGE)}: {colour}"
        for path in DRAWN
        for colour in re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8"))
    }
    assert not found


def test_what_cannot_read_the_theme_repeats_it() -> None:
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    assert not [name for name in told if "Color" in name], "the visitor’s system decides between light and dark"
    for kind, theme in (("light", THEME), ("dark", DARK)):
        assert told[kind] == {
            "primaryColor": theme.own,
            "textColor": theme.ink,
            "backgroundColor": theme.paper,
            "secondaryBackgroundColor": theme.tint,
            "borderColor": theme.edge,
        }
    assert set(re.findall("#[0-9a-f]{6}", (PACKAGE / "web" / "assets" / "icon.svg").read_text("utf-8"))) == {THEME.own}


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [THEME, DARK], ids=["light", "dark"])
def test_text_and_controls_can_be_told_from_the_page(theme: Theme) -> None:
    for text in (theme.ink, theme.muted, theme.own, theme.peers, theme.below):
        assert contrast(text, theme.paper) >= 4.5
        assert contrast(text, theme.tint) >= 4.5
    assert contrast(theme.own, theme.own_tint) >= 4.5
    assert contrast(theme.demo_ink, theme.demo) >= 4.5
    assert contrast(theme.edge, theme.paper) >= 3
    assert luminance(THEME.paper) > luminance(DARK.paper)


def test_style_sheets_use_declared_colours_only() -> None:
    declared = set(re.findall(r"--clusterdash-[a-z0-9-]+", css_variables()))
    for path in PACKAGE.rglob("*.css"):
        used = set(re.findall(r"--clusterdash-[a-z0-9-]+", path.read_text("utf-8")))
        assert used
        assert used <= declared, path.name


def test_a_template_escapes_what_it_is_given_and_misses_nothing() -> None:
    title = "<script>\"'&"
    text = html.render(
        "presentation/templates/legend.html.jinja", title=title, entries=[(html.Markup("<b></b>"), title)]
    )
    escaped = "&lt;script&gt;&#34;&#39;&amp;"
    assert text.startswith(f"<summary>{escaped}</summary>")
    assert text.endswith(f"<b></b><span>{escaped}</span></div>")
    with pytest.raises(UndefinedError):
        html.render("presentation/templates/legend.html.jinja", title=title)


def test_a_link_cannot_leave_its_attributes() -> None:
    assert html.link('x"><script>', "a < b", target="_blank") == (
        '<a href="x&#34;&gt;&lt;script&gt;" target="_blank">a &lt; b</a>'
    )


def test_a_chart_in_the_dark_has_none_of_the_colours_of_light_paper() -> None:
    drawn = make_figure([{"type": "scatter", "x": [1], "y": [2], "marker": {"color": [THEME.own, THEME.below]}}])
    dark = in_dark(drawn).to_plotly_json()
    assert list(dark["data"][0]["marker"]["color"]) == [DARK.own, DARK.below]
    assert dark["layout"]["font"]["color"] == DARK.ink
    assert drawn.layout.font.color == THEME.ink, "the figure itself is unchanged"
