"""The register in a real browser: the map, the list beside it, its files, its pages; also with hostile names."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, WebSocket, expect
from support.browser import needs_chromium, run_has_ended, serve, strangers, switch_language, the_map, wait_until
from support.editions import HOLDERS, LABELLED, hostile_register

from clusterdash.domain import Label, LabelHolder
from clusterdash.labels import search as labels_search
from clusterdash.labels import status
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.labels import world_map
from clusterdash.site_map import INDEXED

pytestmark = needs_chromium
TODAY = datetime.now(UTC).date()
MARK = ".leaflet-marker-icon"


def places(register: tuple[LabelHolder, ...], label: Label | None) -> list[list[status.LabelStatus]]:
    """What is drawn of a label today, place by place."""
    return list(
        world_map.by_location(
            labels_search.select(status.label_statuses(register, TODAY, TODAY), LabelFilters(label))
        ).values()
    )


@pytest.mark.parametrize("label", [None, *Label])
def test_the_map_has_its_marks_and_asks_nobody_else(
    page: Page, address: str, register: tuple[LabelHolder, ...], label: Label | None
) -> None:
    page.goto(f"{address}/labels?label={label or 'all'}&view=world&lang=fr")
    drawn = the_map(page)
    expect(drawn.locator(MARK)).to_have_count(len(places(register, label)))
    expect(drawn.locator(".leaflet-countries-pane path").nth(100)).to_be_attached()
    assert strangers(page, address) == []


def test_a_popup_tells_all_clusters_of_a_place(page: Page, address: str, register: tuple[LabelHolder, ...]) -> None:
    drawn_places = places(register, Label.GOLD)
    index, found = max(enumerate(drawn_places), key=lambda entry: len(entry[1]))
    assert len(found) > 1
    page.goto(f"{address}/labels?label=gold&lang=fr")
    drawn = the_map(page)
    expect(drawn.locator(MARK)).to_have_count(len(drawn_places))
    run_has_ended(page)
    drawn.locator(MARK).nth(index).dispatch_event("click")
    popup = drawn.locator(".leaflet-popup-content")
    for holding in found:
        expect(popup).to_contain_text(holding.cluster.name)
    expect(popup).to_contain_text(f"{len(found)} clusters en ce lieu")
    link = popup.get_by_role("link", name=found[0].cluster.name)
    with page.expect_popup() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", name=found[0].cluster.name)).to_be_visible()
    assert urlsplit(opened.value.url).path == "/cluster"


def test_a_choice_is_written_into_the_address_and_redraws(
    page: Page, address: str, register: tuple[LabelHolder, ...]
) -> None:
    page.goto(f"{address}/labels?label=gold&lang=fr")
    drawn = the_map(page).locator(MARK)
    expect(drawn).to_have_count(len(places(register, Label.GOLD)))
    page.get_by_role("radio", name="Bronze").click()
    expect(drawn).to_have_count(len(places(register, Label.BRONZE)))
    wait_until(page, "location.search.includes('label=bronze')")
    switch_language(page, "EN")
    expect(page.get_by_role("heading", name="have been awarded the label Bronze")).to_be_visible()
    wait_until(page, "location.search.includes('lang=en')")
    wait_until(page, "document.documentElement.lang == 'en'")
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["label"], asked["lang"]) == (["bronze"], ["en"]), "one choice keeps the other"
    switch_language(page, "FR")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_map_list_and_files_show_the_same_number(page: Page, address: str) -> None:
    """Marks with their numbers, plus those without a place, are the rows of the list and of the file."""
    page.goto(f"{address}/labels?lang=en&label=bronze&state=expired,unknown&view=world")
    heading = page.get_by_role("heading", name="match your choices")
    expect(heading).to_be_visible()
    listed = int(re.search(r"\d+", heading.inner_text())[0])  # type: ignore[index]
    expect(the_map(page).locator(MARK).first).to_be_attached()
    marks = the_map(page).locator(MARK).all()
    expect(page.locator("ul.register li")).to_have_count(listed)
    drawn = sum(int(texts[0]) if (texts := mark.locator("text").all_text_contents()) else 1 for mark in marks)
    told = page.get_by_text("whose place is not known").first.inner_text()
    assert drawn + int(re.search(r"(\d+) clusters? whose place", told)[1]) == listed  # type: ignore[index]
    link = page.get_by_role("link", name="JSON", exact=True)
    rows = json.loads(page.request.get(f"{address}/{link.get_attribute('href')}").text())["labels"]
    assert len({row["cluster_id"] for row in rows}) == listed
    plain = page.get_by_role("link", name="the same list as a plain page").get_attribute("href")
    page.goto(f"{address}/{plain}")
    assert page.locator("tbody tr").count() == listed
    assert strangers(page, address) == []


def test_search_and_filters_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/labels?lang=en")
    expect(page.get_by_role("heading", name=f"{LABELLED} clusters have been awarded a label")).to_be_visible()
    search = page.get_by_label("Search for a name")
    search.focus()
    page.keyboard.type("hambourg aviation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 cluster matches your choices")).to_be_visible()
    wait_until(page, "location.search.includes('q=hambourg')")
    page.keyboard.press("Tab")
    reset = page.get_by_role("button", name="Reset all")
    reset.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"{LABELLED} clusters have been awarded a label")).to_be_visible()


def test_a_typed_place_is_marked_and_the_list_begins_with_the_nearest(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{address}/labels?lang=fr")
    whole = the_map(page).locator(MARK).first.bounding_box()
    page.get_by_role("button", name="Filtres").click()
    field = page.get_by_label("Du plus proche au plus loin de")
    field.fill("Monachium")
    field.press("Enter")
    wait_until(page, "location.search.includes('near=Monachium')")
    ring, name = the_map(page).locator("path.leaflet-interactive"), the_map(page).locator(".leaflet-tooltip.place")
    expect(ring).to_have_count(1)
    expect(name).to_have_text("Monachium (Munich), Allemagne")
    expect(page.get_by_text("à moins de 50 km de Monachium (Munich), Allemagne")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("ul.register li").first.locator("small")).to_have_text(re.compile(r"^\d+\skm$"))
    run_has_ended(page)
    assert the_map(page).locator(MARK).first.bounding_box() != whole, "the map shows the surroundings"
    frame = page.locator(".st-key-labels-map iframe").bounding_box()
    assert frame
    assert frame["y"] < 740 - 300, "most of the map stays on the first screen of a phone"
    assert strangers(page, address) == []


def test_panning_and_zooming_do_not_run_the_page_again(page: Page, address: str) -> None:
    sent: list[object] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))  # noqa: PLW0108 - Playwright marks its handlers

    page.on("websocket", listen)
    page.goto(f"{address}/labels?lang=fr&label=gold")
    drawn = the_map(page)
    expect(drawn.locator(MARK).first).to_be_visible()
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
    frame = page.locator(".st-key-labels-map iframe")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box
    assert sent
    before, where = len(sent), drawn.locator(MARK).first.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 320, box["y"] + 260, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, -300)
    expect(drawn.locator(".leaflet-zoom-anim")).to_have_count(0)
    drawn.get_by_role("button", name="Zoom in").click()
    expect(drawn.locator(".leaflet-zoom-anim")).to_have_count(0)
    assert drawn.locator(MARK).first.bounding_box() != where, "the map has moved"
    page.get_by_role("heading", name=f"{HOLDERS['gold']} clusters ont reçu le label Gold").click()
    assert len(sent) == before


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_public_page_asks_anybody_else(page: Page, address: str, language: str) -> None:
    ways = [*INDEXED, "cluster?id=de-hamburg-aviation-e-v", f"list/{language}", "embed"]
    for way in ways:
        page.goto(f"{address}/{way}{'&' if '?' in way else '?'}lang={language}")
        if way.startswith("embed"):
            expect(page.locator(MARK).first).to_be_visible()
        else:
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", language)
    assert strangers(page, address) == []


def test_the_embedded_map_stands_in_a_frame_of_another_page(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/labels?label=gold&country=FR&lang=fr")
    page.get_by_text("Mettre cette carte sur votre site").click()
    snippet = page.locator("pre.copy").inner_text()
    assert "<iframe" in snippet
    (tmp_path / "other.html").write_text(f"<!doctype html><h1>Elsewhere</h1>{snippet}", "utf-8")
    page.goto((tmp_path / "other.html").as_uri())
    drawn = page.frame_locator("iframe")
    expect(drawn.locator(MARK).first).to_be_visible()
    expect(drawn.locator(".caption")).to_contain_text(": Gold, France")
    with page.expect_popup() as opened:
        drawn.locator(".caption a").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("correspond")
    asked = parse_qs(urlsplit(opened.value.url).query)
    assert (asked["label"], asked["country"], asked["lang"]) == (["gold"], ["FR"], ["fr"])


def test_a_ministry_embeds_its_country_in_three_steps(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/labels?lang=en")
    page.get_by_role("button", name="Filters").click()
    country = page.get_by_label("Country")
    country.fill("Poland")
    country.press("Enter")
    wait_until(page, "location.search.includes('country=PL')")
    page.keyboard.press("Escape")
    page.get_by_text("Put this map on your website").click()
    (tmp_path / "other.html").write_text(f"<!doctype html>{page.locator('pre.copy').inner_text()}", "utf-8")
    page.goto((tmp_path / "other.html").as_uri())
    frame = page.frame_locator("iframe")
    expect(frame.locator(MARK).first).to_be_visible()
    expect(frame.locator(".caption")).to_contain_text("Poland")


def test_a_journalist_takes_the_gold_holders_of_a_country_with_their_sources_in_three_steps(
    page: Page, address: str, register: tuple[LabelHolder, ...]
) -> None:
    page.goto(f"{address}/labels?lang=fr")
    page.get_by_role("radio", name="Gold").click()
    page.get_by_role("button", name="Filtres").click()
    country = page.get_by_label("Pays")
    country.fill("France")
    country.press("Enter")
    wait_until(page, "location.search.includes('country=FR')")
    page.keyboard.press("Escape")
    link = page.get_by_role("link", name="CSV", exact=True).first
    # The address of the page changes before it is drawn anew.
    expect(link).to_have_attribute("href", re.compile("country=FR"))
    with page.expect_download() as taken:
        link.click()
    with Path(taken.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    gold = {
        award.award_id: award.source_url
        for holder in register
        for award in holder.awards
        if holder.cluster.country == "FR" and award.label is Label.GOLD
    }
    assert {row["award_id"]: row["source_url"] for row in rows} == gold
    assert gold


@pytest.mark.parametrize("system", ["light", "dark"])
def test_a_theme_is_stronger_than_the_screen_of_the_visitor(page: Page, address: str, system: str) -> None:
    page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    looks = {}
    for theme in ("auto", "light", "dark"):
        page.goto(f"{address}/embed?lang=en&theme={theme}")
        expect(page.locator(MARK).first).to_be_visible()
        parts = (".caption", ".folium-map", ".leaflet-bar a")
        looks[theme] = [page.locator(one).first.evaluate("e => getComputedStyle(e).backgroundColor") for one in parts]
    assert looks["auto"] == looks[system]
    assert all(light != dark for light, dark in zip(looks["light"], looks["dark"], strict=True))


def test_the_map_of_a_country_shows_its_marks_and_no_more(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 700, "height": 500})
    page.goto(f"{address}/embed?country=PL&lang=en")
    marks = page.locator(MARK)
    expect(marks.first).to_be_visible()
    boxes = [box for index in range(marks.count()) if (box := marks.nth(index).bounding_box())]
    assert len(boxes) > 5
    assert all(0 <= box["x"] <= 690 and 0 <= box["y"] <= 490 for box in boxes), "all are in the frame"
    assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) > 250, "Poland fills it"


HOSTILE_SIGNS = "<script>", "{{7*7}}", "\U0001f600"


def test_hostile_names_are_harmless_everywhere(page: Page, tmp_path: Path) -> None:
    """Markup, quotes, templates, right-to-left marks, 300 characters, emoji: in popup, page, plain list, embed."""
    data = hostile_register(tmp_path)
    alarms: list[str] = []
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: alarms.append(str(error)))
    page.on("console", lambda said: "Content Security" in said.text and alarms.append(said.text))
    with serve(data) as running:
        page.goto(f"{running}/labels?lang=en&view=europe")
        drawn = the_map(page)
        expect(drawn.locator(MARK).first).to_be_visible()
        for index in range(drawn.locator(MARK).count()):
            drawn.locator(MARK).nth(index).dispatch_event("click")
            expect(drawn.locator(".leaflet-popup-content").last).to_contain_text("Gold")
        page.goto(f"{running}/embed")
        page.locator(MARK).first.dispatch_event("click")
        expect(page.locator(".leaflet-popup-content")).to_be_visible()
        page.goto(f"{running}/cluster?id=c0&lang=en")
        title = page.get_by_role("heading", level=1)
        for sign in HOSTILE_SIGNS:
            expect(title).to_contain_text(sign)
        told = json.loads(page.locator('head script[type="application/ld+json"]').inner_text())
        assert all(sign in told["name"] for sign in HOSTILE_SIGNS)
        page.goto(f"{running}/cluster?id=c2&lang=en")
        expect(page.get_by_role("heading", level=1)).to_contain_text("x" * 300)
        page.set_viewport_size({"width": 360, "height": 800})
        wide = page.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth - main.clientWidth")
        assert wide <= 0
        page.goto(f"{running}/list/en")
        for sign in HOSTILE_SIGNS:
            expect(page.locator("table")).to_contain_text(sign)
        assert "\u202e" not in page.locator("table").inner_text(), "it was taken out when it came in"
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.locator("table script, table img, table b").count() == 0
        assert strangers(page, running) == []
    assert alarms == []
