"""The layout of a sheet: its headings, what each column means, which rows hold data. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..ingest import questionnaire_reader, table_reader, values
from ..ingest.known_tables import heading_key
from ..ingest.readers import Grid, Sheet
from ..ingest.schemes import SchemeDraft
from ..ingest.table_schemas import TABLES
from .columns import AWARD_COLUMNS, CLUSTER_COLUMNS, MAXIMUM_OPTIONS, HeadingMatcher, best_schemes, choose
from .headings import Headings, NoData, find_headings, headings_in, without_data
from .questions import Place, Question
from .recipe import NONE, OPEN, Recipe, SheetRecipe, Table
from .vocabulary import Vocabulary
from .words import heading_words

Row = tuple[str, ...]
_NAMING = ("cluster_id", "name")
_ANSWERS = 0.6
"""From this share of numbers on, a column may hold answers."""


@dataclass(slots=True)
class Layout:
    """How a sheet is laid out; `name` is its own among all sheets.

    `columns` are the targets of the headings that are read, with their index; `unread` the headings that are not;
    `decided` those that a recipe decides; `rows` those with data, by number; `left_out` the others below the headings.
    `choices` are those of the recipe.
    """

    grid: Grid
    name: str
    table: Table
    scheme: str = ""
    headings: Headings | None = None
    targets: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    decided: frozenset[str] = frozenset()
    rows: dict[int, Row] = field(default_factory=dict)
    left_out: dict[int, NoData] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    @property
    def is_read(self) -> bool:
        """Whether anything is read from the sheet."""
        return self.table not in ("none", "skip")

    def choice(self, key: str) -> str:
        """What somebody has chosen under a key, "" while that is open."""
        chosen = self.choices.get(key, "")
        return "" if chosen == OPEN else chosen

    def heading(self, target: str) -> str:
        """The heading of the column that means a target; the target itself if there is none."""
        index = self.columns.get(target)
        return target if index is None or self.headings is None else self.headings.columns[index]

    def cell(self, row: int, target: str) -> str:
        """The text of a cell, "" if there is no such column."""
        index, cells = self.columns.get(target), self.rows[row]
        return cells[index] if index is not None and index < len(cells) else ""

    def text(self, row: int, heading: str) -> str:
        """The text of a cell in the column of a heading, whether it is read or not."""
        columns, cells = self.headings.columns if self.headings else (), self.rows[row]
        index = columns.index(heading)
        return cells[index] if index < len(cells) else ""

    def place(self, row: int, target: str) -> Place:
        """The place of a cell."""
        return Place(row, self.heading(target), self.cell(row, target))


def is_documented(sheet: Sheet, schemes: Mapping[str, SchemeDraft], *, in_questionnaire: bool) -> bool:
    """Whether a sheet is in a documented form: it is read without a recipe.

    `in_questionnaire`: whether a sheet of the same file identifies a cluster, as in our questionnaires.
    """
    if in_questionnaire and questionnaire_reader.part_of(sheet):
        return True
    table, headings = table_reader.table_of(sheet), {heading_key(heading) for heading in sheet.header if heading}
    if table is None:
        return False
    if table == "wide":
        known = {code for scheme in schemes.values() for code in map(heading_key, scheme.indicators)}
        return headings <= known | {"cluster_id", "assessed_on", "evidence", "scheme", *TABLES["clusters"]}
    return {name for name, column in TABLES[table].items() if column.needed} <= headings


def lay_out(grid: Grid, name: str, vocabulary: Vocabulary, recipe: Recipe) -> Layout:
    """Find headings, meaning of the columns, and rows with data of a sheet; `table` is "none" if nothing is found."""
    rows = tuple(grid.rows)
    matchers = [HeadingMatcher(scheme) for scheme in vocabulary.schemes.values()] or [HeadingMatcher(None)]
    pinned = frozenset(heading_words(heading) for sheet in recipe.sheets for heading in sheet.columns)
    chosen_row = recipe.heading_row(name)
    if chosen_row and chosen_row <= len(rows):
        headings: Headings | None = headings_in(rows, chosen_row)
    else:
        headings = find_headings(rows, _known_to(matchers, pinned))
    if headings is None:
        return Layout(grid, name, "none")
    known = recipe.for_sheet(name, headings.columns)
    layout = Layout(grid, name, "none", headings=headings, choices=known.choices if known else {})
    below = rows[headings.last :]
    fitting = _schemes(headings, below, vocabulary, known)
    layout.scheme = fitting[0] if fitting else ""
    options = _choose_columns(layout, headings.columns, below, vocabulary, known)
    answers = (_holds_answers(below, headings.columns.index(heading)) for heading in layout.unread)
    if not fitting and ("indicator" in layout.columns or any(answers)):
        fitting = tuple(code for code, one in vocabulary.schemes.items() if one.scheme.get("purpose") == "benchmark")
        layout.scheme = fitting[0] if fitting else ""
        options = _choose_columns(layout, headings.columns, below, vocabulary, known)
    layout.table = "skip" if known and known.table == "skip" else _table(layout)
    named = [index for target, index in layout.columns.items() if target in _NAMING]
    for number, cells in enumerate(below, start=headings.last + 1):
        if not any(cells):
            continue
        if reason := without_data(cells, headings, named):
            layout.left_out[number] = reason
        else:
            layout.rows[number] = cells
    if not layout.is_read:
        return layout
    if len(fitting) > 1:
        layout.questions.append(Question("scheme", name, "scheme", "", fitting, count=len(layout.rows)))
    layout.questions += _column_questions(layout, headings.columns, options)
    return layout


def _known_to(matchers: Sequence[HeadingMatcher], pinned: frozenset[str]) -> Callable[[str], bool]:
    def is_known(heading: str) -> bool:
        return heading_words(heading) in pinned or any(matcher.is_known(heading) for matcher in matchers)

    return is_known


def _schemes(
    headings: Headings, rows: Sequence[Row], vocabulary: Vocabulary, known: SheetRecipe | None
) -> tuple[str, ...]:
    """The scheme of the recipe, else those that most headings, or cells of a column of indicators, are of."""
    if known and known.scheme in vocabulary.schemes:
        return (known.scheme,)
    plain = HeadingMatcher(None)
    pinned = {heading_words(heading): target for heading, target in (known.columns if known else {}).items()}
    meant = [pinned.get(heading_words(heading)) or plain.exact(heading) for heading in headings.columns]
    indicators = [index for index, target in enumerate(meant) if target == "indicator"]
    named = {row[index] for row in rows for index in indicators if index < len(row)}
    return best_schemes(vocabulary.schemes, [*headings.columns, *filter(None, meant), *named])


def _choose_columns(
    layout: Layout, headings: tuple[str, ...], rows: Sequence[Row], vocabulary: Vocabulary, known: SheetRecipe | None
) -> Mapping[str, tuple[str, ...]]:
    """Set the targets of the headings; returns what doubtful ones may mean."""
    layout.columns.clear()
    matcher = HeadingMatcher(vocabulary.schemes.get(layout.scheme))
    chosen, doubtful = choose(matcher, headings)
    pinned = {heading_words(heading): target for heading, target in (known.columns if known else {}).items()}
    options, understood = dict(doubtful), dict(chosen)
    numbered = next((heading for heading, target in chosen.items() if target == "cluster_id"), "")
    if numbered and "name" in chosen.values() and _is_running_number(rows, headings.index(numbered)):
        chosen[numbered] = ""
    for heading in chosen:
        target = pinned.get(heading_words(heading))
        if target is not None and target != OPEN:
            chosen[heading] = "" if target == NONE else target
    layout.decided = frozenset(heading for heading in chosen if pinned.get(heading_words(heading), OPEN) != OPEN)
    for heading in sorted(chosen, key=lambda heading: heading not in layout.decided):
        target = chosen[heading]
        if target in layout.columns:
            chosen[heading] = ""
        elif target:
            layout.columns[target] = headings.index(heading)
    layout.targets = {heading: chosen[heading] for heading in headings if heading}
    layout.unread = tuple(heading for heading in headings if heading and not chosen[heading])
    scheme = vocabulary.schemes.get(layout.scheme)
    free = tuple(code for code in (scheme.indicators if scheme else ()) if code not in layout.columns)
    for heading in layout.targets:
        asked = not understood[heading] and heading not in options and heading != numbered
        if asked and _holds_answers(rows, headings.index(heading)):
            options[heading] = tuple(filter(None, (chosen[heading], *free)))
    return {heading: (*found, NONE) for heading, found in options.items()}


def _is_running_number(rows: Sequence[Row], index: int) -> bool:
    """Whether a column only counts its rows: its numbers are no ids, another year they are those of other clusters."""
    cells = [row[index] for row in rows if index < len(row) and row[index]]
    numbers = [int(cell) for cell in cells if cell.isascii() and cell.isdigit()]
    return len(numbers) > 1 and numbers == [*range(numbers[0], numbers[0] + len(numbers))] and numbers[0] in (0, 1)


def _holds_answers(rows: Sequence[Row], index: int) -> bool:
    """Whether most cells of a column are numbers or levels."""
    cells = [row[index] for row in rows if index < len(row) and row[index]]
    read = [cell for cell in cells if values.read_level(cell) or values.is_no_answer(cell)]
    return len(read) > _ANSWERS * len(cells) and any(map(values.read_level, cells))


def _table(layout: Layout) -> Table:
    """What a sheet holds, by the columns that it has."""
    has = layout.columns.keys()
    if not has & {*_NAMING}:
        return "none"
    if {"indicator", "value"} <= has:
        return "answers"
    if has - {*CLUSTER_COLUMNS, *AWARD_COLUMNS, "assessed_on", "evidence", "scheme", "indicator", "value"}:
        return "wide"
    if "label" in has:
        return "awards"
    return "clusters" if len(has & {*CLUSTER_COLUMNS}) > 1 else "none"


def _column_questions(
    layout: Layout, headings: tuple[str, ...], options: Mapping[str, tuple[str, ...]]
) -> list[Question]:
    """A question for each heading that may mean several things, and has cells below it."""
    questions = []
    for heading, possible in options.items():
        index = headings.index(heading)
        cells = [(n, row[index]) for n, row in layout.rows.items() if index < len(row) and row[index]]
        if not cells:
            continue
        target = layout.targets[heading] or (NONE if heading in layout.decided else "")
        choices = possible if target in (*possible, "") else (target, *possible)
        places = tuple(Place(number, heading, cell) for number, cell in cells[:3])
        key, suggestion = f"column:{heading}", choices[0] if len(choices) <= MAXIMUM_OPTIONS + 1 else ""
        asked = Question("column", layout.name, key, heading, choices, target, suggestion, len(cells), places)
        questions.append(asked)
    return questions
