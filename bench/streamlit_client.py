"""A visitor without a browser: opens a page over HTTP, and speaks with its session over a WebSocket, as Streamlit does.

Nothing is drawn, so that a hundred visitors take little of the machine that is measured.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.cookies import SimpleCookie

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_XSRF_COOKIE = "_streamlit_xsrf"
LONGEST_S = 60.0


@dataclass(frozen=True)
class Run:
    """What one run of a page took, as its visitor saw it: seconds until the content and until the end, and bytes."""

    content: float
    end: float
    bytes: int


class Visitor:
    """One session on one page. Used as a context manager: entering opens the page, leaving closes the connection."""

    def __init__(self, address: str, page: str, cookies: dict[str, str]) -> None:
        """`page`: the path of the page below the address, "" for the first."""
        self._address = address
        self._page = page
        self._cookies = dict(cookies)
        self._connection: ClientConnection

    async def __aenter__(self) -> Visitor:
        """Ask for the page and connect, as a browser does."""
        async with httpx2.AsyncClient(cookies=self._cookies, timeout=LONGEST_S) as client:
            answer = await client.get(f"{self._address}/{self._page}", headers={"Accept": "text/html"})
            answer.raise_for_status()
            for header in answer.headers.get_list("set-cookie"):
                self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        token = self._cookies.get(_XSRF_COOKIE, "")
        self._connection = await connect(
            self._address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", token] if token else ["streamlit"],  # type: ignore[list-item]
            origin=self._address,  # type: ignore[arg-type]
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())},
            open_timeout=LONGEST_S,
            max_size=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the page."""
        await self._connection.close()

    async def run(self, query: str, content: bytes) -> Run:
        """Have the page run with a query string. Raises AssertionError if it does not send `content`."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = self._page
        start = time.perf_counter()
        await self._connection.send(asked.SerializeToString())
        arrived, size = 0.0, 0
        while True:
            received = await self._connection.recv(decode=False)
            size += len(received)
            if not arrived and content in received:
                arrived = time.perf_counter() - start
            told = ForwardMsg.FromString(received)
            if told.WhichOneof("type") == "script_finished":
                assert arrived, f"{self._page}?{query} does not show {content!r}"
                return Run(arrived, time.perf_counter() - start, size)
