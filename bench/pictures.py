"""Pictures of all pages, by visitor, width, language and colour scheme, for looking through; and those of the README.

    python -m bench.pictures FOLDER [--readme]

Starts a server of its own with the demonstration, in Chromium. Prints each picture, and whether the page is wider than
the screen.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from clusterdash.domain import Audience
from clusterdash.editions import build
from clusterdash.i18n import LANGUAGES
from clusterdash.site_map import PAGES
from tests.support.browser import CHROMIUM, QUIET, run_has_ended, serve

SIZES = ((360, 740), (768, 1024), (1280, 800))
SCHEMES = ("light", "dark")
DOORS = {Audience.CLUSTER: 0, Audience.STAFF: 1}
ROOT = Path(__file__).parent.parent
README = {"benchmark": (1280, 800), "labels": (1280, 800)}
LONGEST = 6000
"""The height, in pixels, at which a picture of a whole page ends."""


def opened(page: Page, address: str, name: str, audience: Audience, language: str) -> None:
    """Open a page as a visitor; the demonstration asks once who that is."""
    query = "id=de-hamburg-aviation-e-v&" if name == "cluster" else ""
    page.goto(f"{address}/{'' if name == 'home' else name}?{query}lang={language}")
    run_has_ended(page)
    if audience in DOORS:
        page.get_by_test_id("stMain").get_by_test_id("stButton").nth(DOORS[audience]).click()
        page.locator(".st-key-viewer").get_by_role("button").wait_for()
    run_has_ended(page)
    page.wait_for_load_state("networkidle")


def take_all(browser: Browser, address: str, folder: Path) -> None:
    """Every page on the first screen and whole."""
    for (width, height), scheme, language in product(SIZES, SCHEMES, LANGUAGES):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        for shown in PAGES:
            page = context.new_page()
            opened(page, address, shown.name, shown.audience, language)
            stem = folder / f"{shown.name}-{width}-{language}-{scheme}"
            page.screenshot(path=f"{stem}.png")
            main = page.get_by_test_id("stMain")
            wide, high = main.evaluate("main => [main.scrollWidth - main.clientWidth, main.scrollHeight]")
            page.set_viewport_size({"width": width, "height": min(high, LONGEST)})
            page.screenshot(path=f"{stem}-whole.png")
            print(f"{stem.name:<40}{high:6} px{'   wider than the screen' if wide > 0 else ''}")
            page.close()
        context.close()


def take_readme(browser: Browser, address: str) -> None:
    """The pictures of the README, in English and light."""
    for shown in PAGES:
        if shown.name in README:
            width, height = README[shown.name]
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
            opened(page, address, shown.name, shown.audience, "en")
            page.screenshot(path=ROOT / "docs" / "pictures" / f"{shown.name}.png")
            page.close()


def main() -> None:
    """Build the demonstration, serve it, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", action="store_true", help="take those of the README instead")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        build.build_demonstration(Path(data), datetime.now(UTC), lambda *_: None)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        with serve(Path(data)) as address:
            if asked.readme:
                take_readme(browser, address)
            else:
                take_all(browser, address, asked.folder)


if __name__ == "__main__":
    main()
