"""Measures of requests, connections, the operational database and the served edition, and who may read them."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, event
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain import ClusterdashError
from ..metrics import DATABASE_QUERIES, OPEN_SESSIONS, REGISTRY, REQUEST_TIMES, REQUESTS
from ..settings import Settings, settings
from . import edition_cache
from .route_classes import route_class

PATH = "/metrics"
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")
"""Headers that a proxy adds: with one of them, a request of this machine is somebody else's."""


class RequestMetrics:
    """ASGI middleware: counts and times requests by their kind, and counts open connections."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await self._connection(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, status, start = route_class(scope), 500, time.perf_counter()

        async def counted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            REQUESTS.labels(route, str(status)).inc()
            REQUEST_TIMES.labels(route).observe(time.perf_counter() - start)

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = False

        async def counted(message: Message) -> None:
            nonlocal accepted
            if message["type"] == "websocket.accept":
                accepted = True
                OPEN_SESSIONS.inc()
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            if accepted:
                OPEN_SESSIONS.dec()


class EditionAge(Collector):
    """The age of the served edition, worked out when it is asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the age in seconds, and whether the data can be read at all."""
        readable = GaugeMetricFamily("clusterdash_ready", "1 if the data can be read, else 0.")
        try:
            edition_cache.check_readable()
            built = edition_cache.public_reader().edition().created_at.replace(tzinfo=UTC)  # stored in UTC
        except ClusterdashError:
            readable.add_metric([], 0)
        else:
            readable.add_metric([], 1)
            age = GaugeMetricFamily("clusterdash_edition_age_seconds", "Time since the served edition was built.")
            age.add_metric([], (datetime.now(UTC) - built).total_seconds())
            yield age
        yield readable


def begin() -> None:
    """Measure the operational database and the served edition from now on."""
    REGISTRY.register(EditionAge())
    event.listen(Engine, "before_cursor_execute", _started)
    event.listen(Engine, "after_cursor_execute", _ended)


def _started(_connection: object, _cursor: object, _sql: object, _values: object, context: Any, _many: object) -> None:
    context.clusterdash_started = time.perf_counter()


def _ended(_connection: object, _cursor: object, _sql: object, _values: object, context: Any, _many: object) -> None:
    DATABASE_QUERIES.observe(time.perf_counter() - context.clusterdash_started)


def route(prefix: str = "") -> Route:
    """Return the route of the metrics, below a sub-path if the server has one."""
    return Route(prefix + PATH, _answer, methods=["GET"])


def _answer(request: Request) -> Response:
    try:
        allowed = may_read(request, settings(edition_cache.data_dir()))
    except ClusterdashError:
        allowed = False
    if not allowed:  # as where there is nothing
        return PlainTextResponse("Not Found", 404)
    return Response(generate_latest(REGISTRY), headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_LATEST)


def may_read(request: Request, found: Settings) -> bool:
    """Whether a request may read the metrics: with the token, or as a program on this machine, if that is settled."""
    if found.metrics_token:
        expected = f"Bearer {found.metrics_token}".encode()
        if hmac.compare_digest(request.headers.get("authorization", "").encode("latin-1"), expected):
            return True
    return found.metrics == "local" and _is_direct(request)


def _is_direct(request: Request) -> bool:
    """Whether a request comes from this machine and through no proxy."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
