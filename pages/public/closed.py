"""Stands at the address of a page that the visitor may not enter, and says for whom it is."""

import streamlit as st

from clusterdash.web import demo, session

visit = session.page_context()

st.title(visit.translate("closed.title"))
st.markdown(visit.translate("closed.lead"))
if visit.demonstration:
    demo.demo_entry_buttons(visit)
session.show_sign_in(visit)
