"""Who looks at results, and what a person was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Audience(StrEnum):
    """For whom a page exists; also the name of its folder below `pages/`."""

    PUBLIC = "public"
    CLUSTER = "cluster"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and whose results that person may see. Staff may see every cluster's."""

    audience: Audience
    clusters: frozenset[str] = frozenset()


class GrantRole(StrEnum):
    """What a person is granted: everything, or the results of clusters as their manager or their expert."""

    STAFF = "staff"
    MANAGER = "manager"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one person may see, by their checked address in lower case; both days count, None is open."""

    email: str
    role: GrantRole
    clusters: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None


PUBLIC = Viewer(Audience.PUBLIC)
STAFF = Viewer(Audience.STAFF)
