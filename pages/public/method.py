"""Every rule of the benchmark in plain words, with one worked example that is computed here."""

import streamlit as st

from clusterdash.presentation.benchmark import narrative
from clusterdash.web import session

visit = session.page_context()

st.title(visit.translate("method.title"))
st.markdown(visit.translate("method.lead"))
for heading, text in narrative.method(visit.language):
    st.subheader(heading)
    st.markdown(text)
