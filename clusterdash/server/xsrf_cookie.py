"""The cookie against forged requests (XSRF) stays as it is for a visit.

Streamlit masks the same token anew with every answer. A proxy that keeps a visit on one server by that cookie
(`deploy/nginx.conf`) would send it to another one with the next page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from .security_headers import replace_cookies


class StableXsrfCookie:
    """ASGI middleware: sends no new cookie to who has a valid one."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def unchanged(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                cookies = headers.getlist("set-cookie")
                others = [cookie for cookie in cookies if not cookie.startswith(f"{XSRF_COOKIE_NAME}=")]
                if len(others) < len(cookies) and _has_valid_cookie(Request(scope)):
                    replace_cookies(headers, others)
                    message = {**message, "headers": headers.raw}
            await send(message)

        await self.app(scope, receive, unchanged if scope["type"] == "http" else send)


def browser_id(cookies: Mapping[str, str]) -> str | None:
    """An id of the browser that sends these cookies, from which the token does not follow; None without the cookie."""
    token = _token(cookies)
    return hashlib.sha256(b"browser" + token).hexdigest()[:32] if token else None


def _has_valid_cookie(request: Request) -> bool:
    return _token(request.cookies) is not None


def _token(cookies: Mapping[str, str]) -> bytes | None:
    value = cookies.get(XSRF_COOKIE_NAME)
    return decode_xsrf_token_string(value)[0] if value is not None else None
