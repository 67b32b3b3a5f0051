"""Properties of a request: its path below the sub-path, its parameters, its language; and the server's address.

With `server.baseUrlPath` Streamlit answers below a sub-path only; our own routes do the same.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .. import query_string as _query_string
from ..domain import ClusterdashError, Language
from ..i18n import explain, negotiate_language
from ..settings import server_address

_PREFIX = "clusterdash.prefix"
_PROVIDERS = "/oauth2callback"
"""Where the provider of a sign-in sends a visitor back, with a query string of any length."""


class SubPath:
    """ASGI middleware: stores the sub-path of the server in the scope of each request."""

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        """Wrap an application; `prefix`: "/labels" for example, or ""."""
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.app({**scope, _PREFIX: self.prefix}, receive, send)


class QueryLimits:
    """ASGI middleware: refuses a query string that is too long, before it is parsed."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and path_below_prefix(scope) != _PROVIDERS:
            try:
                _query_string.check_length(query_string(scope))
            except ClusterdashError as trouble:
                await refusal(Request(scope), trouble)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def prefix_of(setting: str) -> str:
    """Return the sub-path of a setting `server.baseUrlPath`, with a leading slash; "" if there is none."""
    return f"/{setting.strip('/')}" if setting.strip("/") else ""


def path_below_prefix(scope: Scope) -> str:
    """Return the path below the sub-path, with a leading slash; "" for a path outside of it."""
    above, path = root_path(scope), str(scope.get("path", ""))
    if path == above:
        return "/"
    return path[len(above) :] if path.startswith(f"{above}/") else ""


def root_path(scope: Scope) -> str:
    """Return the part of the path that leads to the application: its mount point, and the sub-path."""
    return str(scope.get("root_path", "")) + str(scope.get(_PREFIX, ""))


def base_url(request: Request) -> str:
    """Return the server's own address, with a trailing slash: `CLUSTERDASH_URL`, or as requested."""
    asked = str(request.base_url).rstrip("/") + str(request.scope.get(_PREFIX, ""))
    return server_address(asked)


def query_string(scope: Scope) -> str:
    """Return the query string of a request, as it was sent."""
    return bytes(scope.get("query_string", b"")).decode("latin-1")


def language(request: Request) -> Language:
    """Return the language of a request: that of its address, else the one that the browser prefers."""
    requested = _query_string.parameter(query_string(request.scope), ("lang",)).get("lang")
    return negotiate_language(requested, request.headers.get("accept-language"))


def refusal(request: Request, trouble: ClusterdashError) -> PlainTextResponse:
    """Return the answer (400) to an address with invalid parameters."""
    return PlainTextResponse(explain(language(request), trouble), 400)
