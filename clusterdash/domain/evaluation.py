"""The evaluation of one cluster, and what it answered and noted before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .cluster import Cluster
from .edition import Edition
from .scheme import Grid


@dataclass(frozen=True, slots=True)
class HolderMedian:
    """The median of `n` other holders of the label in one indicator, in its unit."""

    indicator: str
    median: float
    n: int


@dataclass(frozen=True, slots=True)
class ExpertDeviation:
    """How experts judged declared answers, over all `pairs` of a declared and a verified assessment.

    `lower` and `higher` are the shares, in per cent, of the answers in points that experts judged lower or higher.
    """

    pairs: int
    lower: float
    higher: float


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """A cluster's own answers on one day, by indicator; a missing answer is absent."""

    assessed_on: date
    answers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Remark:
    """The note on an answer, and its evidence; "" for none."""

    notes: str
    proof: str


@dataclass(frozen=True, slots=True)
class Story:
    """A success story reported at an assessment: what was done, and the outcome."""

    number: int
    what: str
    result: str


@dataclass(frozen=True, slots=True)
class PreviousAssessment:
    """A cluster's own latest answers in a scheme, and the latest notes, by indicator. No day: none yet."""

    cluster: Cluster
    assessed_on: date | None = None
    answers: Mapping[str, float] = field(default_factory=dict)
    remarks: Mapping[str, Remark] = field(default_factory=dict)
    stories: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One cluster under an evaluation scheme: its own answers and group figures, no other cluster's.

    `declared` and `verified` are its latest assessments of either kind, None where there is none; `holder_medians`
    those of other holders of the label; `expert_deviation` None where there are too few pairs to publish.
    """

    cluster: Cluster
    edition: Edition
    grid: Grid
    declared: AnswerSet | None
    verified: AnswerSet | None
    holder_medians: tuple[HolderMedian, ...]
    expert_deviation: ExpertDeviation | None


@dataclass(frozen=True, slots=True)
class DeclaredVersusVerified:
    """An indicator as declared by clusters and as verified by experts, over `n` clusters with both answers.

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
