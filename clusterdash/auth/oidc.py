"""Verification of the claims of an OpenID provider: an identity, or the reason why not. Pure.

Streamlit keeps the claims in a cookie for 30 days and checks neither issuer nor audience nor age; so they are checked
here, on every run of every page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from ..access import normalize_email
from ..domain import ClusterdashError
from ..settings import Settings

DEFAULT = "default"
"""The name that Streamlit gives to the provider of an `[auth]` section without names."""
_WELL_KNOWN = "/.well-known/openid-configuration"
CLOCK_SKEW = timedelta(seconds=60)
"""How far the clock of a provider may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider that visitors may sign in with. `verifies_emails`: it verifies every address."""

    name: str
    issuers: tuple[str, ...]
    client_id: str
    verifies_emails: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """A visitor who has signed in: a verified address (`access.normalize_email`), and since when (UTC).

    The time is the provider's, whose clock may be ahead by up to `CLOCK_SKEW`.
    """

    email: str
    issuer: str
    subject: str
    since: datetime


def providers(auth: Mapping[str, Any], settings: Settings) -> tuple[Provider, ...]:
    """The providers of an `[auth]` section, in its order: the default one, and those in named subsections.

    An issuer is the address of its metadata without the well-known suffix (OpenID Connect Discovery 1.0, section 4),
    unless the settings name others.
    """
    sections = {DEFAULT: auth} if "client_id" in auth else {}
    sections |= {name: section for name, section in auth.items() if isinstance(section, Mapping)}
    return tuple(
        Provider(
            name,
            settings.issuers.get(name, (str(section.get("server_metadata_url", "")).removesuffix(_WELL_KNOWN),)),
            str(section.get("client_id", "")),
            name in settings.vouching,
        )
        for name, section in sections.items()
        if name != "client_kwargs"
    )


def identity(claims: Mapping[str, Any], known: tuple[Provider, ...], now: datetime, settings: Settings) -> Identity:
    """The identity in the claims of an ID token. Raises ClusterdashError with the reason if they are not valid."""
    provider = next((one for one in known if one.name == claims.get("provider")), None)
    issuer, audience = str(claims.get("iss", "")).rstrip("/"), claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    if (
        provider is None
        or not issuer
        or issuer not in {known.rstrip("/") for known in provider.issuers}
        or not provider.client_id
    ):
        raise ClusterdashError("login.not_for_us")
    if provider.client_id not in audiences:
        found = ", ".join(map(str, audiences)) or "–"
        raise ClusterdashError("login.other_audience", found=found, expected=provider.client_id)
    issued, subject = claims.get("iat"), claims.get("sub")
    if isinstance(issued, bool) or not isinstance(issued, (int, float)) or not isinstance(subject, str) or not subject:
        raise ClusterdashError("login.not_for_us")
    try:
        since = datetime.fromtimestamp(issued, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ClusterdashError("login.not_for_us") from error
    if since > now + CLOCK_SKEW:
        ahead, allowed = ceil((since - now).total_seconds()), int(CLOCK_SKEW.total_seconds())
        raise ClusterdashError("login.clock_ahead", seconds=ahead, allowed=allowed)
    if since < now - timedelta(hours=settings.hours):
        raise ClusterdashError("login.too_old", hours=settings.hours)
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise ClusterdashError("login.no_address")
    _require_verified(claims, email, provider)
    return Identity(normalize_email(email), issuer, subject, since)


def _require_verified(claims: Mapping[str, Any], email: str, provider: Provider) -> None:
    """Raise ClusterdashError unless the provider states that it has verified the address, or is known to verify all.

    OpenID Connect makes the claim a boolean; some providers (Amazon Cognito) send it as the text "true".
    """
    if "email_verified" not in claims:
        if not provider.verifies_emails:
            raise ClusterdashError("login.verification_missing", email=email, provider=provider.name)
        return
    told = claims["email_verified"]
    if told is False or told == "false":
        raise ClusterdashError("login.unverified", email=email)
    if told is not True and told != "true":
        raise ClusterdashError("login.verification_unclear", email=email, value=str(told))
