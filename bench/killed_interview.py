"""The server is killed at random moments while an interview is typed: is all there that it had acknowledged?

A browser types into fields without waiting for anything, and the server is started again each time. What was sent and
what was acknowledged is read from the browser's connections. Prints the counts. Run it with
`.venv/bin/python -m bench.killed_interview`; with `CLUSTERDASH_DATABASE` set to an empty database it runs against that.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from playwright.sync_api import Page, WebSocket, sync_playwright
from sqlalchemy import select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from clusterdash.cases import answering, steps
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import Sheet
from clusterdash.operational_database import case_answers, case_trail
from clusterdash.operational_database.engine import reading
from clusterdash.operational_database.tables import CASE_CHANGE, CASE_TEXT
from tests.support.answer_sheet import Server, box, grant_managers, prepare_case, sheet_is_shown
from tests.support.browser import CHROMIUM, QUIET, wait_until
from tests.support.cases import INTERVIEWER, World, published_grid

from .installation import SESSION_COOKIE, build_data, manager_of, session_cookie
from .sheet_visitor import COMPONENT

CLUSTER, BLOCK = "demo-0001", "structure"
NOTHING_KEPT = "() => !Object.keys(localStorage).some(name => name.startsWith('clusterdash-draft:'))"
FIELDS = [(f"S{number}", name) for number in range(1, 7) for name in ("value", "note")]


@dataclass
class Wire:
    """What went over the connections of a browser."""

    sent: dict[str, SentChange] = field(default_factory=dict)
    """The changes by their ids."""
    connections: dict[str, set[int]] = field(default_factory=dict)
    """By change, the connections over which it was sent."""
    acknowledged: dict[str, int] = field(default_factory=dict)
    """By change, the version that the server has named."""
    opened: int = 0

    def listen(self, socket: WebSocket) -> None:
        """Read what goes over a connection."""
        self.opened += 1
        number = self.opened
        socket.on("framesent", lambda frame: self._read_sent(_bytes(frame), number))
        socket.on("framereceived", lambda frame: self._read_received(_bytes(frame)))

    def _read_sent(self, frame: bytes, connection: int) -> None:
        for widget in BackMsg.FromString(frame).rerun_script.widget_states.widgets:
            for event in json.loads(widget.json_trigger_value or "[]"):
                for change in event["value"] if event["event"] == "changes" else ():
                    self.sent[change["change_id"]] = SentChange(**change)
                    self.connections.setdefault(change["change_id"], set()).add(connection)

    def _read_received(self, frame: bytes) -> None:
        component = ForwardMsg.FromString(frame).delta.new_element.bidi_component
        if component.component_name == COMPONENT:
            self.acknowledged |= json.loads(component.json)["versions"]


def _bytes(frame: bytes | str) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def main() -> None:
    """Type, kill, start, compare, count."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        build_data(data, clusters=24, years=1)
        world, server = grant_managers(data, [CLUSTER]), Server(data)
        server.start()
        try:
            case_id, wire = begin_interview(world, server.address), Wire()
            typed = type_through(server, case_id, wire, asked.kills, random.Random(asked.seed))
        finally:
            server.stop()
        again = sum(len(over) > 1 for over in wire.connections.values())
        print(f"killed {asked.kills} times, {typed.number} texts typed, {len(wire.sent)} changes sent")
        print(f"acknowledged {len(wire.acknowledged)}, of which sent again over another connection {again}")
        for name, found in compare(data, case_id, wire, typed).items():
            print(f"{name}: {len(found)} {found[:3] or ''}")


def begin_interview(world: World, address: str) -> str:
    """A case whose interview can begin; its id."""
    case_id = prepare_case(world, address, CLUSTER).case_id
    opened = world.open(manager_of(CLUSTER), case_id)
    grid = published_grid(world.data)
    answering.save(opened, grid, Sheet.PREPARATION, [SentChange("first", FIELDS[0][0], "value", "7", 0)])
    steps.hand_in(opened, grid)
    return case_id


@dataclass
class Typed:
    """The texts typed: how many, and the last one of each field."""

    number: int = 0
    last: dict[tuple[str, str], str] = field(default_factory=dict)


def type_through(server: Server, case_id: str, wire: Wire, kills: int, draw: random.Random) -> Typed:
    """Type until the server was killed so many times, and until the browser keeps nothing more."""
    typed, killer = Typed(), threading.Thread(target=kill_often, args=(server, wire, kills, draw))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        cookie = {"name": SESSION_COOKIE, "value": session_cookie(server.address, INTERVIEWER), "url": server.address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.on("websocket", wire.listen)
        page.goto(f"{server.address}/interview?case={case_id}&lang=en&block={BLOCK}")
        sheet_is_shown(page)
        killer.start()
        for question, name in fields_while(killer):
            typed.number += 1
            typed.last[question, name] = f"{typed.number}"
            type_text(page, question, name, f"{typed.number}", draw)
        page.evaluate("document.activeElement.blur()")
        wait_until(page, NOTHING_KEPT, seconds=120)
        shown = {key: box(page, *key).input_value() for key in typed.last}
        assert shown == typed.last
        browser.close()
    return typed


def kill_often(server: Server, wire: Wire, kills: int, draw: random.Random) -> None:
    """Kill the server at random moments, and start it again: amid saving, or before all was saved since the start."""
    for number in range(kills):
        before = len(wire.acknowledged)
        until = time.monotonic() + 30 * (number % 4 > 0)
        while len(wire.acknowledged) == before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 2))  # the moment is meant to be random
        server.kill()
        server.start()


def fields_while(killer: threading.Thread) -> Iterator[tuple[str, str]]:
    """The fields, one after the other, for as long as the server is killed."""
    for found in cycle(FIELDS):
        if not killer.is_alive():
            return
        yield found


def type_text(page: Page, question: str, name: str, text: str, draw: random.Random) -> None:
    """Enter a text, and go on at once or a little later, to another field or not."""
    box(page, question, name).fill(text)
    if draw.random() < 0.8:
        box(page, question, name).blur()
    page.wait_for_timeout(draw.uniform(0, 100))


def compare(data: Path, case_id: str, wire: Wire, typed: Typed) -> dict[str, list[str]]:
    """What is wrong with what is stored: nothing, if all lists are empty."""
    change, texts = CASE_CHANGE.c, CASE_TEXT.c
    joined = CASE_CHANGE.join(CASE_TEXT, texts.sequence == change.sequence)
    mine = (change.case_id == case_id) & (change.sheet == Sheet.INTERVIEW.value) & (change.action == "save")
    with reading(data) as connection:
        assert connection
        lines = connection.execute(select(CASE_CHANGE, CASE_TEXT).select_from(joined).where(mine)).all()
        stored = case_answers.read(connection, case_id, Sheet.INTERVIEW)
    made = {line.change_id: (line.question, line.field, line.after, line.version) for line in lines}
    expected = {
        name: (wire.sent[name].question, wire.sent[name].field, wire.sent[name].value, version)
        for name, version in wire.acknowledged.items()
    }
    versions, ids = sum(one.version for one in stored.values()), [line.change_id for line in lines]
    return {
        "acknowledged, but not in the trail as sent": [name for name in expected if made.get(name) != expected[name]],
        "typed last, but not stored": [
            f"{question} {name}"
            for (question, name), text in typed.last.items()
            if (question, name) not in stored or stored[question, name].value != text
        ],
        "changes made twice": [name for name in made if ids.count(name) > 1],
        "versions without a line of the trail": [f"{versions} {len(lines)}"] if versions != len(lines) else [],
        "in the trail, but never sent": [name for name in made if name not in wire.sent],
        "faults of the trail": [f"line {fault.number}" for fault in case_trail.verify(data)],
    }


if __name__ == "__main__":
    main()
