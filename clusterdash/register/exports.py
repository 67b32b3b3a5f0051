"""The register of labels as files to take away: CSV, JSON, GeoJSON, XLSX. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ..i18n import country_name, say
from ..model import Edition, Language, Sector
from ..spreadsheets import BOLD, WIDEST, csv_file, harmless, reproducible
from .awards import Holding
from .selection import Selection

LABEL_COLUMNS = (
    "cluster_id",
    "name",
    "country",
    "country_name",
    "city",
    "region",
    "latitude",
    "longitude",
    "geo_precision",
    "sectors",
    "sector_names",
    "website",
    "label",
    "state",
    "stated_end",
    "award_id",
    "awarded_on",
    "date_basis",
    "valid_until",
    "source_url",
    "confidence",
    "checked_on",
)
"""The columns of a file of labels, a row an award; codes and dates are the register's own, in no language."""


@dataclass(frozen=True, slots=True)
class Register:
    """What a file of labels is about: the labels shown, for which question, on which day, of which edition."""

    found: Sequence[Holding]
    sectors: Mapping[str, Sector]
    selection: Selection
    day: date
    edition: Edition
    language: Language

    @property
    def clusters(self) -> int:
        """How many clusters are shown."""
        return len({holding.cluster.cluster_id for holding in self.found})

    @property
    def edition_name(self) -> str:
        """The edition by its title and what it holds, not by when it was built: the same data give the same file."""
        title = "" if self.edition.title == self.edition.edition_id else f"{self.edition.title} "
        return f"{title}({self.edition.content_hash[:12]})"

    def about(self) -> dict[str, str]:
        """Edition, day, filters, sources and licence, in words."""
        words = "; ".join(f"{name} = {value}" for name, value in self.selection.address().items())
        return {
            "title": say(self.language, "export.title"),
            "edition": self.edition_name,
            "day": self.day.isoformat(),
            "filters": words,
            "query": urlencode(self.selection.address()),
            "clusters": str(self.clusters),
            "sources": say(self.language, "export.sources"),
            "licence": say(self.language, "export.licence"),
            "states": say(self.language, "export.states"),
        }


def labels_csv(register: Register) -> bytes:
    """The labels as CSV with commas, in UTF-8 with a mark; what they are about stands in each row's last columns."""
    about = register.about()
    kept = {f"about_{name}": about[name] for name in ("edition", "day", "filters", "sources", "licence")}
    rows = [[_text(row[name]) for name in LABEL_COLUMNS] + list(kept.values()) for row in label_rows(register)]
    return csv_file([*LABEL_COLUMNS, *kept], rows, ",")


def labels_json(register: Register) -> bytes:
    """The labels as JSON: what they are about, and the rows."""
    return _json({"metadata": register.about(), "columns": LABEL_COLUMNS, "labels": list(label_rows(register))})


def labels_geojson(register: Register) -> bytes:
    """The labels as GeoJSON (RFC 7946), a feature an award; those without a known place have no geometry."""
    features = []
    for row in label_rows(register):
        latitude, longitude = row.pop("latitude"), row.pop("longitude")
        point = None if latitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
        features.append({"type": "Feature", "id": row["award_id"], "geometry": point, "properties": row})
    return _json({"type": "FeatureCollection", "metadata": register.about(), "features": features})


def labels_xlsx(register: Register) -> bytes:
    """The labels as a workbook: a sheet with the rows, and one that tells what they are about."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(say(register.language, "export.sheet"))
    sheet.append(LABEL_COLUMNS)
    rows = [list(row.values()) for row in label_rows(register)]
    for row in rows:
        sheet.append([harmless(value) if isinstance(value, str) else value for value in row])
    for cell in sheet[1]:
        cell.font = BOLD
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    for index, name in enumerate(LABEL_COLUMNS, 1):
        longest = max((len(_text(row[index - 1])) for row in rows), default=0)
        sheet.column_dimensions[get_column_letter(index)].width = min(WIDEST, max(len(name), longest) + 2)
    notes = book.create_sheet(say(register.language, "export.about"))
    for name, value in register.about().items():
        notes.append([name, harmless(value)])
    notes.column_dimensions["B"].width = 2 * WIDEST
    return reproducible(book)


def label_rows(register: Register) -> Iterable[dict[str, Any]]:
    """A row for each award of what is shown, by `LABEL_COLUMNS`."""
    for holding in register.found:
        cluster = holding.cluster
        for award in holding.awards:
            names = "; ".join(register.sectors[code].name.in_(register.language) for code in cluster.sectors)
            values = (
                cluster.cluster_id,
                cluster.name,
                cluster.country,
                country_name(register.language, cluster.country),
                cluster.city,
                cluster.region,
                cluster.latitude,
                cluster.longitude,
                cluster.geo_precision,
                "|".join(cluster.sectors),
                names,
                cluster.website,
                holding.label.value,
                holding.state.value,
                holding.end,
                award.award_id,
                award.awarded_on,
                award.date_basis,
                award.valid_until,
                award.source_url,
                award.confidence,
                award.checked_on,
            )
            yield dict(zip(LABEL_COLUMNS, values, strict=True))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
