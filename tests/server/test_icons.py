"""The font of icons has every icon that Streamlit's page or ours names, and stands in for Streamlit's whole one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser
from support.browser import ROOT, needs_chromium, run_has_ended

from clusterdash.server.security_headers import INDEX

NAMES = set((ROOT / "tests" / "data" / "icons" / "names.txt").read_text().split())


def test_each_icon_that_is_named_is_in_the_font() -> None:
    """Where this fails, add the names and run `tests/data/icons/make.py`."""
    scripts = [path.read_text("utf-8") for path in (INDEX.parent / "static" / "js").glob("*.js")]
    code = [path.read_text("utf-8") for folder in ("clusterdash", "pages") for path in (ROOT / folder).rglob("*.py")]
    named = {name for text in (*scripts, *code) for name in re.findall(r":material/([a-z0-9_]+):", text)}
    assert len(named) > 50
    assert named <= NAMES
    ways = re.findall(r'"(\w+)"\)\]$', (ROOT / "clusterdash/web/demo.py").read_text(), flags=re.MULTILINE)
    assert ways
    assert set(ways) <= NAMES


@needs_chromium
@pytest.mark.slow
def test_a_browser_draws_icons_from_our_font_alone(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/?lang=en")
    run_has_ended(page)
    page.evaluate("document.fonts.ready")
    (font,) = {url for url in asked if "MaterialSymbols" in url}
    assert page.request.get(font).body() == (ROOT / "static" / "clusterdash-icons.woff2").read_bytes()
    widths = page.evaluate(
        """names => { const parent = document.body.appendChild(document.createElement("div"));
          return names.map(name => { const icon = document.createElement("span");
            icon.style.cssText = "font:24px 'Material Symbols Rounded';font-feature-settings:'liga';position:absolute";
            icon.textContent = name; parent.append(icon); return icon.getBoundingClientRect().width; }); }""",
        sorted(NAMES - {"star_filled"}),  # which Streamlit's own font does not have either
    )
    assert {round(width) for width in widths} == {24}, "each name is drawn as one icon"
    page.close()
