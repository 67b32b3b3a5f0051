"""The what-if in the query parameters: levels, fixed indicators, efforts, rater error. Pure.

`?of=demo-0001&try=2.1:4,3.2:5&fixed=3.2&effort2=4.5&chance=95&lower=12&higher=2` is the what-if that a link shows, and
the cluster it was made for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..domain import Evaluation, Grid, Indicator
from .improvement_plan import fixed_by_scheme
from .pass_probability import RaterError
from .scoring import EFFORT_LEVELS, levels_above

DEFAULT_RATER_ERROR = RaterError(0.10, 0.05)
"""How often experts are assumed to deviate where nothing better is known."""
PROBABILITIES = (50, 80, 95)
"""The chances to pass that may be requested of a plan, in per cent."""
DEFAULT_PROBABILITY = 80
NO_CHANGES = "none"
"""The parameter's value where nothing is fixed, although the scheme fixes some indicators."""
PARAMETER_NAMES = ("of", "try", "fixed", "effort1", "effort2", "effort3", "chance", "lower", "higher")
"""The query parameters of a what-if; `of` is the cluster for which it was made."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A what-if: `levels` instead of the own answers, `fixed` indicators, `efforts` per step, and the rater error.

    `wished_probability` is the chance to pass requested of a plan, in per cent.
    """

    levels: Mapping[str, float]
    fixed: tuple[str, ...]
    efforts: Mapping[str, int]
    rater_error: RaterError
    wished_probability: int = DEFAULT_PROBABILITY

    def applied(self, answers: Mapping[str, float]) -> dict[str, float]:
        """The answers with the levels of the what-if applied."""
        return {**answers, **self.levels}


def made_for_other_cluster(address: Mapping[str, str], own: Evaluation) -> str | None:
    """The id of the other cluster for which a what-if was made, "" where it does not say; None for the own, or none.

    A requested chance alone does not belong to a cluster.
    """
    if not any(address.get(name) for name in PARAMETER_NAMES if name not in ("of", "chance")):
        return None
    made_for = address.get("of", "")
    return None if made_for == own.cluster.cluster_id else made_for


def from_query(
    address: Mapping[str, str], own: Evaluation, answers: Mapping[str, float]
) -> tuple[WhatIf, list[tuple[str, str]]]:
    """The what-if of some query parameters, and those with values that do not exist, as (name, value)."""
    indicators = {indicator.code: indicator for indicator in own.grid.indicators}
    wrong: list[tuple[str, str]] = []
    levels: dict[str, float] = {}
    for part in _parts(address.get("try", "")):
        code, _, value = part.partition(":")
        level = _level(indicators[code], value, answers.get(code)) if code in indicators else None
        if level is None:
            wrong.append(("try", part))
        else:
            levels[code] = level
    listed: dict[str, list[str]] = {}
    for name in ("fixed", *(f"effort{effort}" for effort in EFFORT_LEVELS)):
        parts = [part for part in _parts(address.get(name, "")) if part != NO_CHANGES or name != "fixed"]
        listed[name] = [code for code in parts if code in indicators]
        wrong += [(name, code) for code in parts if code not in indicators]
    fixed = listed["fixed"] if address.get("fixed") else fixed_by_scheme(own.grid)
    asked = address.get("chance", "")
    wished = int(asked) if asked in map(str, PROBABILITIES) else DEFAULT_PROBABILITY
    if asked and asked != str(wished):
        wrong.append(("chance", asked))
    usual = default_rater_error(own)
    shares = {}
    for name, share in (("lower", usual.lower), ("higher", usual.higher)):
        text = address.get(name, "")
        sound = text.isdecimal() and int(text) <= 50
        shares[name] = int(text) / 100 if sound else share
        if text and not sound:
            wrong.append((name, text))
    efforts = {code: effort for effort in EFFORT_LEVELS for code in listed[f"effort{effort}"]}
    return WhatIf(levels, tuple(fixed), efforts, RaterError(shares["lower"], shares["higher"]), wished), wrong


def default_rater_error(own: Evaluation) -> RaterError:
    """How often experts deviated in the edition, rounded to whole per cent; else `DEFAULT_RATER_ERROR`."""
    if own.expert_deviation is None:
        return DEFAULT_RATER_ERROR
    return RaterError(
        min(50, round(own.expert_deviation.lower)) / 100, min(50, round(own.expert_deviation.higher)) / 100
    )


def levels_of(indicator: Indicator, own: float | None) -> tuple[float, ...]:
    """The values that can be tried, lowest first: the steps of the indicator, and the own answer."""
    low = 0.0 if indicator.minimum is None else indicator.minimum
    steps = {low, *levels_above(indicator, low)} | ({own} if own is not None else set())
    return tuple(sorted(steps))


def format_levels(levels: Mapping[str, float]) -> str:
    """Levels as written in the query parameter."""
    return ",".join(f"{code}:{value:g}" for code, value in levels.items())


def indicators_of(grid: Grid, codes: Iterable[str]) -> Sequence[Indicator]:
    """The indicators with these codes, in the order of the scheme."""
    wanted = set(codes)
    return [indicator for indicator in grid.indicators if indicator.code in wanted]


def _parts(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _level(indicator: Indicator, text: str, own: float | None) -> float | None:
    """A level that can be tried; None for any other text."""
    return next((level for level in levels_of(indicator, own) if f"{level:g}" == text), None)
