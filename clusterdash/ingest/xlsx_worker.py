"""Reader of workbooks in a separate process with limited memory and time.

A hostile file can make any reader exhaust memory or never end: here only its own process fails.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from .xlsx_cells import Budget, Cells, fill_merged, hidden_columns_of, read_cells, rows_of
from .xlsx_package import Package, workbook_of

MAXIMUM_UNPACKED = 200 * 1024 * 1024
MAXIMUM_ROWS = 1_000_000
"""Of one sheet."""
MAXIMUM_CELLS, MAXIMUM_EMPTY, MAXIMUM_SHEETS = 5_000_000, 20_000_000, 500
"""Of one workbook; blank cells before a filled one and blank rows above count as cells, others as empty."""
MAXIMUM_UNCOMPUTED = 10_000
"""Maximum number of formulas without a value reported for one sheet."""
MEMORY, SECONDS, WAIT = 3 * 1024**3, 60, 130
"""Limits of the process: bytes of memory, seconds of processor time, seconds in total."""
_OLE = b"\xd0\xcf\x11\xe0"
"""The first bytes of encrypted workbooks and of those in the format before 2007."""


@dataclass(frozen=True, slots=True)
class BookSheet:
    """A visible sheet with at least one filled cell.

    `hidden_rows`: the numbers of rows with values that a spreadsheet does not show; `hidden_columns`: the letters of
    such columns; `merged`: the ranges whose value was repeated in all their rows.
    """

    name: str
    rows: list[tuple[str, ...]]
    hidden_rows: list[int]
    hidden_columns: list[str]
    merged: list[str]


@dataclass(frozen=True, slots=True)
class Book:
    """The visible sheets; names of hidden ones, of visible ones without any value, and of those that the file lacks.

    `uncomputed`: formulas without a value, as (sheet, row, text).
    """

    sheets: list[BookSheet] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    uncomputed: list[tuple[str, int, str]] = field(default_factory=list)


class RefusedError(Exception):
    """Why a workbook is rejected: a message key (`i18n/locales`) and its values."""

    def __init__(self, key: str, **values: object) -> None:
        """`key`: the message; `values`: its placeholders."""
        super().__init__(key)
        self.key = key
        self.values = values


def read_workbook(data: bytes) -> Book:
    """Read a workbook in a separate process. Raises RefusedError if it cannot or should not be read."""
    if data.startswith(_OLE):
        raise RefusedError("sheet.encrypted")
    package = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(path for path in (package, os.environ.get("PYTHONPATH", "")) if path)
    command = [sys.executable, "-m", "clusterdash.ingest.xlsx_worker", str(MEMORY), str(SECONDS)]
    try:
        run = subprocess.run(
            command,
            input=data,
            capture_output=True,
            check=False,
            timeout=WAIT,
            env={**os.environ, "PYTHONPATH": paths},
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedError("sheet.exhausting") from error
    if run.returncode != 0:
        raise RefusedError("sheet.exhausting")
    told = json.loads(run.stdout)
    if "refused" in told:
        key, values = told["refused"]
        raise RefusedError(key, **values)
    book = told["book"]
    sheets = [BookSheet(**{**sheet, "rows": list(map(tuple, sheet["rows"]))}) for sheet in book.pop("sheets")]
    return Book(sheets, **{**book, "uncomputed": [(name, row, text) for name, row, text in book["uncomputed"]]})


def parse(data: bytes) -> Book:
    """Read a workbook in this process; formulas are read as their last computed values, or listed in `uncomputed`.

    RefusedError is raised for everything that is wrong with a file, damaged or hostile, except a MemoryError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAXIMUM_UNPACKED:
                raise RefusedError("sheet.too_large", megabytes=MAXIMUM_UNPACKED // 1024**2)
            return _read(Package(archive))
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        raise RefusedError("sheet.not_xlsx") from error


def _read(package: Package) -> Book:
    if any(name.endswith("vbaproject.bin") for name in package.names()):
        raise RefusedError("sheet.macros")
    if any(name.startswith("xl/externallinks/") for name in package.names()):
        raise RefusedError("sheet.external")
    workbook = workbook_of(package)
    if len(workbook.sheets) > MAXIMUM_SHEETS:
        raise RefusedError("sheet.too_many_sheets", maximum=MAXIMUM_SHEETS)
    book = Book()
    budget = _Budget(MAXIMUM_CELLS, MAXIMUM_EMPTY)
    for listed in workbook.sheets:
        if not listed.visible:
            book.hidden.append(listed.name)
        elif not listed.is_grid:
            book.empty.append(listed.name)
        elif not listed.part:
            book.absent.append(listed.name)
        else:
            content = package.read(listed.part)
            cells = read_cells(content, workbook.strings, workbook.formats, budget, since_1904=workbook.since_1904)
            _add(book, listed.name, cells, budget)
    return book


def _add(book: Book, name: str, cells: Cells, budget: Budget) -> None:
    """Add the cells of a sheet."""
    book.uncomputed.extend((name, row, text) for row, text in cells.uncomputed[:MAXIMUM_UNCOMPUTED])
    if not cells.rows:
        book.empty.append(name)
        return
    if max(cells.rows) > MAXIMUM_ROWS + 1:
        raise RefusedError("sheet.too_many_rows", maximum=MAXIMUM_ROWS)
    merged = fill_merged(cells, budget)
    hidden = sorted(cells.hidden_rows & cells.rows.keys())
    book.sheets.append(BookSheet(name, rows_of(cells, budget), hidden, hidden_columns_of(cells), merged))


class _Budget:
    """How many cells, and how many cells and rows without a value, may still be read of a workbook."""

    def __init__(self, cells: int, empty: int) -> None:
        self._cells = cells
        self._empty = empty

    def spend(self, cells: int) -> None:
        """Count cells that are kept."""
        self._cells -= cells
        if self._cells < 0:
            raise RefusedError("sheet.too_many_cells", maximum=MAXIMUM_CELLS)

    def skip(self, count: int = 1) -> None:
        """Count cells or rows without a value."""
        self._empty -= count
        if self._empty < 0:
            raise RefusedError("sheet.too_many_cells", maximum=MAXIMUM_CELLS)


def _fields(record: Book | BookSheet) -> dict[str, object]:
    """The fields of a record, not copied."""
    return {name: getattr(record, name) for name in record.__slots__}


def _bounded(memory: int, seconds: int) -> None:
    """Limit memory (bytes) and processor time (seconds) of this process, if the system supports it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _main() -> None:
    _bounded(int(sys.argv[1]), int(sys.argv[2]))
    try:
        book = parse(sys.stdin.buffer.read())
    except RefusedError as refused:
        told: dict[str, object] = {"refused": [refused.key, refused.values]}
    else:
        told = {"book": {**_fields(book), "sheets": [_fields(sheet) for sheet in book.sheets]}}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _main()
