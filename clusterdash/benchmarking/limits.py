"""Sentences that name a limit of the benchmark: the number comes from the limits that the statistics apply. Pure."""

from __future__ import annotations

from ..benchmark import AT_MOST
from ..editions.disclosure import LIMITS, Limits
from ..i18n import translate
from ..model import Language, Reference


def limits_of(reference: Reference) -> Limits:
    """The limits that hold for a group: wider ones where one account sees many of its clusters."""
    return LIMITS.of(LIMITS.coalition + reference.step - LIMITS.step)


def blanks(limits: Limits = LIMITS) -> dict[str, int]:
    """What the blanks of these names are filled with, in every text."""
    return {
        "percentile_minimum": limits.percentile,
        "median_minimum": limits.median,
        "quartile_minimum": limits.quartile,
        "spread_minimum": limits.spread,
        "pair_minimum": limits.pairs,
        "group_minimum": limits.smallest,
        "step": limits.step,
        "most": AT_MOST,
    }


def say_with_limits(language: Language, key: str, limits: Limits = LIMITS, /, **values: object) -> str:
    """The text of a key, its limits filled in; `values` fill its other blanks."""
    return translate(language, key, **blanks(limits), **values)
