"""The documents of a case: missing ones first, a file to hand in, those that are there."""

import streamlit as st

from clusterdash.domain.case import CaseAction
from clusterdash.web import case_actions, case_evidence, cases, session

visit = session.page_context()

st.title(visit.translate("evidence.title"))
case_actions.show_outcome(visit)
opened = cases.case_of_page(visit, CaseAction.READ_EVIDENCE, "evidence.not_yet")
grid = cases.scheme_of(visit, opened.case)
writable = opened.may(CaseAction.ADD_EVIDENCE)
if writable:
    case_evidence.add_document(visit, opened, grid)
    case_evidence.confirm_earlier(visit, opened, grid)
st.header(visit.translate("evidence.there"))
case_evidence.show_documents(visit, opened, grid, writable=writable)
