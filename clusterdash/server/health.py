"""Whether the server runs, and whether visitors can be served: for proxies, containers and monitoring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..domain import ClusterdashError
from ..i18n import explain, without_paths
from . import edition_cache
from .request_info import language

_HEADERS = MappingProxyType({"Cache-Control": "no-store"})


SCHEME = "X-Request-Scheme"
"""The header of an answer that says whether the request came by https, as the server sees it behind its proxy."""


def alive(request: Request, _: Mapping[str, str]) -> Response:
    """Answer that the process answers; nothing is read."""
    return PlainTextResponse("ok", headers={**_HEADERS, SCHEME: request.url.scheme})


def ready(request: Request, _: Mapping[str, str]) -> Response:
    """Answer whether visitors can be served: 200 if the data can be read, else 503 with the reason.

    Streamlit's `/_stcore/health` only says that the program runs: without its "ok" no browser connects, and no visitor
    would see what is wrong.
    """
    try:
        edition_cache.check_readable()
    except ClusterdashError as error:
        return PlainTextResponse(explain(language(request), without_paths(error)), 503, _HEADERS)
    return PlainTextResponse("ok", headers=_HEADERS)


ENDPOINTS: Mapping[str, Callable[[Request, Mapping[str, str]], Response]] = MappingProxyType(
    {"/healthz": alive, "/readyz": ready, "/health": ready}
)
"""By their path; `/health` is the former name of `/readyz`."""
