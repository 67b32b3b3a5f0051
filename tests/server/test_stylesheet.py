"""The style sheet: applied after Streamlit's styles, kept by browsers for as long as it is the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from support.browser import needs_chromium, run_has_ended, switch_language
from support.pages import ROOT

from clusterdash.presentation.theme import css_variables
from clusterdash.server import stylesheet
from clusterdash.server.page_metadata import PageMetadata
from clusterdash.server.routes import routes


@pytest.fixture
def client() -> TestClient:
    page = HTMLResponse(
        '<html lang="en"><head><title>Streamlit</title></head><body><div id="root"></div></body></html>'
    )
    own = Route("/", lambda _: page)
    return TestClient(Starlette(routes=[*routes(), own], middleware=[Middleware(PageMetadata)]))


def addresses(client: TestClient) -> list[str]:
    return re.findall(r'<link rel="(?:preload" as="style|stylesheet)" href="\.([^"]+)"', client.get("/").text)


def test_a_page_links_to_the_whole_sheet_and_browsers_keep_it(client: TestClient) -> None:
    early, applied = addresses(client)
    assert early == applied
    assert client.get("/").text.index('rel="stylesheet"') > client.get("/").text.index('id="root"')
    answer = client.get(applied)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    files = [ROOT / "clusterdash" / "web" / "assets" / name for name in ("style.css", "charts.css", "answer_sheet.css")]
    assert answer.text == "\n".join([css_variables(), *(path.read_text("utf-8") for path in files)])


def test_another_content_has_another_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = addresses(client)[1]
    monkeypatch.setattr(stylesheet, "_FILES", ("style.css",))
    for made in (stylesheet._content, stylesheet._version):
        made.cache_clear()
    try:
        assert addresses(client)[1] != before
        assert client.get(before).headers["cache-control"] == "no-cache", "not kept under the address of another"
    finally:
        monkeypatch.undo()
        for made in (stylesheet._content, stylesheet._version):
            made.cache_clear()


@needs_chromium
def test_a_browser_asks_for_it_once_and_no_run_carries_it(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=fr")
    run_has_ended(page)
    switch_language(page, "EN")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    run_has_ended(page)
    asked: list[str] = page.asked  # type: ignore[attr-defined]
    assert len([url for url in asked if "clusterdash.css" in url]) == 1
    assert page.locator("[data-testid=stMain] style").evaluate_all(
        "all => all.every(one => one.textContent.length < 999)"
    )
