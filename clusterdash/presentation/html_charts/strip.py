"""The strip: one position among the peers on a line from 0 to 100."""

from __future__ import annotations

from dataclasses import dataclass

from ...benchmark.rules import Classification
from ..html import Markup, render


@dataclass(frozen=True, slots=True)
class Strip:
    """Positions from 0 to 100: the own one, its ties from `low` to `high`, `peers` a group's median; None: not known.

    `classification` decides the shape of the mark and its colour. `before`: the own position of an earlier year.
    `band`: whether the middle half of the peers is shown.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    classification: Classification | None = None
    peers: float | None = None
    before: float | None = None
    band: bool = True


_NEAR = 4
"""A distance, in points, below which the mark of the group is raised so that it is not covered."""


def strip(position: Strip, alt: str, missing: str = "") -> Markup:
    """Draw a strip, in whole points; `missing` is written where there is no position. `alt` says what it shows."""
    own, peers = position.value, position.peers
    near = own is not None and peers is not None and abs(own - peers) < _NEAR
    tied = position.low is not None and position.high is not None and position.high > position.low
    return render(
        "presentation/html_charts/templates/strip.html.jinja",
        alt=alt,
        position=position,
        missing=missing,
        near=near,
        tied=tied,
    )
