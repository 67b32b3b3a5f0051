"""What the head of a page asks for at once: files that exist, that every page loads, and that nobody names twice."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import config
from support.browser import ROOT, needs_chromium, run_has_ended

from clusterdash.server import preloads
from clusterdash.server.page_metadata import PageMetadata
from clusterdash.server.security_headers import INDEX


@pytest.mark.parametrize("name", ["guide", *preloads.PAGE_ELEMENTS])
def test_each_element_has_its_scripts_and_each_of_them_exists(name: str) -> None:
    elements = preloads.elements_of(name)
    found = preloads.scripts_of(elements)
    for element in elements:
        assert sum(name.startswith(f"{element}.") for name in found) == 1, element
    page = INDEX.read_text("utf-8")
    for script_name in found:
        script = INDEX.parent / "static" / "js" / script_name
        needed = re.findall(r'from"\./([^"]+)"', script.read_text("utf-8"))
        assert all(one in found or one in page for one in needed), script_name
        assert script_name not in page


def test_an_element_that_streamlit_does_not_have_is_left_out(tmp_path: Path) -> None:
    scripts = tmp_path / "static" / "js"
    scripts.mkdir(parents=True)
    (tmp_path / "index.html").write_text('<script src="./static/js/index.a.js"></script>')
    (scripts / "index.a.js").write_text("")
    (scripts / "Html.b-1.js").write_text(
        'import{a as b}from"./index.a.js";import"./deep.c_2.js";import(`./later.d.js`)'
    )
    (scripts / "deep.c_2.js").write_text('export*from"./Html.b-1.js"')
    assert preloads.scripts_of(("Html", "Gone"), tmp_path / "index.html") == ("Html.b-1.js", "deep.c_2.js")


def test_the_head_of_a_page_announces_them() -> None:
    page = Route("/guide", lambda _: HTMLResponse(INDEX.read_text("utf-8")))
    head = (
        TestClient(Starlette(routes=[page], middleware=[Middleware(PageMetadata)]))
        .get("/guide")
        .text.split("</head>")[0]
    )
    for name in preloads.scripts_of(preloads.ELEMENTS):
        assert head.count(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">') == 1
    fonts = re.findall(
        r'<link rel="preload" as="font" type="font/woff2" crossorigin href="\./app/(static/[^"]+)">', head
    )
    assert len(fonts) == 2
    assert all((ROOT / font).is_file() for font in fonts)


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("path", ["", "guide", "labels"])
def test_every_page_runs_what_is_announced(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Profiler.enable")
    devtools.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    page.goto(f"{address}/{path}?lang=fr")
    run_has_ended(page)
    unused, until = set(preloads.scripts_of(preloads.elements_of(path or "home"))), time.monotonic() + 60
    while unused and time.monotonic() < until:
        covered = devtools.send("Profiler.takePreciseCoverage")["result"]
        unused -= {one["url"].rpartition("/")[2] for one in covered if one["functions"][0]["ranges"][0]["count"]}
        page.wait_for_timeout(100)
    assert unused == set(), "announced, but not run"
    loaded = "[...document.fonts].filter(font => font.status == 'loaded').map(font => font.family)"
    assert {face["family"] for face in config.get_option("theme.fontFaces")} <= set(page.evaluate(loaded))
    page.close()
