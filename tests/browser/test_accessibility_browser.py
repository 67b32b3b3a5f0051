"""What everybody can use: axe-core on every page, the first screen, nothing wider than the page, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from support.browser import needs_chromium, open_every_page, run_has_ended

pytestmark = [needs_chromium, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
UPSTREAM = {("target-size", "spinbutton")}
"""What Streamlit's own widgets do: the parts of a date (React Aria's segments) are narrower than 24 px."""
DOORS = {
    "fr": ("En tant que responsable", "En tant qu'équipe"),
    "en": ("As the manager", "As staff"),
}


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A tab in which axe may run, which the pages' own policy forbids to any script from outside."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """The serious and critical violations of a page that are ours."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {violation['id']} {node['html'][:120]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if not any(violation["id"] == rule and part in node["html"] for rule, part in UPSTREAM)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "door"), [("fr", None), ("fr", 0), ("en", 1)])
def test_no_page_has_a_serious_violation(
    screen: Page, address: str, scheme: str, language: str, door: int | None
) -> None:
    """Public pages, those of a manager, and all of staff; French and English are the same pages with other texts."""
    screen.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    screen.goto(f"{address}/?lang={language}")
    run_has_ended(screen)
    if door is not None:
        screen.get_by_role("button", name=DOORS[language][door]).click()
        expect(screen.locator(".radar, table.heat").first).to_be_visible()
    found = [violation for _ in open_every_page(screen) for violation in violations(screen)]
    assert found == []


def test_axe_finds_what_is_wrong(screen: Page, address: str) -> None:
    screen.goto(f"{address}/method?lang=en")
    run_has_ended(screen)
    screen.evaluate("document.querySelector('h1').innerHTML += '<img src=x><span style=\"color:#ddd\">pale</span>'")
    assert {found.split()[1] for found in violations(screen)} >= {"image-alt", "color-contrast"}


FOLD = [("", ".europe-map", None), ("labels", "iframe[title*=folium]", None), ("benchmark", ".radar-plot", 0)]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
@pytest.mark.parametrize(("name", "part", "door"), FOLD)
def test_the_first_screen_holds_the_picture(
    browser: Browser, address: str, name: str, part: str, door: int | None, width: int, height: int, language: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{address}/{name}?lang={language}")
    run_has_ended(page)
    if door is not None:
        page.get_by_role("button", name=DOORS[language][door]).click()
    picture = page.locator(part).first
    expect(picture).to_be_visible()
    run_has_ended(page)
    box = picture.bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= height, "whole, without scrolling"
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_first_screen_of_results_says_it_in_few_words(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800 if width > 640 else 740})
    page.goto(f"{address}/benchmark?lang=fr")
    page.get_by_role("button", name=DOORS["fr"][0]).click()
    expect(page.locator(".radar-plot")).to_be_visible()
    run_has_ended(page)
    texts = page.evaluate(
        """() => { const walker = document.createTreeWalker(document.querySelector("[data-testid=stMain]"), 4);
          const elsewhere = "style, script, .st-key-header, .st-key-demonstration, .st-key-sub-navigation";
          const texts = [];
          for (let node; (node = walker.nextNode());) {
            const range = document.createRange(); range.selectNodeContents(node);
            const box = range.getBoundingClientRect(), parent = node.parentElement;
            if (box.height && box.bottom < innerHeight && parent.checkVisibility() && !parent.closest(elsewhere))
              texts.push(node.textContent);
          } return texts; }"""
    )
    assert 40 < len(re.findall(r"[^\W\d]{2,}", " ".join(texts))) <= 120
    page.close()


def tab_to(page: Page, part: Locator) -> None:
    """Press Tab until the focus is on, or within, a part of the page."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if part.evaluate("part => part.contains(document.activeElement)"):
            return
    raise AssertionError("out of reach by keyboard")


def test_a_visitor_finds_a_gold_cluster_near_lyon_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=fr")
    run_has_ended(page)
    field = page.get_by_role("textbox", name="Chercher un nom")
    tab_to(page, field)
    page.keyboard.type("lyon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("correspond")
    run_has_ended(page)
    gold = page.get_by_role("radio", name="Gold")
    tab_to(page, page.locator(".st-key-choice-label"))
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(gold).to_be_checked()
    expect(page.locator("ul.register li").first).to_be_visible()
    expect(page.locator("ul.register li.bronze, ul.register li.silver")).to_have_count(0)
