"""Security headers: a page may load and run only our own content, and no other site may frame it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..open_data.embed import PATH
from . import frontend_settings
from .request_info import path_below_prefix

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
"""The one HTML page of Streamlit, as installed here."""
EMBEDDED = f"/{PATH}"
"""The one path that other web sites may frame: the public map alone."""
_FRAMES = "/component/"
"""The path of components of other packages, in their own frames: streamlit-folium's map is an inline script."""
_COMMON = (
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:; frame-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; style-src 'self' 'unsafe-inline'"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """ASGI middleware: adds the headers to every answer."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        """Wrap an application; `tls`: browsers reach it by TLS only."""
        self.app = app
        self.tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in headers_for(path_below_prefix(scope), tls=self.tls).items():
                    headers[name] = value
                if self.tls:
                    _secure_cookies(headers)
                message = {**message, "headers": headers.raw}
            await send(message)

        await self.app(scope, receive, shielded if scope["type"] == "http" else send)


def _secure_cookies(headers: MutableHeaders) -> None:
    """Let browsers send the cookies of an answer by TLS only: Streamlit cannot know that a proxy ends it."""
    cookies = []
    for cookie in headers.getlist("set-cookie"):
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        cookies.append(cookie if "secure" in attributes else f"{cookie}; Secure")
    replace_cookies(headers, cookies)


def replace_cookies(headers: MutableHeaders, cookies: Iterable[str]) -> None:
    """Let an answer set these cookies and no others."""
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", cookie)


def headers_for(path: str, *, tls: bool) -> dict[str, str]:
    """Return the headers for a path below the sub-path."""
    headers = {**_ALWAYS, **({"strict-transport-security": "max-age=31536000"} if tls else {})}
    if path == EMBEDDED:
        return {**headers, "content-security-policy": _policy(inline=True)}
    own = {"x-frame-options": "SAMEORIGIN", "cross-origin-opener-policy": "same-origin"}
    policy = _policy(inline=path.startswith(_FRAMES))
    return {**headers, **own, "content-security-policy": f"{policy}; frame-ancestors 'self'"}


@cache
def _policy(*, inline: bool) -> str:
    scripts = "'unsafe-inline'" if inline else " ".join(_inline_scripts())
    return f"default-src 'self'; script-src 'self' blob: {scripts}; {_COMMON}"


def _inline_scripts() -> list[str]:
    """Return the hashes of the inline scripts in Streamlit's own page, and of ours, as CSP sources."""
    page = INDEX.read_text("utf-8")
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, flags=re.DOTALL)
    scripts.append(frontend_settings.SCRIPT)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]
