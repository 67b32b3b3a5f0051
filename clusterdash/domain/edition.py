"""An edition: what was published together, and how complete it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """What was published together. `content_hash` covers all that it was made from: same tables, same hash.

    `completed`: the edition that this one extends, "" for one that was submitted as a whole.
    """

    edition_id: str
    title: str
    created_at: datetime
    synthetic: bool
    clusters: int
    assessments: int
    content_hash: str
    built_by: str
    completed: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorCompleteness:
    """How many of the latest assessments in a scheme answer an indicator."""

    indicator: str
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class AssessmentCompleteness:
    """How many questions of its scheme a cluster's latest assessment answers, and the day of that assessment."""

    cluster_id: str
    name: str
    assessed_on: date
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A reference pack of an edition, as its staff see it. `public_key`: by which it is signed, "" for none."""

    title: str
    publisher: str
    scheme: str
    created: date
    licence: str
    groups: int
    public_key: str
