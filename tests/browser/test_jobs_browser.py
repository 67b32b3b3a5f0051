"""A check of files that outlives the browser: left, found again, cancelled, seen by two of staff."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.actions import job_ended
from support.browser import confirm_and_publish, needs_chromium, run_has_ended
from support.login_server import House, serve_with_login, sign_in

from clusterdash.editions import catalog
from clusterdash.ingest import grants
from clusterdash.operational_database.lock import locked

pytestmark = needs_chromium
STAFF = ("anne", "bert")
ANSWER = "cluster_id,assessed_on,scheme,indicator,value\ndemo-0003,2026-03-27,benchmark-36,A1,1\n"


@pytest.fixture
def house(data: Path, tmp_path: Path) -> Iterator[House]:
    folder = Path(shutil.copytree(data, tmp_path / "data"))
    rows = [[f"{name}@s.example", "staff", "", "", ""] for name in STAFF]
    grants.replace(folder, grants.check_rows(rows, ())[0])
    with serve_with_login(folder) as served:
        yield served


def open_data(browser: Browser, house: House, who: str) -> Page:
    """The page Data in a browser of its own, as one of staff."""
    page = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, house, f"{who}@s.example")
    page.goto(f"{house.address}/data?lang=en")
    run_has_ended(page)
    return page


def start_check(page: Page, file: Path) -> None:
    file.write_text(ANSWER, "utf-8")
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Check", exact=True).click()


def in_progress(page: Page) -> Locator:
    return page.get_by_test_id("stProgress").filter(has_text="Computing the statistics")


def left_over(data: Path) -> list[Path]:
    """Drafts, and what of them is unfinished."""
    return list((data / "drafts").glob("*")) + list((data / "drafts").glob(".*"))


def test_a_check_goes_on_without_the_browser_and_its_result_is_published_from_another(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    first = open_data(browser, house, "anne")
    with locked(house.data):  # at its end the check waits for whoever publishes: here, until both browsers have seen it
        start_check(first, tmp_path / "answers.csv")
        expect(in_progress(first)).to_be_visible()
        first.context.close()
        second = open_data(browser, house, "bert")
        expect(in_progress(second)).to_be_visible()
        expect(second.get_by_text("Check started by anne@")).to_be_visible()
        second.locator("input[type=file]").set_input_files(str(tmp_path / "answers.csv"))
        expect(second.get_by_role("button", name="Check", exact=True)).to_be_disabled()
        second.get_by_role("paragraph").filter(has_text="Log").click()
        expect(second.get_by_role("cell", name="Files: answers.csv")).to_be_visible()
    expect(second.get_by_text("Clusters changed (1): Cluster Démo 0003")).to_be_visible()
    expect(second.get_by_test_id("stProgress")).to_have_count(0)
    third = open_data(browser, house, "anne")
    expect(third.get_by_text("Clusters changed (1): Cluster Démo 0003")).to_be_visible()
    (draft,) = catalog.draft_paths(house.data)
    confirm_and_publish(third)
    assert catalog.current_id(house.data) == draft.stem
    expect(third.get_by_text("Check started by")).to_have_count(0)
    second.reload()
    run_has_ended(second)
    expect(second.get_by_text("Check started by")).to_have_count(0)


def test_what_is_cancelled_by_another_leaves_nothing_behind(browser: Browser, house: House, tmp_path: Path) -> None:
    first = open_data(browser, house, "anne")
    with locked(house.data):
        start_check(first, tmp_path / "answers.csv")
        expect(in_progress(first)).to_be_visible()
        second = open_data(browser, house, "bert")
        second.get_by_role("button", name="Cancel").click()
        expect(first.get_by_text("Cancelling …")).to_be_visible()
    for page in (first, second):
        expect(page.get_by_text("Cancelled by bert@")).to_be_visible()
    assert job_ended(house.data).state == "cancelled"
    assert left_over(house.data) == []
    second.get_by_role("button", name="Close").click()
    expect(second.get_by_text("Nothing was kept")).to_have_count(0)
    with locked(house.data):
        start_check(first, tmp_path / "answers.csv")
        expect(in_progress(first)).to_be_visible()
        grants.replace(house.data, grants.check_rows([["bert@s.example", "staff", "", "", ""]], ())[0])
        expect(first.get_by_role("heading", name="This page is not public")).to_be_visible()
    second.reload()
    expect(second.get_by_text("Clusters changed (1): Cluster Démo 0003")).to_be_visible()
