"""One file of colours, and one environment of templates."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from clusterdash.presentation import html
from clusterdash.presentation.theme import THEME

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
    names = {
        "primaryColor": THEME.own,
        "textColor": THEME.ink,
        "backgroundColor": THEME.paper,
        "secondaryBackgroundColor": THEME.panel,
        "borderColor": THEME.line,
    }
    assert {name: value for name, value in told.items() if "Color" in name} == names
    assert set(re.findall("#[0-9a-f]{6}", (PACKAGE / "web" / "assets" / "icon.svg").read_text("utf-8"))) == {THEME.own}


def test_style_sheets_use_declared_colours_only() -> None:
    declared = set(re.findall(r"--clusterdash-[a-z-]+", THEME.as_css()))
    for path in PACKAGE.rglob("*.css"):
        used = set(re.findall(r"--clusterdash-[a-z-]+", path.read_text("utf-8")))
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
