"""The HTML head of a page: its language, title, description, preview, and what to load early; 404 for unknown pages.

Streamlit sends the same empty English page for every address; this inserts the metadata of the requested one, and
replaces the answer if there is no such page.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import query_string as _query_string
from ..domain import PUBLIC, ClusterdashError, LabelHolder, Language
from ..i18n import texts, translate
from ..labels import status as label_status
from ..labels.contact import Contact, contact
from ..labels.filters import LabelFilters
from ..open_data import html_list, structured_data
from ..open_data.label_files import FilteredRegister
from ..presentation.html import Markup, link
from ..presentation.labels.narrative import label_sentence
from ..site_map import HOME, is_page
from . import edition_cache, frontend_settings, preloads, stylesheet
from .request_info import base_url, language, path_below_prefix, query_string, root_path
from .security_headers import INDEX

_LONGEST = 200_000
"""Most bytes of an answer that may be Streamlit's page, which has about 6,000."""


class PageMetadata:
    """ASGI middleware: rewrites the head of Streamlit's page, 404 if there is no such page; passes on the rest."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = path_below_prefix(scope).strip("/")
        if scope["type"] != "http" or scope.get("method") not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
        elif name == HOME:
            asked = query_string(scope)
            await RedirectResponse(f"{root_path(scope)}/" + (f"?{asked}" if asked else ""))(scope, receive, send)
        elif is_page(name):
            await self._page(scope, receive, send, name or HOME)
        else:
            await self._other(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send, name: str) -> None:
        """Answer with Streamlit's page, rewritten."""
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
                text, status = rewrite_page(held.decode(), request, name)
                body = text.encode()
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(len(body))
                headers["cache-control"], headers["vary"] = "no-cache", "Accept-Language"
                for stale in ("etag", "last-modified"):
                    del headers[stale]
                if cookie := frontend_settings.forgery_cookie(request):
                    headers.append("set-cookie", cookie)
                await send({**start, "status": status, "headers": headers.raw})
                await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})

        plain = [entry for entry in scope["headers"] if entry[0].lower() not in _CONDITIONS]
        await self.app({**scope, "method": "GET", "headers": plain}, receive, rewrite)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on the answer; if it is Streamlit's fallback to its page, answer 404 instead."""
        missing = False

        async def checked(message: Message) -> None:
            nonlocal missing
            if message["type"] == "http.response.start":
                missing = Headers(raw=message["headers"]).get("etag") == _index_tag()
            if not missing:
                await send(message)

        await self.app(scope, receive, checked)
        if missing:
            request = Request(scope)
            text = html_list.not_found(base_url(request), language(request))
            answer = HTMLResponse(text, 404, {"cache-control": "no-cache", "vary": "Accept-Language"})
            await answer(scope, receive, send)


@cache
def _index_tag() -> str:
    """Return the ETag by which an answer is recognised as Streamlit's page."""
    return FileResponse(INDEX, stat_result=INDEX.stat()).headers["etag"]


_CONDITIONS = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
"""Headers to drop: conditions about the browser's copy refer to Streamlit's page, and the page must be plain."""


def rewrite_page(page: str, request: Request, name: str) -> tuple[str, int]:
    """Return Streamlit's page with the language, title and preview of one address, and a link for use without scripts.

    Also returns its status: 404 if the address asks for a cluster that is not in the register.
    """
    spoken = language(request)
    asked = _query_string.parameter(query_string(request.scope), _QUOTED)
    unknown, more = False, Markup("")
    title, description = _generic(name, spoken)
    if name == "cluster" and "id" in asked:
        holder, unknown = _holder(asked["id"])
        if holder:
            asked["id"] = holder.cluster.cluster_id  # of the other one, where it was merged
            title, description = _of_cluster(holder, spoken)
            more = structured_data.script(structured_data.organisation(holder, base_url(request), spoken))
        else:
            asked = {}
    if name in _ABOUT_LABELS:
        more = html_list.alternates(base_url(request), asked, spoken) + _dataset(base_url(request), spoken)
    address = f"{base_url(request)}{'' if name == HOME else name}?{urlencode({**asked, 'lang': spoken})}"
    page = re.sub(r'<html lang="[^"]*">', f'<html lang="{spoken}">', page, count=1)
    about = html_list.meta(title, description, address, spoken) + more
    page = re.sub(r"<title>.*?</title>", lambda _: about, page, count=1)
    way = link(f"{base_url(request)}list/{spoken}", translate(spoken, "head.without_scripts"))
    no_script = Markup("<noscript><p>{}</p></noscript>").format(way)
    page = re.sub(r"<noscript>.*?</noscript>", lambda _: no_script, page, count=1, flags=re.DOTALL)
    page = re.sub(r'<link[^>]*\bas="font"[^>]*>', "", page)  # Streamlit's own font, which our theme replaces
    early, sheet = stylesheet.links()
    early = frontend_settings.script("" if name == HOME else name) + early
    page = page.replace("</head>", f"{early}{preloads.links(name)}</head>", 1).replace("</body>", f"{sheet}</body>", 1)
    return page, 404 if unknown else 200


_QUOTED = ("id", "label", "country", "sector", "state", "year", "q", "scheme", "dimension")
"""The parameters that a preview may quote: public ones."""
_ABOUT_LABELS = ("labels", "open_data")
"""The pages whose head tells programs of the register's files."""


def _generic(name: str, language: Language) -> tuple[str, str]:
    key = f"head.{name}"
    return f"{translate(language, f'{name}.menu')} · clusterdash", translate(
        language, key if key in texts() else "head.other"
    )


def _holder(cluster_id: str) -> tuple[LabelHolder | None, bool]:
    """Return the label holder with an id, and whether it is certain that there is none (not without a register)."""
    try:
        reader = edition_cache.public_reader()
        register = reader.label_register()
    except ClusterdashError:
        return None, False
    cluster_id = reader.merged_clusters().get(cluster_id, cluster_id)
    found = next((holder for holder in register if holder.cluster.cluster_id == cluster_id), None)
    return found, found is None


def _of_cluster(holder: LabelHolder, language: Language) -> tuple[str, str]:
    today = datetime.now(UTC).date()
    held = label_status.label_statuses([holder], today, today)
    return f"{holder.cluster.name} · clusterdash", ". ".join(label_sentence(holding, language) for holding in held)


def _dataset(server: str, language: Language) -> Markup:
    """The whole register as a data set, for search engines; nothing without a register."""
    today = datetime.now(UTC).date()
    try:
        opened = edition_cache.current_edition()
        reader, found = opened.reader(PUBLIC), edition_cache.label_statuses(today, today, opened)
        sectors, source, version = reader.sectors(), reader.provenance(), edition_cache.register_version(reader)
    except ClusterdashError:
        return Markup("")
    register = FilteredRegister(found, sectors, LabelFilters(), today, source, version, language)
    return structured_data.script(structured_data.dataset(register, server, _publisher()))


def _publisher() -> Contact | None:
    """The organisation that is the contact; None where it cannot be read, which `/health` reports."""
    try:
        return contact(edition_cache.data_dir())
    except ClusterdashError:
        return None
