"""The register of labels as files to download: CSV, JSON, GeoJSON, XLSX. Pure.

All hold a row per award of each matching label, so the files of the three labels together are the file of all labels.
"""

# ruff: noqa: ARG005 - the functions of all columns take the same arguments
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ..domain import Award, Language, RegisterSource, Sector
from ..i18n import country_name, translate
from ..labels.filters import LabelFilters
from ..labels.search import highest_labels
from ..labels.status import LabelStatus, award_state
from ..spreadsheets import BOLD, MAX_COLUMN_WIDTH, XLSX, csv_file, neutralize_formula, reproducible

_COLUMNS: dict[str, Callable[[LabelStatus, Award, FilteredRegister], object]] = {
    "cluster_id": lambda holding, award, register: holding.cluster.cluster_id,
    "name": lambda holding, award, register: holding.cluster.name,
    "country": lambda holding, award, register: holding.cluster.country,
    "country_name": lambda holding, award, register: country_name(register.language, holding.cluster.country),
    "city": lambda holding, award, register: holding.cluster.city,
    "region": lambda holding, award, register: holding.cluster.region,
    "latitude": lambda holding, award, register: holding.cluster.latitude,
    "longitude": lambda holding, award, register: holding.cluster.longitude,
    "geo_precision": lambda holding, award, register: holding.cluster.geo_precision,
    "sectors": lambda holding, award, register: "|".join(holding.cluster.sectors),
    "sector_names": lambda holding, award, register: "; ".join(
        register.sectors[code].name.get(register.language) for code in holding.cluster.sectors
    ),
    "website": lambda holding, award, register: holding.cluster.website,
    "label": lambda holding, award, register: holding.label.value,
    "award_id": lambda holding, award, register: award.award_id,
    "awarded_on": lambda holding, award, register: award.awarded_on,
    "date_basis": lambda holding, award, register: award.date_basis,
    "valid_until": lambda holding, award, register: award.valid_until,
    "valid_months": lambda holding, award, register: award.valid_months,
    "award_end": lambda holding, award, register: award.end.until,
    "award_end_kind": lambda holding, award, register: award.end.kind.value,
    "award_state": lambda holding, award, register: award_state(award, holding.awards, register.day),
    "source_url": lambda holding, award, register: award.source_url,
    "confidence": lambda holding, award, register: award.confidence,
    "checked_on": lambda holding, award, register: award.checked_on,
    "cluster_label_state": lambda holding, award, register: holding.state.value,
    "cluster_label_end": lambda holding, award, register: holding.end.until,
    "cluster_label_end_kind": lambda holding, award, register: holding.end.kind.value,
}
LABEL_COLUMNS = tuple(_COLUMNS)
"""The columns of a file of labels, one row per award; codes and dates are the register's own, language-independent.

`valid_until` and `valid_months` are what the source states; `award_end` follows from them or from the rule, as
`award_end_kind` says. `award_state` is the state of that award alone; `cluster_label_state` that of the cluster's
label, from all its awards, and `cluster_label_end` the end that decides it, of the kind `cluster_label_end_kind`.
"""
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": XLSX,
    "json": "application/json",
    "geojson": "application/geo+json",
    "atom": "application/atom+xml",
}
"""The media type of each file of labels, by its extension."""
ABOUT = "about_"
"""Begins the name of each column of a CSV file that is repeated in each row."""
ABOUT_COLUMNS = ("title", "as_of", "version", "day", "filters", "sources", "licence", "columns")
"""The entries of `FilteredRegister.about` that are repeated in each row of a CSV file."""


@dataclass(frozen=True, slots=True)
class FilteredRegister:
    """The content of a file of labels: all labels that match the filters on a day, and their register.

    `version` identifies the state of the data and its corrections; `provenance` is the register's own title and date.
    """

    matching: Sequence[LabelStatus]
    sectors: Mapping[str, Sector]
    selection: LabelFilters
    day: date
    provenance: RegisterSource | None
    version: str
    language: Language

    @property
    def shown(self) -> tuple[LabelStatus, ...]:
        """The labels on page, list and map: one per cluster, the highest where the filters name no label."""
        return highest_labels(self.matching, self.selection.label)

    @property
    def clusters(self) -> int:
        """How many clusters are shown, and are in the files."""
        return len(self.shown)

    @property
    def without_coordinates(self) -> int:
        """How many of these clusters have no known location, and so are not on the map."""
        return sum(not holding.cluster.has_coordinates for holding in self.shown)

    @property
    def awards(self) -> int:
        """How many awards the files hold."""
        return sum(len(holding.awards) for holding in self.matching)

    def about(self) -> dict[str, str]:
        """Title and date of the register, the day, filters, counts, sources and licence, as texts."""
        words = "; ".join(f"{name} = {value}" for name, value in self.selection.address().items())
        source = self.provenance
        return {
            "title": source.title.get(self.language) if source else translate(self.language, "export.title"),
            "as_of": source.as_of if source else "",
            "version": self.version,
            "day": self.day.isoformat(),
            "filters": words,
            "query": urlencode(self.selection.address()),
            "awards": str(self.awards),
            "clusters": str(self.clusters),
            "clusters_without_place": str(self.without_coordinates),
            "sources": translate(self.language, "export.sources"),
            "licence": translate(self.language, "export.licence"),
            "states": translate(self.language, "export.states"),
            "columns": translate(self.language, "export.columns"),
        }


def labels_csv(register: FilteredRegister) -> bytes:
    """The labels as comma-separated CSV, in UTF-8 with a BOM; each row's last columns hold `ABOUT_COLUMNS`."""
    about = register.about()
    kept = {f"{ABOUT}{name}": about[name] for name in ABOUT_COLUMNS}
    rows = [[_text(row[name]) for name in LABEL_COLUMNS] + list(kept.values()) for row in label_rows(register)]
    return csv_file([*LABEL_COLUMNS, *kept], rows, ",")


def labels_json(register: FilteredRegister) -> bytes:
    """The labels as JSON: `FilteredRegister.about`, and the rows."""
    return _json({"metadata": register.about(), "columns": LABEL_COLUMNS, "labels": list(label_rows(register))})


def labels_geojson(register: FilteredRegister) -> bytes:
    """The labels as GeoJSON (RFC 7946), one feature per award; those without a known location have no geometry."""
    features = []
    for row in label_rows(register):
        latitude, longitude = row.pop("latitude"), row.pop("longitude")
        point = None if latitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
        features.append({"type": "Feature", "id": row["award_id"], "geometry": point, "properties": row})
    return _json({"type": "FeatureCollection", "metadata": register.about(), "features": features})


def labels_xlsx(register: FilteredRegister) -> bytes:
    """The labels as a workbook: a sheet with the rows, and one with `FilteredRegister.about`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(translate(register.language, "export.sheet"))
    sheet.append(LABEL_COLUMNS)
    rows = [list(row.values()) for row in label_rows(register)]
    for row in rows:
        sheet.append([neutralize_formula(value) if isinstance(value, str) else value for value in row])
    for cell in sheet[1]:
        cell.font = BOLD
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    for index, name in enumerate(LABEL_COLUMNS, 1):
        longest = max((len(_text(row[index - 1])) for row in rows), default=0)
        sheet.column_dimensions[get_column_letter(index)].width = min(MAX_COLUMN_WIDTH, max(len(name), longest) + 2)
    notes = book.create_sheet(translate(register.language, "export.about"))
    for name, value in register.about().items():
        notes.append([name, neutralize_formula(value)])
    notes.column_dimensions["B"].width = 2 * MAX_COLUMN_WIDTH
    return reproducible(book)


def label_rows(register: FilteredRegister) -> Iterable[dict[str, Any]]:
    """A row for each award of the matching labels, by `LABEL_COLUMNS`."""
    for holding in register.matching:
        for award in holding.awards:
            yield {name: value(holding, award, register) for name, value in _COLUMNS.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
