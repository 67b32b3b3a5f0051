"""Files -> sheets: rows of text as the spreadsheet numbers them. What a cell means is decided in `ingest`."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import openpyxl
from openpyxl.workbook import Workbook

from .model import Problem

SUFFIXES = (".csv", ".tsv", ".xlsx")
MAXIMUM_UNPACKED = 200 * 1024 * 1024
MAXIMUM_ROWS = 1_000_000
MAXIMUM_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and its rows, all text.

    `file` is the path as it was given, `name` the file's stem or the workbook's sheet; rows carry their number.
    """

    file: str
    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def files(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those that are named, and the tables that lie directly in named folders."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if file == path or _is_table(file)]
    return found


def read(paths: Iterable[Path]) -> tuple[list[Sheet], list[Problem]]:
    """Read files, and the tables that lie directly in folders.

    Returns all sheets that could be read and a problem for each that could not; a warning for what was passed over.
    """
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            if not path.exists() and not path.is_symlink():
                problems.append(_of_file(path, "sheet.absent"))
                continue
            found = files([path])
            if path.is_dir():
                others = [p for p in sorted(path.iterdir()) if p not in found and p.name[0] not in "~."]
                problems += [_of_file(other, "sheet.passed_over") for other in others]
            if not found:
                problems.append(_of_file(path, "sheet.empty_folder"))
        except OSError as trouble:
            problems.append(_of_file(path, "sheet.unreadable", detail=trouble.strerror or ""))
            continue
        for file in found:
            try:
                _read_file(file, sheets, problems)
            except _UnreadableError as trouble:
                problems.append(_of_file(file, trouble.key, **trouble.values))
            except OSError as trouble:
                problems.append(_of_file(file, "sheet.unreadable", detail=trouble.strerror or ""))
    return sheets, problems


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and file.name[0] not in "~." and not file.is_dir()


def _of_file(path: Path, key: str, **values: object) -> Problem:
    severity: Literal["error", "warning"] = "warning" if key == "sheet.passed_over" else "error"
    return Problem(str(path), "", None, "", "", key, tuple(values.items()), severity)


def _read_file(path: Path, sheets: list[Sheet], problems: list[Problem]) -> None:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise _UnreadableError("sheet.suffix", suffixes=", ".join(SUFFIXES))
    data = path.read_bytes()
    if suffix != ".xlsx":
        _add(str(path), path.stem, _delimited(data), sheets, problems)
        return
    if not data:
        raise _UnreadableError("sheet.empty")
    for name, rows in _workbook(str(path), data, problems):
        _add(str(path), name, rows, sheets, problems)


class _UnreadableError(Exception):
    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def _add(file: str, name: str, rows: Iterator[tuple[str, ...]], sheets: list[Sheet], problems: list[Problem]) -> None:
    """Tell the header from the rows, drop blank rows, and complain of cells beyond the header."""
    header: tuple[str, ...] = ()
    nameless: set[int] = set()
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
        for index in [i for i, heading in enumerate(header) if not heading and padded[i] and i not in nameless]:
            nameless.add(index)
            values = (("column", index + 1),)
            problems.append(Problem(file, name, number, "", padded[index], "column.nameless", values))
        kept.append((number, padded[: len(header)]))
    if header:
        sheets.append(Sheet(file, name, header, tuple(kept)))


def _delimited(data: bytes) -> Iterator[tuple[str, ...]]:
    text = _decode(data)
    if not text.strip():
        raise _UnreadableError("sheet.empty")
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"sep=(.)\r?", first)  # a line that Excel writes, and does not show
    text = rest if told else text
    delimiter = told[1] if told else max(",;\t", key=text.lstrip().splitlines()[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from map(tuple, reader)
    except csv.Error as error:
        raise _UnreadableError("sheet.bad_csv", line=reader.line_num, detail=str(error)) from error


def _decode(data: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 or 32 with mark, else what Windows writes in Western Europe."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        encodings = ["utf-32"]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
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


def _workbook(file: str, data: bytes, problems: list[Problem]) -> list[tuple[str, Iterator[tuple[str, ...]]]]:
    """The visible sheets of an XLSX file; formulas come as the values last computed, and are told where there is none.

    openpyxl fails in many ways on a damaged or hostile file; whichever it is, the file is no workbook to us.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAXIMUM_UNPACKED:
                raise _UnreadableError("sheet.too_large", megabytes=MAXIMUM_UNPACKED // 1024**2)
            names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
            formulas = any(b"<f" in archive.read(name) for name in names)
        values, texts = _open(data, values=True), _open(data, values=False) if formulas else None
    except _UnreadableError:
        raise
    except Exception as error:
        raise _UnreadableError("sheet.not_xlsx") from error
    tables = []
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            problems.append(Problem(file, sheet.title, None, "", "", "sheet.hidden", severity="warning"))
            continue
        if texts:
            problems += _uncomputed(file, sheet, texts[sheet.title])
        tables.append((sheet.title, _cells(sheet)))
    return tables


def _open(data: bytes, *, values: bool) -> Workbook:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may lie about its size
    return book


def _uncomputed(file: str, computed: Any, written: Any) -> list[Problem]:
    """The formulas whose value the file does not hold: nobody has opened and saved it since they were written."""
    try:
        return [
            Problem(file, computed.title, number, "", str(text), "sheet.formula")
            for number, (values, texts) in enumerate(
                zip(computed.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=False), start=1
            )
            for value, text in zip(values, texts, strict=False)
            if value is None and text is not None
        ]
    except Exception as error:
        raise _UnreadableError("sheet.not_xlsx") from error


def _cells(sheet: Any) -> Iterator[tuple[str, ...]]:
    try:
        for row in sheet.iter_rows():
            yield tuple(_as_text(cell.value, getattr(cell, "number_format", "")) for cell in row)
    except Exception as error:
        raise _UnreadableError("sheet.not_xlsx") from error


def _as_text(value: object, number_format: str) -> str:
    """A cell as its reader sees it: a day without a time, a per cent cell in per cent."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float) and "%" in number_format:
        value = round(100 * value, 10)
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return str(value)
