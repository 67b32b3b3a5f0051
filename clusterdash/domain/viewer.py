"""Viewers of results, and what a person was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Audience(StrEnum):
    """The audience of a page; also the name of its folder below `pages/`."""

    PUBLIC = "public"
    CLUSTER = "cluster"
    EXPERT = "expert"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A viewer, and the clusters whose results that person may see. Staff may see every cluster's.

    `email`: the address that has signed in, or "". `manages`, `assesses`: the clusters that the person is a manager, or
    an expert of; both are among `clusters`, unless the person is staff.
    """

    audience: Audience
    clusters: frozenset[str] = frozenset()
    email: str = ""
    manages: frozenset[str] = frozenset()
    assesses: frozenset[str] = frozenset()


class GrantRole(StrEnum):
    """The role a person is granted: staff (everything), or manager or expert of single clusters."""

    STAFF = "staff"
    MANAGER = "manager"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one person may see, by verified e-mail address in lower case; both days are included, None is open."""

    email: str
    role: GrantRole
    clusters: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None


PUBLIC = Viewer(Audience.PUBLIC)
STAFF = Viewer(Audience.STAFF)
