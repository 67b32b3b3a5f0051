"""Cases in real browsers: from the request to the edition, and what an expert may not see of the other."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from support.browser import needs_chromium, run_has_ended
from support.cases import published_grid
from support.login_server import House
from support.played_cases import (
    CLUSTER,
    EXPERT,
    MANAGER,
    OTHER,
    STAFF,
    accepts,
    answer,
    cases_as,
    judges,
    mark_on_the_map,
    note_of,
    publishes,
    question,
    registers,
    saved,
    tab_of,
)

from clusterdash.cases import answering, scheduling, steps
from clusterdash.domain import STAFF as ALL_OF_STAFF
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import CaseKind, Seat, Sheet, Step
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase

pytestmark = needs_chromium


def scheduled(folder: Path) -> str:
    """A case in preparation, whose interviewer has declared to be independent."""
    case_id = (
        cases_as(folder, MANAGER).request(CaseKind.BENCHMARKING, CLUSTER, published_grid(folder).scheme.code).case_id
    )
    visit = datetime(2030, 1, 15, 10)
    scheduling.schedule(cases_as(folder, STAFF).open(case_id), {Seat.INTERVIEWER: EXPERT}, visit, on_site=False)
    steps.declare_independence(cases_as(folder, EXPERT).open(case_id))
    return case_id


def handed_in(folder: Path) -> str:
    """A case whose interview can begin."""
    case_id, grid = scheduled(folder), published_grid(folder)
    opened = cases_as(folder, MANAGER).open(case_id)
    first = grid.indicators[0].code
    answering.save(opened, grid, Sheet.PREPARATION, [SentChange("first", first, "value", "7", 0)])
    steps.hand_in(opened, grid)
    return case_id


def test_a_case_on_a_phone_is_accessible_and_not_too_wide(browser: Browser, house: House) -> None:
    case_id = scheduled(house.data)
    page = tab_of(browser, house, MANAGER, phone=True)
    for name in ("case", "preparation"):
        page.goto(f"{house.address}/{name}?lang=fr&case={case_id}")
        run_has_ended(page)
        if name == "preparation":
            expect(question(page, published_grid(house.data).indicators[0].code)).to_be_visible()
        found = (
            Axe()
            .run(page, context="[data-testid=stMain]", options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]})
            .response["violations"]
        )
        assert [
            node["html"] for one in found if one["impact"] in ("serious", "critical") for node in one["nodes"]
        ] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.close()


def asks_for_it(manager: Page, house: House) -> None:
    manager.goto(f"{house.address}/case?lang=fr")
    manager.get_by_role("button", name="Demander").click()
    expect(manager.get_by_text("L’équipe désigne l’expert et la date.")).to_be_visible()


def schedules(staff: Page, house: House) -> None:
    staff.goto(f"{house.address}/cases?lang=en")
    expect(staff.get_by_role("table")).to_contain_text("Cluster Démo 0007")
    staff.get_by_label("Interviewer").fill(EXPERT)
    staff.get_by_label("Day", exact=True).get_by_role("spinbutton").first.click()
    staff.keyboard.type("20300115")
    staff.keyboard.press("Tab")
    staff.get_by_role("button", name="Set", exact=True).click()
    expect(staff.get_by_text("The cluster can prepare its answers.")).to_be_visible()


def declares_independence(expert: Page, house: House) -> None:
    expert.goto(f"{house.address}/assignments?lang=en")
    expert.get_by_role("button", name="I am independent of this cluster").click()
    expect(expert.get_by_text("The cluster prepares its answers.")).to_be_visible()


def prepares(manager: Page, house: House, code: str) -> None:
    manager.goto(f"{house.address}/preparation?lang=fr")
    question(manager, code).get_by_role("button", name="Confirmer").first.click()
    saved(manager, code, "Enregistré")
    manager.get_by_role("button", name="Remettre", exact=True).click()
    expect(manager.get_by_text("Réponses remises. L’étape suivante peut commencer.")).to_be_visible()


def interviews(expert: Page, house: House, code: str) -> None:
    expert.goto(f"{house.address}/interview?lang=en")
    question(expert, code).get_by_role("button", name="Take over").first.click()
    saved(expert, code)
    expect(expert.get_by_text(re.compile(r"1 of 36"))).to_be_visible()
    expert.get_by_role("button", name="End the interview").click()
    expect(expert.get_by_text("The interview has ended.")).to_be_visible()


def observes(manager: Page, house: House, code: str) -> None:
    manager.goto(f"{house.address}/result?lang=fr")
    note_of(manager, code).fill("C’est bien cela")
    note_of(manager, code).blur()
    saved(manager, code, "Enregistré")


def replies(expert: Page, house: House, code: str) -> None:
    expert.goto(f"{house.address}/interview?lang=en")
    expect(question(expert, code)).to_contain_text("C’est bien cela")
    note_of(expert, code).fill("Thank you")
    note_of(expert, code).blur()
    saved(expert, code)
    expert.get_by_role("button", name="End the feedback").click()
    expect(expert.get_by_text("The feedback has ended.")).to_be_visible()


def test_a_case_goes_from_the_request_to_the_mark_on_the_map(browser: Browser, house: House) -> None:
    """Played by three people in three browsers: a manager with a phone in French, an expert and staff in English."""
    code = published_grid(house.data).indicators[0].code
    manager, staff = tab_of(browser, house, MANAGER, phone=True), tab_of(browser, house, STAFF)
    asks_for_it(manager, house)
    schedules(staff, house)
    expert = tab_of(browser, house, EXPERT)
    declares_independence(expert, house)
    prepares(manager, house, code)
    interviews(expert, house, code)
    observes(manager, house, code)
    replies(expert, house, code)
    accepts(staff, house, "35 things to look at")
    publishes(staff, house)
    registers(staff, house, "Bronze")
    mark = mark_on_the_map(house)
    assert mark["geometry"]["coordinates"] == pytest.approx([4.83, 45.75], abs=0.1)
    (case,) = cases_as(house.data, STAFF).all()
    assert case.step is Step.ACCEPTED
    opened = EditionDatabase(catalog.current_path(house.data))
    reader = opened.reader(ALL_OF_STAFF)
    assert any(name.startswith(f"case-{case.case_id}") for name, _ in reader.sources())
    latest = reader.previous_assessment(CLUSTER.cluster_id, case.scheme)
    assert latest.assessed_on == datetime.now(UTC).date()
    assert set(latest.answers) == {code}
    opened.close()
    for page in (manager, staff, expert):
        page.context.close()


MARKER = "zq-marker-4711"


def frames_of(page: Page) -> list[bytes]:
    """All that a page receives over its connection from now on."""
    received: list[bytes] = []

    def note(frame: bytes | str) -> None:
        received.append(frame.encode() if isinstance(frame, str) else frame)

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    return received


def test_the_points_of_the_other_expert_reach_nobody_before_both_have_closed(browser: Browser, house: House) -> None:
    """Not the other expert, not the manager, not staff; then both agree, and the manager reads what they agreed on."""
    folder, grid = house.data, published_grid(house.data, "evaluation")
    case_id = cases_as(folder, MANAGER).request(CaseKind.EVALUATION, CLUSTER, grid.scheme.code).case_id
    seats = {Seat.EXPERT_1: EXPERT, Seat.EXPERT_2: OTHER}
    scheduling.schedule(cases_as(folder, STAFF).open(case_id), seats, None, on_site=True)
    for email in seats.values():
        steps.declare_independence(cases_as(folder, email).open(case_id))
    opened = cases_as(folder, MANAGER).open(case_id)
    first, last = grid.indicators[0].code, grid.indicators[-1]
    answering.save(opened, grid, Sheet.PREPARATION, [SentChange("first", first, "value", "1", 0)])
    steps.hand_in(opened, grid)
    judges(folder, case_id, EXPERT, Sheet.EXPERT_1, MARKER)
    tabs = {email: tab_of(browser, house, email) for email in (OTHER, MANAGER, STAFF)}
    received = {email: frames_of(page) for email, page in tabs.items()}
    pages = {
        OTHER: ("assignments", "evaluation", "agreement"),
        MANAGER: ("case", "preparation", "result"),
        STAFF: ("cases", "review"),
    }
    for email, page in tabs.items():
        for name in pages[email]:
            page.goto(f"{house.address}/{name}?lang=en&case={case_id}")
            run_has_ended(page)
    assert all(received.values())
    assert not [email for email, frames in received.items() if any(MARKER.encode() in frame for frame in frames)]
    assert MARKER not in house.log.read_text()

    judges(folder, case_id, OTHER, Sheet.EXPERT_2, "another reason", "0")
    one, other = tab_of(browser, house, EXPERT), tabs[OTHER]
    for page in (one, other):
        page.goto(f"{house.address}/agreement?lang=en&case={case_id}&block={last.dimension}")
        expect(question(page, last.code)).to_contain_text(MARKER)
    assert any(MARKER.encode() in frame for frame in received[OTHER]), "now it is theirs to read"
    expect(one.get_by_text("You judged 1 indicator differently; 1 is not confirmed by both.")).to_be_visible()
    answer(one, last.code, 1)
    saved(one, last.code)
    one.get_by_role("button", name="Confirm what stands in this part").click()
    expect(question(one, last.code)).to_contain_text("Confirmed by: First expert")
    expect(question(other, last.code)).to_contain_text("Confirmed by: First expert")
    other.get_by_role("button", name="Confirm what stands in this part").click()
    expect(question(other, last.code)).to_contain_text("Confirmed by: First expert, Second expert")
    other.get_by_role("button", name="Release the result").click()
    expect(other.get_by_text("Released. The cluster reads the result now.")).to_be_visible()
    manager = tabs[MANAGER]
    manager.goto(f"{house.address}/result?lang=en&case={case_id}&block={last.dimension}")
    expect(question(manager, last.code)).to_contain_text("Result:")
    assert not any(MARKER.encode() in frame for frame in received[MANAGER])
    for page in (one, *tabs.values()):
        page.context.close()
