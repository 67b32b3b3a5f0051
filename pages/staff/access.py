"""Who may see what, and who has looked at what."""

import streamlit as st

from clusterdash.presentation import html
from clusterdash.presentation.admin import narrative
from clusterdash.web import access_log, admin, session, widgets

visit = session.page_context()

st.title(visit.translate("access.title"))
if visit.demonstration:
    st.markdown(visit.translate("grant.not_here"))
    st.stop()
desk = admin.access_admin(visit)
widgets.show_html(html.verdict_paragraph(narrative.grants_sentence(desk.grants(), visit.language)))

st.header(visit.translate("access.grants"))
st.caption(visit.translate("access.grants_lead"))
admin.edit_grants(visit, desk)
with st.expander(visit.translate("access.reading")):
    st.markdown(visit.translate("access.grants_key"))

st.header(visit.translate("access.log"))
access_log.show_log(visit, desk)
with st.expander(visit.translate("access.log_reading")):
    st.markdown(visit.translate("access.log_lead", days=session.access_settings().log_days))
