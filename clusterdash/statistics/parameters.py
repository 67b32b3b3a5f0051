"""All parameters by which the statistics are computed and protected, in one place. Pure.

SQL reads them as variables (`as_variables`), Python as the fields of `Limits`, and the pages Method and Privacy print
them from here (`presentation.limit_texts`). Nothing else may repeat one of them.

`python -m clusterdash.statistics.parameters` prints the variables as SQL, for the DuckDB shell.
(The terms are those of Hundepool et al., Statistical Disclosure Control, 2012: threshold rule, rounding base, coalition
of respondents, complementary suppression, differencing.)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Literal

TOP_SIZE = 500
"""Clusters: the number of the best European ones that form the reference group."""
ANSWERED_SHARE = 2 / 3
"""Share (0 to 1) of a dimension's indicators that must have a percentile for the dimension to have a score."""
DECIMALS = 9
"""Decimal places that means are rounded to: the same answers give the same score, whatever the order of addition."""
SIGNIFICANT_DIGITS = 2
"""Digits of a published median or quartile of numbers: with all its digits it would be one cluster's answer."""

COALITION = 3
"""Clusters: the number of respondents who may pool what they know and still cannot infer another one's answer."""
ROUNDING_BASE = 5
"""Clusters: others are counted in multiples of this, rounded outward (`rounding.round_outward`).

It is the coalition plus two, so that a coalition cannot fill one step.
"""
MEDIAN_MINIMUM = 5
"""Clusters: others with an answer that are required to publish a median (the threshold rule)."""
PERCENTILE_MINIMUM = 2 * ROUNDING_BASE
"""Clusters: others with an answer that are required to publish a percentile; with fewer there is only one step."""
QUARTILE_MINIMUM = 20
"""Clusters: others with an answer that are required to publish quartiles.

With five, the interpolated quartiles are single clusters' values; with ten, a coalition of three could still work out
another one's answer (`tests/support/attack_model.py`).
"""
SHARE_MINIMUM = 20
"""Clusters: others with an answer that are required to publish the shares of the levels."""
FREQUENCY_MINIMUM = 50
"""Clusters: those with an answer that are required to publish cumulative frequencies of numbers and per cents.

With 36, a coalition of three could work out another one's answer from them and the medians of its own pages.
"""
PAIR_MINIMUM = 30
"""Clusters: those with declared and verified answers that are required to publish how experts judge."""
GUESS_RATIO = 1.05 / 0.95
"""Ratio: if the quotient of two answers is at most this, one guess between them is within 5 % of both."""

VARIANTS = 1000
"""Draws of the uncertainty analysis of scores."""
WEIGHT_SPAN = 0.25
"""Share: in a draw, weights are between 1 - this and 1 + this."""
GEOMETRIC_FLOOR = 1.0
"""Percentile points: a geometric mean allows no zero, so lower percentiles are raised to this."""
EXCLUSION_MINIMUM = 3
"""Indicators: the number a dimension needs for a draw to leave one out."""
ENVELOPE = (0.05, 0.95)
"""Quantiles of the draws that bound the published span of a position."""
SEED = 20
"""Seed of the draws: the same answers give the same figures."""

Reason = Literal["few", "difference", "alike"]
"""Why something is suppressed, as stored in editions.

`few`: fewer respondents than the threshold rule requires. `difference`: it could be worked out by differencing, and the
rest would break one of the other rules (complementary suppression). `alike`: the respondents outside a coalition all
answered (nearly) the same (homogeneity).
"""
REASONS: frozenset[Reason] = frozenset({"few", "difference", "alike"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers by which the figures of one group are computed and protected.

    `coalition`: how many respondents' answers one person, or a few who collude, may know. The minimums are numbers of
    others with an answer; that of pairs is a number of clusters. `rules` are those applied: an experiment may omit one.
    """

    top_size: int = TOP_SIZE
    answered_share: float = ANSWERED_SHARE
    decimals: int = DECIMALS
    significant_digits: int = SIGNIFICANT_DIGITS
    coalition: int = COALITION
    rounding_base: int = ROUNDING_BASE
    median_minimum: int = MEDIAN_MINIMUM
    percentile_minimum: int = PERCENTILE_MINIMUM
    quartile_minimum: int = QUARTILE_MINIMUM
    share_minimum: int = SHARE_MINIMUM
    frequency_minimum: int = FREQUENCY_MINIMUM
    pair_minimum: int = PAIR_MINIMUM
    guess_ratio: float = GUESS_RATIO
    rules: frozenset[Reason] = REASONS

    @property
    def group_minimum(self) -> int:
        """Clusters that any figure must be based on: the others that a median needs, and the viewer's own."""
        return self.median_minimum + 1

    @property
    def extremes_kept(self) -> int:
        """How many of the lowest and of the highest answers must be known to detect homogeneity."""
        return self.coalition + 1

    def for_coalition(self, coalition: int) -> Limits:
        """The limits by which a larger coalition learns no more than a small one; `self` where it is not larger.

        The rounding base must be wider than a coalition can fill, and each minimum is a number of steps of it: all of
        them grow with it.
        """
        more = coalition - self.coalition
        if more <= 0:
            return self
        grown = {
            name: getattr(self, name) * (self.rounding_base + more) // self.rounding_base for name in _MULTIPLES_OF_BASE
        }
        return replace(self, coalition=coalition, pair_minimum=self.pair_minimum + more, **grown)


_MULTIPLES_OF_BASE = (
    *("rounding_base", "median_minimum", "percentile_minimum", "quartile_minimum", "share_minimum"),
    "frequency_minimum",
)
_OF_GROUPS = ("coalition", *_MULTIPLES_OF_BASE, "pair_minimum")
LIMITS = Limits()

Accounts = Collection[Collection[str]]
"""For each account, the ids of the clusters that it sees."""


def as_variables(limits: Limits = LIMITS, accounts: Accounts = ()) -> dict[str, object]:
    """The variables that the SQL files read by `getvariable`, by name.

    `accounts` holds those that see more clusters than a coalition; `limits` a row for each possible size of coalition,
    from that of `limits` up to the largest account.
    """
    large = sorted({tuple(sorted(set(mine))) for mine in accounts if len(set(mine)) > limits.coalition})
    sizes = range(limits.coalition, max(map(len, large), default=limits.coalition) + 1)
    return {
        "top_size": limits.top_size,
        "answered_share": limits.answered_share,
        "decimals": limits.decimals,
        "significant_digits": limits.significant_digits,
        "limits": [_of_group(limits.for_coalition(size)) for size in sizes],
        "accounts": [list(mine) for mine in large],
    }


def _of_group(limits: Limits) -> dict[str, int]:
    values = asdict(limits)
    return {name: values[name] for name in _OF_GROUPS} | {"extremes_kept": limits.extremes_kept}


def as_sql(variables: dict[str, object]) -> str:
    """The variables as DuckDB statements, one per line."""
    return "".join(f"set variable {name} = {_literal(value)};\n" for name, value in variables.items())


def _literal(value: object) -> str:
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_literal(name)}: {_literal(of)}' for name, of in value.items())}}}"
    return f"{value!r}::double" if isinstance(value, float) else repr(value)


if __name__ == "__main__":
    print(as_sql(as_variables()), end="")  # noqa: T201 - it is a command
