"""What the experts found, and what the cluster says about it."""

import streamlit as st

from clusterdash.domain.case import CaseAction, Sheet
from clusterdash.web import case_sheets, case_statement, cases, session

visit = session.page_context()

st.title(visit.translate("result.title"))
opened = cases.case_of_page(visit, CaseAction.READ_FEEDBACK, "result.not_yet")
writable = opened.may(CaseAction.OBSERVE)
st.markdown(visit.translate("result.observe" if writable else "result.lead"))
case_statement.show_statement(visit, opened)
case_sheets.show_feedback(visit, opened, cases.scheme_of(visit, opened.case), Sheet.FEEDBACK, writable=writable)
