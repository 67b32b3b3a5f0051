"""Readers of files: grids of text, and sheets with headings. Cells are parsed elsewhere."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ..domain import Problem
from . import invisible_characters, reference_pack_files, sheets, text_files, xlsx_worker
from .known_tables import part_of_headings
from .sheets import MAXIMUM_PROBLEMS, Grid, Sheet, sheet_of, unreadable
from .text_encodings import ENCODINGS, Guess
from .text_files import UnreadableError
from .xlsx_worker import MAXIMUM_ROWS, MAXIMUM_UNPACKED, Book, BookSheet

__all__ = [
    "MAXIMUM_PROBLEMS",
    "SUFFIXES",
    "Grid",
    "Sheet",
    "files",
    "read_content",
    "read_files",
    "read_grids",
    "sheet_of",
]
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", reference_pack_files.SUFFIX)
"""Of the files that are read; in a folder texts and archives are passed over: most are no tables, or no packs."""
MAXIMUM_FILES = 10_000
"""Of one folder."""
NAMED_PLACES = 3
"""How many places of one kind a message names."""


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
            for _ in sheets.filled_rows(grid, most):
                pass
        except (UnreadableError, OSError) as trouble:
            problems.append(unreadable(grid.file, trouble))
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
                problems.append(unreadable(str(file), trouble))
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
        problems.append(unreadable(str(path), trouble))
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
    return (
        suffix in SUFFIXES
        and suffix not in (".txt", reference_pack_files.SUFFIX)
        and file.name[0] not in "~."
        and not file.is_dir()
    )


def _of_file(path: Path, key: str, **values: object) -> Problem:
    severity: Literal["error", "warning"] = "warning" if key == "sheet.passed_over" else "error"
    return Problem(str(path), "", None, "", "", key, tuple(values.items()), severity)


def _read_file(path: Path, problems: list[Problem]) -> list[Grid]:
    suffix, file = path.suffix.lower(), str(path)
    if suffix not in SUFFIXES:
        raise UnreadableError("sheet.suffix", suffixes=", ".join(SUFFIXES))
    if suffix == reference_pack_files.SUFFIX:
        return [reference_pack_files.grid_of_pack(path)]
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
            ("sheet.hidden_columns", [] if _is_identification(sheet) else sheet.hidden_columns),
            ("sheet.merged", sheet.merged),
        )
        for key, places in lists:
            if places:
                values = (("n", len(places)), ("places", _first(places)))
                problems.append(Problem(file, sheet.name, None, "", "", key, values, "warning"))
    if not book.sheets:
        raise UnreadableError("sheet.no_sheet")
    return [
        Grid(
            file,
            invisible_characters.remove_invisible(sheet.name),
            sheet.rows,
            frozenset(sheet.hidden_rows),
            in_workbook=True,
        )
        for sheet in book.sheets
    ]


def _is_identification(sheet: BookSheet) -> bool:
    """Whether a sheet begins with the identification of a questionnaire, whose hidden columns are our own."""
    return part_of_headings(next((row for row in sheet.rows if row), ())) == "identification"


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
