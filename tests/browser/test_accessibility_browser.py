"""What everybody can use: axe-core on every page, and the first screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from support.axe import violations
from support.browser import (
    MANAGER,
    STAFF,
    enter,
    needs_chromium,
    open_every_page,
    run_has_ended,
    show_scheme,
    switch_language,
)

from clusterdash.site_map import INDEXED

pytestmark = [needs_chromium, pytest.mark.slow]
BY_SCHEME = ("color-contrast", "link-in-text-block")
"""The rules that a colour scheme may break."""
BY_LANGUAGE = (
    *BY_SCHEME,
    "target-size",
    "html-has-lang",
    "html-lang-valid",
    "valid-lang",
    "document-title",
    "image-alt",
    "label",
    "link-name",
    "button-name",
    "summary-name",
    "aria-input-field-name",
    "aria-toggle-field-name",
    "frame-title",
)
"""The rules that the texts of another language, or their lengths, may break."""
DOORS = {
    "fr": ("En tant que responsable", "En tant qu’équipe"),
    "en": ("As the manager", "As staff"),
}


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A tab in which axe may run, which the pages' own policy forbids to any script from outside."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("door", [None, MANAGER, STAFF])
def test_no_page_has_a_serious_violation(screen: Page, address: str, door: int | None) -> None:
    """Public pages, those of a manager, and all of staff, each in both languages, light and dark.

    A page has all rules checked in one language and light, then those that another language, or dark, may break. Public
    pages are those of everybody: who has entered sees them below the bar that the own pages have, too.
    """
    show = "fr"
    screen.emulate_media(color_scheme="light")
    if door is None:
        screen.goto(f"{address}/?lang={show}")
        run_has_ended(screen)
    else:
        enter(screen, address, door, show)
    found, seen = [], set()
    for url in open_every_page(screen):
        if door is not None and urlsplit(url).path.strip("/") in INDEXED:
            continue
        found += violations(screen)
        show_scheme(screen, "dark")
        found += violations(screen, BY_SCHEME)
        seen.add((show, urlsplit(screen.url).path))
        show = "en" if show == "fr" else "fr"
        switch_language(screen, show.upper())
        expect(screen.locator("html")).to_have_attribute("lang", show)
        run_has_ended(screen)
        found += violations(screen, BY_SCHEME)
        show_scheme(screen, "light")
        found += violations(screen, BY_LANGUAGE)
        seen.add((show, urlsplit(screen.url).path))
    assert found == []
    assert {path for language, path in seen if language == "fr"} == {
        path for language, path in seen if language == "en"
    }


def test_axe_finds_what_is_wrong(screen: Page, address: str) -> None:
    screen.goto(f"{address}/method?lang=en")
    run_has_ended(screen)
    screen.evaluate("document.querySelector('h1').innerHTML += '<img src=x><span style=\"color:#ddd\">pale</span>'")
    assert {found.split()[1] for found in violations(screen)} >= {"image-alt", "color-contrast"}


FOLD = [("", ".europe-map", None), ("labels", ".st-key-labels-map iframe", None), ("benchmark", ".radar-plot", 0)]


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


def words(page: Page, *, first_screen: bool) -> int:
    """How many words of two letters or more a page shows, bar and banner aside."""
    texts = page.evaluate(
        """first => { const walker = document.createTreeWalker(document.querySelector("[data-testid=stMain]"), 4);
          const elsewhere = "style, script, .st-key-header, .st-key-demonstration, .st-key-sub-navigation";
          const texts = [];
          for (let node; (node = walker.nextNode());) {
            const range = document.createRange(); range.selectNodeContents(node);
            const box = range.getBoundingClientRect(), parent = node.parentElement;
            if (box.height && (!first || box.bottom < innerHeight) && parent.checkVisibility()
                && !parent.closest(elsewhere) && !parent.closest("details:not([open]) > :not(summary)"))
              texts.push(node.textContent);
          } return texts; }""",
        first_screen,
    )
    return len(re.findall(r"[^\W\d]{2,}", " ".join(texts)))


@pytest.mark.parametrize("width", [360, 1280])
def test_results_say_it_in_few_words(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800 if width > 640 else 740})
    page.goto(f"{address}/benchmark?lang=fr")
    page.get_by_role("button", name=DOORS["fr"][0]).click()
    expect(page.locator(".radar-plot")).to_be_visible()
    run_has_ended(page)
    assert 40 < words(page, first_screen=True) <= 120
    assert 120 < words(page, first_screen=False) <= 350
    page.close()
