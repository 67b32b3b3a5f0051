"""A scheme of questions: its dimensions, indicators, definitions and recommendations."""

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
    """One version of a set of questions. A changed one is a new scheme with its own code and the same family.

    `pass_share`: the least share of all points, in per cent, that passes; None where the scheme requires none.
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
    """A group of indicators of a scheme."""

    scheme: str
    code: str
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question of a scheme version, with the rule for its answers.

    `unit` is the plural; `unit_one` the singular, "" where the unit is the same for all numbers. `silver_audit`:
    whether the auditor of the Silver label checks it; "" where the scheme does not say.
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

    `limit`: it applies only to values as bad as this or worse; None for always. `effort`: 1 weeks, 2 half a year, 3 a
    year or more.
    """

    indicator: str
    limit: float | None
    effort: int
    action: LocalizedText
    good_practice: LocalizedText
    evidence: LocalizedText


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is evidence for an indicator; `code` is unique in its scheme."""

    code: str
    indicator: str
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Effort:
    """The effort, from 1 up, of a step of an indicator to `level` or higher; None: it cannot be changed at will."""

    indicator: str
    level: float
    effort: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A scheme with its dimensions and indicators in the order of the questionnaire, and all that describes them."""

    scheme: Scheme
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    definitions: tuple[IndicatorDefinition, ...]
    recommendations: tuple[Recommendation, ...]
    documents: tuple[Document, ...] = ()
    efforts: tuple[Effort, ...] = ()
