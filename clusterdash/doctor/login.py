"""Checks of the login: the way back from the identity provider, its metadata, and its clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from ..auth.oidc import CLOCK_SKEW
from ..auth.startup_checks import CALLBACK
from ..domain import ClusterdashError
from . import web_requests
from .finding import Finding, error, ok, warning


@dataclass(frozen=True, slots=True)
class LoginProvider:
    """A provider as the server will use it: the address of its metadata, and the issuers whose tokens are accepted."""

    name: str
    metadata: str
    issuers: Sequence[str]


def check_redirect(redirect: str, url: str | None) -> Finding:
    """Whether the provider sends visitors back to the public address."""
    expected = f"{url.rstrip('/')}{CALLBACK}" if url else None
    if expected and redirect != expected:
        return error("redirect", "redirect_differs", found=redirect, expected=expected)
    return ok("redirect", "redirect", found=redirect)


def check_provider(provider: LoginProvider, now: datetime) -> Iterator[Finding]:
    """Whether a provider's metadata can be read, names an accepted issuer, and its clock agrees with ours."""
    try:
        answer = web_requests.get(provider.metadata)
    except ClusterdashError as reason:
        yield Finding("provider", "error", reason)
        return
    issuer = _issuer(answer.body)
    if answer.status != 200 or issuer is None:
        yield error("provider", "no_metadata", address=provider.metadata, status=answer.status)
        return
    accepted = [one.rstrip("/") for one in provider.issuers]
    if issuer.rstrip("/") not in accepted:
        expected = ", ".join(provider.issuers)
        yield error("provider", "other_issuer", provider=provider.name, found=issuer, expected=expected)
    else:
        yield ok("provider", "provider", provider=provider.name, issuer=issuer)
    yield check_clock(answer.headers, now)


def check_clock(headers: Mapping[str, str], now: datetime) -> Finding:
    """Whether the time in the header `Date` of an answer is that of this machine."""
    try:
        theirs = parsedate_to_datetime(headers["date"])
        seconds = round((theirs - now).total_seconds())
    except (KeyError, ValueError, TypeError):
        return warning("clock", "no_date")
    allowed = round(CLOCK_SKEW.total_seconds())
    if abs(seconds) >= allowed:
        return error("clock", "clock_differs", seconds=abs(seconds), allowed=allowed)
    return ok("clock", "clock", seconds=abs(seconds))


def _issuer(body: bytes) -> str | None:
    """The issuer in the metadata of a provider; None if it is no such document."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    issuer = found.get("issuer") if isinstance(found, dict) else None
    return issuer if isinstance(issuer, str) else None
