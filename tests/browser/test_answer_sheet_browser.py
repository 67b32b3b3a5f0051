"""Answers typed into a sheet, in real browsers: none is lost, nobody is interrupted, everybody can use it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from support.answer_sheet import (
    COLLEAGUE,
    PreparedCase,
    Server,
    box,
    choose_block,
    drafts_kept,
    grant_managers,
    level,
    notices,
    prepare_case,
    sheet_is_shown,
    state,
)
from support.browser import ROOT, needs_chromium, run_has_ended, show_scheme, tab_to, wait_for, wait_until
from support.cases import World

from bench.installation import manager_of

pytestmark = [needs_chromium, pytest.mark.slow]
CLUSTERS = [f"demo-{number:04}" for number in range(1, 41)]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
FORBIDDEN = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden'); } })"
FULL = """() => {
  for (let size = 1 << 20; size; size >>= 1)
    try { for (let n = 0; ; n++) localStorage.setItem(`filler-${size}-${n}`, "x".repeat(size)); } catch { /* full */ }
}"""


@pytest.fixture(scope="module")
def world(data: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = Path(shutil.copytree(data, tmp_path_factory.mktemp("sheet") / "data"))
    return grant_managers(folder, CLUSTERS)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Server]:
    served = Server(world.data)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def clusters() -> Iterator[str]:
    return iter(CLUSTERS)


@pytest.fixture
def case(world: World, server: Server, clusters: Iterator[str]) -> PreparedCase:
    """A new case of a cluster of its own."""
    if server.running is None:
        server.start()
    return prepare_case(world, server.address, next(clusters))


@pytest.fixture
def sheet(case: PreparedCase, browser: Browser) -> Iterator[Page]:
    """The case's first block, opened by its manager."""
    context = case.sign_in(browser)
    yield case.open(context)
    context.close()


def questions() -> list[tuple[str, list[tuple[str, str]]]]:
    """The blocks by name, with the code and kind of each question."""
    scheme = ROOT / "data" / "scheme"
    with (scheme / "dimensions.csv").open(encoding="utf-8") as file:
        names = {row["code"]: row["name_en"] for row in csv.DictReader(file) if row["scheme"] == "benchmark-36"}
    blocks: dict[str, list[tuple[str, str]]] = {name: [] for name in names.values()}
    with (scheme / "indicators.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["scheme"] == "benchmark-36":
                blocks[names[row["dimension"]]].append((row["code"], row["kind"]))
    return list(blocks.items())


def type_text(page: Page, question: str, text: str, name: str = "note") -> None:
    """Type with real key presses, and stay in the field."""
    box(page, question, name).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def choose(page: Page, question: str, value: str) -> None:
    """Click one of the choices, as shown."""
    page.locator("fieldset label").filter(has=level(page, question, value)).click()
    expect(level(page, question, value)).to_be_checked()


def answer(page: Page, question: str, kind: str, number: int) -> dict[tuple[str, str], str]:
    """Give a value and a note; nobody waits for anything. What was typed, by field."""
    if kind == "level":
        value = str(number % 5)
        choose(page, question, value)
    else:
        value = f"{number},5" if kind == "share" else str(number)
        type_text(page, question, value, "value")
    note = f"{question}: the board met {number} times, “quoted” é"
    type_text(page, question, note)
    return {(question, "value"): value, (question, "note"): note}


def all_saved(page: Page, codes: list[str]) -> None:
    for code in codes:
        expect(state(page, code)).to_have_text("Saved")


def test_nothing_of_72_fields_is_lost_by_reload_kill_offline_and_a_second_tab(
    case: PreparedCase, server: Server, browser: Browser
) -> None:
    context = case.sign_in(browser)
    page, number, typed = case.open(context), count(1), {}
    for name, block in questions():
        if name != questions()[0][0]:
            choose_block(page, name)
        codes = [code for code, _ in block]
        for place, (code, kind) in enumerate(block):
            if (code, place) == ("V3", 2):
                server.kill()
            if code == "C3":
                context.set_offline(True)
            typed |= answer(page, code, kind, next(number))
            if code == "G4":
                page.reload()  # the note is still being typed
                sheet_is_shown(page)
            if code == "V4":
                expect(state(page, "V3")).to_have_text(
                    "No connection: kept in this browser, saved as soon as you are back"
                )
                assert case.text("V3", "note") == ""
                server.start()
            if code == "C4":
                expect(state(page, "C4")).to_contain_text("No connection")
                assert case.text("C4", "value") == ""
                context.set_offline(False)
        box(page, codes[-1]).blur()
        all_saved(page, codes[4:] if name.startswith("Gov") else codes)
        if name.startswith("Fin"):
            page.close()
            page = case.open(context, block="financing")
    stored = case.stored()
    assert len(typed) == 72
    assert {key: found.value for key, found in stored.items()} == typed
    assert sum(found.version for found in stored.values()) == case.saves()
    assert drafts_kept(page) == []
    page.reload()
    sheet_is_shown(page)
    assert box(page, "A1").input_value() == typed["A1", "note"]
    context.close()


def test_tabs_keep_their_own_drafts_and_take_over_those_of_a_closed_one(
    case: PreparedCase, server: Server, browser: Browser
) -> None:
    context = case.sign_in(browser)
    first, second = case.open(context), case.open(context)
    server.kill()
    type_text(first, "S1", "of the first tab")
    type_text(first, "S3", "typed in both")
    type_text(second, "S2", "of the second tab")
    type_text(second, "S3", "typed in both, later")
    assert len(drafts_kept(first)) == 4
    second.close()
    assert len(drafts_kept(first)) == 4
    server.start()
    for code in ("S1", "S3"):
        expect(state(first, code)).to_have_text("Saved")
    first.evaluate("dispatchEvent(new Event('visibilitychange'))")  # as when somebody comes back to a tab
    expect(state(first, "S2")).to_have_text("Saved")
    expect(box(first, "S2")).to_have_value("of the second tab")
    box(first, "S3").blur()
    wait_until(first, "() => !Object.keys(localStorage).some(name => name.startsWith('clusterdash-draft:'))")
    assert case.text("S1", "note") == "of the first tab"
    assert case.text("S3", "note") == "typed in both, later"
    expect(notices(first, "S3")).to_contain_text("typed in both")
    assert sum(found.version for found in case.stored().values()) == case.saves() == 4
    context.close()


def test_the_draft_of_an_open_tab_is_sent_by_that_tab_alone(
    case: PreparedCase, server: Server, browser: Browser
) -> None:
    context = case.sign_in(browser)
    first, second = case.open(context), case.open(context)
    server.kill()
    type_text(first, "S1", "still being")
    second.evaluate("dispatchEvent(new Event('visibilitychange'))")
    type_text(second, "S2", "of the second tab")
    assert len(drafts_kept(second)) == 2
    expect(box(second, "S1")).to_have_value("")
    first.keyboard.type(" typed")
    server.start()
    for page, code in ((first, "S1"), (second, "S2")):
        box(page, code).blur()
        expect(state(page, code)).to_have_text("Saved")
    expect(box(second, "S1")).to_have_value("still being typed")
    assert (case.text("S1", "note"), case.text("S2", "note")) == ("still being typed", "of the second tab")
    assert sum(found.version for found in case.stored().values()) == case.saves()
    for page in (first, second):
        expect(notices(page, "S1")).to_be_empty()
    context.close()


def test_who_types_without_a_pause_does_not_keep_back_what_was_lost(
    case: PreparedCase, server: Server, browser: Browser
) -> None:
    context = case.sign_in(browser)
    page = case.open(context)
    server.kill()
    type_text(page, "S1", "lost on its way")
    box(page, "S1").blur()
    expect(state(page, "S1")).to_contain_text("No connection")
    server.start()
    box(page, "S1").click()
    for _ in range(500):
        page.keyboard.type("x", delay=50)
        if case.text("S1", "note"):
            break
    assert case.text("S1", "note").startswith("lost on its way")
    context.close()


def test_two_people_in_one_field_are_not_interrupted_and_both_see_what_was_replaced(
    case: PreparedCase, browser: Browser
) -> None:
    manager, colleague = case.sign_in(browser), case.sign_in(browser, COLLEAGUE)
    mine, theirs = case.open(manager), case.open(colleague)
    type_text(mine, "S1", "The manager’s words")
    type_text(theirs, "S1", "The colleague")
    mine.keyboard.press("Tab")
    expect(state(mine, "S1")).to_have_text("Saved")
    expect(box(theirs, "S1")).to_have_value("The colleague")
    theirs.keyboard.type(" writes on")
    expect(box(theirs, "S1")).to_have_value("The colleague writes on")
    theirs.keyboard.press("Tab")
    expect(box(mine, "S1")).to_have_value("The colleague writes on")
    for page in (mine, theirs):
        expect(notices(page, "S1")).to_contain_text("The manager’s words")
        expect(notices(page, "S1")).to_contain_text("without having seen it")
    box(mine, "S2").focus()
    notices(theirs, "S1").get_by_role("button", name="Leave as it is").click()
    expect(notices(theirs, "S1")).to_be_empty()
    expect(box(theirs, "S1")).to_be_focused()
    notices(mine, "S1").get_by_role("button", name="Put back").click()
    expect(box(mine, "S1")).to_have_value("The manager’s words")
    expect(notices(mine, "S1")).to_be_empty()
    box(theirs, "S2").focus()
    expect(box(theirs, "S1")).to_have_value("The manager’s words")
    assert case.text("S1", "note") == "The manager’s words"
    manager.close()
    colleague.close()


def test_a_sheet_is_filled_in_by_keyboard_alone(case: PreparedCase, sheet: Page) -> None:
    tab_to(sheet, box(sheet, "S1", "value"))
    sheet.keyboard.type("12,5")
    tab_to(sheet, box(sheet, "S1"), most=2)  # between them is the answer of last time, to confirm it
    sheet.keyboard.type("written")
    sheet.keyboard.press("Tab")
    expect(box(sheet, "S1", "proof")).to_be_focused()
    expect(state(sheet, "S1")).to_have_text("Saved")
    choose_block(sheet, "Governance")
    tab_to(sheet, level(sheet, "G1", ""))
    for _ in range(3):
        sheet.keyboard.press("ArrowRight")
    expect(level(sheet, "G1", "2")).to_be_checked()
    expect(state(sheet, "G1")).to_have_text("Saved")
    assert (case.text("S1", "value"), case.text("S1", "note"), case.text("G1", "value")) == ("12,5", "written", "2")
    sheet.keyboard.press("ArrowLeft")
    sheet.keyboard.press("ArrowLeft")
    sheet.keyboard.press("ArrowLeft")
    expect(level(sheet, "G1", "")).to_be_checked()
    expect(state(sheet, "G1")).to_have_text("Saved")
    assert case.text("G1", "value") == ""


def test_a_text_is_saved_when_somebody_leaves_for_another_page_at_once(case: PreparedCase, sheet: Page) -> None:
    for words in ("the first", ", the second", ", the last words"):
        type_text(sheet, "S1", words)
        sheet.get_by_test_id("stTopNavLink").first.click()
        wait_until(sheet, "() => !location.pathname.includes('preparation')")
        wait_for(sheet, lambda words=words: case.text("S1", "note").endswith(words))
        wait_for(sheet, lambda: not drafts_kept(sheet))
        run_has_ended(sheet)
        sheet.go_back()
        sheet_is_shown(sheet)
    assert case.text("S1", "note") == "the first, the second, the last words"
    assert case.saves() == 3


def test_a_button_that_is_clicked_right_after_typing_works_and_finds_the_text(case: PreparedCase, sheet: Page) -> None:
    type_text(sheet, "S1", "7", "value")
    type_text(sheet, "S1", "the last words")
    sheet.get_by_role("button", name="Hand in").click()
    expect(sheet.get_by_text("Handed in. The next step can begin.")).to_be_visible()
    assert case.text("S1", "note") == "the last words"


def test_a_page_with_drafts_asks_before_it_is_left(case: PreparedCase, server: Server, browser: Browser) -> None:
    context = case.sign_in(browser)
    page, asked = case.open(context), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    server.kill()
    type_text(page, "S1", "not saved")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    assert not page.is_closed()
    server.start()
    box(page, "S1").blur()
    expect(state(page, "S1")).to_have_text("Saved")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    context.close()


def test_drafts_of_another_person_in_the_same_browser_are_neither_shown_nor_sent(
    case: PreparedCase, server: Server, browser: Browser
) -> None:
    context = case.sign_in(browser)
    page = case.open(context)
    server.kill()
    type_text(page, "S1", "the manager’s draft")
    page.close()
    server.start()
    case.change_person(context, COLLEAGUE + case.cluster)
    page = case.open(context)
    assert len(drafts_kept(page)) == 1
    assert manager_of(case.cluster) not in drafts_kept(page)[0]
    expect(box(page, "S1")).to_have_value("")
    type_text(page, "S2", "the colleague’s text")
    page.keyboard.press("Tab")
    expect(state(page, "S2")).to_have_text("Saved")
    assert case.text("S1", "note") == ""
    assert len(drafts_kept(page)) == 1
    page.close()
    case.change_person(context, case.cluster)
    page = case.open(context)
    expect(box(page, "S1")).to_have_value("the manager’s draft")
    expect(state(page, "S1")).to_have_text("Saved")
    assert drafts_kept(page) == []
    context.close()


@pytest.mark.parametrize("how", ["forbidden", "full"])
def test_without_storage_the_texts_are_sent_all_the_same_and_the_page_warns(
    case: PreparedCase, browser: Browser, how: str
) -> None:
    context = case.sign_in(browser)
    if how == "forbidden":
        context.add_init_script(FORBIDDEN)
    page = case.open(context)
    alert = page.locator(".answer-sheet [role=alert]")
    if how == "full":
        page.evaluate(FULL)
    expect(alert).to_be_hidden()
    type_text(page, "S1", "nowhere but at the server")
    expect(alert).to_contain_text("cannot keep drafts")
    expect(state(page, "S1")).to_have_text("Saved")
    expect(alert).to_be_hidden()
    assert case.text("S1", "note") == "nowhere but at the server"
    context.close()


def test_whose_access_has_ended_reads_why_and_keeps_the_draft(case: PreparedCase, world: World, sheet: Page) -> None:
    type_text(sheet, "S1", "before")
    expect(state(sheet, "S1")).to_have_text("Saved")
    rows = list(world.grants)
    world.grant([row for row in rows if row[0] != manager_of(case.cluster)])
    sheet.keyboard.type(", after")
    sheet.keyboard.press("Tab")
    try:
        expect(sheet.get_by_test_id("stMain")).not_to_contain_text("Prepare your answers")
        assert case.text("S1", "note") == "before"
    finally:
        world.grant(rows)
    sheet.reload()
    sheet_is_shown(sheet)
    expect(box(sheet, "S1")).to_have_value("before, after")
    expect(state(sheet, "S1")).to_have_text("Saved")
    assert case.text("S1", "note") == "before, after"


def test_a_text_that_is_too_long_is_kept_and_said_to_be(case: PreparedCase, sheet: Page) -> None:
    counter = sheet.locator("[id='field-S1-note-counter']")
    box(sheet, "S1").fill("x" * 3_799)
    expect(counter).to_be_hidden()
    expect(state(sheet, "S1")).to_have_text("Saved")
    box(sheet, "S1").fill("x" * 3_950)
    expect(counter).to_have_text("Characters left: 50")
    box(sheet, "S1").fill("x" * 4_012)
    expect(counter).to_contain_text("Characters too many: 12")
    expect(box(sheet, "S1")).to_have_attribute("aria-invalid", "true")
    type_text(sheet, "S2", "another field")
    sheet.keyboard.press("Tab")
    expect(state(sheet, "S2")).to_have_text("Saved")
    expect(state(sheet, "S1")).to_have_text("Not saved yet")
    box(sheet, "S1").fill("x" * 4_000)
    expect(counter).to_have_text("Characters left: 0")
    expect(state(sheet, "S1")).to_have_text("Saved")
    assert case.text("S1", "note") == "x" * 4_000


def test_what_cannot_be_read_as_a_number_is_kept_and_a_decimal_comma_is_none_of_it(
    case: PreparedCase, sheet: Page
) -> None:
    type_text(sheet, "S3", "about half", "value")
    sheet.keyboard.press("Tab")
    expect(notices(sheet, "S3", "value")).to_contain_text("cannot be counted")
    expect(box(sheet, "S3", "value")).to_have_value("about half")
    assert case.text("S3", "value") == "about half"
    box(sheet, "S3", "value").fill("47,5")
    expect(notices(sheet, "S3", "value")).not_to_contain_text("cannot be counted")
    expect(state(sheet, "S3")).to_have_text("Saved")
    assert case.text("S3", "value") == "47,5"


def test_what_was_answered_last_time_is_confirmed_with_one_click(case: PreparedCase, sheet: Page) -> None:
    offer = notices(sheet, "S1", "value")
    expect(offer).to_contain_text("Last time")
    before = offer.inner_text().partition(":")[2].split()[0]
    offer.get_by_role("button", name="Confirm").press("Enter")
    expect(box(sheet, "S1", "value")).to_have_value(before)
    expect(box(sheet, "S1", "value")).to_be_focused()
    expect(offer).to_be_empty()
    expect(state(sheet, "S1")).to_have_text("Saved")
    assert case.text("S1", "value") == before


def test_everybody_can_use_a_sheet_in_both_colour_schemes_and_languages(case: PreparedCase, browser: Browser) -> None:
    context = case.sign_in(browser, bypass_csp=True)
    page = case.open(context, block="structure", language="fr")
    box(page, "S1", "value").fill("beaucoup")
    expect(notices(page, "S1", "value")).to_contain_text("Illisible")
    for scheme in ("light", "dark"):
        show_scheme(page, scheme)  # type: ignore[arg-type]
        found = Axe().run(page, context=".answer-sheet", options=AXE).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.locator(".answer-sheet :is(input, textarea)").evaluate_all("all => all.every(one => one.labels.length)")
    context.close()


def test_a_sheet_fits_a_phone_and_a_finger(case: PreparedCase, browser: Browser) -> None:
    context = case.sign_in(browser, viewport={"width": 360, "height": 740})
    page = case.open(context, block="governance", language="fr")
    box(page, "G3", "value").fill("beaucoup")
    box(page, "G3").fill("Donaudampfschifffahrtsgesellschaft" * 9)
    expect(notices(page, "G3", "value")).to_contain_text("Illisible")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    targets = page.locator(".answer-sheet :is(button, fieldset label, input[type=text], textarea)")
    assert targets.count() > 40
    sizes = targets.evaluate_all(
        "all => all.map(one => { const box = one.getBoundingClientRect(); return Math.min(box.width, box.height); })"
    )
    assert min(sizes) >= 44
    parts = page.locator(".answer-sheet *")
    assert parts.evaluate_all("all => all.every(one => one.getBoundingClientRect().right <= innerWidth)")
    context.close()


def test_two_saves_of_a_question_carry_little_and_the_script_is_fetched_once(
    case: PreparedCase, browser: Browser
) -> None:
    context = case.sign_in(browser)
    page, frames, asked = context.new_page(), [], []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(len(frame))))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{case.address}/preparation?case={case.case_id}&lang=en&block=governance")
    sheet_is_shown(page)
    assert frames
    frames.clear()
    choose(page, "G1", "3")
    expect(state(page, "G1")).to_have_text("Saved")
    type_text(page, "G1", "The board met four times this year, and its minutes are with the office.")
    page.keyboard.press("Tab")
    expect(state(page, "G1")).to_have_text("Saved")
    assert sum(frames) <= 20_000
    choose_block(page, "Services")
    assert len([url for url in asked if "answer_sheet.js" in url]) == 1
    context.close()
