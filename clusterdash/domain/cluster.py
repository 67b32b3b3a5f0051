"""A cluster organisation and its sectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .text import LocalizedText


@dataclass(frozen=True, slots=True)
class Sector:
    """A comparative portfolio; `is_esca_portfolio` marks the official fourteen."""

    code: str
    name: LocalizedText
    is_esca_portfolio: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """An organisation that manages a network around one field in one region.

    `country` is ISO 3166-1 alpha-2; latitude and longitude are WGS 84 degrees, both None where the location is unknown;
    `sectors` holds codes, the main one first.
    """

    cluster_id: str
    name: str
    country: str
    city: str
    region: str
    latitude: float | None
    longitude: float | None
    geo_precision: Literal["city", "region", "unknown"]
    activity: str
    website: str
    note: str
    sectors: tuple[str, ...]

    @property
    def has_coordinates(self) -> bool:
        """Whether its coordinates are known, so that it appears on the map."""
        return self.latitude is not None and self.longitude is not None
