"""Checks of the public address: certificate, the way through the proxy, its headers, and the connection of a visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..domain import ClusterdashError
from . import web_requests
from .finding import Finding, error, ok, warning

CERTIFICATE_DAYS = 14
"""Days for which a certificate must still be valid: time to renew it."""


def check_public_address(url: str, now: datetime, *, behind_tls: bool) -> Iterator[Finding]:
    """Whether visitors reach the server at its public address, and the server knows how they come."""
    base = url.rstrip("/")
    secured = base.startswith("https://")
    try:
        if secured:
            yield check_certificate(web_requests.certificate_end(base), now)
        answer = web_requests.get(f"{base}/healthz")
        if answer.status != 200 or answer.body != b"ok":
            yield error("public_address", "no_health", address=f"{base}/healthz", status=answer.status)
            return
        yield ok("public_address", "reached", address=base)
        if secured:
            yield _check_scheme(answer.headers.get("x-request-scheme", ""), behind_tls=behind_tls)
        status = web_requests.upgrade(f"{base}/_stcore/stream").status
    except ClusterdashError as reason:
        yield Finding("public_address", "error", reason)
        return
    yield ok("websocket", "websocket") if status == 101 else error("websocket", "no_websocket", status=status)


def check_certificate(end: datetime, now: datetime) -> Finding:
    """Whether a certificate is valid for long enough to be renewed in time."""
    days = (end - now) // timedelta(days=1)
    if days < CERTIFICATE_DAYS:
        return error("certificate", "certificate_ends", days=days, least=CERTIFICATE_DAYS)
    return ok("certificate", "certificate_valid", days=days)


def _check_scheme(seen: str, *, behind_tls: bool) -> Finding:
    if seen != "https":
        return error("proxy_headers", "no_forwarded_proto", found=seen or "–")
    return ok("proxy_headers", "forwarded_proto") if behind_tls else warning("proxy_headers", "not_behind_tls")
