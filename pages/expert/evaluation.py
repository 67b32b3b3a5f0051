"""An evaluation, judged alone: points, reason and document for each indicator; afterwards the feedback."""

from functools import partial

import streamlit as st

from clusterdash.cases import steps
from clusterdash.domain.case import CaseAction, Sheet, Step
from clusterdash.web import case_actions, case_evidence, case_sheets, case_statement, cases, judgment, session

visit = session.page_context()

st.title(visit.translate("evaluation.title"))
case_actions.show_outcome(visit)
opened = cases.case_of_page(visit, CaseAction.READ_PREPARATION, "evaluation.not_yet", judged=True)
grid = cases.scheme_of(visit, opened.case)
with st.expander(visit.translate("evidence.there")):
    case_evidence.show_documents(visit, opened, grid, writable=False)
if opened.case.step is Step.JUDGMENT:
    judgment.show_judgment(visit, opened, grid)
elif opened.may(CaseAction.READ_FEEDBACK):
    case_statement.show_statement(visit, opened)
    writable = opened.may(CaseAction.REPLY)
    case_sheets.show_feedback(visit, opened, grid, Sheet.REPLIES, writable=writable)
    if writable:
        st.caption(visit.translate("interview.end_feedback_key"))
        case_actions.action_button(visit, "end_feedback", partial(steps.end_feedback, opened), primary=True)
else:
    agreeing = opened.case.step is Step.AGREEMENT
    st.info(visit.translate("evaluation.agreeing" if agreeing else "evaluation.not_yet"))
