"""How accessible the site is: what is tested, the known exceptions, and whom to tell of an obstacle."""

import streamlit as st

from clusterdash.presentation.labels.guide import contact_address
from clusterdash.web import session

visit = session.page_context()
organisation = session.contact()

st.title(visit.translate("accessibility.title"))
st.markdown(visit.translate("accessibility.lead"))
whom = {"name": organisation.name, "address": contact_address(organisation)}
for part in ("tested", "exceptions", "contact", "complaint"):
    st.header(visit.translate(f"accessibility.{part}"))
    st.markdown(visit.translate(f"accessibility.{part}_text", **whom))
