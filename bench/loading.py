"""From navigation to content in Chromium, beside an empty Streamlit page and the pages of `bench/peers`, in one run.

Cold is a browser that holds nothing yet, warm one that has opened the page before. Pages take turns, so that what else
the machine does falls on all of them. Prints medians, and what each is of the empty page's.
Run it with `make bench`, or `python -m bench.loading [--megabits N]` for a slower line.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.support.browser import CHROMIUM, QUIET, serve

from .installation import SESSION_COOKIE, STAFF, build_data, secrets, sign_in, write_streamlit_app
from .peers import serve_dash_peer, serve_streamlit_peer

ROUNDS = 7
LATENCY_MS = 40
"""Of a slower line, there and back."""
CLUSTER = "demo-0001"
EMPTY, PLAIN, DASH = "empty", "benchmark, plain Streamlit", "benchmark, Dash"


@dataclass(frozen=True)
class Subject:
    """A page, and what must be visible for it to count as there: selectors, those of a frame after its own."""

    path: str
    content: tuple[str, ...]
    frame: str = ""
    visitor: str = CLUSTER


SUBJECTS = {
    EMPTY: Subject("", ("[data-testid=stMarkdown] p",)),
    "home": Subject("?lang=fr", ("h1", ".europe-map", "input")),
    "labels, marks drawn": Subject("labels?lang=fr", (".leaflet-marker-icon",), ".st-key-labels-map iframe"),
    "benchmark, lists and radar": Subject(
        f"benchmark?lang=fr&cluster={CLUSTER}", (".verdict", ".radar", "[data-testid=stMain] :is(ul, ol) li")
    ),
    "sectors, heat table": Subject("sectors?lang=fr", (".verdict", "table.heat td"), visitor=STAFF),
    PLAIN: Subject(f"?cluster={CLUSTER}", (".js-plotly-plot .polar", "[data-testid=stMain] ul li")),
    DASH: Subject(f"?cluster={CLUSTER}", (".js-plotly-plot .polar", "ul li")),
}


@dataclass(frozen=True)
class Visit:
    """Seconds until the content is visible, and bytes that came over the line."""

    seconds: float
    bytes: int


def signed_in(browser: Browser, address: str, visitor: str) -> BrowserContext:
    """A browser that holds nothing but the sign-in of a visitor: the manager of a cluster, or `STAFF`."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": SESSION_COOKIE, "value": sign_in(address, visitor), "url": address}])
    return context


def visit(context: BrowserContext, address: str, subject: Subject, megabits: float | None) -> Visit:
    """Open a page in a new tab, and wait until its content is visible."""
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    if megabits:
        speed = megabits * 1e6 / 8
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY_MS, "downloadThroughput": speed, "uploadThroughput": speed},
        )
    come: list[int] = []
    line.on("Network.loadingFinished", lambda told: come.append(int(told["encodedDataLength"])))
    line.on("Network.webSocketFrameReceived", lambda told: come.append(len(told["response"]["payloadData"]) * 3 // 4))
    start = time.perf_counter()
    page.goto(f"{address}/{subject.path}", wait_until="commit")
    place = page.frame_locator(subject.frame) if subject.frame else page
    for selector in subject.content:
        place.locator(selector).first.wait_for()
    seconds = time.perf_counter() - start
    page.wait_for_timeout(300)  # what is still on its way counts as bytes, not as time
    page.close()
    return Visit(seconds, sum(come))


def measure(
    browser: Browser, addresses: Mapping[str, str], megabits: float | None, rounds: int
) -> dict[str, dict[str, list[Visit]]]:
    """Each subject with an address, cold and warm in turn; the first round warms the servers up and is not counted."""
    found: dict[str, dict[str, list[Visit]]] = defaultdict(lambda: {"cold": [], "warm": []})
    for turn in range(rounds + 1):
        for name in addresses:
            subject = SUBJECTS[name]
            context = signed_in(browser, addresses[name], subject.visitor)
            for state in ("cold", "warm"):
                one = visit(context, addresses[name], subject, megabits)
                if turn:
                    found[name][state].append(one)
            context.close()
    return found


def table(found: Mapping[str, Mapping[str, list[Visit]]]) -> list[str]:
    """The medians, one line for each page."""

    def middle(name: str, state: str) -> tuple[float, float]:
        visits = found[name][state]
        return statistics.median(one.seconds for one in visits), statistics.median(one.bytes for one in visits)

    (cold_empty, bytes_empty), (warm_empty, _) = middle(EMPTY, "cold"), middle(EMPTY, "warm")
    lines = [f"{'page':<30}{'cold':>9}{'ratio':>7}{'warm':>9}{'ratio':>7}{'bytes cold':>13}{'ratio':>7}"]
    for name in found:
        (cold, size), (warm, _) = middle(name, "cold"), middle(name, "warm")
        lines.append(
            f"{name:<30}{1000 * cold:6.0f} ms{cold / cold_empty:7.2f}{1000 * warm:6.0f} ms{warm / warm_empty:7.2f}"
            f"{size / 1000:10.0f} kB{size / bytes_empty:7.2f}"
        )
    return lines


def main() -> None:
    """Build the demonstration, serve it and an empty page, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--megabits", type=float, help="of the line; without it, as fast as this machine")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--clusters", type=int, default=1300)
    parser.add_argument("--pages", nargs="+", choices=SUBJECTS, default=list(SUBJECTS), help="beside the empty one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        data, bare = Path(place, "data"), Path(place, "bare")
        build_data(data, asked.clusters)
        write_streamlit_app(bare, "import streamlit as st\nst.write('empty')\n")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        peers = {
            EMPTY: lambda: serve(bare, root=bare),
            PLAIN: lambda: serve_streamlit_peer(data),
            DASH: lambda: serve_dash_peer(data),
        }
        with ExitStack() as stack:
            ours = stack.enter_context(serve(data, secrets))
            addresses = {
                name: stack.enter_context(peers[name]()) if name in peers else ours
                for name in dict.fromkeys([EMPTY, *asked.pages])
            }
            print("\n".join(table(measure(browser, addresses, asked.megabits, asked.rounds))))
        browser.close()


if __name__ == "__main__":
    main()
