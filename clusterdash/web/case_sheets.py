"""The sheets of a case on a page: drawn in a fragment of their own, saved by whoever is then allowed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from ..cases import answering
from ..cases.answering import SheetContent
from ..cases.open_case import NotAllowedError, OpenCase
from ..cases.steps import RESULT
from ..domain import Grid, PreviousAssessment
from ..domain.answer_sheet import SheetQuestion
from ..domain.case import Answers, Sheet
from ..i18n import translate
from ..presentation.cases import overview, sheets
from .answer_sheet import answer_sheet
from .context import PageContext
from .url_state import choose

STORIES = "stories"
"""The block of success stories."""
POLL_SECONDS = 3
"""How often a page looks whether somebody else has changed something."""


def show_answers(
    visit: PageContext,
    opened: OpenCase,
    grid: Grid,
    sheet: Sheet,
    *,
    before: PreviousAssessment | None = None,
    writable: bool,
) -> None:
    """Show the questions of a dimension with their answers, a choice of the dimension, and how far they are.

    `before`: the previous assessment, whose answers are offered. An interview offers those of the preparation.
    """
    answers = answering.read(opened, sheet).answers
    prepared = answering.read(opened, Sheet.PREPARATION).answers if sheet is Sheet.INTERVIEW else None
    head = st.container()
    block = choose_block(visit, grid, answers, stories=True)

    def make(content: SheetContent) -> Sequence[SheetQuestion]:
        offers = sheets.Offers(before, prepared, read_only=not writable)
        if block == STORIES:
            return sheets.story_questions(content, offers, visit.language)
        return sheets.answer_questions(grid, block, content, offers, visit.language)

    show_sheet(visit, opened, grid, sheet, block, make)

    def progress() -> None:
        stored = answering.read(opened, sheet).answers
        if sheet is Sheet.INTERVIEW:
            pace = overview.interview_pace(stored, len(grid.indicators), datetime.now(UTC))
            st.markdown(overview.pace_sentence(pace, visit.language))
        else:
            left = sheets.unconfirmed(grid, stored, before)
            done = answering.answered_by_field(stored)
            st.markdown(overview.preparation_sentence(done, len(grid.indicators), left, visit.language))

    with head:
        watch(visit, opened, [sheet], progress)


def show_feedback(visit: PageContext, opened: OpenCase, grid: Grid, sheet: Sheet, *, writable: bool) -> None:
    """Show the result of a case with the cluster's observations and the experts' replies, of which `sheet` is typed."""
    found = answering.read(opened, RESULT[opened.case.kind]).answers
    block = choose_block(visit, grid, found, stories=False)
    other = Sheet.REPLIES if sheet is Sheet.FEEDBACK else Sheet.FEEDBACK

    def make(content: SheetContent) -> Sequence[SheetQuestion]:
        said = answering.read(opened, other)
        return sheets.feedback_questions(grid, block, found, content, said, visit.language, sheet, writable=writable)

    show_sheet(visit, opened, grid, sheet, block, make)
    st.session_state[f"latest-{_owner(visit, opened, other)}"] = answering.latest(opened, other)
    watch(visit, opened, [sheet, other], lambda: None)


def choose_block(visit: PageContext, grid: Grid, answers: Answers, *, stories: bool) -> str:
    """Return the dimension, or `STORIES`, in the page's address; the choice shows how much of each is answered."""
    names = {dimension.code: dimension.name.get(visit.language) for dimension in grid.dimensions}
    options = {
        code: translate(visit.language, "case_sheet.block", name=names.get(code, code), answered=answered, total=total)
        for code, (answered, total) in sheets.answered_by_dimension(grid, answers).items()
    }
    if stories:
        options[STORIES] = translate(visit.language, "case_sheet.stories")
    st.session_state.setdefault("kept-block", sheets.first_open(grid, answers))
    return choose("block", visit.translate("case_sheet.choose"), options, language=visit.language)


def show_sheet(
    visit: PageContext,
    opened: OpenCase,
    grid: Grid,
    sheet: Sheet,
    block: str,
    make: Callable[[SheetContent], Sequence[SheetQuestion]],
) -> None:
    """Show a block of a sheet, which saves itself; `make` turns its content into questions."""
    save = partial(answering.save, opened, grid, sheet)
    owner = _owner(visit, opened, sheet)

    @st.fragment
    def draw() -> None:
        content = answering.read(opened, sheet)
        st.session_state[f"latest-{owner}"] = content.latest
        answer_sheet(make(content), sheet=f"{sheet}-{block}", owner=owner, language=visit.language, save=save)

    draw()


def watch(visit: PageContext, opened: OpenCase, sheets: Sequence[Sheet], show: Callable[[], None]) -> None:
    """Call `show` every few seconds, and run the page again once somebody else has changed one of the sheets shown."""

    @st.fragment(run_every=POLL_SECONDS)
    def poll() -> None:
        try:
            latest = {sheet: answering.latest(opened, sheet) for sheet in sheets}
        except NotAllowedError:  # the case has gone on, or the grant has ended
            st.rerun()
        drawn = {sheet: st.session_state.get(f"latest-{_owner(visit, opened, sheet)}") for sheet in sheets}
        if any(shown is not None and latest[sheet] > shown for sheet, shown in drawn.items()):
            st.rerun()
        show()

    poll()


def _owner(visit: PageContext, opened: OpenCase, sheet: Sheet) -> str:
    """Whose drafts a browser keeps: those of a person, for a sheet of a case."""
    return f"{opened.case_id}:{sheet}:{visit.viewer.email}"
