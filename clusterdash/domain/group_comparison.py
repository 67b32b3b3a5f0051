"""Groups of clusters compared: what is counted of each group in each indicator or dimension, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class GroupingKind(StrEnum):
    """What clusters are grouped by."""

    SECTOR = "sector"
    SIZE = "size"
    AGE = "age"
    COUNTRY_GROUP = "country_group"
    COUNTRY = "country"
    LABEL = "label"


class Finding(StrEnum):
    """Whether a group differs from all other clusters: really above or below, not to be told, or too few to test."""

    ABOVE = "above"
    BELOW = "below"
    UNCLEAR = "unclear"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class GroupRanks:
    """A group in one indicator or dimension, answers turned so that more is better.

    `n` members answered; `rank_sum` of their mid-ranks among all `total` answers; `ties` is the sum of t³ - t over the
    numbers t of equal answers. `mean`, `variance` (of the sample, None for one member) and quartiles are the members'.
    """

    group: str
    item: str
    is_dimension: bool
    n: int
    rank_sum: float
    total: int
    ties: float
    mean: float
    variance: float | None
    lower_quartile: float
    median: float
    upper_quartile: float


@dataclass(frozen=True, slots=True)
class CellComparison:
    """A group against all other clusters in one indicator or dimension.

    `superiority`: in per cent, how likely a member's answer is better than that of another cluster, ties counted half;
    50 is no difference; None without others. `p_value` two-sided, `q_value` adjusted for all cells compared together;
    None where too few were tested.
    """

    ranks: GroupRanks
    superiority: float | None
    p_value: float | None
    q_value: float | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class PooledMean:
    """A group's mean, and the mean that is to be expected of it once chance is allowed for, with its 95 % interval.

    `limit_95`, `limit_998`: how far from `overall` chance alone takes the mean of so many clusters, in 95 and 99.8 %.
    """

    group: str
    n: int
    mean: float
    pooled: float
    low: float
    high: float
    overall: float
    limit_95: float
    limit_998: float


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group in one indicator, from each cluster's benchmark before the latest one to the latest: the same clusters.

    Answers are as given, not turned; `n` clusters answered both times, `better` and `worse` by the indicator's
    direction. `p_value` and `q_value` of the sign test, None where too few changed.
    """

    group: str
    item: str
    n: int
    better: int
    worse: int
    median_before: float
    median_after: float
    p_value: float | None = None
    q_value: float | None = None
    finding: Finding = Finding.FEW

    @property
    def balance(self) -> float:
        """How many more improved than declined, in per cent of all."""
        return 100 * (self.better - self.worse) / self.n


@dataclass(frozen=True, slots=True)
class YearMedian:
    """The median answer of all clusters of a group that were benchmarked in a year: the last benchmark of each."""

    year: int
    item: str
    n: int
    median: float


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A cluster of a group with its latest benchmark; `size` and `age` are keys of bands, "" where not known."""

    cluster_id: str
    name: str
    country: str
    label: str
    size: str
    age: str
    assessed_on: date
    verified: bool


@dataclass(frozen=True, slots=True)
class DueRecommendation:
    """A recommendation, by its place in the scheme's list, and how many clusters of a group it is due to.

    It is due where the latest answer is worse than the median of all clusters, and it is the first of the indicator
    that applies to that answer.
    """

    group: str
    indicator: str
    place: int
    n: int
