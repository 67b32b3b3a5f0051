"""The review of a case by staff: what to look at, the decision, and, once it is published, the label."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..cases import answering, publication, review, steps
from ..cases.open_case import OpenCase
from ..cases.steps import RESULT
from ..domain import Grid
from ..domain.case import LABEL, Case, CaseAction, CaseKind, Sheet
from ..i18n import translate
from ..presentation.cases import review as texts
from ..presentation.labels import cluster_page
from .case_actions import action_button, action_with_reason
from .case_requests import link_to
from .cases import case_name, previous_assessment, scheme_of
from .context import PageContext
from .register import register_admin, save_form
from .register_forms import award_fields
from .silver_case import show_improvements
from .widgets import show_html, show_table


def show_review(visit: PageContext, opened: OpenCase) -> None:
    """Show what is to be looked at in a case's result, what differs from last time, and the result itself.

    Says so while staff may not read the result yet, or any more.
    """
    if not opened.may(CaseAction.READ_RESULT):
        st.info(visit.translate("review.not_yet"))
        return
    case, grid = opened.case, scheme_of(visit, opened.case)
    sheets = (RESULT[case.kind], Sheet.FEEDBACK, Sheet.REPLIES)
    result = review.Result(
        steps.judged_indicators(case.kind, grid), *(answering.read(opened, sheet).answers for sheet in sheets)
    )
    show_improvements(visit, case)
    if opened.may(CaseAction.DECIDE):
        _show_findings(visit, case, result, grid)
        _decide(visit, opened)
    if opened.may(CaseAction.PUBLISH):
        _show_label(visit, opened)
    show_table(texts.result_table(result, grid, visit.language))


def _show_findings(visit: PageContext, case: Case, result: review.Result, grid: Grid) -> None:
    """Show what is missing, implausible or unanswered, each a link to its question, and what differs from last time."""
    before = previous_assessment(visit, case)
    found = review.findings(result, before, visit.reader.answer_medians(case.scheme))
    st.markdown(texts.lead(result, found, visit.language))
    if found:
        show_table(texts.finding_table(found, grid, visit.translate("review.look_at"), visit.language))
    changed = review.changes(result, before)
    with st.expander(visit.translate("review.changes", n=len(changed))):
        show_table(texts.finding_table(changed, grid, visit.translate("review.since"), visit.language))


def _decide(visit: PageContext, opened: OpenCase) -> None:
    """Show the buttons that accept, hand back or refuse a case, or allow another provisional report."""
    with st.container(horizontal=True, key="case-decide"):
        action_button(visit, "accept", partial(steps.accept, opened), primary=True)
        for step in steps.reopenable(opened.case.kind):
            action_with_reason(visit, f"reopen_{step}", partial(steps.reopen, opened, step))
        action_with_reason(visit, "refuse", partial(steps.refuse, opened))
        if opened.case.kind is CaseKind.BENCHMARKING:
            action_button(visit, "allow_report", partial(steps.allow_another_report, opened))
    if opened.case.kind is CaseKind.BENCHMARKING:
        st.caption(visit.translate("review.reports", n=opened.case.reports_allowed))


def _show_label(visit: PageContext, opened: OpenCase) -> None:
    """Show whether an accepted case is published, and, if it is, the register's labels and a form for the award."""
    accepted = publication.accepted_case(opened, visit.reader.sources())
    case = accepted.case
    if not accepted.published:
        st.info(visit.translate("review.waits"))
        link_to(visit, "pages/staff/cases.py", case, visit.translate("cases.to_edition"), "folder_open")
        return
    st.success(visit.translate("review.published"))
    desk = register_admin(visit)
    with st.expander(visit.translate("review.award", label=visit.translate(f"label.{LABEL[case.kind]}"))):
        st.caption(visit.translate("register.not_here" if visit.demonstration else "review.award_key"))
        _show_known_labels(visit, case)
        known = {"label": LABEL[case.kind], "awarded_on": accepted.assessed_on}
        reason = translate(visit.language, "review.award_reason", case=case_name(visit, case))
        cluster = visit.reader.previous_assessment(case.cluster_id, case.scheme).cluster
        save_form(visit, desk, f"case-{case.case_id}", lambda: award_fields(visit, cluster, known), reason)


def _show_known_labels(visit: PageContext, case: Case) -> None:
    """Show the awards that the register has of a case's cluster."""
    for holder in visit.reader.label_register():
        if holder.cluster.cluster_id == case.cluster_id:
            show_html(cluster_page.award_list(holder, visit.language))
