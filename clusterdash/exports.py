"""Tables to take away, as files. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .awards import Holding
from .i18n import country_name, say
from .model import Edition, Language, Sector
from .selection import Selection

_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WRITTEN = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can name."""
_WIDEST = 60
"""Characters in a column of a workbook."""
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


def harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula: one that begins like it gets an apostrophe before it.

    Numbers stay as they are. (OWASP, "CSV injection".)
    """
    return f"'{text}" if text.startswith(_STARTS) and not _NUMBER.fullmatch(text) else text


def file_name(stem: str, cluster_id: str, edition: Edition, language: Language, suffix: str) -> str:
    """The name of a file about a cluster: what it is, cluster, edition, language."""
    return f"{stem}-{cluster_id}-{edition.edition_id}-{language}.{suffix}"


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]], language: Language) -> bytes:
    """A table as CSV that a spreadsheet in the language opens as columns: UTF-8 with a mark, in French semicolons."""
    return _csv(headings, rows, ";" if language == "fr" else ",")


def as_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as a workbook of one sheet, its texts wrapped."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title)
    sheet.append(list(headings))
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in sheet.iter_cols():
        longest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(_WIDEST, longest + 2)
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def labels_csv(register: Register) -> bytes:
    """The labels as CSV with commas, in UTF-8 with a mark; what they are about stands in each row's last columns."""
    about = register.about()
    kept = {f"about_{name}": about[name] for name in ("edition", "day", "filters", "sources", "licence")}
    rows = [[_text(row[name]) for name in LABEL_COLUMNS] + list(kept.values()) for row in label_rows(register)]
    return _csv([*LABEL_COLUMNS, *kept], rows, ",")


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
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    for index, name in enumerate(LABEL_COLUMNS, 1):
        longest = max((len(_text(row[index - 1])) for row in rows), default=0)
        sheet.column_dimensions[get_column_letter(index)].width = min(_WIDEST, max(len(name), longest) + 2)
    notes = book.create_sheet(say(register.language, "export.about"))
    for name, value in register.about().items():
        notes.append([name, harmless(value)])
    notes.column_dimensions["B"].width = 2 * _WIDEST
    return reproducible(book)


def reproducible(book: Workbook) -> bytes:
    """A workbook as a file in which no time of writing stands: the same content gives the same bytes."""
    saved, out = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with ZipFile(saved) as written, ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for member in written.infolist():
            content = written.read(member)
            if member.filename == "docProps/core.xml":
                content = _WRITTEN.sub(b"", content)
            kept.writestr(ZipInfo(member.filename, _EARLIEST), content, ZIP_DEFLATED)
    return out.getvalue()


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


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
