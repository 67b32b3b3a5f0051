"""The rules of the benchmark, and what is said about a result in words. Pure.

The statistics themselves are computed by `statistics.sql` when an edition is published; the tests check them against a
slow plain twin of these rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from .model import Profile, Reference

TOP_SIZE = 500
"""How many of the best European clusters make the reference."""
MEDIAN_MINIMUM = 5
"""Others with an answer that a percentile or a median needs before it is shown."""
RADAR_SCALE = 100
"""Scores are percentiles."""
QUARTILE_MINIMUM = 10
"""Clusters that quartiles need: with five, the interpolated quartiles are single clusters' values."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A profile in short.

    `above` of the `scored` dimensions are above the peers' median; `highest` leads it most, `lowest` least.
    """

    above: int
    scored: int
    highest: Profile
    lowest: Profile


def lead(profile: Profile) -> int:
    """By how many points the score is above the peers' median, as both are shown; both must be known."""
    if profile.score is None or profile.peer_median is None:
        raise ValueError(f"{profile.dimension} has no score or no median")
    return round(profile.score) - round(profile.peer_median)


def summary(reference: Reference) -> Summary | None:
    """The profile against the top 500 in short; None where no dimension can be compared."""
    compared = [p for p in reference.profiles if p.score is not None and p.peer_median is not None]
    if not compared:
        return None
    return Summary(
        above=sum(lead(profile) > 0 for profile in compared),
        scored=len(compared),
        highest=max(compared, key=lead),
        lowest=min(compared, key=lead),
    )
