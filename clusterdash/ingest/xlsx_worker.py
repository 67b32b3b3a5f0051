"""Reader of workbooks in a separate process with limited memory and time.

A hostile file can make any reader exhaust memory or never end: here only its own process fails.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

MAXIMUM_UNPACKED = 200 * 1024 * 1024
MAXIMUM_ROWS = 1_000_000
"""Of one sheet; reading stops at the first row beyond, so that `readers` rejects the sheet."""
MAXIMUM_CELLS, MAXIMUM_SHEETS = 5_000_000, 500
"""Of one workbook; a blank cell, or one with a formula, counts as five cells, a blank row as one."""
MAXIMUM_UNCOMPUTED = 10_000
"""Maximum number of formulas without a value reported for one sheet."""
MEMORY, SECONDS, WAIT = 3 * 1024**3, 60, 130
"""Limits of the process: bytes of memory, seconds of processor time, seconds in total."""
_BLANK = 5
_SHEET = re.compile(rb"<(?:\w+:)?sheet[\s/>]")
_OLE = b"\xd0\xcf\x11\xe0"
"""The first bytes of encrypted workbooks and of those in the format before 2007."""
Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Book:
    """The visible sheets as (name, rows), the names of hidden ones, formulas without a value as (sheet, row, text)."""

    sheets: list[tuple[str, Rows]]
    hidden: list[str]
    uncomputed: list[tuple[str, int, str]]


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
    return Book(
        [(name, [tuple(row) for row in rows]) for name, rows in told["sheets"]],
        told["hidden"],
        [(sheet, row, text) for sheet, row, text in told["uncomputed"]],
    )


def parse(data: bytes) -> Book:
    """Read a workbook in this process; formulas are read as their last computed values, or listed in `uncomputed`.

    openpyxl raises many kinds of errors on a damaged or hostile file; RefusedError is raised for all but MemoryError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if sum(member.file_size for member in archive.infolist()) > MAXIMUM_UNPACKED:
                raise RefusedError("sheet.too_large", megabytes=MAXIMUM_UNPACKED // 1024**2)
            if any(name.endswith("vbaProject.bin") for name in names):
                raise RefusedError("sheet.macros")
            if any(name.startswith("xl/externalLinks/") for name in names):
                raise RefusedError("sheet.external")
            if sum(len(_SHEET.findall(archive.read(name))) for name in names if _is_book(name)) > MAXIMUM_SHEETS:
                raise RefusedError("sheet.too_many_sheets", maximum=MAXIMUM_SHEETS)
            formulas, left = False, MAXIMUM_CELLS
            for name in names:
                if name.startswith("xl/worksheets/"):
                    part = archive.read(name)
                    formulas = formulas or b"<f" in part
                    left -= (
                        part.count(b"<row")
                        + part.count(b"<c ")
                        + part.count(b"<c>")
                        + _BLANK * (part.count(b"<c/>") + part.count(b"<f"))
                    )
            if left < 0:  # openpyxl would parse all of it before it yields the first row
                raise RefusedError("sheet.too_many_cells", maximum=MAXIMUM_CELLS)
        values, texts = _open(data, values=True), _open(data, values=False) if formulas else None
        book = Book([], [], [])
        left = MAXIMUM_CELLS
        for sheet in values.worksheets:
            if sheet.sheet_state != "visible":
                book.hidden.append(sheet.title)
                continue
            if texts:
                book.uncomputed.extend(islice(_uncomputed(sheet, texts[sheet.title]), MAXIMUM_UNCOMPUTED))
            rows, left = _cells(sheet, left)
            book.sheets.append((sheet.title, rows))
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        raise RefusedError("sheet.not_xlsx") from error
    return book


def _open(data: bytes, *, values: bool) -> Workbook:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may lie about its size
    return book


def _uncomputed(computed: Any, written: Any) -> Iterator[tuple[str, int, str]]:
    """The formulas without a value in the file: no spreadsheet has saved it since they were written."""
    both = zip(computed.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=False)
    for number, (values, texts) in enumerate(both, start=1):
        for value, text in zip(values, texts, strict=False):
            if value is None and text is not None:
                yield computed.title, number, str(text)


def _cells(sheet: Any, most: int) -> tuple[Rows, int]:
    """The rows of a sheet, and how many of `most` cells are left.

    Raises RefusedError if the sheet has more.
    """
    rows: Rows = []
    for row in sheet.iter_rows():
        if len(rows) > MAXIMUM_ROWS + 1:
            break
        most -= max(1, len(row) + (_BLANK - 1) * sum(cell.value is None for cell in row))
        if most < 0:
            raise RefusedError("sheet.too_many_cells", maximum=MAXIMUM_CELLS)
        rows.append(tuple(_as_text(cell.value, getattr(cell, "number_format", "")) for cell in row))
    return rows, most


def _is_book(name: str) -> bool:
    """Whether a part of the archive lists the sheets."""
    return name.rpartition("/")[2].lower().startswith("workbook") and name.lower().endswith(".xml")


def _as_text(value: object, number_format: str) -> str:
    """A cell as a spreadsheet shows it: a date without time, a percentage in per cent without the sign."""
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
        told = {"sheets": book.sheets, "hidden": book.hidden, "uncomputed": book.uncomputed}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _main()
