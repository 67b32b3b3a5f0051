"""Reader of text files: their encoding, their separator, their rows of cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

from . import invisible_characters, text_encodings
from .text_encodings import Guess

MAXIMUM_BLANK = 1 << 20
"""Blank rows of one sheet: as many as a spreadsheet has rows. A file with more is rejected."""
LONGEST_LINE = 1 << 20
"""In characters."""
DELIMITERS = ("\t", ";", ",", "|")
"""A tabulator is in no text, and a comma in many, and in numbers."""
SNIFFED_LINES, SNIFFED_CHARACTERS = 200, 1 << 16
"""How much of a file is looked at for its separator."""
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


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file that can be read, whether it may contain invisible characters, and how its letters were guessed.

    `guess` is None for Unicode, which says so itself.
    """

    rows: DelimitedRows
    may_hide: bool
    guess: Guess | None


def open_text(path: Path) -> TextFile:
    """Find encoding and separator of a text file. Raises UnreadableError if it is no text, or a line is too long."""
    encoding, hidden, guess = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        declared = re.fullmatch(r"sep=(.)\r?\n?", first)
        blank = count()
        lines = file if declared else chain([first], file)
        line = next((line for line in lines if line.strip() or next(blank) > MAXIMUM_BLANK), "")
        if not line.strip():
            key = "sheet.empty" if next(blank) <= MAXIMUM_BLANK else "sheet.blank"
            raise UnreadableError(key, maximum=MAXIMUM_BLANK)
        delimiter = declared[1] if declared else sniff_delimiter(chain([line], file))
    return TextFile(DelimitedRows(path, encoding, delimiter, declared is not None), hidden, guess)


def sniff_delimiter(lines: Iterable[str]) -> str:
    """The separator that cuts most of the first rows into the same number of cells; quoted ones do not count.

    If several do so equally well, it is the first of them in `DELIMITERS`.
    """
    sample = list(_first_lines(lines))
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _first_lines(lines: Iterable[str]) -> Iterator[str]:
    left = SNIFFED_CHARACTERS
    for line in islice(lines, SNIFFED_LINES):
        yield line
        left -= len(line)
        if left < 0:
            return


def _evenness(lines: Sequence[str], delimiter: str) -> float:
    """The share of rows that have the most frequent number of cells; 0 if no row is cut."""
    widths: Counter[int] = Counter()
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            if any(map(str.strip, row)):
                widths[len(row)] += 1
    except csv.Error:
        pass  # a cell that is too long: what was read so far counts
    return max((rows for width, rows in widths.items() if width > 1), default=0) / max(1, widths.total())


def _encoding(path: Path) -> tuple[str, bool, Guess | None]:
    """The encoding, whether the file may contain invisible characters, and the guess where the file does not say it.

    UTF-8 with or without BOM, UTF-16 or UTF-32 with BOM, else what is most likely. Raises UnreadableError if the file
    is not text, or a line is too long.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        encoding = "utf-32"
    elif start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        return encoding, _looked_through(path, encoding), None
    except UnicodeError:
        pass
    for guess in text_encodings.guesses(_sample(path)) if encoding == "utf-8-sig" else ():
        try:
            return guess.encoding, _looked_through(path, guess.encoding), guess
        except UnicodeError:
            continue
    raise UnreadableError("sheet.encoding")


def _sample(path: Path) -> bytes:
    """The first cells with characters beyond ASCII, at most so many bytes as are needed for a guess."""
    found = b""
    with path.open("rb") as file:
        for part in iter(lambda: file.read(_PART), b""):
            found += text_encodings.cells_beyond_ascii(part) + b"\n"
            if len(found) > text_encodings.SAMPLE:
                break
    return found[: text_encodings.SAMPLE]


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
