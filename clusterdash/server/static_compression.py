"""Compressed scripts and styles of Streamlit, which serves its own `/static` uncompressed.

Starlette's GZipMiddleware compresses an answer anew for each request, which is why Streamlit leaves these files out.
Here each is compressed when it is first asked for, and kept in memory: 7 MB if somebody asks for all of them.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import STATIC_ASSET_CACHE_MAX_AGE_SECONDS

from .request_info import path_below_prefix
from .security_headers import INDEX

_FOLDER = "static"
_COMPRESSIBLE = (".js", ".css", ".svg")
"""Fonts and pictures are compressed already."""
_VARY = {"vary": "Accept-Encoding"}


@dataclass(frozen=True, slots=True)
class _Compressed:
    body: bytes
    headers: Headers


class StaticCompression:
    """ASGI middleware: answers for Streamlit's scripts and styles with gzip where the browser accepts it.

    It answers only for files that were there at the start; everything else it passes on.
    """

    def __init__(self, app: ASGIApp, *, folder: Path = INDEX.parent) -> None:
        """Wrap an application; `folder`: where `static/` lies, with hashes of their content in the files' names."""
        self.app = app
        self.files = {
            f"/{path.relative_to(folder).as_posix()}": path
            for path in (folder / _FOLDER).rglob("*")
            if path.suffix in _COMPRESSIBLE and path.is_file()
        }
        self.compressed: dict[str, asyncio.Future[_Compressed]] = {}
        self.conditions = StaticFiles(directory=folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        name = path_below_prefix(scope)
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or name not in self.files:
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if "range" in asked or not accepts_gzip(asked.get("accept-encoding", "")):
            await self.app(scope, receive, _varying(send))
            return
        found = await self._compressed(name)
        answer: Response
        if self.conditions.is_not_modified(found.headers, asked):
            answer = NotModifiedResponse(found.headers)
        else:
            answer = Response(found.body if scope["method"] == "GET" else b"", headers=dict(found.headers))
        await answer(scope, receive, send)

    async def _compressed(self, name: str) -> _Compressed:
        """Return a compressed file; requests that come meanwhile wait for the same compression."""
        if name not in self.compressed:
            self.compressed[name] = asyncio.ensure_future(asyncio.to_thread(_compress, self.files[name]))
        return await asyncio.shield(self.compressed[name])


def _compress(path: Path) -> _Compressed:
    body = gzip.compress(path.read_bytes(), mtime=0)
    kind, _ = mimetypes.guess_type(path.name)
    charset = "; charset=utf-8" if kind and kind.startswith("text/") else ""
    headers = {
        "content-type": f"{kind or 'text/plain'}{charset}",
        "content-encoding": "gzip",
        "content-length": str(len(body)),
        "etag": f'"{hashlib.sha256(body).hexdigest()[:24]}"',
        "last-modified": formatdate(path.stat().st_mtime, usegmt=True),
        "cache-control": f"public, immutable, max-age={STATIC_ASSET_CACHE_MAX_AGE_SECONDS}",
        **_VARY,
    }
    return _Compressed(body, Headers(headers))


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a header `Accept-Encoding` allows gzip: by its name or `*`, with a weight above 0."""
    weights: dict[str, float] = {}
    for entry in accept_encoding.lower().split(","):
        coding, _, parameter = entry.partition(";")
        name, _, value = parameter.partition("=")
        try:
            weights[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:  # not a number
            weights[coding.strip()] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _varying(send: Send) -> Send:
    """Return a `send` that says of an uncompressed answer that others may get it compressed."""

    async def varied(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(raw=message["headers"]).add_vary_header("Accept-Encoding")
        await send(message)

    return varied
