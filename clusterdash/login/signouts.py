"""Who has signed out, and when: a copied cookie must not sign anybody in again.

A file for each person in `<data>/signed-out/`, named by a hash, whose time is that of signing out. So nothing is ever
read and written back, and servers that share the folder agree.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .. import files
from .logins import Identity

_FOLDER = "signed-out"


def note(data: Path, identity: Identity, now: datetime, hours: float) -> None:
    """Let nobody in with what this person has signed in with up to now; forget what is too old to matter."""
    folder = files.make_folder(data / _FOLDER)
    mark = folder / _name(identity)
    mark.touch(mode=files.PRIVATE_FILE)
    os.utime(mark, (now.timestamp(), now.timestamp()))
    oldest = (now - timedelta(hours=hours)).timestamp()
    for other in folder.iterdir():
        if other.stat().st_mtime < oldest:
            other.unlink(missing_ok=True)


def ended(data: Path, identity: Identity) -> bool:
    """Whether this person has signed out since."""
    try:
        at = (data / _FOLDER / _name(identity)).stat().st_mtime
    except FileNotFoundError:
        return False
    return identity.since <= datetime.fromtimestamp(at, UTC)


def _name(identity: Identity) -> str:
    return hashlib.sha256(f"{identity.issuer} {identity.subject}".encode()).hexdigest()
