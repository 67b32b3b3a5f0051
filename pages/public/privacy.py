"""What is stored of whom, who sees it, and for how long."""

import streamlit as st

from clusterdash.benchmark import MEDIAN_MINIMUM, PERCENTILE_MINIMUM, QUARTILE_MINIMUM
from clusterdash.desk import ui

visit = ui.visit()
settled = ui.settled()
organisation = ui.contact()

st.title(visit.say("privacy.title"))
limits = {"median": MEDIAN_MINIMUM, "percentile": PERCENTILE_MINIMUM, "quartiles": QUARTILE_MINIMUM}
for part in ("results", "access", "log", "visitors"):
    st.header(visit.say(f"privacy.{part}"))
    st.markdown(visit.say(f"privacy.{part}_text", days=settled.log_days, hours=settled.hours, **limits))
st.header(visit.say("privacy.rights"))
st.markdown(visit.say("privacy.rights_text", name=organisation.name, website=organisation.website))
