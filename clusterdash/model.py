"""The nouns of the field. Nothing here computes, reads or draws, and nothing here imports another room.

A result handed to a page (`ClusterBenchmark` and what it holds) has no field that could carry another cluster's
value: the types are the privacy boundary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Language = Literal["fr", "en"]
Kind = Literal["level", "share", "number", "points", "gate"]
Direction = Literal["higher", "lower", "none"]
Evidence = Literal["declared", "verified"]
Purpose = Literal["benchmark", "evaluation"]
SilverAudit = Literal["yes", "no", "unknown", ""]
PartialDate = str
"""A date as precise as its source gives it: "2013", "2013-03", "2013-03-27", or "" where it is not known."""


class ClusterdashError(Exception):
    """What a user must be told: a key of the texts (`i18n/locales`) and what to fill in. Never a stack trace."""

    def __init__(self, key: str, **values: object) -> None:
        """Name the sentence and its values."""
        super().__init__(key, values)
        self.key = key
        self.values = values


class NoEditionError(ClusterdashError):
    """No edition is published in a data folder."""

    def __init__(self, folder: object) -> None:
        """Name the data folder."""
        super().__init__("store.no_edition", folder=folder)


class EditionVersionError(ClusterdashError):
    """An edition was made by another version of the program. `synthetic`: whether it says that it is invented."""

    def __init__(self, key: str, file: object, found: int, expected: int, *, synthetic: bool) -> None:
        """Name the text, the edition's file, its version of the schema and the one that this program reads."""
        super().__init__(key, file=file, found=found, expected=expected)
        self.synthetic = synthetic


class ErrorCode(StrEnum):
    """The problems upon which the program itself decides; all others are only shown."""

    NO_STAFF = "grant.no_staff"
    NOTHING_TO_PUBLISH = "edition.nothing"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, at one place. `key` names a text (`i18n/locales`); `row` counts as a spreadsheet does."""

    file: str
    table: str
    row: int | None
    column: str
    value: str
    key: str
    values: tuple[tuple[str, object], ...] = ()
    severity: Literal["error", "warning"] = "error"

    def has(self, code: ErrorCode) -> bool:
        """Whether it is the problem of this code."""
        return self.key == code


class Label(StrEnum):
    """The three labels, in the order in which they are won."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class State(StrEnum):
    """What is known of a label on a day, from its stated end: the first two are active."""

    VALID = "valid"
    SOON = "soon"
    RENEWAL = "renewal"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Audience(StrEnum):
    """For whom a page exists; also the name of its folder below `pages/`."""

    PUBLIC = "public"
    CLUSTER = "cluster"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """A name that the data give in both languages."""

    fr: str
    en: str

    def get(self, language: Language) -> str:
        """The name in one language."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Sector:
    """A comparative portfolio; `is_esca_portfolio` tells the official fourteen."""

    code: str
    name: LocalizedText
    is_esca_portfolio: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """An organisation that manages a network around one field in one region.

    `country` is ISO 3166-1 alpha-2; latitude and longitude are WGS 84 degrees, both None where the place is not known;
    `sectors` holds codes, the main one first.
    """

    cluster_id: str
    name: str
    country: str
    city: str
    region: str
    latitude: float | None
    longitude: float | None
    geo_precision: Literal["city", "region", "unknown"]
    activity: str
    website: str
    note: str
    sectors: tuple[str, ...]

    @property
    def placed(self) -> bool:
        """Whether its coordinates are known, so that it is on the map."""
        return self.latitude is not None and self.longitude is not None


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
    fields: tuple[LocalizedText, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which share of a label's awards the register holds, in per cent, and what that is measured against."""

    share_percent: float
    basis: LocalizedText


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the register of labels calls itself, and of when it is; "" where what was handed in has changed it since."""

    title: LocalizedText
    as_of: PartialDate


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a grid. A changed grid is a new scheme with its own code and the same family.

    `pass_share`: the share of all points, in per cent, that passes; None where the scheme asks for none.
    """

    code: str
    family: str
    version: str
    name: LocalizedText
    purpose: Purpose
    illustrative: bool
    pass_share: float | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """A block of a scheme."""

    scheme: str
    code: str
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question of a scheme version, with the rule for its answers.

    `unit` is that of several; `unit_one` follows the number one, "" where the unit is the same for all numbers.
    `silver_audit`: whether the auditor of the Silver label looks at it; "" where the scheme does not say.
    """

    scheme: str
    code: str
    dimension: str
    name: LocalizedText
    kind: Kind
    unit: LocalizedText
    minimum: float | None
    maximum: float | None
    direction: Direction
    threshold: float | None
    basis: str
    silver_audit: SilverAudit = ""
    unit_one: LocalizedText = LocalizedText("", "")


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator measures, and why it matters."""

    indicator: str
    measures: LocalizedText
    matters: LocalizedText


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do about an indicator that is a margin for improvement.

    `limit`: only where the value is as bad as this or worse; None for always. `effort`: 1 weeks, 2 a semester, 3 a year
    or more.
    """

    indicator: str
    limit: float | None
    effort: int
    action: LocalizedText
    good: LocalizedText
    evidence: LocalizedText


@dataclass(frozen=True, slots=True)
class Document:
    """A document that shows an indicator to those who verify it; `code` tells it from the others of its scheme."""

    code: str
    indicator: str
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Effort:
    """What a step of an indicator takes that leads to `level` or higher, from 1 up; None: it cannot change at will."""

    indicator: str
    level: float
    effort: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A scheme with its dimensions and indicators, in the order of the questionnaire, and what is said about them."""

    scheme: Scheme
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    definitions: tuple[Definition, ...]
    recommendations: tuple[Recommendation, ...]
    documents: tuple[Document, ...] = ()
    efforts: tuple[Effort, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """What was published together. `content_hash` is that of all files it was made from: same files, same hash.

    `completed`: the edition that was completed by it, "" for one that was handed in as a whole.
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
class PeerGroup:
    """A published group of clusters. `key` tells the groups of a kind apart, "" where there is only one.

    `name` is empty for the top 500 and for all clusters, whose names are texts of the product.
    """

    kind: Literal["top500", "sector", "size", "age", "country", "all"]
    key: str
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Position:
    """Where one cluster stands among its peers in one indicator.

    `percentile` 0-100 counts ties half; `percentile_low` and `percentile_high` are the shares strictly worse and worse
    or equal, in per cent. `peer_median`, `peer_lower` and `peer_upper` (the quartiles) are in the indicator's unit. `n`
    peers answered, the cluster itself left out. What may not be shown or is not known is None.
    """

    indicator: str
    value: float | None
    percentile: float | None
    percentile_low: float | None
    percentile_high: float | None
    peer_median: float | None
    peer_lower: float | None
    peer_upper: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One axis of the radar: the cluster's score in a dimension, and that of its peers.

    `score` is the mean percentile of the dimension's indicators among the top 500, whatever the reference;
    `peer_median` is the median of such scores of the `n` peers. None where it may not be shown or too few questions
    can be compared.
    """

    dimension: str
    score: float | None
    peer_median: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Practice:
    """Which share of a group, in per cent, answers an indicator with a level from `low` to `high`."""

    indicator: str
    low: int
    high: int
    share: float


@dataclass(frozen=True, slots=True)
class Part:
    """`n` members of a group that have something in common; `key` is empty for all that are too few to be told apart.

    `name` is empty for countries, whose key is their ISO 3166-1 alpha-2 code.
    """

    kind: Literal["country", "sector", "size"]
    key: str
    name: LocalizedText
    n: int


@dataclass(frozen=True, slots=True)
class Reference:
    """One cluster against one peer group of `n` others, which are counted in steps of `step`.

    `composition` and `practices` are of the whole group, the cluster itself included where it belongs to it.
    """

    group: PeerGroup
    n: int
    profiles: tuple[Profile, ...]
    positions: tuple[Position, ...]
    composition: tuple[Part, ...]
    practices: tuple[Practice, ...]
    step: int = 5


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A group that a cluster belongs to and of which nothing is told, lest it be told of a few.

    `reason`: the group is too small itself, or the difference between it and another one.
    """

    group: PeerGroup
    reason: Literal["few", "difference"]


@dataclass(frozen=True, slots=True)
class Withheld:
    """What staff see of what is not told: a group of `n` clusters, with the indicator or dimension that is withheld.

    `code` is empty where nothing at all is told of the group. `reason` as in `disclosure`.
    """

    group: PeerGroup
    n: int
    code: str
    reason: Literal["few", "difference", "alike"]


@dataclass(frozen=True, slots=True)
class Concentration:
    """How many of the `of` clusters of a group one account sees, and for how many the edition's figures are coarse."""

    group: PeerGroup
    of: int
    coalition: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Robustness:
    """A dimension's position among the top 500 (percentile of its score), and its span over other ways to compute it.

    `same_side`: in how many per cent of these ways it stays on its side of the middle.
    """

    dimension: str
    position: float
    low: float
    high: float
    same_side: float


@dataclass(frozen=True, slots=True)
class Move:
    """An indicator from an earlier benchmark to the latest, in percentiles among the top 500.

    `before`: the answer then among the top 500 of then; `held`: the answer of now among those; `now`: the answer of now
    among the top 500 of now. `n`: others who had answered then. `own_low` and `own_high` bound `held` - `before`,
    however ties are counted: 0 where the answer is the same. None where not known or not to be shown.
    """

    indicator: str
    value_before: float | None
    value_now: float | None
    before: float | None
    held: float | None
    now: float | None
    n: int
    own_low: float | None = None
    own_high: float | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A benchmark of an earlier year, and how each indicator has moved since."""

    assessed_on: date
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class ClusterBenchmark:
    """All that the benchmark page shows of one cluster: its own results and group statistics, nobody else's.

    `context` holds the cluster's own answers to the questions without a better direction, by indicator; `earlier` its
    benchmarks of earlier years, the latest first.
    """

    cluster: Cluster
    edition: Edition
    grid: Grid
    assessed_on: date
    evidence: Evidence
    context: tuple[tuple[str, float | None], ...]
    references: tuple[Reference, ...]
    withdrawn: tuple[Withdrawn, ...]
    robustness: tuple[Robustness, ...]
    earlier: tuple[Earlier, ...]

    @property
    def top500(self) -> Reference:
        """The cluster against the 500 best of Europe."""
        return next(reference for reference in self.references if reference.group.kind == "top500")

    @property
    def sector(self) -> Reference | None:
        """The cluster against the peers of its main sector."""
        return next((reference for reference in self.references if reference.group.kind == "sector"), None)


@dataclass(frozen=True, slots=True)
class HolderMedian:
    """The median of `n` other holders of the label in one indicator, in its unit."""

    indicator: str
    median: float
    n: int


@dataclass(frozen=True, slots=True)
class ExpertView:
    """How experts judged what clusters had declared, over all `pairs` of a declared and a verified assessment.

    `lower` and `higher` are shares of the answers in points, in per cent.
    """

    pairs: int
    lower: float
    higher: float


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """A cluster's own answers of a day, by indicator; a missing answer is absent."""

    assessed_on: date
    answers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Remark:
    """What was noted beside an answer, and what proves it; "" for nothing."""

    notes: str
    proof: str


@dataclass(frozen=True, slots=True)
class Story:
    """A success story told at an assessment: what was done, and what came of it."""

    number: int
    what: str
    result: str


@dataclass(frozen=True, slots=True)
class LastTime:
    """A cluster's own latest answers in a scheme, and the latest that was noted, by indicator. No day: none yet."""

    cluster: Cluster
    assessed_on: date | None = None
    answers: Mapping[str, float] = field(default_factory=dict)
    remarks: Mapping[str, Remark] = field(default_factory=dict)
    stories: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One cluster on its way through an evaluation scheme: its own answers and figures of groups, nobody else's.

    `declared` and `verified` are its latest assessments of either kind, None where there is none; `holders` the medians
    of other holders of the label; `experts` None where there are too few pairs to tell.
    """

    cluster: Cluster
    edition: Edition
    grid: Grid
    declared: OwnAnswers | None
    verified: OwnAnswers | None
    holders: tuple[HolderMedian, ...]
    experts: ExpertView | None


@dataclass(frozen=True, slots=True)
class Pairing:
    """An indicator as clusters declared it and as experts verified it, over `n` clusters with both answers.

    `declared` and `verified` are means in the indicator's unit; `lower`, `same`, `higher` count the clusters whose
    verified answer is lower than, equal to or higher than the declared one.
    """

    indicator: str
    n: int
    declared: float
    verified: float
    lower: int
    same: int
    higher: int


@dataclass(frozen=True, slots=True)
class SectorProfile:
    """A sector in one dimension: quartiles of its members' scores on the scale of the top 500; None where withheld."""

    sector: str
    dimension: str
    n: int
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of the latest assessments in a scheme answer an indicator."""

    indicator: str
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many questions of its scheme a cluster's latest assessment answers, and of which day it is."""

    cluster_id: str
    name: str
    assessed_on: date
    answered: int
    asked: int


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
    """What one person may see, by their checked address in small letters; both days count, None is open."""

    email: str
    role: GrantRole
    clusters: tuple[str, ...]
    since: date | None
    until: date | None


PUBLIC = Viewer(Audience.PUBLIC)
STAFF = Viewer(Audience.STAFF)
