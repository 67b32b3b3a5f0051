"""Files -> sheets: rows of text as the spreadsheet numbers them. What a cell means is decided in `ingest`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from . import workbook
from .model import Problem
from .workbook import MAXIMUM_ROWS

SUFFIXES = (".csv", ".tsv", ".xlsx")
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


def content(name: str, data: bytes) -> tuple[list[Sheet], list[Problem]]:
    """The same for the content of one file that is called `name`."""
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    path = Path(Path(name).name)
    try:
        _read_content(path, data, sheets, problems)
    except _UnreadableError as trouble:
        problems.append(_of_file(path, trouble.key, **trouble.values))
    return sheets, problems


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and file.name[0] not in "~." and not file.is_dir()


def _of_file(path: Path, key: str, **values: object) -> Problem:
    severity: Literal["error", "warning"] = "warning" if key == "sheet.passed_over" else "error"
    return Problem(str(path), "", None, "", "", key, tuple(values.items()), severity)


def _read_file(path: Path, sheets: list[Sheet], problems: list[Problem]) -> None:
    if path.suffix.lower() not in SUFFIXES:  # what is not read need not be loaded
        raise _UnreadableError("sheet.suffix", suffixes=", ".join(SUFFIXES))
    _read_content(path, path.read_bytes(), sheets, problems)


def _read_content(path: Path, data: bytes, sheets: list[Sheet], problems: list[Problem]) -> None:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise _UnreadableError("sheet.suffix", suffixes=", ".join(SUFFIXES))
    if suffix != ".xlsx":
        _add(str(path), path.stem, _delimited(data), sheets, problems)
        return
    if not data:
        raise _UnreadableError("sheet.empty")
    try:
        book = workbook.read(data)
    except workbook.RefusedError as refused:
        raise _UnreadableError(refused.key, **refused.values) from refused
    file = str(path)
    problems += [Problem(file, name, None, "", "", "sheet.hidden", severity="warning") for name in book.hidden]
    problems += [Problem(file, name, row, "", text, "sheet.formula") for name, row, text in book.uncomputed]
    for name, rows in book.sheets:
        _add(file, name, iter(rows), sheets, problems)


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
