"""Labelled clusters nearest to one's own, by public declarations: sector, country, location. Pure.

Only the public register is searched: no benchmark result affects the order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..domain import Cluster, Label, LabelHolder

EARTH_RADIUS = 6371.0
"""Mean radius in kilometres."""
MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A near cluster and why: shared sectors, same country or region, distance in km where both locations are known.

    `label` is the highest that it was ever awarded.
    """

    cluster: Cluster
    sectors: tuple[str, ...]
    same_country: bool
    same_country_group: bool
    distance: float | None
    label: Label


def nearest(
    own: Cluster, holders: Iterable[LabelHolder], country_groups: Mapping[str, str], at_most: int = MAX_LISTED
) -> tuple[Counterpart, ...]:
    """The nearest label holders that share a sector, the cluster itself excluded.

    Order: most shared sectors, same country, same group of countries (`country_groups`: by country), distance,
    highest label, name.
    """
    highest: dict[str, tuple[Cluster, Label]] = {}
    rank = list(Label)
    for holder in holders:
        label = holder.highest_label
        known = highest.get(holder.cluster.cluster_id)
        if known is None or rank.index(label) > rank.index(known[1]):
            highest[holder.cluster.cluster_id] = (holder.cluster, label)
    found = []
    for cluster, label in highest.values():
        shared = tuple(code for code in own.sectors if code in cluster.sectors)
        if not shared or cluster.cluster_id == own.cluster_id:
            continue
        group = country_groups.get(own.country)
        same_country_group = group is not None and country_groups.get(cluster.country) == group
        found.append(
            Counterpart(
                cluster, shared, cluster.country == own.country, same_country_group, distance(own, cluster), label
            )
        )
    found.sort(
        key=lambda c: (
            -len(c.sectors),
            not c.same_country,
            not c.same_country_group,
            math.inf if c.distance is None else c.distance,
            -rank.index(c.label),
            c.cluster.name,
        )
    )
    return tuple(found[:at_most])


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A cluster of the register and its distance in km."""

    holder: LabelHolder
    distance: float


def neighbours(own: Cluster, register: Iterable[LabelHolder], at_most: int = MAX_LISTED) -> tuple[Neighbour, ...]:
    """The nearest clusters of the register, the own one excluded; none where its location is unknown."""
    found = [
        Neighbour(holder, far)
        for holder in register
        if holder.cluster.cluster_id != own.cluster_id and (far := distance(own, holder.cluster)) is not None
    ]
    return tuple(sorted(found, key=lambda near: (near.distance, near.holder.cluster.name))[:at_most])


class Located(Protocol):
    """What lies somewhere, in WGS 84 degrees, or nobody knows where: a cluster, a town."""

    @property
    def latitude(self) -> float | None:
        """Degrees north."""

    @property
    def longitude(self) -> float | None:
        """Degrees east."""


def distance(one: Located, other: Located) -> float | None:
    """Great-circle distance in km (haversine formula); None where the location of either is unknown."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half)))
