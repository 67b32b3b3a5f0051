"""An `[auth]` section and the claims of an ID token that may be believed."""

from __future__ import annotations

from typing import Any

from support.editions import NOW

ISSUER = "https://id.example"


CLAIMS: dict[str, Any] = {
    "is_logged_in": True,
    "provider": "default",
    "iss": ISSUER,
    "aud": "clusterdash",
    "sub": "7",
    "iat": NOW.timestamp() - 60,
    "email": "Anna@Example.org",
    "email_verified": True,
}


OPTIONS: dict[str, Any] = {
    "server.trustedUserHeaders": {},
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
    "client.showErrorDetails": "none",
    "server.address": "localhost",
    "server.sslCertFile": None,
    "server.allowedHosts": ["dash.example"],
}


AUTH: dict[str, Any] = {
    "redirect_uri": "https://dash.example/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "client_id": "clusterdash",
    "client_secret": "s3cret",
    "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration",
    "client_kwargs": {"prompt": "login"},
}
