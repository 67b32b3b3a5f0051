"""Files that are not in a documented form, on the page of the data: what was understood, questions, choices.

The choices are a recipe. Each one is seen in the table at once and can be taken back; nothing is checked or stored
before all questions are answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import streamlit as st

from ..admin.editions import EditionAdmin, FilesToUnderstand
from ..domain import Problem
from ..editions.recipe_files import RECIPE_SUFFIX
from ..i18n import escape_markdown
from ..presentation.admin import understanding as texts
from ..presentation.admin.tables import problem_table
from ..recipes.questions import Question
from ..recipes.recipe import OPEN, Recipe, to_toml
from ..recipes.understand import Understanding, UnderstoodSheet, understand
from ..reports.marked_workbook import marked_workbook
from ..spreadsheets import XLSX
from .context import PageContext
from .widgets import download_row, show_table

_STATE = "understanding"
MAXIMUM_QUESTIONS = 30
"""Of those that are shown at once; if there are more, the open ones come first."""
Uploads = Sequence[tuple[str, bytes]]
Check = Callable[[Uploads, str], None]
"""Starts the check of files, with the edition that they extend."""


@dataclass(slots=True)
class OpenFiles:
    """The files that are being understood in this visit, and the recipes of all choices so far, the latest last."""

    uploads: Uploads
    complete: str
    files: FilesToUnderstand
    recipes: list[Recipe] = field(default_factory=list)
    understood: Understanding | None = None

    @property
    def understanding(self) -> Understanding:
        """What is understood with the choices so far."""
        if self.understood is None:
            self.understood = understand(self.files.grids, self.files.known, self.recipes[-1])
        return self.understood

    @property
    def uses_earlier(self) -> bool:
        """Whether a sheet has the shape of an earlier file, whose choices are taken over."""
        earlier = self.files.earlier
        layouts = (sheet.layout for sheet in self.understanding.sheets)
        return any(one.headings and earlier.for_sheet(one.name, one.headings.columns) for one in layouts)

    def choose(self, recipe: Recipe) -> None:
        """Go on with one more choice."""
        self.recipes.append(recipe)
        self.understood = None

    def undo(self, *, all_choices: bool = False) -> None:
        """Take back the last choice, or all of them."""
        del self.recipes[1 if all_choices else max(1, len(self.recipes) - 1) :]
        self.understood = None


def open_files() -> OpenFiles | None:
    """The files that are being understood in this visit; None if there are none."""
    found: OpenFiles | None = st.session_state.get(_STATE)
    return found


def close_files() -> None:
    """Forget the files that are being understood."""
    st.session_state.pop(_STATE, None)
    _forget_widgets()


def _forget_widgets() -> None:
    """Let all questions be drawn anew, with the answers of the recipe."""
    for key in [key for key in st.session_state if str(key).startswith("question-")]:
        del st.session_state[key]


def begin(visit: PageContext, desk: EditionAdmin, uploads: Uploads, complete: str) -> bool:
    """Read files; if a sheet is not in a documented form, show what is understood from the next run on.

    Returns whether there is such a sheet, and, with a recipe among the files, whether it leaves a question open.
    """
    with st.spinner(visit.translate("understanding.reading")):
        files = desk.read(uploads, visit.now, complete or visit.edition.edition_id)
        others = [(name, content) for name, content in uploads if not name.lower().endswith(RECIPE_SUFFIX)]
        found = OpenFiles(others, complete, files, [files.earlier])
        understood = found.understanding
        needed = any(sheet.layout.is_read for sheet in understood.sheets)
        if files.with_recipe:
            needed = needed and bool(understood.open)
    if needed:
        close_files()
        st.session_state[_STATE] = found
    return needed


def show(visit: PageContext, found: OpenFiles, problems: Sequence[Problem], check: Check, *, busy: bool) -> None:
    """Show what is understood of the open files, the questions, and the check; `problems` are those of the last one."""
    st.subheader(visit.translate("understanding.title"))
    st.caption(visit.translate("understanding.lead"))
    _show_state(visit, found)
    if found.uses_earlier:
        st.caption(visit.translate("understanding.known_shape"))
    understood = found.understanding
    for documented in understood.documented:
        st.markdown(visit.translate("recipe.documented", sheet=escape_markdown(documented.name)))
    for sheet in understood.sheets:
        _show_sheet(visit, found, sheet)
    _show_notes(visit, [*found.files.problems, *understood.notes()])
    _ask(visit, found)
    _show_check(visit, found, check, busy=busy)
    _offer_files(visit, found, problems)


def _show_notes(visit: PageContext, notes: Sequence[Problem]) -> None:
    """Show what was left out, or read otherwise than written; open if a file could not be read."""
    if notes:
        unread = any(note.severity == "error" for note in notes)
        with st.expander(visit.translate("understanding.notes", n=len(notes)), expanded=unread, key="reading-notes"):
            show_table(problem_table(notes, visit.language))


def _show_sheet(visit: PageContext, found: OpenFiles, sheet: UnderstoodSheet) -> None:
    st.markdown(escape_markdown(texts.sheet_sentence(sheet, visit.language)))
    if not sheet.layout.is_read:
        _change_unread(visit, found, sheet)
        return
    show_table(texts.preview_table(sheet, found.understanding.questions, found.files.known, visit.language))
    st.caption(visit.translate("recipe.legend"))
    name = sheet.layout.name
    with st.expander(visit.translate("recipe.columns", sheet=name), key=f"columns-{name}"):
        show_table(texts.column_table(sheet, found.files.known, visit.language))
        _change_column(visit, found, sheet)
        if st.button(visit.translate("recipe.skip"), key=f"skip-{name}"):
            _go_on(found, found.understanding.recipe.with_choice(name, "table", "skip"))


def _change_unread(visit: PageContext, found: OpenFiles, sheet: UnderstoodSheet) -> None:
    """Offer to read a sheet that is not read: again, with headings in another row, or with other meanings."""
    layout, recipe = sheet.layout, found.understanding.recipe
    with st.expander(visit.translate("recipe.read_sheet", sheet=layout.name), key=f"columns-{layout.name}"):
        if layout.table == "skip":
            if st.button(visit.translate("recipe.read_again"), key=f"skip-{layout.name}"):
                _go_on(found, recipe.with_choice(layout.name, "table", "none"))
            return
        row = st.number_input(
            visit.translate("recipe.heading_row"), 1, 1_000, 1, key=f"question-heading-row-{layout.name}"
        )
        if st.button(visit.translate("recipe.set_heading_row"), key=f"set-heading-row-{layout.name}"):
            _go_on(found, recipe.with_choice(layout.name, "heading_row", str(row)))
        if layout.headings:
            show_table(texts.column_table(sheet, found.files.known, visit.language))
            _change_column(visit, found, sheet)


def _change_column(visit: PageContext, found: OpenFiles, sheet: UnderstoodSheet) -> None:
    """Show a choice of another meaning of any column."""
    layout, known = sheet.layout, found.files.known
    headings = [*layout.targets]
    heading = st.selectbox(visit.translate("recipe.change_heading"), headings, key=f"question-heading-{layout.name}")
    target = st.selectbox(
        visit.translate("recipe.change_target"),
        texts.targets(known, layout.scheme),
        format_func=lambda target: texts.target_label(target, known, layout.scheme, visit.language),
        key=f"question-target-{layout.name}",
    )
    if st.button(visit.translate("recipe.change"), key=f"change-{layout.name}"):
        _go_on(found, found.understanding.recipe.with_choice(layout.name, f"column:{heading}", target))


def _go_on(found: OpenFiles, recipe: Recipe) -> None:
    found.choose(recipe)
    st.rerun()


def _ask(visit: PageContext, found: OpenFiles) -> None:
    """Show all questions, the open ones first."""
    questions = found.understanding.questions
    if not questions:
        return
    st.subheader(visit.translate("understanding.questions"))
    too_many = len(questions) > MAXIMUM_QUESTIONS
    shown = sorted(questions, key=lambda one: bool(one.answer)) if too_many else questions
    for question in shown[:MAXIMUM_QUESTIONS]:
        answer = _answer(visit, found, question)
        if answer != question.answer:
            recipe = found.understanding.recipe.with_choice(question.sheet, question.key, answer or OPEN)
            _go_on(found, recipe)
    if too_many:
        st.caption(visit.translate("understanding.more", n=len(questions) - MAXIMUM_QUESTIONS))
    first, second = st.columns(2)
    if first.button(visit.translate("understanding.undo"), disabled=len(found.recipes) < 2, key="undo-choice"):
        _take_back(found, all_choices=False)
    if second.button(visit.translate("understanding.again"), disabled=len(found.recipes) < 2, key="undo-choices"):
        _take_back(found, all_choices=True)


def _take_back(found: OpenFiles, *, all_choices: bool) -> None:
    found.undo(all_choices=all_choices)
    _forget_widgets()
    st.rerun()


def _answer(visit: PageContext, found: OpenFiles, question: Question) -> str:
    """Show a question; returns its answer, "" while it is open."""
    label = texts.question_sentence(question, visit.language)
    key = f"question-{question.sheet}-{question.key}"
    if question.kind == "assessed_on":
        told = date.fromisoformat(question.answer) if question.answer else None
        day = st.date_input(label, told, max_value=found.files.known.today, format="DD/MM/YYYY", key=key)
        return day.isoformat() if isinstance(day, date) else ""
    known, scheme = found.files.known, _scheme(found, question)
    options = texts.options(question, visit.language)
    chosen: str | None = st.selectbox(
        label,
        options,
        index=options.index(question.answer) if question.answer in options else None,
        format_func=lambda option: texts.option_label(question, option, known, scheme, visit.language),
        placeholder=visit.translate("understanding.choose"),
        key=key,
    )
    if places := texts.place_sentence(question, visit.language):
        st.caption(escape_markdown(places))
    return chosen or ""


def _scheme(found: OpenFiles, question: Question) -> str:
    layouts = (sheet.layout for sheet in found.understanding.sheets)
    return next((layout.scheme for layout in layouts if layout.name == question.sheet), "")


def _show_state(visit: PageContext, found: OpenFiles) -> None:
    """Show how many questions are open."""
    if left := len(found.understanding.open):
        st.info(visit.translate("understanding.open", n=left))
    else:
        st.success(visit.translate("understanding.settled"))


def _show_check(visit: PageContext, found: OpenFiles, check: Check, *, busy: bool) -> None:
    left = len(found.understanding.open)
    if found.understanding.questions:
        _show_state(visit, found)
    first, second = st.columns(2)
    if first.button(
        visit.translate("understanding.check"), disabled=bool(left) or busy, type="primary", key="check-recipe"
    ):
        name = texts.recipe_name([name for name, _ in found.uploads])
        recipe = name, to_toml(found.understanding.recipe).encode()
        check([*found.uploads, recipe], found.complete)
    if second.button(visit.translate("understanding.discard"), key="close-files"):
        close_files()
        st.rerun()


def _offer_files(visit: PageContext, found: OpenFiles, problems: Sequence[Problem]) -> None:
    """Offer the recipe, and the sheets with a comment on each cell in question."""
    understood = found.understanding
    names = [name for name, _ in found.uploads]
    make = partial(_recipe_bytes, understood.recipe)
    recipe_texts = "understanding.take_recipe", "understanding.take_recipe_use"
    download_row(visit, recipe_texts, texts.recipe_name(names), make, "application/toml", key="recipe")
    marked = partial(marked_workbook, understood.sheets, understood.questions, problems, visit.language)
    marked_texts = "understanding.take_marked", "understanding.take_marked_use"
    name = f"{visit.translate('understanding.marked_file')}.xlsx"
    download_row(visit, marked_texts, name, marked, XLSX, key="marked-workbook")


def _recipe_bytes(recipe: Recipe) -> bytes:
    return to_toml(recipe).encode()
