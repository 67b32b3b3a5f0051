"""The id of a request or of a run of a page: in its answer, in each line of the log about it, and on the error page."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..i18n import translate
from ..metrics import ERRORS
from .request_info import language
from .route_classes import route_class

HEADER = "X-Request-ID"
_VALID = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""Ids of a proxy that are taken over: no others can be told from text that somebody wants to see in the log."""


class RequestId(NamedTuple):
    """The id of a request, or of a run of a page with that of the connection of its visit."""

    own: str
    session: str = ""


_CURRENT: ContextVar[RequestId | None] = ContextVar("request_id", default=None)


def current() -> RequestId | None:
    """Return the id of the request or run that this thread or task works for; None outside of any."""
    return _CURRENT.get()


def begin_run(headers: Mapping[str, str]) -> None:
    """Give a run of a page a new id; `headers` are those of its connection, which has one from `RequestIds`."""
    _CURRENT.set(RequestId(_new(), headers.get(HEADER, "")))


def _new() -> str:
    return secrets.token_hex(6)


class RequestIds:
    """ASGI middleware: gives each request an id, that of a proxy if it is valid, and answers it in `X-Request-ID`.

    A request that fails is logged with the exception, and answered (500) with a sentence that names the id.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(scope["headers"]))
        given = headers.get(HEADER, "")
        own = given if _VALID.fullmatch(given) else _new()
        headers[HEADER] = own  # the pages of a visit read it there
        _CURRENT.set(RequestId(own))
        started = failed = False

        async def identified(message: Message) -> None:
            nonlocal started
            if message["type"] in ("http.response.start", "websocket.accept", "websocket.http.response.start"):
                started = True
                answered = MutableHeaders(raw=list(message.get("headers", ())))
                answered[HEADER] = own
                message = {**message, "headers": answered.raw}
                if message.get("status", 200) >= 500 and not failed:
                    _log(logging.WARNING, scope, "answered with %d", message["status"])
            await send(message)

        inner = {**scope, "headers": headers.raw}
        try:
            await self.app(inner, receive, identified)
        except ClientDisconnect:  # nobody waits for an answer
            return
        except Exception:
            failed = True
            ERRORS.labels("request").inc()
            _log(logging.ERROR, scope, "failed", exc_info=True)
            if scope["type"] == "websocket" or started:
                raise
            sentence = translate(language(Request(inner)), "error.request", id=own)
            await PlainTextResponse(sentence, 500, Headers({"cache-control": "no-store"}))(inner, receive, identified)


def _log(level: int, scope: Scope, event: str, *values: object, exc_info: bool = False) -> None:
    """Log an event of a request, which is named by its kind: addresses and query strings may hold names."""
    logger = logging.getLogger("clusterdash")
    logger.log(level, f"a request (%s) {event}", route_class(scope), *values, exc_info=exc_info)
