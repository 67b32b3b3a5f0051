"""Texts that state a limit of the benchmark, with the number that the statistics apply. Pure."""

from __future__ import annotations

from ..benchmark.rules import MAX_LISTED
from ..domain import Language, Reference
from ..i18n import translate
from ..statistics.parameters import LIMITS, Limits


def limits_of(reference: Reference) -> Limits:
    """The limits that apply to a group: larger ones where one account sees many of its clusters."""
    return LIMITS.for_coalition(LIMITS.coalition + reference.step - LIMITS.rounding_base)


def limit_values(limits: Limits = LIMITS) -> dict[str, int]:
    """The values of the placeholders for limits, by name, in every text."""
    return {
        "percentile_minimum": limits.percentile_minimum,
        "median_minimum": limits.median_minimum,
        "quartile_minimum": limits.quartile_minimum,
        "spread_minimum": limits.share_minimum,
        "pair_minimum": limits.pair_minimum,
        "group_minimum": limits.group_minimum,
        "step": limits.rounding_base,
        "most": MAX_LISTED,
    }


def translate_with_limits(language: Language, key: str, limits: Limits = LIMITS, /, **values: object) -> str:
    """The text of a key with its limits inserted; `values` fill the other placeholders."""
    return translate(language, key, **limit_values(limits), **values)
