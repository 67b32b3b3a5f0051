"""Reader of text files: their encoding, their separator, their rows of cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from . import invisible_characters

MAXIMUM_BLANK = 1 << 20
"""Blank rows of one sheet: as many as a spreadsheet has rows. A file with more is rejected."""
LONGEST_LINE = 1 << 20
"""In characters."""
_PART = 1 << 20


class UnreadableError(Exception):
    """Why a file or a sheet is not read: a message key (`i18n/locales`) and its values."""

    def __init__(self, key: str, **values: object) -> None:
        """`key`: the message; `values`: its placeholders."""
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class DelimitedRows:
    """The rows of a text file, read from it at each iteration. Raises UnreadableError if a line cannot be parsed."""

    path: Path
    encoding: str
    delimiter: str
    declared: bool
    """Whether the first line only declares the delimiter: Excel writes such a line, and does not show it."""

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Read the file from its beginning."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            if self.declared:
                file.readline()
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                yield from map(tuple, reader)
            except csv.Error as error:
                raise UnreadableError("sheet.bad_csv", line=reader.line_num, detail=str(error)) from error


def open_text(path: Path) -> tuple[DelimitedRows, bool]:
    """The rows of a text file, and whether it may contain invisible characters.

    Raises UnreadableError if the file is no text, empty, or a line is too long.
    """
    encoding, hidden = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        declared = re.fullmatch(r"sep=(.)\r?\n?", first)
        blank = count()
        lines = file if declared else chain([first], file)
        line = next((line for line in lines if line.strip() or next(blank) > MAXIMUM_BLANK), "")
    if not line.strip():
        raise UnreadableError("sheet.empty" if next(blank) <= MAXIMUM_BLANK else "sheet.blank", maximum=MAXIMUM_BLANK)
    delimiter = declared[1] if declared else max(",;\t", key=line.count)
    return DelimitedRows(path, encoding, delimiter, declared is not None), hidden


def _encoding(path: Path) -> tuple[str, bool]:
    """The encoding, and whether the file may contain invisible characters.

    UTF-8 with or without BOM, UTF-16 or UTF-32 with BOM, else Windows-1252. Raises UnreadableError if the file is not
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
    raise UnreadableError("sheet.encoding")


def _looked_through(path: Path, encoding: str) -> bool:
    """Whether a text file may contain invisible characters. Raises UnicodeError if it has another encoding."""
    hidden, length = False, 0
    with path.open(encoding=encoding, newline="") as file:
        for part in iter(lambda: file.read(_PART), ""):
            if "\x00" in part:
                raise UnreadableError("sheet.binary")
            hidden = hidden or invisible_characters.may_contain_invisible(part)
            first = min((end for end in (part.find("\n"), part.find("\r")) if end >= 0), default=len(part))
            last = max(part.rfind("\n"), part.rfind("\r"))
            before, length = length, len(part) - last - 1 if last >= 0 else length + len(part)
            if max(before + first, length) > LONGEST_LINE:
                raise UnreadableError("sheet.long_line", maximum=LONGEST_LINE)
    return hidden
