"""What the server answers outside the pages: Leaflet, outlines, and the public register as files, list and bare map.

Only public things: nothing here asks who is there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import xstatic.pkg.leaflet
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from ..editions.shelf import PROJECT_DATA
from ..i18n import LANGUAGES, explain, say, without_paths
from ..model import ClusterdashError, Language
from ..register import awards, embed, exports, listing, maps, selection
from ..register.exports import Register
from ..spreadsheets import XLSX
from . import serving

ASSETS = "/assets"
FRESH_SECONDS = 300
"""How long a browser or a proxy may show an answer without asking whether it is still so."""
_FILES: dict[str, tuple[Callable[[Register], bytes], str]] = {
    "csv": (exports.labels_csv, "text/csv; charset=utf-8"),
    "json": (exports.labels_json, "application/json"),
    "geojson": (exports.labels_geojson, "application/geo+json"),
    "xlsx": (exports.labels_xlsx, XLSX),
}
_STARTED = datetime.now(UTC)
"""An answer of an older program is not the answer of this one."""
PUBLIC_PAGES = ("", "labels", "figures", "guide", "dictionary", "method", "privacy")
"""The addresses of the pages that search engines may read."""


def routes() -> list[BaseRoute]:
    """The routes to mount beside the pages."""
    leaflet = Path(xstatic.pkg.leaflet.BASE_DIR)
    return [
        Mount(f"{ASSETS}/leaflet", StaticFiles(directory=leaflet)),
        Mount(f"{ASSETS}/geo", StaticFiles(directory=PROJECT_DATA / "geo")),
        Route("/labels.{kind}", file),
        Route("/list/{language}", plain_list),
        Route("/embed", embedded),
        Route("/robots.txt", robots),
        Route("/sitemap.xml", sitemap),
    ]


def file(request: Request) -> Response:
    """The labels that the address asks for, as CSV, JSON, GeoJSON or XLSX."""
    kind = request.path_params["kind"]
    if kind not in _FILES:
        return PlainTextResponse(say(_language(request), "export.unknown", kinds=", ".join(_FILES)), 404)
    make, media_type = _FILES[kind]

    def answer(register: Register) -> Response:
        name = "-".join(["labels", *register.selection.address().values()])
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)[:80]
        headers = {"Content-Disposition": f'attachment; filename="{safe}.{kind}"'} if kind in ("csv", "xlsx") else {}
        return Response(make(register), media_type=media_type, headers=headers)

    return _answer(request, _language(request), answer)


def plain_list(request: Request) -> Response:
    """The list of labels as a page without any script."""
    language = request.path_params["language"]
    if language not in LANGUAGES:
        return PlainTextResponse("fr, en", 404)
    return _answer(
        request, language, lambda register: Response(listing.page(register, base(request)), media_type="text/html")
    )


def embedded(request: Request) -> Response:
    """The map alone, for a frame in another web site."""
    view = request.query_params.get("view", "europe")
    return _answer(
        request, _language(request), lambda register: Response(embed.page(register, view), media_type="text/html")
    )


def robots(request: Request) -> Response:
    """Who may read what: everything public; private pages do not exist for a robot anyway."""
    return PlainTextResponse(f"User-agent: *\nAllow: /\nSitemap: {base(request)}sitemap.xml\n")


def sitemap(request: Request) -> Response:
    """All public addresses in both languages."""
    root = base(request)
    addresses = [f"{root}list/{language}" for language in LANGUAGES]
    addresses += [f"{root}{name}?lang={language}" for name in PUBLIC_PAGES for language in LANGUAGES]
    try:
        clusters = [holder.cluster.cluster_id for holder in serving.public().register()]
    except ClusterdashError:
        clusters = []
    addresses += [
        f"{root}cluster?{urlencode({'id': cluster, 'lang': language})}"
        for cluster in clusters
        for language in LANGUAGES
    ]
    return Response(listing.sitemap(addresses), media_type="application/xml")


def _answer(request: Request, language: Language, make: Callable[[Register], Response]) -> Response:
    """An answer from the register, kept by browsers until the edition, the day or the question changes."""
    today = datetime.now(UTC).date()
    try:
        gateway = serving.public()
        register, sectors = gateway.register(), gateway.sectors()
        edition = gateway.edition()
    except ClusterdashError as trouble:
        return PlainTextResponse(explain(language, without_paths(trouble)), 503)
    countries = {holder.cluster.country for holder in register}
    address = {name: ",".join(request.query_params.getlist(name)) for name in request.query_params}
    asked, wrong = selection.read(address, countries, sectors, today)
    for name, known in (("lang", LANGUAGES), ("view", tuple(maps.VIEWS))):
        if address.get(name, known[0]) not in known:
            wrong.append((name, address[name]))
    if wrong:
        lines = [say(language, "address.refused", name=name, value=value) for name, value in wrong]
        return PlainTextResponse("\n".join(lines), 400)
    told = (_STARTED, edition.edition_id, today, str(request.url), language)
    tag = f'"{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={FRESH_SECONDS}",
        "Access-Control-Allow-Origin": "*",
        "Vary": "Host",
    }
    held = {entry.strip().removeprefix("W/") for entry in request.headers.get("if-none-match", "").split(",")}
    if held & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    day = asked.day(today)
    found = awards.fitting(awards.holdings(register, day, today), asked)
    answer = make(Register(found, sectors, asked, day, gateway.provenance(), edition.content_hash, language))
    answer.headers.update(headers)
    return answer


def _language(request: Request) -> Language:
    return "en" if request.query_params.get("lang") == "en" else "fr"


def base(request: Request) -> str:
    """The server's own address, with a slash at its end: what `CLUSTERDASH_URL` says, or as it was asked."""
    return os.environ.get("CLUSTERDASH_URL", str(request.base_url)).rstrip("/") + "/"
