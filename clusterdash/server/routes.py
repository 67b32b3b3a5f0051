"""Routes outside the pages: Leaflet, outlines, and the public register as files, list and bare map.

All of it is public: nothing here depends on the viewer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode

import xstatic.pkg.leaflet
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import query_string as _query_string
from ..domain import PUBLIC, ClusterdashError, Language
from ..editions.catalog import PROJECT_DATA
from ..i18n import LANGUAGES, explain, translate, without_paths
from ..labels import filters, nearness, search
from ..labels.contact import Contact, contact
from ..open_data import badge, data_package, dcat, embed, feed, html_list, label_files
from ..open_data.label_files import MEDIA_TYPES, FilteredRegister
from ..presentation.labels import world_map
from ..reports import calendars
from ..site_map import INDEXED
from . import component_scripts, edition_cache, health, stylesheet
from .request_info import base_url, language, query_string, refusal

ASSETS = "/assets"
FRESH_SECONDS = 300
"""Seconds for which a browser or a proxy usually may reuse an answer without revalidating it."""
_FILES: dict[str, tuple[Callable[[FilteredRegister], bytes], str]] = {
    "csv": (label_files.labels_csv, f"{MEDIA_TYPES['csv']}; charset=utf-8"),
    "json": (label_files.labels_json, MEDIA_TYPES["json"]),
    "geojson": (label_files.labels_geojson, MEDIA_TYPES["geojson"]),
    "xlsx": (label_files.labels_xlsx, MEDIA_TYPES["xlsx"]),
}
_STARTED = datetime.now(UTC)
"""Part of the ETag: an answer of an earlier program is not valid for this one."""


Endpoint = Callable[[Request, Mapping[str, str]], Response]
"""Answers a request, given the parameters of its address."""
_ASKED = (*filters.PARAMETER_NAMES, "lang", "view")
"""The parameters of an address that queries the register."""


class CrossOriginHeaders:
    """ASGI middleware: allows pages of any origin to read the answers, and answers preflight requests (CORS)."""

    _ORIGIN: ClassVar = {"access-control-allow-origin": "*"}
    _PREFLIGHT: ClassVar = {
        **_ORIGIN,
        "access-control-allow-methods": "GET, HEAD, OPTIONS",
        "access-control-allow-headers": "*",
        "access-control-max-age": "86400",
    }

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.update(self._ORIGIN)
                message = {**message, "headers": headers.raw}
            await send(message)

        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=self._PREFLIGHT)(scope, receive, send)
        else:
            await self.app(scope, receive, shared)


def routes(prefix: str = "") -> list[BaseRoute]:
    """Return the routes to mount beside the pages, below a sub-path if the server has one."""
    shared = [Middleware(CrossOriginHeaders)]
    folders = {"leaflet": Path(xstatic.pkg.leaflet.BASE_DIR), "geo": PROJECT_DATA / "geo"}
    endpoints: tuple[tuple[str, Endpoint, Collection[str]], ...] = (
        (f"/{feed.PATH}", label_feed, feed.PARAMETER_NAMES),
        ("/labels.{kind}", file, _ASKED),
        ("/list/{language}", plain_list, (*_ASKED, filters.NEAR)),
        (f"/{embed.PATH}", embedded_map, (*_ASKED, filters.NEAR, "caption", "theme")),
        (f"/{data_package.PATH}", package, ("lang",)),
        (f"/{dcat.PATH}", catalogue, ()),
        (f"/{badge.PATH}/{{cluster}}.svg", label_badge, ("label", "lang")),
        ("/calendar/{cluster}.ics", label_calendar, ("lang",)),
        (stylesheet.PATH, style_sheet, (stylesheet.VERSION,)),
        (component_scripts.PATH, component_script, ()),
        *((path, endpoint, ("lang",)) for path, endpoint in health.ENDPOINTS.items()),
        ("/robots.txt", robots, ()),
        ("/sitemap.xml", sitemap, ()),
    )
    return [
        *(
            Mount(f"{prefix}{ASSETS}/{name}", StaticFiles(directory=folder), middleware=shared)
            for name, folder in folders.items()
        ),
        *(
            Route(prefix + path, _reading(endpoint, known), methods=["GET", "HEAD", "OPTIONS"], middleware=shared)
            for path, endpoint, known in endpoints
        ),
    ]


def _reading(endpoint: Endpoint, known: Collection[str]) -> Callable[[Request], Response]:
    """Wrap an endpoint that is given the parameters that it knows; requests with others are refused."""

    def answer(request: Request) -> Response:
        try:
            address = _query_string.parse(query_string(request.scope), known)
        except ClusterdashError as trouble:
            return refusal(request, trouble)
        return endpoint(request, address)

    return answer


def file(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with the labels that the address asks for, as CSV, JSON, GeoJSON or XLSX."""
    kind = request.path_params["kind"]
    if kind not in _FILES:
        return PlainTextResponse(translate(language(request), "export.unknown", kinds=", ".join(_FILES)), 404)
    make, media_type = _FILES[kind]

    def answer(register: FilteredRegister) -> Response:
        name = "-".join(["labels", *register.selection.address().values()])
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)[:80]
        headers = {"Content-Disposition": f'attachment; filename="{safe}.{kind}"'} if kind in ("csv", "xlsx") else {}
        return Response(make(register), media_type=media_type, headers=headers)

    return _answer(request, address, language(request), answer)


def package(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with the description of `/labels.csv` for programs."""

    def answer(register: FilteredRegister) -> Response:
        return Response(data_package.data_package(register, base_url(request)), media_type="application/json")

    return _answer(request, address, language(request), answer)


def label_feed(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with the latest awards and ends of labels as a feed."""

    def answer(register: FilteredRegister, author: Contact) -> Response:
        return Response(feed.feed(register, base_url(request), author), media_type=MEDIA_TYPES["atom"])

    return _answer_as_contact(request, address, answer)


def catalogue(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with the description of the register for catalogues of data."""

    def answer(register: FilteredRegister, publisher: Contact) -> Response:
        return Response(dcat.dcat(register, base_url(request), publisher), media_type=dcat.MEDIA_TYPE)

    return _answer_as_contact(request, address, answer)


def style_sheet(_: Request, address: Mapping[str, str]) -> Response:
    """Answer with the style sheet of all pages."""
    return stylesheet.stylesheet(address.get(stylesheet.VERSION, ""))


def component_script(request: Request, _: Mapping[str, str]) -> Response:
    """Answer with a script of one of our own components."""
    return component_scripts.script(request.path_params["version"], request.path_params["script"])


def plain_list(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with the list of labels as a page without any script."""
    language = request.path_params["language"]
    if language not in LANGUAGES:
        return PlainTextResponse("fr, en", 404)
    return _answer(
        request,
        address,
        language,
        lambda register: Response(html_list.list_page(register, base_url(request)), media_type="text/html"),
    )


def embedded_map(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with the map alone, for a frame in another web site, or without its caption in our own page.

    In our own page it stands beside the list of the same labels, so it is revalidated each time.
    """
    view, theme = address.get("view", "europe"), address.get("theme", embed.AUTO)
    caption = address.get("caption", "") != embed.NO_CAPTION

    def answer(register: FilteredRegister) -> Response:
        def page() -> str:
            return embed.embed_page(register, view, caption=caption, theme=theme)

        if register.selection.narrowed or register.selection.near:
            return Response(page(), media_type="text/html")
        # One of few maps, which most visitors see.
        key = ("embed", register.version, register.selection, view, register.language, caption, theme)
        made = edition_cache.once_a_day(key, datetime.now(UTC).date(), lambda _: page())
        return Response(made, media_type="text/html")

    return _answer(request, address, language(request), answer, fresh_seconds=FRESH_SECONDS if caption else 0)


def label_badge(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with one cluster's label as a small picture: the one that the address asks for, else its highest."""
    spoken = language(request)

    def answer(register: FilteredRegister) -> Response:
        asked = request.path_params["cluster"]
        asked = edition_cache.public_reader().merged_clusters().get(asked, asked)
        found = next((holding for holding in register.shown if holding.cluster.cluster_id == asked), None)
        if found is None:
            return PlainTextResponse(translate(spoken, "badge.nobody"), 404)
        return Response(badge.badge_svg(found, spoken), media_type="image/svg+xml")

    return _answer(request, address, spoken, answer)


def label_calendar(request: Request, address: Mapping[str, str]) -> Response:
    """Answer with the ends and renewals of one cluster's labels as a calendar."""
    spoken = language(request)

    def answer(register: FilteredRegister) -> Response:
        reader, asked = edition_cache.public_reader(), request.path_params["cluster"]
        asked = reader.merged_clusters().get(asked, asked)
        held = [holding for holding in register.matching if holding.cluster.cluster_id == asked]
        if not held:
            return PlainTextResponse(translate(spoken, "badge.nobody"), 404)
        made = calendars.labels_calendar(
            held, reader.validity_rules(), spoken, datetime.combine(register.day, time(), UTC)
        )
        return Response(made, media_type="text/calendar")

    return _answer(request, address, spoken, answer)


def robots(request: Request, _: Mapping[str, str]) -> Response:
    """Answer with what robots may read: everything public; private pages do not exist for them anyway."""
    return PlainTextResponse(f"User-agent: *\nAllow: /\nSitemap: {base_url(request)}sitemap.xml\n")


def sitemap(request: Request, _: Mapping[str, str]) -> Response:
    """Answer with all public addresses in both languages."""
    root = base_url(request)
    addresses = [f"{root}list/{language}" for language in LANGUAGES]
    addresses += [f"{root}{name}?lang={language}" for name in INDEXED for language in LANGUAGES]
    try:
        clusters = [holder.cluster.cluster_id for holder in edition_cache.public_reader().label_register()]
    except ClusterdashError:
        clusters = []
    addresses += [
        f"{root}cluster?{urlencode({'id': cluster, 'lang': language})}"
        for cluster in clusters
        for language in LANGUAGES
    ]
    return Response(html_list.sitemap_xml(addresses), media_type="application/xml")


def _answer_as_contact(
    request: Request, address: Mapping[str, str], make: Callable[[FilteredRegister, Contact], Response]
) -> Response:
    """Answer from the register, in the name of the organisation that is the contact."""
    spoken = language(request)
    try:
        organisation = contact(edition_cache.data_dir())
    except ClusterdashError as trouble:
        return PlainTextResponse(explain(spoken, without_paths(trouble)), 503)
    return _answer(request, address, spoken, lambda register: make(register, organisation))


def _answer(
    request: Request,
    address: Mapping[str, str],
    language: Language,
    make: Callable[[FilteredRegister], Response],
    *,
    fresh_seconds: int = FRESH_SECONDS,
) -> Response:
    """Answer from the register; browsers keep it until the edition, the day or the address changes."""
    today = datetime.now(UTC).date()
    try:
        opened = edition_cache.current_edition()  # one for the whole answer: another may be published meanwhile
        reader = opened.reader(PUBLIC)
        register, sectors = reader.label_register(), reader.sectors()
        edition = reader.edition()
    except ClusterdashError as trouble:
        return PlainTextResponse(explain(language, without_paths(trouble)), 503)
    countries = {holder.cluster.country for holder in register}
    asked, wrong = filters.from_query(address, countries, sectors, today)
    choices: dict[str, Sequence[str]] = {"lang": LANGUAGES, "view": tuple(world_map.VIEWS)}
    choices |= {"caption": (embed.NO_CAPTION,), "theme": tuple(embed.THEMES)}
    for name, known in choices.items():
        if address.get(name, known[0]) not in known:
            wrong.append((name, address[name]))
    if asked.near and not nearness.find_origin(asked):
        wrong.append((filters.NEAR, asked.near))
    if wrong:
        lines = [
            translate(language, "address.refused", name=name, value=_query_string.excerpt(value))
            for name, value in wrong
        ]
        return PlainTextResponse("\n".join(lines), 400)
    told = (_STARTED, edition.edition_id, reader.correction(), today, str(request.url), language)
    tag = f'"{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={fresh_seconds}",
        "Vary": "Host, Accept-Language",
    }
    held = {entry.strip().removeprefix("W/") for entry in request.headers.get("if-none-match", "").split(",")}
    if held & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    day = asked.day(today)
    found = search.matching(edition_cache.label_statuses(day, today, opened), asked)
    version = edition_cache.register_version(reader)
    answer = make(FilteredRegister(found, sectors, asked, day, reader.provenance(), version, language))
    answer.headers.update(headers)
    return answer
