"""Every number by which the statistics are computed, and by which they are protected, in one place. Pure.

SQL reads them as variables (`as_variables`), Python as the fields of `Limits`, and the pages Method and Privacy print
them from here (`benchmarking.limits`). Nothing else may repeat one of them.

`python -m clusterdash.statistics.parameters` prints the variables as SQL, for the DuckDB shell.
(The words are those of Hundepool et al., Statistical Disclosure Control, 2012: threshold rule, rounding base, coalition
of respondents, complementary suppression, differencing.)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Literal

TOP_SIZE = 500
"""Clusters: how many of the best European ones make the reference group."""
ANSWERED_SHARE = 2 / 3
"""Share of a dimension's indicators (0 to 1) that need a percentile for the dimension to have a score."""
DECIMALS = 9
"""Decimal places that means are rounded to: the same answers give the same score, in whatever order they are added."""
SIGNIFICANT_DIGITS = 2
"""Digits of a published median or quartile of numbers: with all its digits it would be one cluster's answer."""

COALITION = 3
"""Clusters: so many respondents may put together what they know, and still cannot tell what another one answered."""
ROUNDING_BASE = 5
"""Clusters: others are counted in multiples of this, rounded outward (`rounding.round_outward`).

It is the coalition and two, so that a coalition cannot fill one step.
"""
MEDIAN_MINIMUM = 5
"""Clusters: others with an answer that a median needs before it is published (the threshold rule)."""
PERCENTILE_MINIMUM = 2 * ROUNDING_BASE
"""Clusters: others with an answer that a percentile needs; with fewer there would be one step only."""
QUARTILE_MINIMUM = 20
"""Clusters: others with an answer that quartiles need.

With five, the interpolated quartiles are single clusters' values; with ten, a coalition of three could still work out
another one's answer (`tests/attacker.py`).
"""
SHARE_MINIMUM = 20
"""Clusters: others with an answer that the shares of the levels need."""
PAIR_MINIMUM = 30
"""Clusters: those with declared and verified answers that are needed to publish how experts judge."""
GUESS_RATIO = 1.05 / 0.95
"""Ratio: two answers whose quotient is not above this are both met, within 5 %, by one guess between them."""

VARIANTS = 1000
"""Draws of the uncertainty analysis of scores."""
WEIGHT_SPAN = 0.25
"""Share: in a draw, weights lie between 1 - this and 1 + this."""
GEOMETRIC_FLOOR = 1.0
"""Percentile points: a geometric mean knows no zero, so percentiles below this count as this."""
EXCLUSION_MINIMUM = 3
"""Indicators: a dimension needs so many for a draw to leave one out."""
ENVELOPE = (0.05, 0.95)
"""Quantiles of the draws between which a position is said to lie."""
SEED = 20
"""Of the draws: the same answers give the same figures."""

Reason = Literal["few", "difference", "alike"]
"""Why something is suppressed, as it is stored in editions.

`few`: fewer respondents than the threshold rule asks for. `difference`: it could be worked out by differencing, and the
rest would break one of the other rules (complementary suppression). `alike`: the respondents outside a coalition all
answered (nearly) the same (homogeneity).
"""
REASONS: frozenset[Reason] = frozenset({"few", "difference", "alike"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers by which the figures of one group are computed and protected.

    `coalition`: how many respondents' answers somebody, or a few who talk, may know. The minimums are numbers of others
    with an answer; that of pairs is a number of clusters. `rules` are those applied: an experiment may leave one out.
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
    pair_minimum: int = PAIR_MINIMUM
    guess_ratio: float = GUESS_RATIO
    rules: frozenset[Reason] = REASONS

    @property
    def group_minimum(self) -> int:
        """Clusters that any figure must rest on: the others that a median needs, and the one who looks."""
        return self.median_minimum + 1

    @property
    def extremes_kept(self) -> int:
        """How many of the lowest and of the highest answers have to be known to find answers that are alike."""
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


_MULTIPLES_OF_BASE = ("rounding_base", "median_minimum", "percentile_minimum", "quartile_minimum", "share_minimum")
_OF_GROUPS = ("coalition", *_MULTIPLES_OF_BASE, "pair_minimum")
LIMITS = Limits()

Accounts = Collection[Collection[str]]
"""Of each account the ids of the clusters that it sees."""


def as_variables(limits: Limits = LIMITS, accounts: Accounts = ()) -> dict[str, object]:
    """What the SQL files read by `getvariable`, by name.

    `accounts` holds those that see more clusters than a coalition; `limits` a row for each size of coalition that there
    can be, from that of `limits` up to the largest account.
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
    """The variables as statements of DuckDB, one a line."""
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
