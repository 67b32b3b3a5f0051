"""The interviews and evaluations of an expert: by date, with what waits."""

import streamlit as st

from clusterdash.web import assignments, case_actions, session

visit = session.page_context()

st.title(visit.translate("assignments.title"))
case_actions.show_outcome(visit)
assignments.show_assignments(visit)
