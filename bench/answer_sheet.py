"""How long it takes from leaving a field of an answer sheet until "Saved" is on the screen, and what travels for it.

Run it with `.venv/bin/python -m bench.answer_sheet`; with `CLUSTERDASH_DATABASE` set to an empty database it runs
against that one. `--people 10` lets as many people type at once, each in a case of their own: all browsers run on the
same machine, and count.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.answer_sheet import PreparedCase, Server, box, grant_managers, prepare_case
from tests.support.browser import CHROMIUM, QUIET

from .installation import build_data

LEAVE = """async ([field, state]) => {
  const typed = document.getElementById(field), shown = document.querySelector(state), left = performance.now();
  typed.blur();
  while (shown.textContent !== "Saved") await new Promise(drawn => requestAnimationFrame(drawn));
  return performance.now() - left;
}"""
CODES = [f"S{number}" for number in range(1, 7)]


def main() -> None:
    """Type, leave, wait; print the quantiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10, help="of twelve fields each")
    asked = parser.parse_args()
    clusters = [f"demo-{number:04}" for number in range(1, asked.people + 1)]
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        build_data(data, clusters=max(24, asked.people), years=1)
        world, server = grant_managers(data, clusters), Server(data)
        server.start()
        try:
            cases = [prepare_case(world, server.address, cluster) for cluster in clusters]
            with ThreadPoolExecutor(asked.people) as people:
                found = list(people.map(lambda case: measure(case, asked.rounds), cases))
        finally:
            server.stop()
    waits = sorted(wait for one, _ in found for wait in one)
    print(f"{asked.people} people, {len(waits)} fields: until “Saved” {quantiles(waits)}")
    print(
        f"received a question, two fields: {statistics.median(size for _, sizes in found for size in sizes):,.0f} bytes"
    )


def measure(case: PreparedCase, rounds: int) -> tuple[list[float], list[int]]:
    """Fill in value and note of six questions again and again: milliseconds a field, bytes received a question."""
    waits, sizes, received = [], [], [0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = case.sign_in(browser)
        page = context.new_page()
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
        case.show(page)
        for turn in range(rounds):
            for code in CODES:
                received.clear()
                for name, text in (("value", str(turn + 1)), ("note", f"The board met {turn} times this year.")):
                    box(page, code, name).fill(text)
                    waits.append(
                        page.evaluate(LEAVE, [f"field-{code}-{name}", f"[id='question-{code}'] [role=status]"])
                    )
                sizes.append(sum(received))
        stored = case.stored()
        assert {stored[code, "value"].value for code in CODES} == {str(rounds)}
        browser.close()
    return waits, sizes


def quantiles(waits: list[float]) -> str:
    """The middle, what 95 % are below, and the longest."""
    return ", ".join(
        f"{name} {waits[min(len(waits) - 1, int(share * len(waits)))]:.0f} ms"
        for name, share in (("median", 0.5), ("95 % below", 0.95), ("longest", 1))
    )


if __name__ == "__main__":
    main()
