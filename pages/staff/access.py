"""Who may see what, and who has looked at what."""

from functools import partial

import pandas as pd
import streamlit as st

from clusterdash.spreadsheets import as_csv
from clusterdash.web import admin, components, session

visit = session.page_context()

st.title(visit.translate("access.title"))
if visit.demonstration:
    st.info(visit.translate("grant.not_here"))
    st.stop()
desk = admin.access_admin(visit)

st.header(visit.translate("access.grants"))
st.markdown(visit.translate("access.grants_lead"))
admin.edit_grants(visit, desk)

st.header(visit.translate("access.log"))
st.markdown(visit.translate("access.log_lead", days=session.access_settings().log_days))
columns = [visit.translate(f"access.{name}") for name in ("at", "who", "did", "what")]
log = [(entry.at, entry.who, visit.translate(f"did.{entry.action}"), entry.what) for entry in desk.log()]
st.dataframe(pd.DataFrame(log, columns=columns), hide_index=True)
components.private_download(
    visit.translate("access.take"), "log.csv", partial(as_csv, columns, log, visit.language), "text/csv", key="log"
)
