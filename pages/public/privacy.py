"""What is stored of whom, who sees it, and for how long."""

import streamlit as st

from clusterdash.presentation.limit_texts import translate_with_limits
from clusterdash.web import session

visit = session.page_context()
settled = session.access_settings()
organisation = session.contact()

st.title(visit.translate("privacy.title"))
st.markdown(visit.translate("privacy.lead"))
kept = {
    "days": settled.log_days,
    "hours": settled.hours,
    "ended": settled.ended_case_days,
    "accepted": settled.accepted_case_days,
}
for part in ("results", "cases", "access", "log", "visitors"):
    st.header(visit.translate(f"privacy.{part}"))
    st.markdown(translate_with_limits(visit.language, f"privacy.{part}_text", **kept))
st.header(visit.translate("privacy.rights"))
st.markdown(visit.translate("privacy.rights_text", name=organisation.name, website=organisation.website))
