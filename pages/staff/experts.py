"""How well the two experts of evaluations agree before they talk."""

import streamlit as st

from clusterdash.web import expert_agreement, session, what_if

visit = session.page_context()

st.title(visit.translate("experts.title"))
grid = what_if.choose_scheme(visit)
expert_agreement.show_agreement(visit, grid)
st.markdown(visit.translate("experts.key"))
st.caption(visit.translate("experts.what"))
st.page_link("pages/public/method.py", label=visit.translate("experts.method"), query_params={"lang": visit.language})
