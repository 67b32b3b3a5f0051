"""Revocation of sign-ins by signing out: a copied cookie must not sign anybody in again.

Each person has a file in `<data>/signed-out/`, named by a hash; its modification time is the time of sign-out. So
nothing is read and written back, and servers that share the folder agree.

A sign-in has the time of the provider, whose clock may be ahead: it could then appear to be later than the sign-out
that ended it. So the latest sign-in of a person is stored too, if it is in the future (`.ahead`).
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .. import files
from .oidc import Identity

_FOLDER = "signed-out"
_AHEAD = ".ahead"


def record_sign_in(data: Path, identity: Identity, now: datetime) -> None:
    """Store the time of a sign-in that is in the future; nothing is written if clocks agree."""
    if identity.since > now:
        ahead = files.make_folder(data / _FOLDER) / f"{_name(identity)}{_AHEAD}"
        _set_time(ahead, max(identity.since, _time(ahead) or identity.since))


def record_sign_out(data: Path, identity: Identity, now: datetime, hours: float) -> None:
    """Revoke all sign-ins of this person up to now; remove files older than `hours`, the lifetime of a sign-in."""
    folder = files.make_folder(data / _FOLDER)
    mark = folder / _name(identity)
    latest = _time(mark.with_suffix(_AHEAD)) or identity.since
    _set_time(mark, max(now, identity.since, latest))
    oldest = (now - timedelta(hours=hours)).timestamp()
    for other in folder.iterdir():
        if other.stat().st_mtime < oldest:
            other.unlink(missing_ok=True)


def is_revoked(data: Path, identity: Identity) -> bool:
    """Whether this person has signed out since this sign-in."""
    at = _time(data / _FOLDER / _name(identity))
    return at is not None and identity.since <= at


def _time(mark: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _set_time(mark: Path, time: datetime) -> None:
    mark.touch(mode=files.PRIVATE_FILE)
    os.utime(mark, (time.timestamp(), time.timestamp()))


def _name(identity: Identity) -> str:
    return hashlib.sha256(f"{identity.issuer} {identity.subject}".encode()).hexdigest()
