"""A case before it is accepted: what is missing or unlikely, what has changed, the decision; then its label."""

import streamlit as st

from clusterdash.domain.case import CaseAction
from clusterdash.web import case_actions, case_review, case_statement, cases, session

visit = session.page_context()

st.title(visit.translate("review.title"))
case_actions.show_outcome(visit)
opened = cases.case_of_page(visit, CaseAction.READ_FEEDBACK, "review.not_yet")
case_statement.show_statement(visit, opened)
case_review.show_review(visit, opened)
