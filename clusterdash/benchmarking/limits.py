"""Sentences that name a limit of the benchmark: the number comes from the constant that the statistics apply. Pure."""

from __future__ import annotations

from ..benchmark import (
    AT_MOST,
    MEDIAN_MINIMUM,
    PAIR_MINIMUM,
    PERCENTILE_MINIMUM,
    QUARTILE_MINIMUM,
    SPREAD_MINIMUM,
    STEP,
)
from ..editions.disclosure import SMALLEST
from ..i18n import say
from ..model import Language

LIMITS: dict[str, int] = {
    "percentile_minimum": PERCENTILE_MINIMUM,
    "median_minimum": MEDIAN_MINIMUM,
    "quartile_minimum": QUARTILE_MINIMUM,
    "spread_minimum": SPREAD_MINIMUM,
    "pair_minimum": PAIR_MINIMUM,
    "group_minimum": SMALLEST,
    "step": STEP,
    "most": AT_MOST,
}
"""What the blanks of these names are filled with, in every text."""


def say_with_limits(language: Language, key: str, **values: object) -> str:
    """The text of a key, its limits filled in; `values` fill its other blanks."""
    return say(language, key, **LIMITS, **values)
