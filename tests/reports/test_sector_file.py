"""The comparison of sectors as a file: the figures of the edition."""

from __future__ import annotations

import csv
import io

from clusterdash.editions.reader import EditionReader
from clusterdash.reports import sector_file


def test_each_line_is_a_sector_in_a_dimension(staff: EditionReader) -> None:
    profiles, sectors = staff.sector_profiles("benchmark-36"), staff.sectors()
    grid = next(grid for grid in staff.benchmark_schemes() if grid.scheme.code == "benchmark-36")
    dimensions = {dimension.code: dimension.name.get("fr") for dimension in grid.dimensions}
    text = sector_file.to_csv(profiles, sectors, dimensions, "fr").decode("utf-8-sig")
    headings, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert headings == ["Secteur", "Domaine", "Clusters", "Premier quartile", "Médiane", "Troisième quartile"]
    assert len(rows) == len(profiles)

    def figure(text: str) -> float | None:
        return float(text.replace(",", ".")) if text else None

    written = {(sector, dimension): [figure(cell) for cell in cells] for sector, dimension, *cells in rows}
    for profile in profiles:
        n, low, median, high = written[sectors[profile.sector].name.get("fr"), dimensions[profile.dimension]]
        assert n == profile.n
        for shown, stored in ((low, profile.lower_quartile), (median, profile.median), (high, profile.upper_quartile)):
            assert (shown is None) == (stored is None)
            assert shown is None or abs(shown - (stored or 0)) <= 0.05
    assert any(profile.median is None for profile in profiles), "a suppressed median leaves an empty cell"
