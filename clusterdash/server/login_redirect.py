"""Return to the page from which a visitor went to sign in: Streamlit sends everybody to the first page.

Signing in goes through other servers, so the browser keeps the page in a cookie meanwhile. The value that comes back
is one of our pages or nothing: it can send nobody to another site.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..site_map import is_page
from .request_info import path_below_prefix, root_path

COOKIE = "clusterdash_back"
_LEAVING, _COMING = "/auth/login", "/oauth2callback"
_MINUTES = 15
"""Minutes that the cookie lasts, and so that a visitor may take to sign in."""
_LONGEST = 1500
"""Characters of a query string that is kept; of a longer one only the page is kept."""


class LoginRedirect:
    """ASGI middleware: stores the page from which a visitor signs in, and redirects there afterwards."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        leaving, coming = path_below_prefix(scope) == _LEAVING, path_below_prefix(scope) == _COMING
        if scope["type"] != "http" or not (leaving or coming):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        back = return_address(
            request.headers.get("referer", "") if leaving else unquote(request.cookies.get(COOKIE, ""))
        )

        async def led(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if coming and back and "location" in headers:
                    headers["location"] = f"{headers['location'].rstrip('/')}/{back}"
                headers.append("set-cookie", _cookie(back if leaving else "", root_path(scope)))
                message = {**message, "headers": headers.raw}
            await send(message)

        await self.app(scope, receive, led)


def return_address(address: str) -> str:
    """Return the page of ours in an address, with its query: `benchmark?lang=fr`; "" if it is none of ours."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    name = parts.path.rsplit("/", 1)[-1]
    if not is_page(name):
        return ""
    query = urlencode(parse_qsl(parts.query)) if len(parts.query) <= _LONGEST else ""
    return f"{name}?{query}" if query and len(query) <= _LONGEST else name


def _cookie(back: str, path: str) -> str:
    carrier, kept = Response(), 60 * _MINUTES if back else 0
    carrier.set_cookie(COOKIE, quote(back), max_age=kept, path=path or "/", httponly=True, samesite="lax")
    return carrier.headers["set-cookie"]
