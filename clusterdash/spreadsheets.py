"""Writers of spreadsheets: rows to the bytes of CSV and XLSX. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .domain import Language
from .i18n import csv_separator

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""
Cell = str | float | None
"""What stands in a cell of a workbook."""
BOLD = Font(name="Calibri", bold=True)
_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
_WRITTEN = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can store."""
MAX_COLUMN_WIDTH = 60
"""Maximum width of a column of a workbook, in characters."""


def neutralize_formula(text: str) -> str:
    """A text that a spreadsheet does not evaluate: one that begins like a formula is prefixed by an apostrophe.

    Numbers are unchanged. (OWASP, "CSV injection".)
    """
    return f"'{text}" if text.startswith(_STARTS) and not _NUMBER.fullmatch(text) else text


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> bytes:
    """A table as CSV in UTF-8 with BOM."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([neutralize_formula(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]], language: Language) -> bytes:
    """A table as CSV for spreadsheets in a language: UTF-8 with BOM; separated as `csv_separator` says."""
    return csv_file(headings, rows, csv_separator(language))


def as_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as a workbook with one sheet, texts wrapped."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title)
    sheet.append(list(headings))
    for row in rows:
        sheet.append([neutralize_formula(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = BOLD
    for column in sheet.iter_cols():
        longest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(MAX_COLUMN_WIDTH, longest + 2)
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def add_sheet(book: Workbook, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Add a sheet with frozen headings; texts that begin like formulas stay texts."""
    sheet = book.create_sheet(title[:31])
    listed = [
        [neutralize_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in [headings, *rows]
    ]
    for row in listed:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font, cell.alignment = BOLD, Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    for index in range(len(headings)):
        longest = max((len(str(row[index])) for row in listed[1:] if len(row) > index), default=0)
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(MAX_COLUMN_WIDTH, max(10, longest) + 2)


def reproducible(book: Workbook) -> bytes:
    """A workbook as a file without timestamps: the same content gives the same bytes."""
    saved, out = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with ZipFile(saved) as written, ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for member in written.infolist():
            content = written.read(member)
            if member.filename == "docProps/core.xml":
                content = _WRITTEN.sub(b"", content)
            kept.writestr(ZipInfo(member.filename, _EARLIEST), content, ZIP_DEFLATED)
    return out.getvalue()
