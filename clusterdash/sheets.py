"""Files -> sheets: rows of text as the spreadsheet numbers them. What a cell means is decided in `ingest`."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl

from .model import Problem

SUFFIXES = (".csv", ".tsv", ".xlsx")
MAXIMUM_UNPACKED = 200 * 1024 * 1024
MAXIMUM_ROWS = 1_000_000
MAXIMUM_COLUMNS = 1_000
_DAMAGE = (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, ParseError, zlib.error)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and its rows, all text.

    `file` is the path as it was given, `name` the file's stem or the workbook's sheet; rows carry their number.
    """

    file: str
    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(paths: Iterable[Path]) -> tuple[list[Sheet], list[Problem]]:
    """Read files, and the tables that lie directly in folders.

    Returns all sheets that could be read and a problem for each that could not.
    """
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for path in paths:
        if not path.exists():
            problems.append(Problem(str(path), "", None, "", "", "sheet.absent"))
        elif path.is_dir():
            found = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.name[0] not in "~.")
            found = [file for file in found if not file.is_dir()]
            if not found:
                problems.append(Problem(str(path), "", None, "", "", "sheet.empty_folder"))
            for file in found:
                _read_file(file, sheets, problems)
        else:
            _read_file(path, sheets, problems)
    return sheets, problems


def _read_file(path: Path, sheets: list[Sheet], problems: list[Problem]) -> None:
    def refuse(key: str, **values: object) -> None:
        problems.append(Problem(str(path), "", None, "", "", key, tuple(values.items())))

    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        refuse("sheet.suffix", suffixes=", ".join(SUFFIXES))
        return
    try:
        data = path.read_bytes()
    except OSError as trouble:
        refuse("sheet.unreadable", detail=trouble.strerror or "")
        return
    if not data.strip():
        refuse("sheet.empty")
        return
    try:
        tables = _workbook(data) if suffix == ".xlsx" else [(path.stem, _delimited(data))]
        for name, rows in tables:
            _add(str(path), name, rows, sheets, problems)
    except _UnreadableError as trouble:
        refuse(trouble.key, **trouble.values)


class _UnreadableError(Exception):
    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def _add(file: str, name: str, rows: Iterator[tuple[str, ...]], sheets: list[Sheet], problems: list[Problem]) -> None:
    """Tell the header from the rows, drop blank rows, and complain of cells beyond the header."""
    header: tuple[str, ...] = ()
    kept: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, start=1):
        if number > MAXIMUM_ROWS + 1:
            raise _UnreadableError("sheet.too_many_rows", maximum=MAXIMUM_ROWS)
        cells = tuple(cell.strip() for cell in row)
        if not any(cells):
            continue
        if not header:
            header = cells
            while header and not header[-1]:
                header = header[:-1]
            if len(header) > MAXIMUM_COLUMNS:
                raise _UnreadableError("sheet.too_many_columns", maximum=MAXIMUM_COLUMNS)
            continue
        if any(cells[len(header) :]):
            problems.append(
                Problem(
                    file,
                    name,
                    number,
                    "",
                    "",
                    "sheet.ragged",
                    (("found", len(cells)), ("expected", len(header))),
                )
            )
            continue
        padded = (*cells, *("",) * (len(header) - len(cells)))
        kept.append((number, padded[: len(header)]))
    if header:
        sheets.append(Sheet(file, name, header, tuple(kept)))


def _delimited(data: bytes) -> Iterator[tuple[str, ...]]:
    text = _decode(data)
    first = text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from map(tuple, reader)
    except csv.Error as error:
        raise _UnreadableError("sheet.bad_csv", line=reader.line_num, detail=str(error)) from error


def _decode(data: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 with mark, else what Windows writes in Western Europe."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise _UnreadableError("sheet.binary")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _UnreadableError("sheet.encoding")


def _workbook(data: bytes) -> list[tuple[str, Iterator[tuple[str, ...]]]]:
    """The sheets of an XLSX file; formulas come as the values last computed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAXIMUM_UNPACKED:
                raise _UnreadableError("sheet.too_large", megabytes=MAXIMUM_UNPACKED // 1024**2)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except _DAMAGE as error:
        raise _UnreadableError("sheet.not_xlsx") from error
    tables = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may lie about its size
        tables.append((sheet.title, _cells(sheet.iter_rows(values_only=True))))
    return tables


def _cells(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, ...]]:
    try:
        for row in rows:
            yield tuple(_as_text(cell) for cell in row)
    except _DAMAGE as error:
        raise _UnreadableError("sheet.not_xlsx") from error


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
