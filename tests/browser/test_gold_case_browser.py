"""A Gold evaluation in real browsers, from the request to the mark on the map."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import needs_chromium, run_has_ended, the_map
from support.cases import published_grid
from support.login_server import House
from support.played_cases import (
    CLUSTER,
    EXPERT,
    MANAGER,
    OTHER,
    SAVED,
    STAFF,
    accepts,
    answer,
    cases_as,
    mark_on_the_map,
    note_of,
    publishes,
    question,
    registers,
    saved,
    tab_of,
)

from clusterdash.cases import answering
from clusterdash.domain import STAFF as ALL_OF_STAFF
from clusterdash.domain import Indicator
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import Sheet, Step
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase

pytestmark = [needs_chromium, pytest.mark.slow]
STATEMENT = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def fill_the_rest(folder: Path, case_id: str, email: str, sheet: Sheet, field: str, left: Indicator) -> None:
    """Give every indicator its highest value, but for the one that is typed in the browser."""
    grid, opened = published_grid(folder, "evaluation"), cases_as(folder, email).open(case_id)
    others = [indicator for indicator in grid.indicators if indicator is not left and indicator.code != left.code]
    changes = [SentChange(f"{sheet}-{one.code}", one.code, field, f"{one.maximum:g}", 0) for one in others]
    answering.save(opened, grid, sheet, changes)


def asks_for_it(manager: Page, house: House) -> str:
    manager.goto(f"{house.address}/case?lang=fr")
    manager.get_by_role("combobox", name="Objet").click()
    manager.get_by_role("option", name="Évaluation Gold").click()
    manager.get_by_role("button", name="Demander").click()
    expect(manager.get_by_text("Demande envoyée.")).to_be_visible()
    (case,) = cases_as(house.data, MANAGER).all()
    return case.case_id


def schedules(staff: Page, house: House) -> None:
    staff.goto(f"{house.address}/cases?lang=en")
    staff.get_by_label("First expert").fill(EXPERT)
    staff.get_by_label("Second expert").fill(OTHER)
    staff.get_by_label("Day", exact=True).get_by_role("spinbutton").first.click()
    staff.keyboard.type("20300115")
    staff.keyboard.press("Tab")
    staff.get_by_text("On site", exact=True).click()
    staff.get_by_role("button", name="Set", exact=True).click()
    expect(staff.get_by_text("The cluster can prepare its answers.")).to_be_visible()
    expect(staff.get_by_text(re.compile("On site on .*2030")).first).to_be_visible()


def declares_independence(expert: Page, house: House) -> None:
    expert.goto(f"{house.address}/assignments?lang=en")
    expert.get_by_role("button", name="I am independent of this cluster").click()
    expect(expert.get_by_text("The cluster prepares its answers.")).to_be_visible()


def hands_in_a_document(manager: Page, house: House) -> None:
    manager.goto(f"{house.address}/evidence?lang=fr")
    files = [{"name": "statuts.pdf", "mimeType": "application/pdf", "buffer": STATEMENT}]
    manager.locator(".st-key-evidence-file input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    expect(manager.get_by_text("statuts.pdf")).to_be_visible()
    manager.get_by_role("button", name="Remettre ce document").click()
    expect(manager.get_by_text("Document remis.")).to_be_visible()
    expect(manager.get_by_text("1 sur 31")).to_be_visible()


def prepares(manager: Page, house: House, last: Indicator) -> None:
    manager.goto(f"{house.address}/preparation?lang=fr&block={last.dimension}")
    answer(manager, last.code, 1)
    note_of(manager, last.code).fill("Un plan à trois ans")
    note_of(manager, last.code).blur()
    saved(manager, last.code, "Enregistré")
    expect(manager.get_by_text("31 réponses sur 31")).to_be_visible()
    manager.get_by_role("button", name="Remettre", exact=True).click()
    expect(manager.get_by_text("Réponses remises.")).to_be_visible()


def reads_the_document(expert: Page, house: House) -> None:
    expert.goto(f"{house.address}/evaluation?lang=en")
    expert.get_by_text("Documents", exact=True).first.click()
    with expert.expect_download() as taken:
        expert.get_by_role("button", name="Download, statuts.pdf").click()
    assert taken.value.path().read_bytes() == STATEMENT


def judges_alone(expert: Page, house: House, last: Indicator, points: int, reason: str) -> None:
    expert.goto(f"{house.address}/evaluation?lang=en&block={last.dimension}")
    expect(question(expert, last.code)).to_contain_text("Un plan à trois ans")
    answer(expert, last.code, points)
    note_of(expert, last.code).fill(reason)
    note_of(expert, last.code).blur()
    saved(expert, last.code)
    expect(expert.get_by_text(re.compile("31 of 31|31 .* of 31"))).to_be_visible()
    expert.get_by_role("button", name="Close my judgment").click()
    expect(expert.get_by_text("Your judgment is closed.").first).to_be_visible()


def agree(one: Page, other: Page, house: House, last: Indicator) -> None:
    """The experts read each other's points, and both confirm what one of them enters."""
    for page in (one, other):
        page.goto(f"{house.address}/agreement?lang=en&block={last.dimension}")
        expect(question(page, last.code)).to_contain_text("seen on site")
        expect(question(page, last.code)).to_contain_text("two years only")
    expect(one.get_by_text("You judged 1 indicator differently; 1 is not confirmed by both.")).to_be_visible()
    answer(one, last.code, 1)
    saved(one, last.code)
    for page in (one, other):
        expect(question(page, last.code).locator("input[type=text]")).to_have_value("1")
        page.get_by_role("button", name="Confirm what stands in this part").click()
    for page in (one, other):
        expect(question(page, last.code)).to_contain_text("Confirmed by: First expert, Second expert")
    other.get_by_role("button", name="Release the result").click()
    expect(other.get_by_text("Released. The cluster reads the result now.")).to_be_visible()


def observes(manager: Page, house: House, last: Indicator) -> None:
    manager.goto(f"{house.address}/result?lang=fr&block={last.dimension}")
    expect(question(manager, last.code)).not_to_contain_text("two years only")
    note_of(manager, last.code).fill("Trois ans, voir le plan")
    note_of(manager, last.code).blur()
    saved(manager, last.code, "Enregistré")


def replies(expert: Page, house: House, last: Indicator) -> None:
    expert.goto(f"{house.address}/evaluation?lang=en&block={last.dimension}")
    expect(question(expert, last.code)).to_contain_text("Trois ans, voir le plan")
    reply = question(expert, last.code).locator("textarea").last
    reply.fill("Seen; the points stand.")
    reply.blur()
    saved(expert, last.code, SAVED)
    expert.get_by_role("button", name="End the feedback").click()
    expect(expert.get_by_text("The feedback has ended.")).to_be_visible()


def test_a_gold_case_goes_from_the_request_to_the_mark_on_the_map(browser: Browser, house: House) -> None:
    """Played by four people in four browsers: a manager with a phone in French, experts and staff in English."""
    last = published_grid(house.data, "evaluation").indicators[-1]
    manager, staff = tab_of(browser, house, MANAGER, phone=True), tab_of(browser, house, STAFF)
    case_id = asks_for_it(manager, house)
    schedules(staff, house)
    one, other = tab_of(browser, house, EXPERT), tab_of(browser, house, OTHER)
    for expert in (one, other):
        declares_independence(expert, house)
    hands_in_a_document(manager, house)
    fill_the_rest(house.data, case_id, MANAGER, Sheet.PREPARATION, "value", last)
    prepares(manager, house, last)
    reads_the_document(one, house)
    for email, sheet in ((EXPERT, Sheet.EXPERT_1), (OTHER, Sheet.EXPERT_2)):
        fill_the_rest(house.data, case_id, email, sheet, "points", last)
    judges_alone(one, house, last, 1, "seen on site")
    judges_alone(other, house, last, 2, "two years only")
    agree(one, other, house, last)
    observes(manager, house, last)
    replies(one, house, last)
    accepts(staff, house, re.compile("Nothing|thing"))
    publishes(staff, house)
    registers(staff, house, "Gold")
    mark = mark_on_the_map(house)
    assert mark["geometry"]["coordinates"] == pytest.approx([4.83, 45.75], abs=0.1)
    assert mark["properties"]["label"] == "gold"
    manager.goto(f"{house.address}/labels?lang=fr")
    run_has_ended(manager)
    expect(the_map(manager).locator("canvas, svg").first).to_be_visible()
    (case,) = cases_as(house.data, STAFF).all()
    assert case.step is Step.ACCEPTED
    opened = EditionDatabase(catalog.current_path(house.data))
    result = opened.reader(ALL_OF_STAFF).previous_assessment(CLUSTER.cluster_id, case.scheme)
    opened.close()
    assert result.assessed_on == datetime.now(UTC).date()
    assert len(result.answers) == 31
    for page in (manager, staff, one, other):
        page.context.close()
