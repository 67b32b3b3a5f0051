"""Limits on open sessions: each takes a connection, memory and, now and then, a processor."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..i18n import translate
from ..open_data import html_list
from ..site_map import is_page
from .request_info import base_url, language, path_below_prefix

ADDRESS_CONNECTIONS = 50
"""Open sessions from one address, enough for a classroom; not applied to this machine, nor behind a proxy."""
RETRY_SECONDS = 15
"""Seconds after which a browser tries again."""
_FULL = 503


class ConnectionLimits:
    """ASGI middleware: refuses a session (503) if `most` are open, or too many from its address.

    `by_address`: whether the client address of a request is the visitor's own. A page is refused as well as its
    connection, since without a connection it would wait for ever without an explanation; instead of it comes one that
    says why, and enters by itself.
    """

    def __init__(self, app: ASGIApp, *, most: int, by_address: bool) -> None:
        """Wrap an application."""
        self.app = app
        self.most = most
        self.by_address = by_address
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one connection to its end."""
        kind, address = scope["type"], (scope.get("client") or ("",))[0]
        if (kind == "websocket" or _asks_for_page(scope)) and self._is_full(address):
            await _refuse(scope, receive, send)
            return
        if kind != "websocket":
            await self.app(scope, receive, send)
            return
        self.open[address] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.open[address] -= 1
            self.open += Counter()  # removes addresses without a connection

    def _is_full(self, address: str) -> bool:
        too_many = self.by_address and not _is_local(address) and self.open[address] >= ADDRESS_CONNECTIONS
        return too_many or self.open.total() >= self.most


def _asks_for_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and is_page(path_below_prefix(scope).strip("/"))
        and "text/html" in Headers(scope=scope).get("accept", "")
    )


def _is_local(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a socket that has no addresses
        return True


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1013})  # close code: try again later
        return
    request = Request({**scope, "type": "http", "method": "GET"})
    headers = {"retry-after": str(RETRY_SECONDS), "cache-control": "no-store"}
    if _asks_for_page(scope):
        page = html_list.server_full(base_url(request), language(request), RETRY_SECONDS)
        await HTMLResponse(page, _FULL, headers)(scope, receive, send)
        return
    sentence = translate(language(request), "connections.full", seconds=RETRY_SECONDS)
    await PlainTextResponse(sentence, _FULL, headers)(scope, receive, send)
