"""How long it takes from leaving a field of an answer sheet until "Saved" is on the screen, and what travels for it.

Run it with `.venv/bin/python -m bench.answer_sheet`; with `CLUSTERDASH_DATABASE` set to an empty database it runs
against that one. One browser measures; the others speak with the server as a page does, each in a case of their own:
they leave a field every five seconds on average, and look for changes of others as often as a page. Goals: 95 % within
300 ms for one person, and within 500 ms for 50.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.answer_sheet import PreparedCase, Server, box, grant_managers, prepare_case, sheet_is_shown
from tests.support.browser import CHROMIUM, QUIET

from .installation import SESSION_COOKIE, build_data, sign_in
from .load import CLOCK_TICKS, percentile
from .sheet_visitor import SheetVisitor

LEAVE = """async ([field, state]) => {
  const typed = document.getElementById(field), shown = document.querySelector(state), left = performance.now();
  if (shown.textContent === "Saved") throw new Error("it is said to be saved before the field is left");
  typed.blur();
  while (shown.textContent !== "Saved") await new Promise(drawn => requestAnimationFrame(drawn));
  return performance.now() - left;
}"""
BLOCK, CODES = "structure", [f"S{number}" for number in range(1, 7)]
PAUSE_S = 5.0


def main() -> None:
    """Type, leave, wait; print the quantiles of each run, and the medians of the runs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--people", type=int, nargs="+", default=[1, 50])
    parser.add_argument("--rounds", type=int, default=5, help="of twelve fields each")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    clusters = [f"demo-{number:04}" for number in range(1, max(asked.people) + 1)]
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        build_data(data, clusters=max(24, len(clusters)), years=1)
        world, server = grant_managers(data, clusters), Server(data)
        server.start()
        try:
            print(HEADER)
            cases = [prepare_case(world, server.address, cluster) for cluster in clusters]
            for trial, people in enumerate(asked.people):
                turns = range(trial * asked.runs, (trial + 1) * asked.runs)
                found = [run(server, cases[:people], asked.rounds * turn, asked.rounds) for turn in turns]
                middle, p95 = (statistics.median(one) for one in zip(*found, strict=True))
                print(
                    f"{people:6d}  median of {asked.runs} runs: {middle:.0f} ms, 95 % within {p95:.0f} ms", flush=True
                )
        finally:
            server.stop()


HEADER = (
    f"{'people':>6}{'fields':>8}{'median':>10}{'p95':>10}{'longest':>10}{'others: fields':>16}{'median':>10}{'p95':>10}"
    f"{'bytes a field':>15}{'CPU of server':>15}{'load':>7}"
)


def run(server: Server, cases: Sequence[PreparedCase], first: int, rounds: int) -> tuple[float, float]:
    """Measure once and print a line; returns the median and the 95 % quantile of the browser in ms."""
    with others(cases[1:]) as waits_of_others:
        start, used = time.monotonic(), processor_seconds(server)
        waits, sizes = measure(cases[0], first, rounds)
        share = (processor_seconds(server) - used) / (time.monotonic() - start)
    also = [1000 * wait for wait in waits_of_others]
    line = f"{len(cases):6d}{len(waits):8d}{quantiles(waits)}{max(waits):7.0f} ms"
    line += f"{len(also):16d}{quantiles(also)}" if also else f"{0:16d}{'–':>10}{'–':>10}"
    print(f"{line}{statistics.median(sizes):15,.0f}{100 * share:13.0f} %{os.getloadavg()[0]:7.1f}", flush=True)
    return percentile(waits, 0.5), percentile(waits, 0.95)


def quantiles(waits: Sequence[float]) -> str:
    """Two columns: the middle, and what 95 % are below."""
    return "".join(f"{percentile(waits, share):7.0f} ms" for share in (0.5, 0.95))


def processor_seconds(server: Server) -> float:
    """The processor time that the server has used, user and system."""
    parts = Path(f"/proc/{server.processes[-1]}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / CLOCK_TICKS


def measure(case: PreparedCase, first: int, rounds: int) -> tuple[list[float], list[int]]:
    """Fill in value and note of six questions again and again: milliseconds and bytes received a field."""
    waits, sizes, received = [], [], [0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = case.sign_in(browser).new_page()
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
        page.goto(f"{case.address}/preparation?case={case.case_id}&lang=en&block={BLOCK}")
        sheet_is_shown(page)
        for turn in range(first, first + rounds):
            for code in CODES:
                for name, text in (("value", str(turn + 1)), ("note", f"The board met {turn} times this year.")):
                    received.clear()
                    waits.append(leave(page, code, name, text))
                    sizes.append(sum(received))
        browser.close()
    stored = case.stored()
    assert {stored[code, "value"].value for code in CODES} == {str(first + rounds)}
    return waits, sizes


def leave(page: Page, code: str, name: str, text: str) -> float:
    """Fill in a field and leave it: milliseconds until it is said to be saved."""
    box(page, code, name).fill(text)
    found: float = page.evaluate(LEAVE, [f"field-{code}-{name}", f"[id='question-{code}'] [role=status]"])
    return found


@contextmanager
def others(cases: Sequence[PreparedCase]) -> Iterator[list[float]]:
    """Let other people type meanwhile; the seconds until each of their fields was acknowledged.

    Raises what went wrong with one of them.
    """
    waits: list[float] = []
    if not cases:
        yield waits
        return
    ended, ready, failed = threading.Event(), threading.Barrier(2, timeout=300), []

    async def all_of_them() -> None:
        opened = asyncio.Barrier(len(cases) + 1)
        typing = [asyncio.create_task(type_on(case, opened, ended, waits)) for case in cases]
        begun = asyncio.create_task(opened.wait())
        await asyncio.wait([begun, *typing], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(ready.wait)
        await asyncio.gather(*typing)

    def run_them() -> None:
        try:
            asyncio.run(all_of_them())
        except Exception as error:
            failed.append(error)

    people = threading.Thread(target=run_them)
    people.start()
    ready.wait()
    waits.clear()
    try:
        yield waits
    finally:
        ended.set()
        people.join()
    if failed:
        raise failed[0]


async def type_on(case: PreparedCase, opened: asyncio.Barrier, ended: threading.Event, waits: list[float]) -> None:
    """Somebody who types into a case until all has ended."""
    draw = random.Random(case.case_id)
    stored = {key: answer.version for key, answer in case.stored().items()}
    async with SheetVisitor(case.address, {SESSION_COOKIE: sign_in(case.address, case.cluster)}) as visitor:
        await visitor.show(case.case_id, BLOCK)
        await opened.wait()
        while not ended.is_set():
            await asyncio.sleep(draw.expovariate(1 / PAUSE_S))
            code, name = draw.choice(CODES), draw.choice(("value", "note"))
            text = f"{draw.randrange(10**6)}"
            stored[code, name], wait = await visitor.save(code, name, text, stored.get((code, name), 0))
            waits.append(wait)


if __name__ == "__main__":
    main()
