"""Which labelled clusters are nearest to one's own, by what is declared and public: sector, country, place. Pure.

Only the public register is searched: no result of anybody decides who is near.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..domain import Cluster, Label, LabelHolder

EARTH_RADIUS = 6371.0
"""Mean radius in kilometres."""
MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A near cluster and why: shared sectors, same country or group of countries, distance in km where both are placed.

    `label` is the highest that it was ever awarded.
    """

    cluster: Cluster
    sectors: tuple[str, ...]
    same_country: bool
    same_region: bool
    distance: float | None
    label: Label


def nearest(
    own: Cluster, holders: Iterable[LabelHolder], regions: Mapping[str, str], at_most: int = MAX_LISTED
) -> tuple[Counterpart, ...]:
    """The nearest label holders that share a sector, itself left out.

    Order: most shared sectors, same country, same group of countries (`regions`: country -> group), distance, highest
    label, name.
    """
    highest: dict[str, tuple[Cluster, Label]] = {}
    rank = list(Label)
    for holder in holders:
        label = max((award.label for award in holder.awards), key=rank.index)
        known = highest.get(holder.cluster.cluster_id)
        if known is None or rank.index(label) > rank.index(known[1]):
            highest[holder.cluster.cluster_id] = (holder.cluster, label)
    found = []
    for cluster, label in highest.values():
        shared = tuple(code for code in own.sectors if code in cluster.sectors)
        if not shared or cluster.cluster_id == own.cluster_id:
            continue
        region = regions.get(own.country)
        same_region = region is not None and regions.get(cluster.country) == region
        found.append(
            Counterpart(cluster, shared, cluster.country == own.country, same_region, distance(own, cluster), label)
        )
    found.sort(
        key=lambda c: (
            -len(c.sectors),
            not c.same_country,
            not c.same_region,
            math.inf if c.distance is None else c.distance,
            -rank.index(c.label),
            c.cluster.name,
        )
    )
    return tuple(found[:at_most])


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A cluster of the register and how far it is, in km."""

    holder: LabelHolder
    distance: float


def neighbours(own: Cluster, register: Iterable[LabelHolder], at_most: int = MAX_LISTED) -> tuple[Neighbour, ...]:
    """The clusters of the register that are nearest in space, itself left out; none where its place is not known."""
    found = [
        Neighbour(holder, far)
        for holder in register
        if holder.cluster.cluster_id != own.cluster_id and (far := distance(own, holder.cluster)) is not None
    ]
    return tuple(sorted(found, key=lambda near: (near.distance, near.holder.cluster.name))[:at_most])


def distance(one: Cluster, other: Cluster) -> float | None:
    """Great-circle distance in km (haversine formula); None where one of them has no known place."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half)))
