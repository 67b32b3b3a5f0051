"""Grids of text, and sheets: grids whose headings are known. Rows are numbered as in the spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..domain import Problem
from . import text_files
from .known_tables import HEADING_ROWS, is_heading_row, is_known
from .text_files import UnreadableError
from .xlsx_cells import column_letters

MAXIMUM_COLUMNS = 1_000
MAXIMUM_PROBLEMS = 10_000
"""Maximum number of errors, and of warnings, reported for one sheet; after so many errors reading it stops."""
LONGEST_QUOTE = 200
"""In characters, of the texts above headings that a message quotes."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A visible sheet of a workbook, or a text file, as its reader sees it: rows of text, none taken for headings yet.

    `file` is the path as it was given, `name` the file's stem or the workbook's sheet. The n-th of `rows` is row n;
    they can be iterated again and again: a long text file is read anew each time and takes no memory.
    """

    file: str
    name: str
    rows: Iterable[tuple[str, ...]]
    hidden_rows: frozenset[int] = frozenset()
    """The rows that a spreadsheet does not show."""
    in_workbook: bool = False
    """Whether it is a sheet of a workbook: its numbers have a decimal point, and no separator is ever missing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and its rows, all text.

    `file` and `name` are those of the grid, `heading_row` is the number of the row with the header. Rows have their
    number; each iteration reads them from the file, so that a long text file takes no memory.
    """

    file: str
    name: str
    header: tuple[str, ...]
    rows: Iterable[tuple[int, tuple[str, ...]]]
    heading_row: int = 1


def unreadable(file: str, trouble: UnreadableError | OSError) -> Problem:
    """The error of a file that cannot be read."""
    if isinstance(trouble, UnreadableError):
        return Problem(file, "", None, "", "", trouble.key, tuple(trouble.values.items()))
    return Problem(file, "", None, "", "", "sheet.unreadable", (("detail", trouble.strerror or ""),))


def sheet_of(
    grid: Grid, problems: list[Problem], heading_row: int | None = None, *, most_rows: int | None = None
) -> Sheet | None:
    """The headings of a grid, and the rows below them; None if there are none.

    `heading_row` is the number of the row with the headings; by default the first of those that make a known table, or
    else the first row that is not blank. Rows above, cells beyond the headings, and values without a heading are added
    to `problems`; so is an error, and None returned, if there are more than `most_rows` rows, or too many blank ones or
    problems.
    """
    found: list[Problem] = []
    try:
        above, row = _find_headings(grid, heading_row)
        header = _check_rows(grid, found, row, most_rows)
    except (UnreadableError, OSError) as trouble:
        problems += [*found, unreadable(grid.file, trouble)]
        return None
    if above and heading_row is None:
        texts = " / ".join(above)[:LONGEST_QUOTE]
        values = (("first", row), ("n", len(above)), ("texts", texts))
        problems.append(Problem(grid.file, grid.name, None, "", "", "sheet.above", values, "warning"))
    problems += found
    return Sheet(grid.file, grid.name, header, _Rows(grid.rows, len(header), row), row) if header else None


def _find_headings(grid: Grid, heading_row: int | None) -> tuple[list[str], int]:
    """The first text of each row above the headings, and the number of the row with the headings."""
    filled = ((number, row) for number, row in enumerate(grid.rows, start=1) if any(map(str.strip, row)))
    first: int | None = None
    above: list[str] = []
    for number, row in islice(filled, heading_row or HEADING_ROWS):
        if number == heading_row or (heading_row is None and is_heading_row(row, grid.name)):
            return above, number
        first = first or number
        above.append(next(cell.strip() for cell in row if cell.strip()))
    return [], heading_row or first or 1


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows below a header, with their numbers; without blank rows and rows with cells beyond the header."""

    source: Iterable[Sequence[str]]
    width: int
    heading_row: int

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        width = self.width
        for number, row in enumerate(islice(self.source, self.heading_row, None), start=self.heading_row + 1):
            cells = tuple(map(str.strip, row))
            if len(cells) != width:
                if any(cells[width:]):
                    continue
                cells = (*cells[:width], *("",) * (width - len(cells)))
            if any(cells):
                yield number, cells


def filled_rows(grid: Grid, most_rows: int | None) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows that are not blank, numbered. Raises UnreadableError if there are too many rows or blank ones."""
    blank = 0
    for number, row in enumerate(grid.rows, start=1):
        if most_rows is not None and number > most_rows + 1:
            raise UnreadableError("sheet.too_many_rows", maximum=most_rows)
        if any(map(str.strip, row)):
            yield number, row
            continue
        blank += 1
        if blank > text_files.MAXIMUM_BLANK:
            raise UnreadableError("sheet.blank", maximum=text_files.MAXIMUM_BLANK)


def _check_rows(grid: Grid, problems: list[Problem], heading_row: int, most_rows: int | None) -> tuple[str, ...]:
    """The headings; adds cells beyond them or without a heading to `problems`. Raises UnreadableError.

    A sheet of a workbook that is no known table, such as a read-me, has as many headings as its widest row has cells.
    """
    header: tuple[str, ...] = ()
    nameless: set[int] = set()
    ragged, widest, is_table = 0, 0, True
    for number, row in filled_rows(grid, most_rows):
        if number <= heading_row:
            if number == heading_row:
                header = _header(row)
                nameless = {index for index, heading in enumerate(header) if not heading}
                is_table = not grid.in_workbook or is_known(header, grid.name)
            continue
        if not is_table:
            widest = max(widest, len(row))
            continue
        if len(row) <= len(header) and not nameless:
            continue
        cells = [cell.strip() for cell in row]
        if any(cells[len(header) :]):
            ragged += 1
            if ragged > MAXIMUM_PROBLEMS:
                raise UnreadableError("sheet.too_many_problems", maximum=MAXIMUM_PROBLEMS)
            problems.append(_ragged(grid, number, cells, len(header)))
            continue
        for index in sorted(nameless & {i for i, cell in enumerate(cells) if cell}):
            nameless.discard(index)
            values = (("column", index + 1),)
            problems.append(Problem(grid.file, grid.name, number, "", cells[index], "column.nameless", values))
    return (*header, *("",) * (min(widest, MAXIMUM_COLUMNS) - len(header)))


def _ragged(grid: Grid, number: int, cells: Sequence[str], width: int) -> Problem:
    """The error of a row with cells beyond the headings."""
    values: tuple[tuple[str, object], ...] = (("found", len(cells)), ("expected", width))
    if not grid.in_workbook:
        return Problem(grid.file, grid.name, number, "", "", "sheet.ragged", values)
    place, text = next((index, cell) for index, cell in enumerate(cells[width:], start=width + 1) if cell)
    letters = (("column", column_letters(place)),)
    return Problem(grid.file, grid.name, number, "", text, "sheet.beyond_headings", letters)


def _header(row: Sequence[str]) -> tuple[str, ...]:
    """The headings of a row, without empty ones at its end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAXIMUM_COLUMNS:
        raise UnreadableError("sheet.too_many_columns", maximum=MAXIMUM_COLUMNS)
    return tuple(cells)
