"""The register of labels: what to check next, and changes, which are in force at the next click."""

import streamlit as st

from clusterdash.presentation.admin import register as texts
from clusterdash.web import register, session

visit = session.page_context()
desk = register.register_admin(visit)
found = register.labels_to_check(visit)

st.title(texts.register_title(found, visit.language))
if visit.demonstration:
    st.caption(visit.translate("register.not_here"))
register.show_part(visit, desk, found)
