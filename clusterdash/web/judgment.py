"""An evaluation on the experts' pages: each judges alone, then both agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from .. import case_access
from ..cases import answering, steps
from ..cases.answering import OWN_SHEET, SheetContent
from ..cases.open_case import OpenCase
from ..domain import ClusterdashError, Grid
from ..domain.answer_sheet import SheetQuestion
from ..domain.case import EXPERT_SEATS, SEATS, Answers, CaseAction, CaseKind, Seat, Sheet
from ..evaluation.scoring import score
from ..presentation.cases import judgment_sheets
from ..presentation.evaluation import narrative
from .case_actions import action_button, run
from .case_sheets import choose_block, show_sheet, watch
from .context import PageContext
from .silver_case import show_improvements


def own_seat(visit: PageContext, opened: OpenCase) -> Seat:
    """Return the expert's seat of a visitor. Raises ClusterdashError if there is none."""
    found = [seat for seat in case_access.seats(visit.viewer, opened.case) if seat in EXPERT_SEATS]
    if not found:
        raise ClusterdashError("case.not_allowed")
    return found[0]


def show_judgment(visit: PageContext, opened: OpenCase, grid: Grid) -> None:
    """Show what an expert judges alone, how far that is, and the button that closes it."""
    seat = own_seat(visit, opened)
    sheet, holder = OWN_SHEET[seat], opened.case.holder(seat)
    closed = holder is not None and holder.closed_at is not None
    declared = answering.read(opened, Sheet.PREPARATION).answers
    judged = steps.judged_indicators(opened.case.kind, grid)
    show_improvements(visit, opened.case)
    head = st.container()
    block = choose_block(visit, grid, answering.read(opened, sheet).answers, stories=False)
    shown = [indicator for indicator in judged if indicator.dimension == block]

    def make(content: SheetContent) -> Sequence[SheetQuestion]:
        return judgment_sheets.judgment_questions(grid, shown, content, declared, visit.language, read_only=closed)

    if not shown:
        st.caption(visit.translate("judgment.none_here"))
    show_sheet(visit, opened, grid, sheet, block, make)

    def progress() -> None:
        n = answering.answered_by_field(answering.read(opened, sheet).answers)
        st.markdown(visit.translate("judgment.count", n=n, total=len(judged)))

    with head:
        watch(visit, opened, [sheet], progress)
    if closed:
        st.info(visit.translate("judgment.closed"))
    else:
        st.caption(visit.translate("judgment.close_key"))
        action_button(visit, "close", partial(steps.close_judgment, opened, grid), primary=True)


def show_agreement(visit: PageContext, opened: OpenCase, grid: Grid) -> None:
    """Show the points of both experts and what they agree on, who has confirmed it, and the verdict of that."""
    seat, language = own_seat(visit, opened), visit.language
    judgments = {one: answering.read(opened, OWN_SHEET[one]).answers for one in SEATS[CaseKind.EVALUATION]}
    agreed = answering.read(opened, Sheet.AGREED).answers
    differing = judgment_sheets.differing(grid.indicators, judgments)
    _show_verdict(visit, grid, agreed)
    left = steps.unconfirmed(grid.indicators, agreed, steps.confirmations(opened))
    st.markdown(visit.translate("agreement.count", n=len(differing), left=len(left)))
    only = st.toggle(visit.translate("agreement.only"), value=True, key="only-differing")
    block = choose_block(visit, grid, agreed, stories=False)
    shown = [i for i in (differing if only else grid.indicators) if i.dimension == block]
    writable = opened.may(CaseAction.AGREE)
    seen_key = f"agreed-{opened.case_id}-{block}"
    seen: dict[str, int] = st.session_state.get(seen_key, {})  # what the browser shows, before it is drawn anew

    def make(content: SheetContent) -> Sequence[SheetQuestion]:
        confirmed = steps.confirmations(opened)
        st.session_state[seen_key] = judgment_sheets.open_confirmations(shown, content.answers, confirmed, seat)
        return judgment_sheets.agreement_questions(
            shown, content, judgments, confirmed, language, read_only=not writable
        )

    if not shown:
        st.caption(visit.translate("agreement.none_here"))
    show_sheet(visit, opened, grid, Sheet.AGREED, block, make)
    watch(visit, opened, [Sheet.AGREED], lambda: None)
    if writable:
        st.caption(visit.translate("agreement.confirm_key"))
        with st.container(horizontal=True, key="case-next"):
            if st.button(visit.translate("case_action.confirm"), key="case-confirm"):
                run(partial(_confirm, opened, seen), "case_done.confirm")
            action_button(visit, "release", partial(steps.release, opened, grid), primary=True, disabled=bool(left))


def _confirm(opened: OpenCase, seen: Mapping[str, int]) -> None:
    """Confirm what an expert has seen; refused for what has changed since."""
    for code, version in seen.items():
        steps.confirm(opened, code, version)


def _show_verdict(visit: PageContext, grid: Grid, agreed: Answers) -> None:
    found = score(grid, judgment_sheets.points_of(grid, agreed))
    if not found.missing:
        st.markdown(narrative.result_sentence(found, visit.language))
