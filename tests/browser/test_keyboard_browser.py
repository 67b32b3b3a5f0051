"""Journeys by keyboard alone: Tab, Enter and arrows, as real key presses."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support.browser import MANAGER, STAFF, needs_chromium, run_has_ended, tab_to

pytestmark = [needs_chromium, pytest.mark.slow]


def door(page: Page, place: int) -> Locator:
    """A way into the demonstration, on the home page."""
    return page.get_by_test_id("stMain").get_by_test_id("stButton").nth(place)


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


def test_a_manager_reads_their_strengths_and_opens_the_plan_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=fr")
    run_has_ended(page)
    tab_to(page, door(page, MANAGER))
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_be_visible()
    run_has_ended(page)
    main = page.get_by_test_id("stMain")
    strengths = main.locator("[data-testid=stHtml]:has(a[href*='dictionary?'])").first.get_by_role("link")
    assert strengths.count() >= 2
    tab_to(page, strengths.first)
    for number in range(1, strengths.count()):
        page.keyboard.press("Tab")
        expect(strengths.nth(number)).to_be_focused()
        assert is_on_screen(strengths.nth(number))
    plan = main.locator("a[href*='plan']").last
    tab_to(page, plan)
    assert is_on_screen(plan)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/plan\b"))
    run_has_ended(page)
    tab_to(page, main.locator("input, textarea").first)


def test_staff_export_the_sectors_by_keyboard(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/?lang=en")
    run_has_ended(page)
    tab_to(page, door(page, STAFF))
    page.keyboard.press("Enter")
    expect(page.locator("table.heat")).to_be_visible()
    run_has_ended(page)
    fold = page.get_by_test_id("stExpander").first
    tab_to(page, fold.locator("summary"))
    page.keyboard.press("Enter")
    expect(fold.locator("table").first).to_be_visible()
    tab_to(page, page.locator("[class*='st-key-offer-']").first)
    with page.expect_download() as saving:
        page.keyboard.press("Enter")
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    shown = fold.locator("tbody th").all_inner_texts()
    assert {sector for sector, *_ in rows[1:]} == set(shown)


def is_on_screen(part: Locator) -> bool:
    """Whether a part with the focus is within the window, below the bar."""
    seen: bool = part.evaluate(
        """part => { const box = part.getBoundingClientRect(), top = document.querySelector("[data-testid=stHeader]");
          return box.top >= top.getBoundingClientRect().bottom - 1 && box.bottom <= innerHeight; }"""
    )
    return seen
