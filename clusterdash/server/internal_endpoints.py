"""Which of Streamlit's own addresses answer from outside: those that pages need, and no others.

So what a later Streamlit adds is closed until somebody looks at it. Of those it has now, `metrics` is closed, which
tells how many visitors there are and how much memory they take, and whatever an option would open.
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
"""By the first part of the address, why it is open."""


class InternalEndpoints:
    """ASGI middleware: answers 404 for the internal addresses that are not `OPEN`."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        _, internal, rest = scope.get("path", "").partition(PREFIX)
        if scope["type"] == "http" and internal and rest.split("/")[0] not in OPEN:
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
