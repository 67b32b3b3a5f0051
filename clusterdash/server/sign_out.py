"""Signing out by Streamlit's own address: it deletes the browser's cookie, and a copy of that must end as well.

The button on the pages notes the sign-out itself; whoever opens `/auth/logout` comes past here.
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
from ..auth.settings import settings
from ..domain import ClusterdashError
from . import edition_cache

_LOGOUT = "/auth/logout"


class SignOut:
    """ASGI middleware: notes who signs out, and passes everything on."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].endswith(_LOGOUT):
            revoke_sign_ins(claims(Request(scope)), datetime.now(UTC))
        await self.app(scope, receive, send)


def auth() -> Mapping[str, Any]:
    """The `[auth]` section of the secrets; empty where no login is configured."""
    try:
        found: Mapping[str, Any] = st.secrets.get("auth", {})
    except FileNotFoundError:
        return {}
    return found


def claims(request: Request) -> dict[str, Any]:
    """The claims in a request's cookie of sign-in; none where there is no cookie that this server has signed."""

    def signed(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return None if value is None else decode_signed_value(get_cookie_secret(), name, value.encode("latin-1"))

    try:
        told: object = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def revoke_sign_ins(claimed: Mapping[str, Any], now: datetime) -> None:
    """End the sign-ins of whom the claims name, unless that was done already."""
    data = edition_cache.data_dir()
    try:
        settled = settings(data)
        person = identity(claimed, providers(auth(), settled), now, settled)
    except ClusterdashError:  # nobody whom we would let in
        return
    if not revocation.is_revoked(data, person):
        revocation.record_sign_out(data, person, now, settled.hours)
        audit_log.record(data, now, person.email, "sign_out", "")
