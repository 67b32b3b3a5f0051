"""Addresses in a real browser: sub-path, sandboxed frame, quick keys, the way back, what does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from support.browser import needs_chromium, open_every_page, run_has_ended, serve, strangers, the_map, wait_until
from support.editions import LABELLED

from clusterdash.domain import LabelHolder
from clusterdash.site_map import INDEXED

pytestmark = needs_chromium
MARK = ".leaflet-marker-icon"
MAP = f"{LABELLED} clusters have been awarded a label"
OUTLINE = "path.leaflet-interactive, .leaflet-countries-pane path"


@pytest.fixture(scope="module")
def below(data: Path) -> Iterator[str]:
    with serve(data, subpath="dash") as running:
        yield running


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


# -- Below a sub-path


def test_every_page_and_every_route_answers_below_a_sub_path(page: Page, below: str) -> None:
    for name in (*INDEXED, "cluster?id=de-hamburg-aviation-e-v"):
        answer = page.goto(f"{below}/{name}{'&' if '?' in name else '?'}lang=en")
        assert answer
        assert answer.status == 200
        assert 'lang="en"' in answer.text()
        assert f'href="{below}/' in answer.text(), "canonical address"
        run_has_ended(page)
    page.goto(f"{below}/?lang=en")
    run_has_ended(page)
    page.get_by_role("button", name="As staff").click()
    expect(page.get_by_role("heading", name="Sectors side by side")).to_be_visible()
    for opened in open_every_page(page):
        assert urlsplit(opened).path.startswith("/dash/")
    kinds = {
        "labels.csv": "text/csv",
        "labels.json": "application/json",
        "labels.geojson": "application/geo+json",
        "labels.xlsx": "application/vnd",
        "list/fr": "text/html",
        "embed": "text/html",
        "sitemap.xml": "application/xml",
        "robots.txt": "text/plain",
        "assets/leaflet/leaflet.js": ("text/javascript", "application/javascript"),
        "assets/geo/countries-110m.geojson": "application",
    }
    for path, kind in kinds.items():
        answer = page.request.get(f"{below}/{path}")
        assert (answer.status, answer.headers["content-type"].startswith(kind)) == (200, True), path
        assert page.request.get(f"{below.removesuffix('/dash')}/{path}").status == 404, "nothing beside the sub-path"
    assert "frame-ancestors" not in page.request.get(f"{below}/embed").headers["content-security-policy"]
    assert f"<loc>{below}/labels?lang=fr</loc>" in page.request.get(f"{below}/sitemap.xml").text()
    assert f'href="{below}/labels?' in page.request.get(f"{below}/list/fr").text()
    assert page.request.get(f"{below}/nopage").status == 404
    assert page.request.get(f"{below}/home?lang=en").url == f"{below}/?lang=en"
    assert strangers(page, below.removesuffix("/dash")) == []


def test_map_and_links_work_below_a_sub_path(page: Page, below: str) -> None:
    page.goto(f"{below}/labels?label=gold&country=FR&lang=en")
    expect(the_map(page).locator(MARK).first).to_be_visible()
    stcore = {urlsplit(url).path for url in page.asked if "/_stcore/" in url}  # type: ignore[attr-defined]
    assert stcore
    assert all(path.startswith("/dash/_stcore/") for path in stcore), "the page finds its server at once"
    expect(the_map(page).locator("svg path").first).to_be_attached()
    for name in ("CSV", "JSON", "the same list as a plain page"):
        href = page.get_by_role("link", name=name, exact=name.isupper()).first.get_attribute("href")
        assert page.request.get(f"{below}/{href}").status == 200
    page.get_by_text("Put this map on your website").click()
    assert f'src="{below}/embed?' in page.locator("pre.copy").inner_text()
    the_map(page).locator(MARK).last.dispatch_event("click")
    with page.expect_popup() as opened:
        the_map(page).locator(".leaflet-popup a").first.click()
    assert urlsplit(opened.value.url).path == "/dash/cluster"
    run_has_ended(opened.value)


# -- In a sandboxed frame


def test_the_map_draws_its_outlines_in_a_sandboxed_frame(page: Page, address: str, tmp_path: Path) -> None:
    frame = (
        f'<iframe sandbox="allow-scripts" src="{address}/embed?label=gold" style="width:900px;height:600px"></iframe>'
    )
    (tmp_path / "other.html").write_text(f"<!doctype html>{frame}", "utf-8")
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto((tmp_path / "other.html").as_uri())
    drawn = page.frame_locator("iframe")
    expect(drawn.locator(MARK).first).to_be_visible()
    expect(drawn.locator("svg path").first).to_be_attached()
    assert failed == []


# -- Quick keys


CHOSEN = """before => { const year = document.querySelector("input[type=range]").value;
  return year !== before && new URLSearchParams(location.search).get("year") === year; }"""
"""The address has the year that the slider shows, which is another one."""


def test_a_slider_pressed_quickly_keeps_all_other_choices(page: Page, address: str) -> None:
    asked = "label=gold&country=FR&state=expired&lang=en"
    page.goto(f"{address}/labels?{asked}")
    run_has_ended(page)
    page.get_by_role("button", name="Filters").click()
    slider = page.get_by_role("slider")
    for pause in (0, 60, 150):
        before = slider.input_value()
        slider.focus()
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
            page.wait_for_timeout(pause)
        wait_until(page, CHOSEN, before)
        run_has_ended(page)
        kept = query(page)
        assert {name: kept[name] for name in ("label", "country", "state")} == {
            "label": ["gold"],
            "country": ["FR"],
            "state": ["expired"],
        }, f"pause {pause}"
    assert int(kept["year"][0]) < datetime.now(UTC).year - 3
    expect(page.get_by_text(re.compile(r"France \(\d+\)"))).to_be_visible()


# -- The way back


def test_each_change_of_page_or_choice_is_one_step_back(page: Page, address: str) -> None:
    page.goto(f"{address}/guide?lang=en")
    run_has_ended(page)
    begun = page.evaluate("history.length")
    page.get_by_test_id("stTopNavLink").filter(has_text="Labels").click()
    expect(page.get_by_role("heading", name="have been awarded a label")).to_be_visible()
    expect(page).to_have_url(re.compile("view="))
    page.locator(".st-key-sub-navigation").get_by_role("link", name="Labels in figures").click()
    expect(page.get_by_role("heading", name="known awards")).to_be_visible()
    expect(page).to_have_url(re.compile("label="))
    page.get_by_role("radio", name="Silver").click()
    expect(page).to_have_url(re.compile("label=silver"))
    run_has_ended(page)
    assert page.evaluate("history.length") - begun == 3, "two pages and a choice"
    page.go_back()
    expect(page).not_to_have_url(re.compile("label=silver"))
    expect(page.get_by_role("radio", name="Silver")).not_to_be_checked()
    page.go_back()
    expect(page.get_by_role("heading", name="have been awarded a label")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Three labels: take part")).to_be_visible()


# -- What does not exist


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_that_does_not_exist_is_told_with_ways_on(page: Page, address: str, language: str) -> None:
    title = {"fr": "Cette page n’existe pas", "en": "This page does not exist"}[language]
    for path in ("nopage", "staff", "staff/data", "labels/nothing", "index.html"):
        answer = page.goto(f"{address}/{path}?lang={language}")
        assert answer
        assert answer.status == 404
        assert page.locator("html").get_attribute("lang") == language
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.request.get(f"{address}/nopage", headers={"Accept-Encoding": "gzip"}).status == 404
    page.get_by_role("link").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        {"fr": f"{LABELLED} clusters ont reçu un label", "en": MAP}[language]
    )
    page.goto(f"{address}/home?lang={language}")
    run_has_ended(page)
    assert urlsplit(page.url).path == "/"


def test_an_unknown_cluster_shows_nobody_elses_page(
    page: Page, address: str, register: tuple[LabelHolder, ...]
) -> None:
    answer = page.goto(f"{address}/cluster?id=xx-nope&lang=en")
    assert answer
    assert answer.status == 404
    run_has_ended(page)
    body = page.locator("[data-testid=stMain]").inner_text()
    assert "xx-nope" in body
    assert not [holder for holder in register if holder.cluster.name in body]
    page.get_by_role("link", name="list of all").or_(page.get_by_role("link", name="List of all")).first.click()


def test_a_trial_made_for_another_cluster_is_told_and_not_applied(page: Page, address: str) -> None:
    page.goto(f"{address}/gold?lang=en&cluster=demo-0003&of=demo-0003&try=1.1.1:1")
    page.get_by_role("button", name="As the manager of a cluster").click()
    expect(page.get_by_text("What if: 1 level differs")).to_be_visible()
    page.goto(page.url.replace("cluster=demo-0003", "cluster=demo-0004"))
    page.get_by_role("button", name="As the manager of a cluster").click()
    expect(page.get_by_text("was made for another cluster (“demo-0003”)")).to_be_visible()
    expect(page.get_by_text("What if: 1 level differs")).to_have_count(0)
