"""Revocation of sign-ins by signing out: a copied cookie must not sign anybody in again, on any server.

A sign-in has the time of the provider, whose clock may be ahead: it could then appear to be later than the sign-out
that ended it. So the latest sign-in of a person is stored too, if it is in the future.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from ..operational_database import sign_outs
from .oidc import Identity


def record_sign_in(data: Path, identity: Identity, now: datetime) -> None:
    """Store the time of a sign-in that is in the future; nothing is written if clocks agree."""
    if identity.since > now:
        sign_outs.record_sign_in(data, person_hash(identity), identity.since)


def record_sign_out(data: Path, identity: Identity, now: datetime, hours: float) -> None:
    """Revoke all sign-ins of this person up to now; remove what is older than `hours`, the lifetime of a sign-in."""
    at = max(now, identity.since)
    sign_outs.record_sign_out(data, person_hash(identity), at, now - timedelta(hours=hours))


def is_revoked(data: Path, identity: Identity) -> bool:
    """Whether this person has signed out since this sign-in."""
    at = sign_outs.signed_out(data, person_hash(identity))
    return at is not None and identity.since <= at


def person_hash(identity: Identity) -> str:
    """The person of an identity as sign-outs name it: SHA-256 of issuer and subject."""
    return hashlib.sha256(f"{identity.issuer} {identity.subject}".encode()).hexdigest()
