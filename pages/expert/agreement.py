"""What two experts agree on, where they judged differently, and who has confirmed it."""

import streamlit as st

from clusterdash.domain.case import CaseAction, CaseKind
from clusterdash.web import case_actions, cases, judgment, session

visit = session.page_context()

st.title(visit.translate("agreement.title"))
case_actions.show_outcome(visit)
opened = cases.case_of_page(visit, CaseAction.READ_JUDGMENTS, "agreement.not_yet", kind=CaseKind.EVALUATION)
judgment.show_agreement(visit, opened, cases.scheme_of(visit, opened.case))
