"""Readers of files: grids of text, and sheets with headings, rows numbered as in the spreadsheet.

Cells are parsed elsewhere.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ..domain import Problem
from . import invisible_characters, text_files, xlsx_worker
from .text_encodings import ENCODINGS, Guess
from .text_files import UnreadableError
from .xlsx_worker import MAXIMUM_ROWS, MAXIMUM_UNPACKED, Book

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
"""Of the files that are read; in a folder those that end in `.txt` are passed over: most are no tables."""
MAXIMUM_COLUMNS = 1_000
MAXIMUM_FILES = 10_000
"""Of one folder."""
MAXIMUM_PROBLEMS = 10_000
"""Maximum number of errors, and of warnings, reported for one sheet; after so many errors reading it stops."""
NAMED_PLACES = 3
"""How many places of one kind a message names."""


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and its rows, all text.

    `file` and `name` are those of the grid. Rows have their number; each iteration reads them from the file, so that a
    long text file takes no memory.
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


def read_grids(
    paths: Iterable[Path], most_rows: int | None = None, *, follow: bool = False
) -> tuple[list[Grid], list[Problem]]:
    """Read files, and the tables directly in folders; text files with more than `most_rows` rows are rejected.

    Symbolic links are rejected unless `follow` is set; pipes and devices always are. Returns all grids that could be
    read, an error for each file that could not, and a warning for each one that was ignored in a folder.
    """
    grids: list[Grid] = []
    problems: list[Problem] = []
    for grid, most in _grids(paths, most_rows, problems, follow=follow):
        try:
            for _ in _counted(grid, most):
                pass
        except (UnreadableError, OSError) as trouble:
            problems.append(_unreadable(Path(grid.file), trouble))
        else:
            grids.append(grid)
    return grids, problems


def read_files(
    paths: Iterable[Path], most_rows: int | None = None, *, follow: bool = False
) -> tuple[list[Sheet], list[Problem]]:
    """As `read_grids`, with headings: the sheets of all grids that have any."""
    problems: list[Problem] = []
    found = [
        sheet_of(grid, problems, most_rows=most) for grid, most in _grids(paths, most_rows, problems, follow=follow)
    ]
    return [sheet for sheet in found if sheet], problems


def read_content(name: str, data: bytes) -> tuple[list[Sheet], list[Problem]]:
    """As `read_files`, for the content of one file called `name`; its rows are kept in memory."""
    with TemporaryDirectory(prefix="clusterdash-") as place:
        path = Path(place, Path(name).name)
        path.write_bytes(data)
        found, problems = read_files([path], MAXIMUM_ROWS)
        kept = [replace(sheet, file=path.name, rows=tuple(sheet.rows)) for sheet in found]
    return kept, [replace(problem, file=path.name) for problem in problems]


def sheet_of(
    grid: Grid, problems: list[Problem], heading_row: int | None = None, *, most_rows: int | None = None
) -> Sheet | None:
    """The headings of a grid, and the rows below them; None if there are none.

    `heading_row` is the number of the row with the headings; by default the first one that is not blank. Cells beyond
    the headings, and values without a heading, are added to `problems`; so is an error, and None returned, if there are
    more than `most_rows` rows, or too many blank ones or problems.
    """
    found: list[Problem] = []
    try:
        header = _check_rows(grid, found, heading_row, most_rows)
    except (UnreadableError, OSError) as trouble:
        problems += [*found, _unreadable(Path(grid.file), trouble)]
        return None
    problems += found
    return Sheet(grid.file, grid.name, header, _Rows(grid.rows, len(header), heading_row)) if header else None


def _grids(
    paths: Iterable[Path], most_rows: int | None, problems: list[Problem], *, follow: bool
) -> Iterator[tuple[Grid, int | None]]:
    """Each grid with the number of rows that it may have; iterating over them may raise UnreadableError."""
    for path in paths:
        for file in _named(path, problems, follow=follow):
            try:
                _ensure_file(file, follow=follow)
                found = _read_file(file, problems)
            except (UnreadableError, OSError) as trouble:
                problems.append(_unreadable(file, trouble))
            else:
                most = MAXIMUM_ROWS if file.suffix.lower() == ".xlsx" else most_rows
                yield from ((grid, most) for grid in found)


def _named(path: Path, problems: list[Problem], *, follow: bool) -> list[Path]:
    """The files to read for one path; problems are added for what cannot be read, or is ignored in a folder."""
    try:
        if path.is_symlink() and not follow:
            problems.append(_of_file(path, "sheet.link"))
            return []
        if not path.exists() and not path.is_symlink():
            problems.append(_of_file(path, "sheet.absent"))
            return []
        found = files([path])
        if path.is_dir():
            others = [p for p in sorted(path.iterdir()) if p not in set(found) and p.name[0] not in "~."]
            problems += [_of_file(other, "sheet.passed_over") for other in others[:MAXIMUM_PROBLEMS]]
    except OSError as trouble:
        problems.append(_unreadable(path, trouble))
        return []
    if not found:
        problems.append(_of_file(path, "sheet.empty_folder"))
    if len(found) > MAXIMUM_FILES:
        problems.append(_of_file(path, "sheet.too_many_files", maximum=MAXIMUM_FILES))
        return []
    return found


def _ensure_file(path: Path, *, follow: bool) -> None:
    """Raise UnreadableError unless it is a regular file with content: opening a pipe blocks, a device may not end."""
    status = path.stat() if follow else path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise UnreadableError("sheet.link")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("sheet.no_file")
    if not status.st_size:
        raise UnreadableError("sheet.empty")
    if path.suffix.lower() == ".xlsx" and status.st_size > MAXIMUM_UNPACKED:
        raise UnreadableError("sheet.too_large", megabytes=MAXIMUM_UNPACKED // 1024**2)


def _is_table(file: Path) -> bool:
    suffix = file.suffix.lower()
    return suffix in SUFFIXES and suffix != ".txt" and file.name[0] not in "~." and not file.is_dir()


def _of_file(path: Path, key: str, **values: object) -> Problem:
    severity: Literal["error", "warning"] = "warning" if key == "sheet.passed_over" else "error"
    return Problem(str(path), "", None, "", "", key, tuple(values.items()), severity)


def _unreadable(path: Path, trouble: UnreadableError | OSError) -> Problem:
    if isinstance(trouble, UnreadableError):
        return _of_file(path, trouble.key, **trouble.values)
    return _of_file(path, "sheet.unreadable", detail=trouble.strerror or "")


def _read_file(path: Path, problems: list[Problem]) -> list[Grid]:
    suffix, file = path.suffix.lower(), str(path)
    if suffix not in SUFFIXES:
        raise UnreadableError("sheet.suffix", suffixes=", ".join(SUFFIXES))
    if suffix != ".xlsx":
        text = text_files.open_text(path)
        grid = Grid(file, path.stem, text.rows)
        if text.guess:
            problems.append(_of_guess(grid, text.guess))
        return [_cleaned(grid, problems) if text.may_hide else grid]
    try:
        book = xlsx_worker.read_workbook(path.read_bytes())
    except xlsx_worker.RefusedError as refused:
        raise UnreadableError(refused.key, **refused.values) from refused
    return [_cleaned(grid, problems) if _may_hide(grid) else grid for grid in _grids_of(file, book, problems)]


def _of_guess(grid: Grid, guess: Guess) -> Problem:
    """The warning that tells as what a text was read, and what other encodings would make of it."""
    values: tuple[tuple[str, object], ...] = (("encoding", ENCODINGS[guess.encoding]), ("word", guess.word))
    if not guess.others:
        return Problem(grid.file, grid.name, None, "", "", "sheet.guessed", values, "warning")
    others = ", ".join(f"{ENCODINGS[encoding]}: {word}" for encoding, word in guess.others)
    return Problem(grid.file, grid.name, None, "", "", "sheet.perhaps", (*values, ("others", others)), "warning")


def _grids_of(file: str, book: Book, problems: list[Problem]) -> list[Grid]:
    """The grids of a workbook; adds to `problems` what was not read of it, and what a spreadsheet does not show."""
    for key, names in (("sheet.hidden", book.hidden), ("sheet.no_cells", book.empty)):
        problems += [Problem(file, name, None, "", "", key, severity="warning") for name in names]
    problems += [Problem(file, name, None, "", "", "sheet.absent_part") for name in book.absent]
    problems += [Problem(file, name, row, "", text, "sheet.formula") for name, row, text in book.uncomputed]
    for sheet in book.sheets:
        lists: tuple[tuple[str, Sequence[object]], ...] = (
            ("sheet.hidden_rows", sheet.hidden_rows),
            ("sheet.hidden_columns", sheet.hidden_columns),
            ("sheet.merged", sheet.merged),
        )
        for key, places in lists:
            if places:
                values = (("n", len(places)), ("places", _first(places)))
                problems.append(Problem(file, sheet.name, None, "", "", key, values, "warning"))
    if not book.sheets:
        raise UnreadableError("sheet.no_sheet")
    return [
        Grid(file, invisible_characters.remove_invisible(sheet.name), sheet.rows, frozenset(sheet.hidden_rows))
        for sheet in book.sheets
    ]


def _first(places: Sequence[object]) -> str:
    """The first places of a list, and dots if there are more."""
    return ", ".join(map(str, places[:NAMED_PLACES])) + (", …" if len(places) > NAMED_PLACES else "")


def _may_hide(grid: Grid) -> bool:
    return any(invisible_characters.may_contain_invisible("".join(row)) for row in grid.rows)


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """Rows without invisible characters."""

    source: Iterable[tuple[str, ...]]

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        for row in self.source:
            yield tuple(map(invisible_characters.remove_invisible, row))


def _cleaned(grid: Grid, problems: list[Problem]) -> Grid:
    """The grid without invisible characters; adds a warning for each cell with any, at most `MAXIMUM_PROBLEMS`.

    A row that cannot be read ends the search: whoever iterates over the grid learns of it.
    """
    found: list[Problem] = []
    header: list[str] = []
    try:
        for number, row in enumerate(grid.rows, start=1):
            cleaned = [invisible_characters.remove_invisible(cell) for cell in row]
            header = header or ([cell.strip() for cell in cleaned] if any(map(str.strip, cleaned)) else [])
            for index, (cell, left) in enumerate(zip(row, cleaned, strict=True)):
                if cell != left and len(found) < MAXIMUM_PROBLEMS:
                    column = header[index] if index < len(header) else ""
                    values = (("characters", invisible_characters.removed_code_points(cell)),)
                    place = (grid.file, grid.name, number, column, cell.strip())
                    found.append(Problem(*place, "cell.invisible", values, "warning"))
    except UnreadableError:
        pass
    problems += found
    return replace(grid, rows=_Cleaned(grid.rows))


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows below a header, with their numbers; without blank rows and rows with cells beyond the header.

    `heading_row` is the number of the header's row, None for the first row that is not blank.
    """

    source: Iterable[Sequence[str]]
    width: int
    heading_row: int | None

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        width, heading_row = self.width, self.heading_row
        for number, row in enumerate(self.source, start=1):
            cells = tuple(map(str.strip, row))
            if heading_row is None:
                heading_row = number if any(cells) else None
                continue
            if number <= heading_row:
                continue
            if len(cells) != width:
                if any(cells[width:]):
                    continue
                cells = (*cells[:width], *("",) * (width - len(cells)))
            if any(cells):
                yield number, cells


def _counted(grid: Grid, most_rows: int | None) -> Iterator[tuple[int, tuple[str, ...]]]:
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


def _check_rows(grid: Grid, problems: list[Problem], heading_row: int | None, most_rows: int | None) -> tuple[str, ...]:
    """The headings; adds cells beyond them or without a heading to `problems`. Raises UnreadableError."""
    header: tuple[str, ...] = ()
    nameless: set[int] = set()
    ragged = 0
    for number, row in _counted(grid, most_rows):
        if not header:
            if heading_row is None or number == heading_row:
                header = _header(row)
                nameless = {index for index, heading in enumerate(header) if not heading}
            continue
        if len(row) <= len(header) and not nameless:
            continue
        cells = [cell.strip() for cell in row]
        if any(cells[len(header) :]):
            ragged += 1
            if ragged > MAXIMUM_PROBLEMS:
                raise UnreadableError("sheet.too_many_problems", maximum=MAXIMUM_PROBLEMS)
            values: tuple[tuple[str, object], ...] = (("found", len(cells)), ("expected", len(header)))
            problems.append(Problem(grid.file, grid.name, number, "", "", "sheet.ragged", values))
            continue
        for index in sorted(nameless & {i for i, cell in enumerate(cells) if cell}):
            nameless.discard(index)
            values = (("column", index + 1),)
            problems.append(Problem(grid.file, grid.name, number, "", cells[index], "column.nameless", values))
    return header


def _header(row: Sequence[str]) -> tuple[str, ...]:
    """The headings of a row, without empty ones at its end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAXIMUM_COLUMNS:
        raise UnreadableError("sheet.too_many_columns", maximum=MAXIMUM_COLUMNS)
    return tuple(cells)
