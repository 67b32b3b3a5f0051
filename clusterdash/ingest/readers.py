"""Readers of files: sheets of text, rows numbered as in the spreadsheet. Cells are parsed elsewhere."""

from __future__ import annotations

import csv
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ..domain import Problem
from . import invisible_characters, xlsx_worker
from .xlsx_worker import MAXIMUM_ROWS, MAXIMUM_UNPACKED

SUFFIXES = (".csv", ".tsv", ".xlsx")
MAXIMUM_COLUMNS = 1_000
MAXIMUM_BLANK = 1 << 20
"""Blank rows of one sheet: as many as a spreadsheet has rows. A file with more is rejected."""
MAXIMUM_FILES = 10_000
"""Of one folder."""
MAXIMUM_PROBLEMS = 10_000
"""Maximum number of errors, and of warnings, reported for one sheet; after so many errors reading it stops."""
LONGEST_LINE = 1 << 20
"""In characters."""
_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and its rows, all text.

    `file` is the path as it was given, `name` the file's stem or the workbook's sheet. Rows have their number; each
    iteration reads them from the file, so that a long text file takes no memory.
    """

    file: str
    name: str
    header: tuple[str, ...]
    rows: Iterable[tuple[int, tuple[str, ...]]]


def files(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those that are named, and the tables directly in named folders."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if file == path or _is_table(file)]
    return found


def read_files(
    paths: Iterable[Path], most_rows: int | None = None, *, follow: bool = False
) -> tuple[list[Sheet], list[Problem]]:
    """Read files, and the tables directly in folders; text files with more than `most_rows` rows are rejected.

    Symbolic links are rejected unless `follow` is set; pipes and devices always are. Returns all sheets that could be
    read, an error for each file that could not, and a warning for each one that was ignored in a folder.
    """
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            if path.is_symlink() and not follow:
                problems.append(_of_file(path, "sheet.link"))
                continue
            if not path.exists() and not path.is_symlink():
                problems.append(_of_file(path, "sheet.absent"))
                continue
            found = files([path])
            if path.is_dir():
                others = [p for p in sorted(path.iterdir()) if p not in set(found) and p.name[0] not in "~."]
                problems += [_of_file(other, "sheet.passed_over") for other in others[:MAXIMUM_PROBLEMS]]
            if not found:
                problems.append(_of_file(path, "sheet.empty_folder"))
            if len(found) > MAXIMUM_FILES:
                problems.append(_of_file(path, "sheet.too_many_files", maximum=MAXIMUM_FILES))
                continue
        except OSError as trouble:
            problems.append(_of_file(path, "sheet.unreadable", detail=trouble.strerror or ""))
            continue
        for file in found:
            try:
                _ensure_file(file, follow=follow)
                _read_file(file, most_rows, sheets, problems)
            except _UnreadableError as trouble:
                problems.append(_of_file(file, trouble.key, **trouble.values))
            except OSError as trouble:
                problems.append(_of_file(file, "sheet.unreadable", detail=trouble.strerror or ""))
    return sheets, problems


def read_content(name: str, data: bytes) -> tuple[list[Sheet], list[Problem]]:
    """As `read_files`, for the content of one file called `name`; its rows are kept in memory."""
    with TemporaryDirectory(prefix="clusterdash-") as place:
        path = Path(place, Path(name).name)
        path.write_bytes(data)
        found, problems = read_files([path], MAXIMUM_ROWS)
        kept = [replace(sheet, file=path.name, rows=tuple(sheet.rows)) for sheet in found]
    return kept, [replace(problem, file=path.name) for problem in problems]


def _ensure_file(path: Path, *, follow: bool) -> None:
    """Raise _UnreadableError unless it is a regular file with content: opening a pipe blocks, a device may not end."""
    status = path.stat() if follow else path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise _UnreadableError("sheet.link")
    if not stat.S_ISREG(status.st_mode):
        raise _UnreadableError("sheet.no_file")
    if not status.st_size:
        raise _UnreadableError("sheet.empty")
    if path.suffix.lower() == ".xlsx" and status.st_size > MAXIMUM_UNPACKED:
        raise _UnreadableError("sheet.too_large", megabytes=MAXIMUM_UNPACKED // 1024**2)


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
        source, hidden = _delimited(path)
        _add(file, path.stem, source, hidden, most_rows, sheets, problems)
        return
    try:
        book = xlsx_worker.read_workbook(path.read_bytes())
    except xlsx_worker.RefusedError as refused:
        raise _UnreadableError(refused.key, **refused.values) from refused
    problems += [Problem(file, name, None, "", "", "sheet.hidden", severity="warning") for name in book.hidden]
    problems += [Problem(file, name, row, "", text, "sheet.formula") for name, row, text in book.uncomputed]
    for name, rows in book.sheets:
        hidden = any(invisible_characters.may_contain_invisible("".join(row)) for row in rows)
        _add(file, invisible_characters.remove_invisible(name), rows, hidden, MAXIMUM_ROWS, sheets, problems)


class _UnreadableError(Exception):
    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class _Delimited:
    """The rows of a text file, read from it at each iteration. Raises _UnreadableError if a line cannot be parsed."""

    path: Path
    encoding: str
    delimiter: str
    told: bool
    """Whether the first line only declares the delimiter: Excel writes such a line, and does not show it."""

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
class _Cleaned:
    """Rows without invisible characters."""

    source: Iterable[Sequence[str]]

    def __iter__(self) -> Iterator[Sequence[str]]:
        for row in self.source:
            yield [invisible_characters.remove_invisible(cell) for cell in row]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows below a header, with their numbers; without blank rows and rows with cells beyond the header."""

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
    hidden: bool,
    most_rows: int | None,
    sheets: list[Sheet],
    problems: list[Problem],
) -> None:
    """Add a sheet; report cells beyond the header or without a heading. If `hidden`, remove invisible characters.

    Raises _UnreadableError if there are too many rows, blank rows or problems.
    """
    if hidden:
        problems += _hidden(file, name, source)
        source = _Cleaned(source)
    header: tuple[str, ...] = ()
    nameless: set[int] = set()
    blank = ragged = 0
    for number, row in enumerate(source, start=1):
        if most_rows is not None and number > most_rows + 1:
            raise _UnreadableError("sheet.too_many_rows", maximum=most_rows)
        if not any(map(str.strip, row)):
            blank += 1
            if blank > MAXIMUM_BLANK:
                raise _UnreadableError("sheet.blank", maximum=MAXIMUM_BLANK)
            continue
        if not header:
            header = _header(row)
            nameless = {index for index, heading in enumerate(header) if not heading}
            continue
        if len(row) <= len(header) and not nameless:
            continue
        cells = [cell.strip() for cell in row]
        if any(cells[len(header) :]):
            ragged += 1
            if ragged > MAXIMUM_PROBLEMS:
                raise _UnreadableError("sheet.too_many_problems", maximum=MAXIMUM_PROBLEMS)
            values: tuple[tuple[str, object], ...] = (("found", len(cells)), ("expected", len(header)))
            problems.append(Problem(file, name, number, "", "", "sheet.ragged", values))
            continue
        for index in sorted(nameless & {i for i, cell in enumerate(cells) if cell}):
            nameless.discard(index)
            values = (("column", index + 1),)
            problems.append(Problem(file, name, number, "", cells[index], "column.nameless", values))
    if header:
        sheets.append(Sheet(file, name, header, _Rows(source, len(header))))


def _hidden(file: str, name: str, source: Iterable[Sequence[str]]) -> list[Problem]:
    """A warning for each cell with invisible characters, at most `MAXIMUM_PROBLEMS`."""
    found: list[Problem] = []
    header: list[str] = []
    for number, row in enumerate(source, start=1):
        cleaned = [invisible_characters.remove_invisible(cell) for cell in row]
        header = header or ([cell.strip() for cell in cleaned] if any(map(str.strip, cleaned)) else [])
        for index, (cell, left) in enumerate(zip(row, cleaned, strict=True)):
            if cell != left and len(found) < MAXIMUM_PROBLEMS:
                column = header[index] if index < len(header) else ""
                values = (("characters", invisible_characters.removed_code_points(cell)),)
                found.append(Problem(file, name, number, column, cell.strip(), "cell.invisible", values, "warning"))
    return found


def _header(row: Sequence[str]) -> tuple[str, ...]:
    """The headings of a row, without empty ones at its end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAXIMUM_COLUMNS:
        raise _UnreadableError("sheet.too_many_columns", maximum=MAXIMUM_COLUMNS)
    return tuple(cells)


def _delimited(path: Path) -> tuple[_Delimited, bool]:
    """The rows of a text file, and whether it may contain invisible characters."""
    encoding, hidden = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        told = re.fullmatch(r"sep=(.)\r?\n?", first)
        blank = count()
        lines = file if told else chain([first], file)
        line = next((line for line in lines if line.strip() or next(blank) > MAXIMUM_BLANK), "")
    if not line.strip():
        raise _UnreadableError("sheet.empty" if next(blank) <= MAXIMUM_BLANK else "sheet.blank", maximum=MAXIMUM_BLANK)
    return _Delimited(path, encoding, told[1] if told else max(",;\t", key=line.count), told is not None), hidden


def _encoding(path: Path) -> tuple[str, bool]:
    """The encoding, and whether the file may contain invisible characters.

    UTF-8 with or without BOM, UTF-16 or UTF-32 with BOM, else Windows-1252. Raises _UnreadableError if the file is not
    text, or a line is too long.
    """
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
            return encoding, _looked_through(path, encoding)
        except UnicodeError:
            continue
    raise _UnreadableError("sheet.encoding")


def _looked_through(path: Path, encoding: str) -> bool:
    """Whether a text file may contain invisible characters. Raises UnicodeError if it has another encoding."""
    hidden, length = False, 0
    with path.open(encoding=encoding, newline="") as file:
        for part in iter(lambda: file.read(_PART), ""):
            if "\x00" in part:
                raise _UnreadableError("sheet.binary")
            hidden = hidden or invisible_characters.may_contain_invisible(part)
            first = min((end for end in (part.find("\n"), part.find("\r")) if end >= 0), default=len(part))
            last = max(part.rfind("\n"), part.rfind("\r"))
            before, length = length, len(part) - last - 1 if last >= 0 else length + len(part)
            if max(before + first, length) > LONGEST_LINE:
                raise _UnreadableError("sheet.long_line", maximum=LONGEST_LINE)
    return hidden
