"""The comparison of sectors as a file: a line for each sector and dimension. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..domain import Language, Sector, SectorScores
from ..i18n import format_number, translate
from ..spreadsheets import as_csv

_COLUMNS = ("sector", "dimension", "number", "lower_quartile", "middle", "upper_quartile")


def to_csv(
    profiles: Sequence[SectorScores],
    sectors: Mapping[str, Sector],
    dimensions: Mapping[str, str],
    language: Language,
) -> bytes:
    """The number of clusters, median and quartiles of their scores (0-100), to one decimal; empty if suppressed.

    `dimensions`: the names by code, in the order of the lines of a sector.
    """
    found = {(profile.sector, profile.dimension): profile for profile in profiles}
    rows = [
        [
            sector.name.get(language),
            dimension,
            format_number(language, profile.n),
            *(
                format_number(language, figure, 1) if figure is not None else ""
                for figure in (profile.lower_quartile, profile.median, profile.upper_quartile)
            ),
        ]
        for code, sector in sectors.items()
        for key, dimension in dimensions.items()
        if (profile := found.get((code, key)))
    ]
    return as_csv([translate(language, f"column.{name}") for name in _COLUMNS], rows, language)
