"""Who may see what, and who has looked at what."""

from functools import partial

import streamlit as st

from clusterdash.presentation import html
from clusterdash.presentation.admin import narrative, tables
from clusterdash.spreadsheets import as_csv
from clusterdash.web import admin, components, session, widgets

LATEST = 20
"""Entries of the log that are shown; the file has all."""
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
columns = [visit.translate(f"access.{name}") for name in ("at", "who", "did", "what")]
log = [(entry.at, entry.who, visit.translate(f"did.{entry.action}"), entry.what) for entry in desk.log()]
components.private_download(
    visit.translate("access.take"), "log.csv", partial(as_csv, columns, log, visit.language), "text/csv", key="log"
)
if log:
    widgets.show_table(tables.access_log_table(log[:LATEST], visit.language))
with st.expander(visit.translate("access.log_reading")):
    st.markdown(visit.translate("access.log_lead", days=session.access_settings().log_days))
