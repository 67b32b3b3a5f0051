"""A case before it is accepted: what is missing or unlikely, what has changed, what is unanswered; and the decision."""

import streamlit as st

from clusterdash.domain.case import CaseAction
from clusterdash.web import case_actions, cases, session, staff_cases

visit = session.page_context()

st.title(visit.translate("review.title"))
case_actions.show_outcome(visit)
opened = cases.case_of_page(visit, CaseAction.READ_RESULT, "review.not_yet")
staff_cases.show_review(visit, opened)
if opened.may(CaseAction.DECIDE):
    staff_cases.decide(visit, opened)
