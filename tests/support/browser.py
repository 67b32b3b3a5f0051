"""A real browser and a server of our own, for the tests that look at pages as a visitor does."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import FrameLocator, Locator, Page, expect

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), "")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium on this machine; on Debian and Ubuntu: apt install chromium"
)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
expect.set_options(timeout=60_000)


@contextmanager
def serve(
    data: Path,
    secrets: Callable[[str], str] | None = None,
    subpath: str = "",
    *,
    root: Path = ROOT,
    log: Path | None = None,
    processes: list[int] | None = None,
    port: int | None = None,
) -> Iterator[str]:
    """A freshly started server of its own; its address, with the sub-path below which it answers.

    `secrets` writes its `secrets.toml`, given the address. `root`: where the program lies; `log`: the file that all it
    says goes to; `processes` takes its process id; `port`: where it listens, by default a free one.
    """
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.baseUrlPath", subpath]
    address = f"http://localhost:{port}" + (f"/{subpath}" if subpath else "")
    if secrets:
        file = data / "secrets.toml"
        file.write_text(secrets(address))
        command += ["--secrets.files", str(file)]
    said = log.open("wb") if log else subprocess.DEVNULL
    server = subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "CLUSTERDASH_DATA": str(data)},
        stdout=said,
        stderr=said,
    )
    if processes is not None:
        processes.append(server.pid)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, "the server has stopped"
                assert time.monotonic() < until, "the server does not answer"
        yield address
    finally:
        server.terminate()
        server.wait(60)


def strangers(page: Page, address: str) -> list[str]:
    """Addresses asked for outside our own origin."""
    asked: list[str] = page.asked  # type: ignore[attr-defined]
    assert asked
    return [url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))]


def the_map(page: Page) -> FrameLocator:
    return page.frame_locator(".st-key-labels-map iframe, .st-key-cluster-map iframe")


def switch_language(page: Page, code: str) -> None:
    """Press FR or EN in the header."""
    page.locator(".st-key-language").get_by_text(code, exact=True).click()


def wait_until(page: Page, expression: str, arg: object = None, seconds: float = 60) -> None:
    """Wait until an expression, or a function of `arg`, is true in the page.

    Playwright's own `wait_for_function` evaluates again from within the page, which our Content-Security-Policy
    forbids: it fails unless the expression is true at once.
    """
    end = time.monotonic() + seconds
    while not _is_true(page, expression, arg):
        assert time.monotonic() < end, f"not true within {seconds} seconds: {expression}"
        page.wait_for_timeout(20)


def wait_for(page: Page, condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so that is not seen in the page, which goes on meanwhile."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so within {seconds} seconds"
        page.wait_for_timeout(20)


def _is_true(page: Page, expression: str, arg: object) -> bool:
    try:
        return bool(page.evaluate(expression, arg))
    except PlaywrightError as error:  # the page was left while it was asked
        if "context was destroyed" not in str(error):
            raise
        return False


def run_has_ended(page: Page) -> None:
    """Wait until Streamlit has drawn all of a page."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def open_every_page(page: Page) -> Iterator[str]:
    """Open each page of the navigation bar, its menus and the sub-navigation in turn; yields its path."""
    links = page.get_by_test_id("stTopNavLink")
    sections = page.get_by_test_id("stTopNavSection")
    expect(links.first).to_be_visible()
    expect(sections.filter(has_text=re.compile(r"^\d"))).to_have_count(0)  # "6 more", until the bar has measured itself
    entries: list[tuple[int | None, int]] = [(None, number) for number in range(links.count())]
    for place in range(sections.count()):
        sections.nth(place).click()
        dropped = page.get_by_test_id("stTopNavDropdownLink")
        expect(dropped.first).to_be_visible()
        entries += [(place, number) for number in range(dropped.count())]
        page.keyboard.press("Escape")
        expect(dropped).to_have_count(0)
    for section, number in entries:
        if section is None:
            _follow(page, links.nth(number))
        else:
            sections.nth(section).click()
            _follow(page, page.get_by_test_id("stTopNavDropdownLink").nth(number))
        yield page.url
        beside = page.locator(".st-key-sub-navigation").get_by_test_id("stPageLink-NavLink")
        for place in range(1, beside.count()):
            _follow(page, beside.nth(place))
            yield page.url


def _follow(page: Page, link: Locator) -> None:
    """Go on to another page, and wait until it is there: each has a title of its own in the tab."""
    title, path = page.title(), urlsplit(page.url).path
    leads_to = link.evaluate("link => link.pathname")
    link.click()
    if leads_to.rstrip("/") != path.rstrip("/"):
        wait_until(page, "title => document.title !== title", title)
    run_has_ended(page)


MANAGER, STAFF = 0, 1
"""Places of the demonstration's ways in."""


def enter(page: Page, address: str, door: int, language: str = "fr") -> None:
    """Enter the demonstration from the home page as a manager or as staff."""
    page.goto(f"{address}/?lang={language}")
    run_has_ended(page)
    page.get_by_test_id("stMain").get_by_test_id("stButton").nth(door).get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"/(benchmark|sectors)\?"))  # the home page has a radar, too
    expect(page.locator(".radar, table.heat").first).to_be_visible()
    run_has_ended(page)


def show_scheme(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Let the visitor's system be light or dark, and wait until the page is."""
    page.emulate_media(color_scheme=scheme)
    shown = "getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
    wait_until(page, f"scheme => {shown} === scheme", scheme)


def tab_to(page: Page, part: Locator, most: int = 80) -> None:
    """Press Tab until the focus is on, or within, a part of the page."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if part.evaluate("part => part.contains(document.activeElement)"):
            return
    raise AssertionError("out of reach by keyboard")


def confirm_and_publish(page: Page) -> None:
    """Tick what must be confirmed, if anything; before that the button does nothing."""
    publish = page.get_by_role("button", name="Publish this edition").first
    expect(publish).to_be_visible()
    run_has_ended(page)
    asked = page.get_by_test_id("stCheckbox")
    unticked = asked.filter(has=page.get_by_role("checkbox", checked=False))
    # Boxes may still be drawn, and drawn anew while files arrive: tick as a person does, until none is left.
    enabled = page.get_by_role("button", name="Publish this edition", disabled=False)
    while True:
        expect(enabled.or_(unticked).first).to_be_visible()
        if not unticked.count():
            break
        expect(publish).to_be_disabled()
        unticked.first.get_by_text("Yes, ").click()
        run_has_ended(page)
    expect(publish).to_be_enabled()
    publish.click()
    expect(page.get_by_text("The edition is published")).to_be_visible()
