"""The manager's case: asked for, where it stands, what is to be done next, and its trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import streamlit as st

from ..cases import reminders, trail
from ..cases.open_case import Applicant, Cases, OpenCase
from ..cases.reminders import CaseDates
from ..domain import ClusterdashError
from ..domain.case import Case, CaseAction, CaseKind, Seat, Step
from ..i18n import escape_markdown
from ..presentation.cases import overview, tables
from .case_actions import run
from .cases import cases_of, schemes_of
from .components import private_download
from .context import PageContext
from .widgets import show_html, show_table

OFFERED = tuple(CaseKind)
"""The kinds that can be asked for here."""
_BUTTON_WIDTH = 300
"""Pixels."""


def request_first(visit: PageContext) -> None:
    """Show managers without any case a form that asks for one, and stop the page there."""
    found = cases_of(visit)
    if not visit.viewer.manages or found.all():
        return
    with st.form("case-request"):
        st.markdown(visit.translate("case_page.request_lead"))
        _request(visit, found, _requestable(visit, found))
    st.stop()


def request_another(visit: PageContext) -> None:
    """Show managers, in a fold, a form that asks for a case of a kind that is not open yet of one of their clusters."""
    found = cases_of(visit)
    if wanted := _requestable(visit, found):
        with st.expander(visit.translate("case_page.another")), st.form("case-request", border=False):
            _request(visit, found, wanted)


def _requestable(visit: PageContext, found: Cases) -> dict[str, tuple[Applicant, CaseKind]]:
    """What can be asked for: each kind for each of the manager's clusters, without what is open already."""
    busy = {(case.cluster_id, case.kind) for case in found.all() if case.open}
    pairs = [(cluster, kind) for cluster in sorted(visit.viewer.manages) for kind in OFFERED]
    names = {cluster: applicant(visit, cluster) for cluster, _ in pairs}
    return {f"{cluster}-{kind}": (names[cluster], kind) for cluster, kind in pairs if (cluster, kind) not in busy}


def _request(visit: PageContext, found: Cases, wanted: Mapping[str, tuple[Applicant, CaseKind]]) -> None:
    """Show the fields of a form, and ask for what was chosen once it is sent."""

    def name(key: str) -> str:
        cluster, kind = wanted[key]
        kind_name = visit.translate(f"case_kind.{kind}")
        return visit.translate("case_page.request_name", cluster=cluster.name or cluster.cluster_id, kind=kind_name)

    chosen = st.selectbox(visit.translate("case_page.what"), list(wanted), format_func=name, key="request-case")
    cluster, kind = wanted[chosen]
    schemes = {code: grid.scheme.name.get(visit.language) for code, grid in schemes_of(visit, kind).items()}
    scheme = next(iter(schemes), "")
    if len(schemes) > 1:
        label = visit.translate("sectors.scheme")
        scheme = st.selectbox(label, list(schemes), format_func=schemes.__getitem__, key="request-scheme")
    if st.form_submit_button(visit.translate("case_action.request"), type="primary") and scheme:
        run(lambda: found.request(kind, cluster, scheme), "case_done.request")


def applicant(visit: PageContext, cluster_id: str) -> Applicant:
    """Return a cluster as the served edition knows it; without a name if it does not."""
    for scheme in schemes_of(visit, CaseKind.BENCHMARKING):
        try:
            cluster = visit.reader.previous_assessment(cluster_id, scheme).cluster
        except ClusterdashError:
            continue
        return Applicant(cluster_id, cluster.name, cluster.country)
    return Applicant(cluster_id, "", "")


def show_case(visit: PageContext, opened: OpenCase) -> None:
    """Show where a case stands, what is asked of the manager, and when and with whom it takes place."""
    case, language = opened.case, visit.language
    show_html(overview.step_line(case, language))
    st.markdown(f"**{overview.now_sentence(case, Seat.MANAGER, language)}**")
    if case.reason:
        st.info(visit.translate("case_page.reason", reason=case.reason))
    with st.container(horizontal=True, key="case-next"):
        next_pages(visit, opened)
    st.markdown(overview.visit_sentence(case, language))
    if case.visit_at:
        calendar_button(visit, case)
    st.caption(escape_markdown(overview.people_sentence(case, language)))
    st.caption(overview.since_sentence(case, visit.now.date(), language))


def calendar_button(visit: PageContext, case: Case) -> None:
    """Show a button that saves the dates of a case as a calendar."""
    visit_at = datetime.fromisoformat(case.visit_at) if case.visit_at else None
    judged_on = case.step_began_on if case.step is Step.FEEDBACK else None
    dates = CaseDates(
        case.case_id,
        case.cluster_name,
        case.kind,
        visit_at,
        case.on_site,
        judged_on,
        case.dates_sequence + case.revision,
        case.step is Step.WITHDRAWN,
    )
    make = partial(reminders.calendar, dates, visit.language, visit.now)
    label = visit.translate("case_page.calendar")
    with st.container(width=_BUTTON_WIDTH):
        private_download(label, f"case-{case.case_id}.ics", make, "text/calendar", key=f"ics-{case.case_id}")


def next_pages(visit: PageContext, opened: OpenCase) -> None:
    """Show links to the pages on which something can be done or read now."""
    ways = {
        "preparation": (CaseAction.READ_PREPARATION, "edit_note"),
        "evidence": (CaseAction.ADD_EVIDENCE, "folder_open"),
        "result": (CaseAction.READ_REPORT, "checklist"),
    }
    for page, (action, icon) in ways.items():
        if opened.may(action):
            link_to(visit, f"pages/cluster/{page}.py", opened.case, visit.translate(f"{page}.menu"), icon)


def link_to(visit: PageContext, page: str, case: Case, label: str, icon: str) -> None:
    """Show a link to a page with a case in its address."""
    query = {"case": case.case_id, "lang": visit.language}
    st.page_link(page, label=label, icon=f":material/{icon}:", query_params=query)


def show_trail(visit: PageContext, opened: OpenCase) -> None:
    """Show who did what in a case, as far as the visitor may read it."""
    if opened.may(CaseAction.READ_TRAIL):
        show_table(tables.trail_table(trail.read(opened), visit.language))
    else:
        st.caption(visit.translate("case_page.no_trail"))
