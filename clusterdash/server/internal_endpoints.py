"""Access to Streamlit's internal endpoints: those that pages need are open from outside, and no others.

So an endpoint added by a later Streamlit is closed until somebody reviews it. Of the present ones, `metrics` is
closed, which reveals the number of visitors and their memory, and so is any endpoint that an option would open.
"""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/_stcore/"
OPEN = {
    "health": "a browser asks it before it connects",
    "host-config": "which other sites may frame a page: none",
    "stream": "the connection of a visit",
    "upload_file": "files of a visit that was offered an uploader (`upload_limits`)",
    "bidi-components": "scripts and styles of components",
}
"""The first part of each open path, and why it is open."""


class InternalEndpoints:
    """ASGI middleware: answers 404 for the internal paths that are not in `OPEN`."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        _, internal, rest = scope.get("path", "").partition(PREFIX)
        if scope["type"] == "http" and internal and rest.split("/")[0] not in OPEN:
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
