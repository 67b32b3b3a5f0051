"""Every rule of the benchmark in plain words, with one worked example that is computed here."""

import streamlit as st

from clusterdash.benchmarking import words
from clusterdash.desk import ui

visit = ui.visit()

st.title(visit.translate("method.title"))
st.markdown(visit.translate("method.lead"))
for heading, text in words.method(visit.language):
    st.subheader(heading)
    st.markdown(text)
