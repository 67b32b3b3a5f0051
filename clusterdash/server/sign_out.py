"""Sign-out by Streamlit's own address: it deletes the browser's cookie, but a copy of the cookie must expire as well.

The button on the pages records the sign-out itself; opening `/auth/logout` directly is handled here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from ..auth import audit_log, revocation
from ..auth.oidc import identity, providers
from ..domain import ClusterdashError
from ..settings import settings
from . import edition_cache

_LOGOUT = "/auth/logout"


class SignOut:
    """ASGI middleware: records who signs out, and passes everything on."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].endswith(_LOGOUT):
            revoke_sign_ins(claims(Request(scope)), datetime.now(UTC))
        await self.app(scope, receive, send)


def auth() -> Mapping[str, Any]:
    """Return the `[auth]` section of the secrets; empty if no login is configured."""
    try:
        found: Mapping[str, Any] = st.secrets.get("auth", {})
    except FileNotFoundError:
        return {}
    return found


def claims(request: Request) -> dict[str, Any]:
    """Return the claims in a request's sign-in cookie; empty if there is no cookie signed by this server."""

    def signed(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return None if value is None else decode_signed_value(get_cookie_secret(), name, value.encode("latin-1"))

    try:
        decoded: object = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


def revoke_sign_ins(claimed: Mapping[str, Any], now: datetime) -> None:
    """Revoke the sign-ins of the person in the claims, unless that was done already."""
    data = edition_cache.data_dir()
    try:
        settled = settings(data)
        person = identity(claimed, providers(auth(), settled), now, settled)
    except ClusterdashError:  # not a valid sign-in
        return
    if not revocation.is_revoked(data, person):
        revocation.record_sign_out(data, person, now, settled.hours)
        audit_log.record(data, now, person.email, "sign_out", "")
