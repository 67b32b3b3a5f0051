"""Understanding of files that are not in a documented form: what is read, what is left out, what is asked. Pure.

The choices that somebody made are in a recipe; with the same recipe, files of the same shape are understood in the same
way. Nothing is guessed: what is not certain is a question, and the files are not read before it is answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..domain import Problem
from ..ingest import cell_parsers, questionnaire_reader, readers, values
from ..ingest.cell_parsers import CellError
from ..ingest.readers import Grid, Sheet
from ..ingest.schemes import SchemeDraft
from ..ingest.table_reader import as_cell
from ..ingest.table_schemas import CLUSTER_DETAILS, TABLES
from .cells import DAYS_OF_YEAR, Cells, ColumnCells, multiple_in, read_days, read_numbers, read_partial_dates, read_with
from .clusters import ClusterIds, NamedCluster, identify
from .indicators import IndicatorWords
from .layout import Layout, is_documented, lay_out
from .questions import MAXIMUM_PLACES, Place, Question, QuestionKind
from .recipe import NONE, OPEN, Recipe, SheetRecipe, to_toml
from .sectors import SectorWords
from .tables import answer_table, cluster_details, cluster_table
from .vocabulary import Vocabulary

MarkKind = Literal["read", "no_answer", "asked", "unreadable"]
"""Of a cell: read otherwise than written; no answer; part of an open question; not readable."""
_WHY_NOT_READ = {True: "recipe.no_table", False: "recipe.no_headings"}
"""By whether there are headings."""
_OPTIONS: Mapping[QuestionKind, tuple[str, ...]] = {
    "day_order": ("dmy", "mdy"),
    "day_of_year": DAYS_OF_YEAR,
    "fractions": ("percent", "as_written"),
    "thousands": ("thousands", "decimal"),
    "far_above": ("keep", "no_answer"),
    "unreadable": ("no_answer", "keep"),
}
"""The possible answers to the questions about the cells of a sheet."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a cell, and what is read from it."""

    kind: MarkKind
    text: str


@dataclass(slots=True)
class UnderstoodSheet:
    """A sheet with marks by row number and heading, and what is read from it.

    `described`: the details of the clusters that it is the first to describe, by row; `tables`: these and all else.
    """

    layout: Layout
    marks: dict[tuple[int, str], Mark] = field(default_factory=dict)
    described: dict[int, dict[str, str]] = field(default_factory=dict)
    tables: list[Sheet] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of the sheets of some files.

    `documented` are the sheets in a documented form, `problems` what is wrong with these, `questions` all questions,
    answered or not; `recipe` holds all choices, made or open. Where all sheets are documented no recipe is needed.
    """

    documented: tuple[Sheet, ...]
    problems: tuple[Problem, ...]
    sheets: tuple[UnderstoodSheet, ...]
    questions: tuple[Question, ...]
    recipe: Recipe

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that nobody has answered."""
        return tuple(question for question in self.questions if not question.answer)

    def tables(self) -> list[Sheet]:
        """The tables to be checked: those in a documented form, those that were understood, and the recipe itself."""
        made = [table for sheet in self.sheets for table in sheet.tables]
        if not made:
            return [*self.documented]
        file = self.sheets[0].layout.grid.file
        name = ", ".join(sheet.layout.name for sheet in self.sheets if sheet.tables)
        kept = Sheet(file, "recipes", ("name", "recipe"), ((2, (name, to_toml(self.recipe))),))
        return [*self.documented, *made, kept]

    def notes(self) -> list[Problem]:
        """What was left out or read in an undocumented way: a warning for each kind and column of a sheet.

        And what is wrong with the sheets in a documented form.
        """
        return [*self.problems, *(note for sheet in self.sheets for note in sheet.notes)]

    def heading(self, file: str, sheet: str, column: str) -> str:
        """The heading in the file of a column of the tables."""
        for one in self.sheets:
            if (one.layout.grid.file, one.layout.grid.name) == (file, sheet):
                return one.layout.heading(column)
        return column


def understand(grids: Sequence[Grid], vocabulary: Vocabulary, recipe: Recipe | None = None) -> Understanding:
    """Understand the sheets of some files; choices in the recipe are kept."""
    recipe = recipe or Recipe()
    documented: list[Sheet] = []
    layouts: list[Layout] = []
    named_twice = Counter(grid.name for grid in grids)
    problems: dict[int, list[Problem]] = {}
    plain_sheets = [readers.sheet_of(grid, problems.setdefault(index, [])) for index, grid in enumerate(grids)]
    questionnaires = {one.file for one in plain_sheets if one and questionnaire_reader.part_of(one) == "identification"}
    kept: list[Problem] = []
    for index, (grid, plain) in enumerate(zip(grids, plain_sheets, strict=True)):
        name = grid.name if named_twice[grid.name] == 1 else f"{Path(grid.file).name}: {grid.name}"
        in_questionnaire = grid.file in questionnaires
        if plain and is_documented(plain, vocabulary.schemes, in_questionnaire=in_questionnaire):
            documented.append(plain)
            kept += problems[index]
        else:
            layouts.append(lay_out(grid, name, vocabulary, recipe))
    named = [row for layout in layouts if layout.is_read for row in _named_clusters(layout)]
    ids = identify(named, vocabulary, recipe.clusters)
    sectors = SectorWords(vocabulary.sectors, recipe.sectors)
    described: dict[str, dict[str, str]] = {}
    sheets = [_read(layout, vocabulary, ids, sectors, described) for layout in layouts]
    for sheet in sheets:  # one may complete what another says of a cluster
        if sheet.described:
            sheet.tables.insert(0, cluster_table(sheet.layout, sheet.described))
    asked = [question for sheet in sheets for question in sheet.layout.questions]
    questions = (*asked, *ids.questions, *sectors.questions())
    return Understanding(
        tuple(documented),
        tuple(kept),
        tuple(sheets),
        questions,
        _completed(recipe, [sheet.layout for sheet in sheets], questions),
    )


def _completed(recipe: Recipe, layouts: Sequence[Layout], questions: Sequence[Question]) -> Recipe:
    """The recipe with all that was understood, and with "?" for each open question."""
    sheets = []
    for layout in layouts:
        own = [question for question in questions if question.sheet == layout.name]
        asked = {question.key: question.answer or OPEN for question in own}
        undecided = NONE if layout.is_read else OPEN  # in a sheet that is not read, nothing was asked yet
        columns = {heading: target or undecided for heading, target in layout.targets.items()}
        columns |= {key.partition(":")[2]: answer for key, answer in asked.items() if key.startswith("column:")}
        choices = {**layout.choices, **{key: answer for key, answer in asked.items() if not key.startswith("column:")}}
        scheme = asked.pop("scheme", layout.scheme)
        choices.pop("scheme", None)
        sheets.append(SheetRecipe(layout.name, layout.table, scheme, columns, choices))
    words: dict[str, dict[str, str]] = {"sector": dict(recipe.sectors), "cluster": dict(recipe.clusters)}
    for question in questions:
        if question.kind in words:
            words[question.kind][question.subject] = question.answer or OPEN
    return Recipe(tuple(sheets), words["sector"], words["cluster"])


def _named_clusters(layout: Layout) -> list[NamedCluster]:
    found = []
    for row in layout.rows:
        written, name = layout.cell(row, "cluster_id"), _one_line(layout.cell(row, "name"))
        if written or name:
            target = "name" if name else "cluster_id"
            country = _country(layout.cell(row, "country")) or layout.choice("country")
            found.append(NamedCluster(written, name, country, layout.name, layout.place(row, target)))
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _country(cell: str) -> str:
    try:
        return cell_parsers.country(cell) if cell else ""
    except CellError:
        return ""


def _read(
    layout: Layout,
    vocabulary: Vocabulary,
    ids: ClusterIds,
    sectors: SectorWords,
    described: dict[str, dict[str, str]],
) -> UnderstoodSheet:
    """Read the cells of a sheet. `described` are the details of clusters that sheets before have given."""
    sheet = UnderstoodSheet(layout)
    if not layout.is_read:
        key = "recipe.skipped" if layout.table == "skip" else _WHY_NOT_READ[layout.headings is not None]
        sheet.notes.append(_note(layout, None, "", "", key))
        return sheet
    columns = _read_columns(layout, vocabulary, sectors)
    _mark(sheet, columns)
    _ask_about_cells(layout, columns)
    cluster_of = {
        row: ids.of(layout.cell(row, "cluster_id"), _one_line(layout.cell(row, "name"))) for row in layout.rows
    }
    if layout.table in ("wide", "answers"):
        _ask_for_day(layout)
    sheet.described = cluster_details(layout, columns, cluster_of, vocabulary, described)
    if layout.table != "clusters":
        sheet.tables.append(answer_table(layout, columns, cluster_of))
    sheet.notes += _notes(layout, columns)
    return sheet


def _read_columns(layout: Layout, vocabulary: Vocabulary, sectors: SectorWords) -> dict[str, ColumnCells]:
    """The cells of all columns by target; for a row an answer, those of the values."""
    choices = layout.choices
    scheme = vocabulary.schemes.get(layout.scheme)
    found: dict[str, ColumnCells] = {}
    words = IndicatorWords(layout, scheme)
    layout.questions += words.questions()
    for target in layout.columns:
        cells: Cells = [(row, cell) for row in layout.rows if (cell := layout.cell(row, target))]
        if scheme and target in scheme.indicators:
            indicator = scheme.indicators[target]
            multiple = _multiple(layout, layout.heading(target), target, cells, indicator)
            found[target] = read_numbers(cells, scheme.parsers[target], indicator, choices, multiple)
        elif target == "value":
            found[target] = _read_values(layout, scheme, words, cells)
        elif target == "assessed_on":
            found[target] = read_days(cells, choices)
        elif target in ("founded", "awarded_on", "valid_until"):
            found[target] = read_partial_dates(cells, choices)
        elif target == "sector":
            found[target] = sectors.read(cells, layout.heading(target))
        elif target == "indicator":
            found[target] = ColumnCells({row: words.code(cell) for row, cell in cells})
        elif target in ("cluster_id", "label", "name"):
            found[target] = ColumnCells({row: _one_line(cell) for row, cell in cells})
        else:
            column = CLUSTER_DETAILS.get(target) or TABLES["awards"].get(target) or TABLES["answers"][target]
            found[target] = read_with(column.parse, cells)
    return found


def _multiple(layout: Layout, heading: str, target: str, cells: Cells, indicator: Mapping[str, Any]) -> int:
    """What the answers in a column are multiplied by; asked if their heading speaks of thousands or millions."""
    multiple = multiple_in(heading)
    if multiple == 1 or not cells or indicator.get("kind") != "number":
        return 1
    key, options = f"multiple:{heading}", (str(multiple), "1")
    choice = layout.choices.get(key, "")
    answer = choice if choice in options else ""
    places = tuple(layout.place(row, target) for row, _ in cells[:MAXIMUM_PLACES])
    layout.questions.append(
        Question("multiple", layout.name, key, heading, options, answer, options[0], len(cells), places, (heading,))
    )
    return int(answer or 1)


def _read_values(layout: Layout, scheme: SchemeDraft | None, words: IndicatorWords, cells: Cells) -> ColumnCells:
    """The values of a sheet with a row for each answer: those of one indicator are a column."""
    found = ColumnCells()
    by_indicator: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row, cell in cells:
        word = layout.cell(row, "indicator")
        by_indicator.setdefault((words.code(word), word if multiple_in(word) > 1 else ""), []).append((row, cell))
    for (code, counted), own in by_indicator.items():
        if scheme is None or code not in scheme.indicators:
            found.read.update(own)
            continue
        indicator = scheme.indicators[code]
        multiple = _multiple(layout, counted, "value", own, indicator)
        part = read_numbers(own, scheme.parsers[code], indicator, layout.choices, multiple)
        found.read.update(part.read)
        for reading, row in part.readings.items():
            found.readings.setdefault(reading, row)
        for kind, rows in part.asked.items():
            found.asked.setdefault(kind, []).extend(rows)
    return found


def _mark(sheet: UnderstoodSheet, columns: Mapping[str, ColumnCells]) -> None:
    """Mark the cells that are asked about, cannot be read, hold no answer or are read otherwise than written."""
    layout = sheet.layout
    for target, column in columns.items():
        heading = layout.heading(target)
        open_kinds = [kind for kind in column.asked if not _answer(layout, kind)]
        doubtful = {row for kind in open_kinds if kind != "unreadable" for row in column.asked[kind]}
        unreadable = set(column.asked.get("unreadable", ()))
        for row, text in column.read.items():
            written = layout.cell(row, target)
            if row in unreadable and layout.choices.get("unreadable") == "no_answer":
                column.read[row] = ""
                sheet.marks[row, heading] = Mark("no_answer", "")
            elif row in unreadable:
                sheet.marks[row, heading] = Mark("unreadable", "")
            elif row in doubtful:
                sheet.marks[row, heading] = Mark("asked", text)
            elif not text:
                sheet.marks[row, heading] = Mark("no_answer", "")
            elif not _says(written, text):
                sheet.marks[row, heading] = Mark("read", text)


def _says(written: str, text: str) -> bool:
    """Whether a cell says what is read from it: the same text, or the same number in a documented form."""
    number = values.read_number(written)
    return text == written or (number is not None and number[1] is None and as_cell(number[0]) == text)


def _answer(layout: Layout, kind: QuestionKind) -> str:
    """The answer to a question about the cells of a sheet, "" while it is open."""
    choice = layout.choices.get(kind, "")
    return choice if choice in _OPTIONS.get(kind, ()) else ""


def _ask_about_cells(layout: Layout, columns: Mapping[str, ColumnCells]) -> None:
    """Ask one question of each kind for all columns of a sheet."""
    places: dict[QuestionKind, list[Place]] = {}
    for target, column in columns.items():
        for kind, rows in column.asked.items():
            places.setdefault(kind, []).extend(layout.place(row, target) for row in rows)
    for kind, found in places.items():
        if kind not in _OPTIONS:
            continue
        options, answer = _OPTIONS[kind], _answer(layout, kind)
        suggestion = "percent" if kind == "fractions" else ""
        first, headings = tuple(found[:MAXIMUM_PLACES]), tuple(dict.fromkeys(place.heading for place in found))
        count = len(found)
        layout.questions.append(
            Question(kind, layout.name, kind, "", options, answer, suggestion, count, first, headings)
        )


def _ask_for_day(layout: Layout) -> None:
    """Ask for the day of all results of a sheet without a column of days."""
    if "assessed_on" in layout.columns:
        return
    answer = layout.choice("assessed_on")
    layout.questions.append(Question("assessed_on", layout.name, "assessed_on", "", (), answer, count=len(layout.rows)))


def _notes(layout: Layout, columns: Mapping[str, ColumnCells]) -> list[Problem]:
    """A warning for all columns that are not read, for the rows left out for each reason, and for each reading."""
    found = []
    if layout.unread:
        names = ", ".join(layout.unread[:10]) + ("…" if len(layout.unread) > 10 else "")
        found.append(_note(layout, None, "", "", "recipe.unread", n=len(layout.unread), names=names))
    for reason in ("total", "note", "headings"):
        rows = [row for row, why in layout.left_out.items() if why == reason]
        if rows:
            first = ", ".join(map(str, rows[:MAXIMUM_PLACES])) + ("…" if len(rows) > MAXIMUM_PLACES else "")
            found.append(_note(layout, rows[0], "", "", f"recipe.left_out_{reason}", n=len(rows), rows=first))
    for target, column in columns.items():
        for reading, row in column.readings.items():
            place = layout.place(row, target)
            found.append(_note(layout, row, place.heading, place.cell, f"reading.{reading}"))
    return found


def _note(layout: Layout, row: int | None, column: str, value: str, key: str, **placeholders: object) -> Problem:
    filled = tuple(placeholders.items())
    return Problem(layout.grid.file, layout.grid.name, row, column, value, key, filled, "warning")
