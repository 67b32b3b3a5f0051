"""The benchmark of one cluster against groups of peers.

A result passed to a page (`ClusterBenchmark` and what it holds) has no field that could carry another cluster's
value: the types are the privacy boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .cluster import Cluster
from .edition import Edition
from .scheme import Grid
from .text import NO_TEXT, LocalizedText

Evidence = Literal["declared", "verified"]
PeerGroupKind = Literal["top500", "sector", "size", "age", "country_group", "all"]
"""The kinds of groups of comparison, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class ReferenceSource:
    """A reference pack that groups come from: its id, who publishes it, the year of its latest answers.

    `signed`: whether it carries a valid signature. `combined`: whether it was made of several packs.
    """

    pack: str
    publisher: str
    year: int
    signed: bool
    combined: bool


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """A published group of clusters. `key` identifies a group among those of its kind, "" where there is only one.

    `name` is empty for the top 500 and for all clusters, whose names are translated texts. `source`: the reference pack
    that tells of the group; None for a group of the edition itself.
    """

    kind: PeerGroupKind
    key: str
    name: LocalizedText
    source: ReferenceSource | None = None


@dataclass(frozen=True, slots=True)
class IndicatorPosition:
    """The position of one cluster among its peers in one indicator.

    `percentile` 0-100 counts ties half; `percentile_low` and `percentile_high` are the shares strictly worse and worse
    or equal, in per cent. `peer_median`, `peer_lower` and `peer_upper` (the quartiles) are in the indicator's unit. `n`
    peers answered, the cluster itself excluded. What may not be shown or is not known is None.

    Of a group of a reference pack the figures give bounds: the tie range is between `percentile_low` and
    `percentile_high`, the percentile between `middle_low` and `middle_high`, and `n` may count the cluster itself.
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
    middle_low: float | None = None
    middle_high: float | None = None


@dataclass(frozen=True, slots=True)
class IndicatorQuartiles:
    """The quartiles and the median of a group in one indicator, in its unit, rounded for publication."""

    indicator: str
    lower: float
    median: float
    upper: float


@dataclass(frozen=True, slots=True)
class GroupQuartiles:
    """The quartiles of a group of `n` clusters, by indicator; without those that may not be shown."""

    group: PeerGroup
    n: int
    indicators: tuple[IndicatorQuartiles, ...]


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One axis of the radar: the cluster's score in a dimension, and that of its peers.

    `score` is the mean percentile of the dimension's indicators among the top 500, whatever the reference;
    `peer_median` is the median of such scores of the `n` peers. None where it may not be shown or too few questions
    can be compared. On the scale of a reference pack the score is between `score_low` and `score_high`, and the share
    of its clusters with a lower score, in per cent, between `rank_low` and `rank_high`.
    """

    dimension: str
    score: float | None
    peer_median: float | None
    n: int
    score_low: float | None = None
    score_high: float | None = None
    rank_low: float | None = None
    rank_high: float | None = None


@dataclass(frozen=True, slots=True)
class LevelShare:
    """The share of a group, in per cent, that answers an indicator with a level from `low` to `high`."""

    indicator: str
    low: int
    high: int
    share: float


@dataclass(frozen=True, slots=True)
class CompositionPart:
    """`n` members of a group with the same country, sector or size; `key` is empty for merged small categories.

    `name` is empty for countries, whose key is their ISO 3166-1 alpha-2 code.
    """

    kind: Literal["country", "sector", "size"]
    key: str
    name: LocalizedText
    n: int


@dataclass(frozen=True, slots=True)
class Reference:
    """One cluster compared with a peer group of `n` others, which are counted in steps of `step`.

    `composition` and `level_shares` describe the whole group, including the cluster itself where it is a member.
    `rule`: who is in the group, as a reference pack says it. Of a pack, `n` may count the cluster.
    """

    group: PeerGroup
    n: int
    scores: tuple[DimensionScore, ...]
    positions: tuple[IndicatorPosition, ...]
    composition: tuple[CompositionPart, ...]
    level_shares: tuple[LevelShare, ...]
    step: int = 5
    rule: LocalizedText = NO_TEXT


@dataclass(frozen=True, slots=True)
class SuppressedGroup:
    """A group that a cluster belongs to and for which nothing is published, to protect a few of its members.

    `reason`: the group itself is too small, or the difference between it and another group is.
    """

    group: PeerGroup
    reason: Literal["few", "difference"]


@dataclass(frozen=True, slots=True)
class SuppressedCell:
    """A suppression as staff see it: a group of `n` clusters, and the indicator or dimension that is suppressed.

    `code` is empty where the whole group is suppressed. `reason` as in `statistics.parameters.Reason`.
    """

    group: PeerGroup
    n: int
    code: str
    reason: Literal["few", "difference", "alike"]


@dataclass(frozen=True, slots=True)
class AccountReach:
    """How many of the `of` clusters of a group one account sees (`clusters`).

    `coalition`: the size of coalition that the group's figures in the edition protect against.
    """

    group: PeerGroup
    of: int
    coalition: int
    clusters: int


@dataclass(frozen=True, slots=True)
class ScoreRobustness:
    """A dimension's position among the top 500 (percentile of its score), and its span over other ways to compute it.

    `same_side`: the share of these ways, in per cent, in which it stays on the same side of the middle.
    """

    dimension: str
    position: float
    low: float
    high: float
    same_side: float


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """An indicator from an earlier benchmark to the latest, in percentiles among the top 500.

    `percentile_then`: the earlier answer among the top 500 of that time; `percentile_counterfactual`: today's answer
    among the same; `percentile_now`: today's answer among today's top 500. `n`: others who had answered then. `own_low`
    and `own_high` bound `percentile_counterfactual` - `percentile_then`, however ties are counted: 0 where the answer
    is the same. None where not known or not to be shown.
    """

    indicator: str
    value_before: float | None
    value_now: float | None
    percentile_then: float | None
    percentile_counterfactual: float | None
    percentile_now: float | None
    n: int
    own_low: float | None = None
    own_high: float | None = None


@dataclass(frozen=True, slots=True)
class PastBenchmark:
    """A benchmark of an earlier year, and how each indicator has changed since."""

    assessed_on: date
    changes: tuple[IndicatorChange, ...]


@dataclass(frozen=True, slots=True)
class PackComparison:
    """One cluster compared with the groups of a reference pack, on the scale of the pack.

    `own_groups`: how groups of the edition score on that scale, by kind and key of the group.
    """

    source: ReferenceSource
    references: tuple[Reference, ...]
    own_groups: tuple[tuple[PeerGroupKind, str, tuple[DimensionScore, ...]], ...]


@dataclass(frozen=True, slots=True)
class ClusterBenchmark:
    """Everything the benchmark page shows for one cluster: its own results and group statistics, no other cluster's.

    `references` hold the groups that it is compared with, the scores of all on the scale of the first one. `context`
    holds the cluster's own answers to the questions without a better direction, by indicator; `past` its benchmarks of
    earlier years, latest first. `packs`: the comparison with each reference pack. `beside_own`: whether the clusters of
    the edition are shown beside the first reference, not the sector.
    """

    cluster: Cluster
    edition: Edition
    grid: Grid
    assessed_on: date
    evidence: Evidence
    context: tuple[tuple[str, float | None], ...]
    references: tuple[Reference, ...]
    suppressed: tuple[SuppressedGroup, ...]
    robustness: tuple[ScoreRobustness, ...]
    past: tuple[PastBenchmark, ...]
    packs: tuple[PackComparison, ...] = ()
    beside_own: bool = False

    @property
    def first(self) -> Reference:
        """The cluster compared with the 500 best of Europe, or with all clusters of a pack that has no 500 best."""
        return self.references[0]

    @property
    def own(self) -> Reference:
        """The cluster compared with the 500 best of the edition itself."""
        return next(one for one in self.references if one.group.kind == "top500" and one.group.source is None)

    @property
    def sector(self) -> Reference | None:
        """The cluster compared with the peers of its main sector; None where that group is not published."""
        return next((reference for reference in self.references if reference.group.kind == "sector"), None)

    @property
    def second(self) -> Reference | None:
        """The group shown beside the first one: the peers of the main sector, or clusters of the edition.

        These are all, or the best, whichever has more medians that may be shown.
        """
        if not self.beside_own:
            return self.sector
        own = {reference.group.kind: reference for reference in self.references if reference.group.source is None}
        groups = [own[kind] for kind in ("all", "top500") if kind in own]
        return max(groups, key=lambda one: sum(score.peer_median is not None for score in one.scores))


@dataclass(frozen=True, slots=True)
class SectorScores:
    """A sector in one dimension: quartiles of its members' scores on the scale of the top 500; None if suppressed."""

    sector: str
    dimension: str
    n: int
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
