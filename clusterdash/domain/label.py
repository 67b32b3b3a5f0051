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
    """The state of a label on a day, from the end that decides: the first three are held.

    `BY_RULE` and `ENDED_BY_RULE` follow from an end by the scheme's rule, and hold unless it was renewed since.
    """

    VALID = "valid"
    SOON = "soon"
    BY_RULE = "by_rule"
    RENEWAL = "renewal"
    EXPIRED = "expired"
    ENDED_BY_RULE = "ended_by_rule"
    UNKNOWN = "unknown"


class EndKind(StrEnum):
    """How the end of a label is known; never mixed."""

    STATED = "stated"
    """A source states the end."""
    DURATION = "duration"
    """A source states how long the award lasts."""
    RULE = "rule"
    """Neither; the award's date and the scheme's rule give an end (`ValidityRule`)."""
    OBSERVED = "observed"
    """A source says that the label had lapsed by then."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ValidityRule:
    """How long a label lasts, for first awards or for renewals of the years from `first_year` to `last_year`.

    `months` count from the award or, for a renewal where `from_former_end`, from the end before; a renewal comes within
    `window_months` of that end. `certainty`: who says so.
    """

    label: Label
    renewal: bool
    first_year: int
    last_year: int | None
    months: int
    from_former_end: bool
    window_months: int
    certainty: Literal["official", "holders", "inferred"]
    basis: LocalizedText
    source_url: str


@dataclass(frozen=True, slots=True)
class LabelEnd:
    """The end of a label, and how it is known. `rule`: the one that gives it, where one does."""

    kind: EndKind = EndKind.UNKNOWN
    until: PartialDate = ""
    rule: ValidityRule | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """One award of a label. `valid_until` is the end that the source states, "" where it states none: never computed.

    `award_id` is unique in the register, and stable as long as the facts of the award are; `checked_on` is the day on
    which the source was last checked, "" where that was not recorded. `valid_months`: how long the award lasts, where
    the source says that. `end` is when it ends, from all that is known (`label_end.with_ends`).
    """

    award_id: str
    label: Label
    awarded_on: PartialDate
    date_basis: str
    valid_until: PartialDate
    source_url: str
    confidence: Literal["high", "medium"]
    checked_on: PartialDate
    valid_months: int | None = None
    end: LabelEnd = LabelEnd()


@dataclass(frozen=True, slots=True)
class Observation:
    """What a source says of a label on a day, without being an award: that it was held, or had lapsed by then."""

    label: Label
    seen_on: PartialDate
    held: bool
    basis: str
    source_url: str
    confidence: Literal["high", "medium"]


@dataclass(frozen=True, slots=True)
class LabelHolder:
    """A cluster with all its awards, latest first, the names of its sectors, and what was seen of its labels.

    `dissolved_on`: since when it no longer exists, "" where it does; `successor`: the id of the cluster that followed
    it, if one did.
    """

    cluster: Cluster
    awards: tuple[Award, ...]
    sector_names: tuple[LocalizedText, ...]
    observations: tuple[Observation, ...] = ()
    dissolved_on: PartialDate = ""
    successor: str = ""

    @property
    def highest_label(self) -> Label:
        """The highest label that it was ever awarded."""
        return max((award.label for award in self.awards), key=list(Label).index)


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
