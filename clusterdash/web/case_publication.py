"""Accepted cases that wait for an edition, chosen by staff and checked as uploaded files are."""

from __future__ import annotations

import streamlit as st

from ..cases import publication
from ..cases.open_case import Cases
from ..i18n import escape_markdown
from ..presentation.cases import overview
from .admin import job_admin
from .case_actions import run
from .cases import case_name, cases_of
from .context import PageContext
from .widgets import check_list


def choose_for_edition(visit: PageContext) -> None:
    """Show the accepted cases that the served edition does not hold, and a button that checks those chosen."""
    found = cases_of(visit)
    accepted = publication.accepted(found, visit.reader.sources())
    waiting = [one.case for one in accepted if not one.published]
    if not waiting:
        st.caption(visit.translate("cases.none_waiting"))
        return
    st.markdown(visit.translate("cases.waiting", n=len(waiting), published=len(accepted) - len(waiting)))
    since = {case.case_id: overview.since_sentence(case, visit.now.date(), visit.language) for case in waiting}
    texts = {case.case_id: (escape_markdown(case_name(visit, case)), since[case.case_id]) for case in waiting}
    chosen = check_list(texts, key="for-edition")
    job = job_admin(visit).latest()
    busy = job is not None and job.state == "running"
    if st.button(visit.translate("cases.check"), disabled=busy or not chosen, type="primary"):
        run(lambda: _check(visit, found, chosen), "cases.checking")
    st.caption(visit.translate("cases.check_key"))
    label = visit.translate("destination.data")
    st.page_link(
        "pages/staff/data.py", label=label, icon=":material/folder_open:", query_params={"lang": visit.language}
    )


def _check(visit: PageContext, found: Cases, chosen: list[str]) -> None:
    """Start the check of the tables of cases as an extension of the served edition."""
    known = {*visit.reader.assessed(evaluated=True)}
    known |= {holder.cluster.cluster_id for holder in visit.reader.label_register()}
    job_admin(visit).check(publication.files(found, chosen, known), complete=visit.edition.edition_id)
