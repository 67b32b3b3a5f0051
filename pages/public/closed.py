"""Stands at the address of a page that the visitor may not enter, and says for whom it is."""

import streamlit as st

from clusterdash.desk import ui

visit = ui.visit()

st.title(visit.translate("closed.title"))
st.markdown(visit.translate("closed.lead"))
if visit.demonstration:
    ui.doors(visit)
ui.sign_in(visit)
