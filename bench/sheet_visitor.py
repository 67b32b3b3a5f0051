"""A visitor without a browser who types into the preparation of a case, with the messages of the answer sheet.

As the page does, it looks every few seconds whether somebody else has changed something.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from secrets import token_hex
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from clusterdash.domain.answer_sheet import SentChange

from .streamlit_client import LONGEST_S, Visitor

COMPONENT = "clusterdash_answer_sheet"
SHOWN = ""


class SheetVisitor(Visitor):
    """One session on the preparation. Used as a context manager, and within it `show` before `save`."""

    def __init__(self, address: str, cookies: dict[str, str]) -> None:
        """`cookies`: of who is signed in."""
        super().__init__(address, "preparation", cookies)
        self._query, self._script = "", ""
        self._events, self._fragment = "", ""
        self._awaited: dict[str, asyncio.Future[int]] = {}
        """The version of each change that was sent; of the sheet itself, 0 once it is shown."""
        self._tasks: list[asyncio.Task[None]] = []

    async def __aexit__(self, *error: object) -> None:
        """Leave the page; what is not acknowledged then is not waited for."""
        for task in self._tasks:
            task.cancel()
        await super().__aexit__(*error)

    async def show(self, case_id: str, block: str) -> None:
        """Open a block of a case's preparation, and wait until its fields are there."""
        self._query = f"case={case_id}&lang=en&block={block}"
        self._tasks.append(asyncio.create_task(self._receive()))
        shown = self._awaited[SHOWN] = asyncio.get_running_loop().create_future()
        await self._run()
        await asyncio.wait_for(shown, LONGEST_S)

    async def save(self, question: str, field: str, value: str, base: int) -> tuple[int, float]:
        """Save a field; returns its version, and the seconds until the server had acknowledged it."""
        change, start = SentChange(token_hex(12), question, field, value, base), time.perf_counter()
        (version,) = await self.send([change])
        return version, time.perf_counter() - start

    async def send(self, changes: Sequence[SentChange]) -> list[int]:
        """Send changes, and wait for their versions. Raises ConnectionClosed if the server is gone before."""
        create = asyncio.get_running_loop().create_future
        answers = [self._awaited.setdefault(change.change_id, create()) for change in changes]
        event = json.dumps([{"event": "changes", "value": [asdict(change) for change in changes]}])
        await self._run(self._fragment, event)
        return await asyncio.wait_for(asyncio.gather(*answers), LONGEST_S)

    async def _run(self, fragment: str = "", event: str = "", *, automatic: bool = False) -> None:
        asked = BackMsg()
        asked.rerun_script.query_string = self._query
        asked.rerun_script.page_name = "" if self._script else self._page
        asked.rerun_script.page_script_hash = self._script
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.is_auto_rerun = automatic
        if event:
            asked.rerun_script.widget_states.widgets.add(id=self._events, json_trigger_value=event)
        await self._connection.send(asked.SerializeToString())

    async def _receive(self) -> None:
        try:
            while True:
                self._read(ForwardMsg.FromString(await self._connection.recv(decode=False)))
        except (ConnectionClosed, AssertionError) as error:
            for answer in self._awaited.values():
                if not answer.done():
                    answer.set_exception(error)

    def _read(self, received: ForwardMsg) -> None:
        kind = received.WhichOneof("type")
        if kind == "navigation":
            self._script = received.navigation.page_script_hash
        elif kind == "auto_rerun":
            repeated = received.auto_rerun
            self._tasks.append(asyncio.create_task(self._repeat(repeated.fragment_id, repeated.interval)))
        elif kind == "script_finished":
            assert self._fragment, "the page does not show the sheet"
        elif kind == "delta" and received.delta.new_element.bidi_component.component_name == COMPONENT:
            self._read_sheet(received.delta)

    def _read_sheet(self, delta: Any) -> None:
        component = delta.new_element.bidi_component
        data = json.loads(component.json or component.mixed.json)
        self._events = f"$$STREAMLIT_INTERNAL_KEY_{component.id}__events"
        self._fragment = delta.fragment_id
        assert not data["error"], data["error"]
        for change_id, version in {SHOWN: 0, **data["versions"]}.items():
            answer = self._awaited.get(change_id)
            if answer and not answer.done():
                answer.set_result(version)

    async def _repeat(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._run(fragment, automatic=True)
