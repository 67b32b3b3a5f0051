"""What is read of a page before it draws: its language, title, description and preview.

Streamlit sends the same empty English page for every address; this writes into it what belongs to the one asked for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..i18n import LANGUAGES, say, texts
from ..model import ClusterdashError, Language
from ..register import awards, listing
from ..register.label_words import label_in_words
from . import serving
from .routes import base

_LONGEST = 200_000
"""Bytes of an answer that may be Streamlit's page; it has about 6,000."""


class Head:
    """ASGI middleware: passes everything on, and rewrites the head of Streamlit's page."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = scope.get("path", "").strip("/")
        asked = scope.get("method")
        if scope["type"] != "http" or asked not in ("GET", "HEAD") or not is_page(name):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        start: Message | None = None
        held = b""

        async def rewrite(message: Message) -> None:
            nonlocal start, held
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                if message["status"] == 200 and kind.startswith("text/html"):
                    start = message
                else:
                    await send(message)
            elif start is None:
                await send(message)
            else:
                held += message.get("body", b"")
                if message.get("more_body", False) and len(held) <= _LONGEST:
                    return
                body = written(held.decode(), request, name or "home").encode()
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(len(body))
                headers["cache-control"], headers["vary"] = "no-cache", "Accept-Language"
                for stale in ("etag", "last-modified"):
                    del headers[stale]
                await send({**start, "headers": headers.raw})
                await send({"type": "http.response.body", "body": body if asked == "GET" else b""})

        plain = [entry for entry in scope["headers"] if entry[0].lower() not in _CONDITIONS]
        await self.app({**scope, "method": "GET", "headers": plain}, receive, rewrite)


def is_page(name: str) -> bool:
    """Whether pages of this name exist for some visitors; the first page has none."""
    return f"{name or 'home'}.menu" in texts()


_CONDITIONS = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
"""What a browser says of the copy it has is about Streamlit's page, not about ours; and it must come unpacked."""


def written(page: str, request: Request, name: str) -> str:
    """Streamlit's page with the language, title and preview of one address, and a way for those without scripts."""
    language = spoken(request)
    title, description = _told(request, name, language)
    root = escape(base(request))
    query = {key: value for key, value in request.query_params.items() if key in _QUOTED}
    if name == "cluster" and title == _generic(name, language):
        query = {}  # nobody of this id
    address = f"{base(request)}{'' if name == 'home' else name}?{urlencode({**query, 'lang': language})}"
    page = re.sub(r'<html lang="[^"]*">', f'<html lang="{language}">', page, count=1)
    page = re.sub(r"<title>.*?</title>", lambda _: listing.meta(title, description, address, language), page, count=1)
    link = f'<p><a href="{root}list/{language}">{say(language, "head.without_scripts")}</a></p>'
    return re.sub(r"<noscript>.*?</noscript>", lambda _: f"<noscript>{link}</noscript>", page, count=1, flags=re.DOTALL)


_QUOTED = ("id", "label", "country", "sector", "state", "year", "q", "scheme", "dimension")
"""The parameters that a preview may quote: public ones."""


def spoken(request: Request) -> Language:
    """The language of a request: that of its address, else of the browser; French where neither tells."""
    asked = parse_qs(request.url.query).get("lang", [""])[0]
    if asked in LANGUAGES:
        return "en" if asked == "en" else "fr"
    wanted = []
    for entry in request.headers.get("accept-language", "fr").lower().split(","):
        tag, _, weight = entry.strip().partition(";q=")
        wanted.append((-float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else -1.0, tag[:2]))
    first = min(wanted, key=lambda entry: entry[0])[1]  # the earlier one of equal weight
    return "fr" if first == "fr" else "en"


def _generic(name: str, language: Language) -> str:
    return f"{say(language, f'{name}.menu')} · clusterdash"


def _told(request: Request, name: str, language: Language) -> tuple[str, str]:
    if name == "cluster":
        try:
            register = serving.public().register()
        except ClusterdashError:
            register = ()
        for holder in register:
            if holder.cluster.cluster_id == request.query_params.get("id"):
                today = datetime.now(UTC).date()
                held = awards.holdings([holder], today, today)
                return f"{holder.cluster.name} · clusterdash", ". ".join(
                    label_in_words(holding, language) for holding in held
                )
    key = f"head.{name}"
    return _generic(name, language), say(language, key if key in texts() else "head.other")
