"""Files -> sheets: rows of text as the spreadsheet numbers them. What a cell means is decided in `ingest`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ..model import Problem
from . import workbook
from .workbook import MAXIMUM_ROWS

SUFFIXES = (".csv", ".tsv", ".xlsx")
MAXIMUM_COLUMNS = 1_000
_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and its rows, all text.

    `file` is the path as it was given, `name` the file's stem or the workbook's sheet. Rows carry their number; each
    time they are gone through they are read from the file, so that a long one takes no memory.
    """

    file: str
    name: str
    header: tuple[str, ...]
    rows: Iterable[tuple[int, tuple[str, ...]]]


def files(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those that are named, and the tables that lie directly in named folders."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if file == path or _is_table(file)]
    return found


def read(paths: Iterable[Path], most_rows: int | None = None) -> tuple[list[Sheet], list[Problem]]:
    """Read files, and the tables that lie directly in folders; files with more than `most_rows` rows are refused.

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
                _read_file(file, most_rows, sheets, problems)
            except _UnreadableError as trouble:
                problems.append(_of_file(file, trouble.key, **trouble.values))
            except OSError as trouble:
                problems.append(_of_file(file, "sheet.unreadable", detail=trouble.strerror or ""))
    return sheets, problems


def content(name: str, data: bytes) -> tuple[list[Sheet], list[Problem]]:
    """The same for the content of one file that is called `name`; its rows are kept in memory."""
    with TemporaryDirectory(prefix="clusterdash-") as place:
        path = Path(place, Path(name).name)
        path.write_bytes(data)
        found, problems = read([path], MAXIMUM_ROWS)
        kept = [replace(sheet, file=path.name, rows=tuple(sheet.rows)) for sheet in found]
    return kept, [replace(problem, file=path.name) for problem in problems]


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and file.name[0] not in "~." and not file.is_dir()


def _of_file(path: Path, key: str, **values: object) -> Problem:
    severity: Literal["error", "warning"] = "warning" if key == "sheet.passed_over" else "error"
    return Problem(str(path), "", None, "", "", key, tuple(values.items()), severity)


def _read_file(path: Path, most_rows: int | None, sheets: list[Sheet], problems: list[Problem]) -> None:
    suffix, file = path.suffix.lower(), str(path)
    if suffix not in SUFFIXES:
        raise _UnreadableError("sheet.suffix", suffixes=", ".join(SUFFIXES))
    if suffix != ".xlsx":
        _add(file, path.stem, _delimited(path), most_rows, sheets, problems)
        return
    data = path.read_bytes()
    if not data:
        raise _UnreadableError("sheet.empty")
    try:
        book = workbook.read(data)
    except workbook.RefusedError as refused:
        raise _UnreadableError(refused.key, **refused.values) from refused
    problems += [Problem(file, name, None, "", "", "sheet.hidden", severity="warning") for name in book.hidden]
    problems += [Problem(file, name, row, "", text, "sheet.formula") for name, row, text in book.uncomputed]
    for name, rows in book.sheets:
        _add(file, name, rows, MAXIMUM_ROWS, sheets, problems)


class _UnreadableError(Exception):
    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class _Delimited:
    """The lines of a text file, read anew each time. Raises `_UnreadableError` where a line cannot be taken apart."""

    path: Path
    encoding: str
    delimiter: str
    told: bool
    """Whether the first line only tells the delimiter: Excel writes such a line, and does not show it."""

    def __iter__(self) -> Iterator[Sequence[str]]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            if self.told:
                file.readline()
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                yield from reader
            except csv.Error as error:
                raise _UnreadableError("sheet.bad_csv", line=reader.line_num, detail=str(error)) from error


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows below a header, with their numbers; without blank ones, and those that are longer than the header."""

    source: Iterable[Sequence[str]]
    width: int

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        width, below = self.width, False
        for number, row in enumerate(self.source, start=1):
            cells = tuple(map(str.strip, row))
            if len(cells) != width:
                if any(cells[width:]):
                    continue
                cells = (*cells[:width], *("",) * (width - len(cells)))
            if any(cells):
                if below:
                    yield number, cells
                below = True


def _add(
    file: str,
    name: str,
    source: Iterable[Sequence[str]],
    most_rows: int | None,
    sheets: list[Sheet],
    problems: list[Problem],
) -> None:
    """Find the header, and complain of cells beyond it, or below no heading."""
    header: tuple[str, ...] = ()
    nameless: set[int] = set()
    for number, row in enumerate(source, start=1):
        if most_rows is not None and number > most_rows + 1:
            raise _UnreadableError("sheet.too_many_rows", maximum=most_rows)
        if not header:
            header = _header(row)
            nameless = {index for index, heading in enumerate(header) if not heading}
            continue
        if len(row) <= len(header) and not nameless:
            continue
        cells = [cell.strip() for cell in row]
        if any(cells[len(header) :]):
            values: tuple[tuple[str, object], ...] = (("found", len(cells)), ("expected", len(header)))
            problems.append(Problem(file, name, number, "", "", "sheet.ragged", values))
            continue
        for index in sorted(nameless & {i for i, cell in enumerate(cells) if cell}):
            nameless.discard(index)
            values = (("column", index + 1),)
            problems.append(Problem(file, name, number, "", cells[index], "column.nameless", values))
    if header:
        sheets.append(Sheet(file, name, header, _Rows(source, len(header))))


def _header(row: Sequence[str]) -> tuple[str, ...]:
    """The headings of a row, without empty ones at its end; nothing where the row is blank."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAXIMUM_COLUMNS:
        raise _UnreadableError("sheet.too_many_columns", maximum=MAXIMUM_COLUMNS)
    return tuple(cells)


def _delimited(path: Path) -> _Delimited:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        told = re.fullmatch(r"sep=(.)\r?\n?", first)
        lines = file if told else chain([first], file)
        line = next((line for line in lines if line.strip()), None)
    if line is None:
        raise _UnreadableError("sheet.empty")
    return _Delimited(path, encoding, told[1] if told else max(",;\t", key=line.count), told is not None)


def _encoding(path: Path) -> str:
    """UTF-8 with or without mark, UTF-16 or 32 with mark, else what Windows writes in Western Europe."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        encodings = ["utf-32"]
    elif start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            with path.open(encoding=encoding, newline="") as file:
                for part in iter(lambda: file.read(_PART), ""):
                    if "\x00" in part:
                        raise _UnreadableError("sheet.binary")
        except UnicodeError:
            continue
        return encoding
    raise _UnreadableError("sheet.encoding")
