"""Labels, their states, and the awards that clusters hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .cluster import Cluster
from .text import LocalizedText, PartialDate


class Label(StrEnum):
    """The three labels, in the order in which they are awarded."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class LabelState(StrEnum):
    """The state of a label on a day, from its stated end: the first two are active."""

    VALID = "valid"
    SOON = "soon"
    RENEWAL = "renewal"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Award:
    """One award of a label. `valid_until` is the end that the source states, "" where it states none: never computed.

    `award_id` is unique in the register, and stable as long as the facts of the award are; `checked_on` is the day on
    which the source was last checked, "" where that was not recorded.
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
    """A cluster with all its awards, latest first, and the names of its sectors."""

    cluster: Cluster
    awards: tuple[Award, ...]
    sector_names: tuple[LocalizedText, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of a label's awards that the register holds, in per cent, and what that is measured against."""

    share_percent: float
    basis: LocalizedText


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """Title and date of the register of labels; "" where submitted data have changed it since."""

    title: LocalizedText
    as_of: PartialDate
