"""Every rule of the benchmark in plain words, with one worked example that is computed here."""

import streamlit as st

from clusterdash.presentation.benchmark import narrative
from clusterdash.web import session

visit = session.page_context()
rules = narrative.method(visit.language)

st.title(visit.translate("method.title"))
st.markdown(visit.translate("method.lead"))
contents, texts = st.columns([1, 3], gap="large")
with contents, st.container(key="contents"):
    st.markdown("\n".join(f"- [{heading}](#rule-{number})" for number, (heading, _) in enumerate(rules, 1)))
with texts, st.container(key="prose"):
    for number, (heading, text) in enumerate(rules, 1):
        st.header(heading, anchor=f"rule-{number}")
        st.markdown(text)
