"""A case played in browsers: its people, signed in, and what each of them does on the pages."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from clusterdash import access
from clusterdash.cases import answering, steps
from clusterdash.cases.open_case import Applicant, Cases
from clusterdash.domain import PUBLIC
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import Sheet
from clusterdash.ingest import grants

from .browser import confirm_and_publish
from .cases import published_grid
from .login_server import House, sign_in

MANAGER, STAFF = "anna@a.example", "staff@s.example"
EXPERT, OTHER = "eve@e.example", "mia@e.example"
CLUSTER = Applicant("demo-0007", "Cluster Démo 0007", "FR")
GRANTS = [
    [MANAGER, "manager", CLUSTER.cluster_id, "", ""],
    [STAFF, "staff", "", "", ""],
]
SAVED = "Saved"


def cases_as(folder: Path, email: str) -> Cases:
    """The cases as somebody reaches them."""
    today = datetime.now(UTC).date()
    return Cases(folder, lambda: access.granted_viewer(grants.read_grants(folder), email, today) or PUBLIC)


def tab_of(browser: Browser, house: House, email: str, *, phone: bool = False) -> Page:
    """A browser in which somebody has signed in; axe may run in it."""
    size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
    page = browser.new_context(locale="fr-FR", viewport=size, bypass_csp=True).new_page()  # type: ignore[arg-type]
    sign_in(page, house, email)
    return page


def question(page: Page, code: str) -> Locator:
    """The part of the page about a question."""
    return page.locator(f'[id="question-{code}"]')


def note_of(page: Page, code: str) -> Locator:
    """The first text of a question that is typed."""
    return question(page, code).locator("textarea").first


def saved(page: Page, code: str, state: str = SAVED) -> None:
    """Wait until a question says that it is saved, or what else it says."""
    expect(question(page, code).get_by_role("status")).to_have_text(state)


def answer(page: Page, code: str, number: int) -> None:
    """Choose a level, or type a number."""
    expect(question(page, code)).to_be_visible()
    typed = question(page, code).locator("input[type=text]")
    if typed.count():
        typed.fill(str(number))
    else:
        question(page, code).locator("fieldset label").nth(number % 3 + 1).click()


def judges(folder: Path, case_id: str, email: str, sheet: Sheet, reason: str, last: str = "") -> None:
    """An expert gives each indicator its highest points, the last one others if given, and closes the judgment."""
    grid, opened = published_grid(folder, "evaluation"), cases_as(folder, email).open(case_id)
    points = {indicator.code: f"{indicator.maximum:g}" for indicator in grid.indicators}
    if last:
        points[grid.indicators[-1].code] = last
    changes = [SentChange(f"{email}-{code}", code, "points", value, 0) for code, value in points.items()]
    changes += [SentChange(f"{email}-reason-{code}", code, "reason", reason, 0) for code in points]
    answering.save(opened, grid, sheet, changes)
    steps.close_judgment(opened, grid)


def accepts(staff: Page, house: House, to_look_at: str) -> None:
    """Staff read how much there is to look at, and accept."""
    staff.goto(f"{house.address}/review?lang=en")
    expect(staff.get_by_text(to_look_at)).to_be_visible()
    staff.get_by_role("button", name="Accept", exact=True).click()
    expect(staff.get_by_text("Accepted. Choose it for an edition")).to_be_visible()


def publishes(staff: Page, house: House) -> None:
    """Staff put what is accepted into an edition, and publish it."""
    staff.goto(f"{house.address}/cases?lang=en")
    staff.locator(".st-key-checks-for-edition label").click()
    staff.get_by_role("button", name="Check for an edition").click()
    expect(staff.get_by_text("The check has begun")).to_be_visible()
    staff.goto(f"{house.address}/data?lang=en")
    confirm_and_publish(staff)
    staff.goto(f"{house.address}/cases?lang=en")
    expect(staff.get_by_text("No accepted case waits for an edition.")).to_be_visible()


def registers(staff: Page, house: House, label: str) -> None:
    """Staff register the label of a published case, with its place on the map."""
    staff.goto(f"{house.address}/review?lang=en")
    expect(staff.get_by_text("Accepted and published")).to_be_visible()
    staff.get_by_text(f"Register the label {label}").click()
    staff.get_by_label("City").fill("Lyon")
    staff.get_by_label("Latitude").fill("45.75")
    staff.get_by_label("Longitude").fill("4.83")
    staff.get_by_label("Valid until").fill("2099-12")
    staff.get_by_label("Address of the source").fill("https://label.example/award")
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.get_by_text("Saved: every page shows it at the next click.")).to_be_visible()


def mark_on_the_map(house: House) -> dict[str, Any]:
    """The cluster as the public map is drawn from it."""
    with urllib.request.urlopen(f"{house.address}/labels.geojson") as answer:
        marks = json.load(answer)["features"]
    (found,) = [one for one in marks if one["properties"]["cluster_id"] == CLUSTER.cluster_id]
    return dict(found)
