"""Labels by their distance from a place that the visitor names. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..benchmark.counterparts import distance
from .filters import LabelFilters
from .places import NamedPlace, find_place, find_places, name_key
from .status import LabelStatus

CLOSE_KM = 50
"""Within so many kilometres clusters are counted as close."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where distances are counted: the place taken, and the largest other one of the same name."""

    taken: NamedPlace
    other: NamedPlace | None


@dataclass(frozen=True, slots=True)
class Near:
    """A label and the distance in km of its cluster; None where its location is not known."""

    holding: LabelStatus
    distance: float | None


def find_origin(selection: LabelFilters) -> Origin | None:
    """The place that the filters name; None where they name none, or one that is not known."""
    taken = find_place(selection.near, selection.countries) if selection.near else None
    if taken is None:
        return None
    alike = (one for one in find_places(selection.near) if name_key(one.found_by) == name_key(taken.found_by))
    return Origin(taken, next((one for one in alike if one.place is not taken.place), None))


def without_unknown_place(selection: LabelFilters) -> LabelFilters:
    """The filters without a place that is not known, as map and list take them."""
    return selection if find_origin(selection) else replace(selection, near="")


def by_distance(found: Sequence[LabelStatus], origin: Origin) -> tuple[Near, ...]:
    """The labels with their distances, the nearest first; those without a location last, in the order given."""
    near = [Near(holding, distance(origin.taken.place, holding.cluster)) for holding in found]
    return tuple(sorted(near, key=lambda one: math.inf if one.distance is None else one.distance))


def count_close(near: Sequence[Near]) -> int:
    """How many of them are within `CLOSE_KM`."""
    return sum(one.distance is not None and one.distance <= CLOSE_KM for one in near)
