"""All cases by step: who is late, who has which seat; accepted ones on their way into an edition."""

import streamlit as st

from clusterdash.web import case_actions, case_publication, session, staff_cases

visit = session.page_context()

st.title(visit.translate("cases.title"))
case_actions.show_outcome(visit)
staff_cases.show_cases(visit)
with st.expander(visit.translate("cases.open_one")):
    staff_cases.request_form(visit)
st.header(visit.translate("cases.to_edition"))
case_publication.choose_for_edition(visit)
st.header(visit.translate("cases.one"))
staff_cases.show_case(visit)
