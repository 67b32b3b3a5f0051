"""Where the cluster's case stands, and what is asked of its manager now."""

from functools import partial

import streamlit as st

from clusterdash.cases import steps
from clusterdash.domain.case import CaseAction
from clusterdash.web import case_actions, case_requests, cases, session

visit = session.page_context()

st.title(visit.translate("case_page.title"))
case_actions.show_outcome(visit)
case_requests.request_first(visit)
opened = cases.case_of_page(visit, CaseAction.SEE, "case.none")
case_requests.show_case(visit, opened)
if opened.may(CaseAction.WITHDRAW):
    case_actions.action_with_reason(visit, "withdraw", partial(steps.withdraw, opened))
with st.expander(visit.translate("case_page.trail")):
    case_requests.show_trail(visit, opened)
case_requests.request_another(visit)
