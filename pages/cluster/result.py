"""The provisional report, what the experts found, and what the cluster says about it."""

import streamlit as st

from clusterdash.domain.case import CaseAction, Sheet, Step
from clusterdash.web import case_sheets, case_statement, cases, provisional_report, session

visit = session.page_context()

st.title(visit.translate("result.title"))
opened = cases.case_of_page(visit, CaseAction.READ_REPORT, "result.not_yet")
grid = cases.scheme_of(visit, opened.case)
provisional_report.show_report(visit, opened, grid)
if opened.may(CaseAction.READ_FEEDBACK):
    writable = opened.may(CaseAction.OBSERVE)
    accepted = opened.case.step is Step.ACCEPTED
    st.markdown(visit.translate("result.observe" if writable else "result.accepted" if accepted else "result.lead"))
    case_statement.show_statement(visit, opened)
    case_sheets.show_feedback(visit, opened, grid, Sheet.FEEDBACK, writable=writable)
