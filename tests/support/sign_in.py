"""Who has signed in, for pages without a browser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

AUTH = {
    "client_id": "clusterdash",
    "client_secret": "s",
    "cookie_secret": "c",
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "server_metadata_url": "https://id.example/.well-known/openid-configuration",
}


def claims(who: str) -> dict[str, Any]:
    if who == "public":
        return {"is_logged_in": False}
    told = {"provider": "default", "iss": "https://id.example", "aud": "clusterdash", "sub": who, "email": who}
    return {"is_logged_in": True, "email_verified": True, "iat": datetime.now(UTC).timestamp(), **told}
