"""A scheme of questions: its dimensions, indicators, and what is said about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .text import NO_TEXT, LocalizedText

Kind = Literal["level", "share", "number", "points", "gate"]
Direction = Literal["higher", "lower", "none"]
Purpose = Literal["benchmark", "evaluation"]
SilverAudit = Literal["yes", "no", "unknown", ""]


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
    unit_one: LocalizedText = NO_TEXT


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
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
    good_practice: LocalizedText
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
    definitions: tuple[IndicatorDefinition, ...]
    recommendations: tuple[Recommendation, ...]
    documents: tuple[Document, ...] = ()
    efforts: tuple[Effort, ...] = ()
