"""Labels, their states, and the awards that clusters hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .cluster import Cluster
from .text import LocalizedText, PartialDate


class Label(StrEnum):
    """The three labels, in the order in which they are won."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class LabelState(StrEnum):
    """What is known of a label on a day, from its stated end: the first two are active."""

    VALID = "valid"
    SOON = "soon"
    RENEWAL = "renewal"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Award:
    """A label given once. `valid_until` is the end that the source states, "" where it states none: never computed.

    `award_id` tells it from all others of the register, as long as its facts stay the same; `checked_on` is when
    somebody last looked at the source, "" where that was not written down.
    """

    award_id: str

    label: Label
    awarded_on: PartialDate
    date_basis: str
    valid_until: PartialDate
    source_url: str
    confidence: Literal["high", "medium"]
    checked_on: PartialDate


@dataclass(frozen=True, slots=True)
class LabelHolder:
    """A cluster with all its awards, the latest first, and the names of its sectors."""

    cluster: Cluster
    awards: tuple[Award, ...]
    sector_names: tuple[LocalizedText, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which share of a label's awards the register holds, in per cent, and what that is measured against."""

    share_percent: float
    basis: LocalizedText


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """What the register of labels calls itself, and of when it is; "" where what was handed in has changed it since."""

    title: LocalizedText
    as_of: PartialDate
