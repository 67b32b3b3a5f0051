"""Every page on a phone, enlarged, without motion, in both colour schemes, and on paper."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import (
    MANAGER,
    STAFF,
    enter,
    needs_chromium,
    open_every_page,
    run_has_ended,
    show_scheme,
    wait_until,
)

pytestmark = [needs_chromium, pytest.mark.slow]
WINDOW = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
ENLARGED = {"width": 640, "height": 400}
"""What a window of 1280 x 800 shows at 200 %."""
SHEET = {"width": 718, "height": 1047}
"""A4 in CSS pixels, without margins of 10 mm."""
UPSTREAM = {
    "stHeaderActionElements": "the link beside a heading, which appears under a mouse",
    "stTooltipIcon": "the question mark beside a label; the label itself names the field",
    "stDateInput": "the parts of a date, which are typed; the calendar beside them is large",
    "stMultiSelect": "what opens the list, as the whole field does, and removes an entry, as the list and Backspace do",
}
"""What of Streamlit's own may be smaller than a finger, by test id, and why."""

STYLED = "() => getComputedStyle(document.documentElement).getPropertyValue('--clusterdash-ink') !== ''"
"""The style sheet arrives with the page's other parts, sometimes after the title."""
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
DRAWN = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
"""The page is laid out for another size, or for paper, with the next frame."""
SHOWN = """
  const shown = part => { const box = part.getBoundingClientRect();
    const kinds = {opacityProperty: true, visibilityProperty: true};
    return box.width > 1 && box.height > 1 && part.checkVisibility(kinds); };
  const named = part => `${part.tagName.toLowerCase()}.${part.closest("[data-testid]")?.dataset.testid} `
    + `"${(part.innerText || part.ariaLabel || part.title || "").trim().slice(0, 40)}"`;
"""
TARGETS = (
    "upstream => {"
    + SHOWN
    + """
  const inline = link => { const around = link.parentElement.closest("p, li, td, th, dd, caption, div");
    return around.innerText.trim().length > link.innerText.trim().length + 1; };
  const kinds = "button, select, summary, a[href], [role=button], [role=tab], input[type=checkbox], input[type=radio]";
  const small = [], targets = [...document.querySelectorAll(kinds)]
    .filter(part => !upstream.some(id => part.closest(`[data-testid=${id}]`)))
    .map(part => part.matches("input") ? part.closest("label") || part : part).filter(shown);
  const boxes = targets.map(part => part.getBoundingClientRect());
  const alone = place => { const box = boxes[place], x = box.x + box.width / 2, y = box.y + box.height / 2;
    return boxes.every((other, at) => at === place || targets[at].contains(targets[place]) ||
      Math.hypot(Math.max(other.left - x, 0, x - other.right), Math.max(other.top - y, 0, y - other.bottom)) >= 12); };
  targets.forEach((part, place) => {
    const box = boxes[place];
    if (box.width >= 23.9 && box.height >= 23.9) return;
    if (part.matches("a") && (inline(part) || alone(place))) return;
    small.push(`${named(part)} ${box.width.toFixed(0)} x ${box.height.toFixed(0)}`);
  });
  return small; }"""
)
"""Targets smaller than 24 x 24 (WCAG 2.2, 2.5.8); a link may be lower if it is in a sentence or nothing is near it."""
WIDER = (
    "_ => {"
    + SHOWN
    + """
  const main = document.querySelector("[data-testid=stMain]"), wide = [];
  const scrolls = part => { for (let at = part.parentElement; at && at !== main; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== "visible") return true; return false; };
  for (const part of main.querySelectorAll("*"))
    if (shown(part) && part.getBoundingClientRect().right > innerWidth + 1 && !scrolls(part)) wide.push(named(part));
  if (main.scrollWidth > main.clientWidth) wide.push(`the page by ${main.scrollWidth - main.clientWidth} px`);
  const title = document.querySelector("h1"), box = title && title.getBoundingClientRect();
  if (!box || !shown(title) || box.top < 0 || box.top + 30 > innerHeight) wide.push("the title is not on the screen");
  return wide; }"""
)
MOTION = """() => {
  const seconds = value => Math.max(...value.split(",").map(one => parseFloat(one) * (one.includes("ms") ? 1e-3 : 1)));
  const moving = new Set();
  for (const part of document.querySelectorAll("body *")) for (const pseudo of [null, "::before", "::after"]) {
    const style = getComputedStyle(part, pseudo);
    if (pseudo && style.content === "none") continue;
    const lasts = style.animationName === "none" ? 0 : seconds(style.animationDuration);
    if (Math.max(lasts, seconds(style.transitionDuration)) > 0.01)
      moving.add(`${part.tagName.toLowerCase()}${pseudo || ""} in ${part.closest("[data-testid]")?.dataset.testid}`);
  }
  return [...moving]; }"""
CONTRAST = (
    "() => {"
    + SHOWN
    + """
  const app = document.querySelector("[data-testid=stApp]");
  if (app.dataset.testScriptState !== "notRunning" || document.querySelector("[data-stale=true]")) return null;
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const colour = (value, under) => { canvas.globalAlpha = 1; canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.globalAlpha = value.alpha ?? 1; canvas.fillStyle = value.colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
  const light = rgb => { const [r, g, b] = rgb.map(one => one / 255)
      .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const pale = [];
  const small = "[data-testid=stCaptionContainer] :is(p, li, a, strong), "
    + "[data-testid=stHtml] :is(caption, figcaption, thead th, small, span)";
  for (const part of document.querySelectorAll(small)) {
    const own = [...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !shown(part) || getComputedStyle(part).backgroundImage !== "none") continue;
    const chain = []; let alpha = 1;
    for (let at = part; at; at = at.parentElement) { chain.unshift(getComputedStyle(at)); alpha *= chain[0].opacity; }
    let under = "rgb(255, 255, 255)";
    for (const style of chain) under = `rgb(${colour({colour: style.backgroundColor}, under)})`;
    const text = light(colour({colour: getComputedStyle(part).color, alpha}, under));
    const ground = light(colour({colour: under}, under));
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (ratio < 4.5) pale.push(`${named(part)} ${ratio.toFixed(2)}`);
  }
  return pale; }"""
)
"""Small texts below 4.5 : 1 (WCAG 2.2, 1.4.3); nothing while Streamlit runs the page, which fades what it replaces."""


@pytest.fixture
def screen(browser: Browser) -> Iterator[Page]:
    """A tab of a device that has a touch screen."""
    context = browser.new_context(viewport=WINDOW, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def pale(page: Page) -> list[str]:
    """What is too pale once the page stands still: another colour scheme makes Streamlit run it again."""
    end = time.monotonic() + 30
    while (found := page.evaluate(CONTRAST)) is None:
        assert time.monotonic() < end, "the page never stands still"
        page.wait_for_timeout(20)
    return list(found)


def settled(page: Page, script: str, arg: object = None) -> list[str]:
    """What is wrong with a page that is laid out anew: parts of it follow a frame or more later."""
    end = time.monotonic() + 4
    while (found := page.evaluate(script, arg)) and time.monotonic() < end:
        page.wait_for_timeout(200)
    return list(found)


def check(page: Page, wrong: dict[str, list[str]]) -> None:
    """Look at the page that is open in each way, and note what is wrong."""

    def note(kind: str, found: list[str]) -> None:
        if found:
            wrong.setdefault(kind, []).extend(f"{page.url.split('/', 3)[3]}: {one}" for one in found)

    wait_until(page, STYLED)
    note("moves", settled(page, MOTION))
    for scheme in SCHEMES:
        show_scheme(page, scheme)
        note(f"pale, {scheme}", pale(page))
    for kind, size, script in (("too small for a finger", PHONE, TARGETS), ("enlarged", ENLARGED, WIDER)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate(DRAWN)
        page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
        note(kind, settled(page, script, list(UPSTREAM)))
    page.set_viewport_size(WINDOW)  # type: ignore[arg-type]
    run_has_ended(page)


def test_every_page_fits_a_finger_an_enlarged_window_still_eyes_and_pale_screens(screen: Page, address: str) -> None:
    """Staff may open all pages; that of a labelled cluster is not in the navigation."""
    wrong: dict[str, list[str]] = {}
    screen.goto(f"{address}/cluster?id=de-hamburg-aviation-e-v&lang=fr")
    run_has_ended(screen)
    check(screen, wrong)
    enter(screen, address, STAFF)
    for _ in open_every_page(screen):
        check(screen, wrong)
    assert wrong == {}


def test_what_is_too_small_too_wide_moving_or_pale_is_found(screen: Page, address: str) -> None:
    screen.goto(f"{address}/method?lang=en")
    run_has_ended(screen)
    wrong: dict[str, list[str]] = {}
    check(screen, wrong)
    assert wrong == {}
    screen.evaluate(
        """() => {
          const main = document.querySelector("[data-testid=stMainBlockContainer]");
          main.insertAdjacentHTML("beforeend", '<button style="width:20px;height:20px;padding:0">x</button>'
            + '<div style="width:700px;height:9px"></div><i style="transition:opacity 1s !important">i</i>'
            + '<div data-testid="stCaptionContainer"><p style="color:#999!important">pale</p></div>');
        }"""
    )
    check(screen, wrong)
    assert set(wrong) == {"moves", "pale, light", "too small for a finger", "enlarged"}


CONTROLS = (
    "[data-testid=stHeader], [data-testid=stSidebar], .st-key-header, .st-key-demonstration, .st-key-sub-navigation, "
    ".st-key-footer, [data-testid=stMain] :is(button, input, select, textarea, [role=radio], [data-testid=stPageLink])"
)


def test_results_on_paper_are_the_radar_and_the_lists_without_controls(screen: Page, address: str) -> None:
    enter(screen, address, MANAGER)
    lists = screen.locator("[data-testid=stHtml]:has(a[href*='dictionary?'])")
    expect(lists.nth(1)).to_be_visible()
    screen.set_viewport_size(SHEET)  # type: ignore[arg-type]
    screen.emulate_media(media="print", color_scheme="light")
    screen.evaluate(DRAWN)
    assert [
        part.evaluate(f"part => {{ {SHOWN} return named(part); }}")
        for part in screen.locator(CONTROLS).all()
        if part.is_visible()
    ] == []
    radar = screen.locator(".radar").bounding_box()
    assert radar
    assert radar["x"] >= 0
    assert radar["x"] + radar["width"] <= SHEET["width"]
    assert radar["y"] >= 0
    assert radar["y"] + radar["height"] <= SHEET["height"], "whole, on the first sheet"
    assert radar["height"] >= 400
    for place in range(lists.count()):
        assert lists.nth(place).is_visible()
