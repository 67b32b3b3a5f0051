"""What clusterdash is, how many hold which label, and the ways in."""

import streamlit as st

from clusterdash.desk import ui
from clusterdash.model import Audience, Label
from clusterdash.register import awards

visit = ui.visit()

st.title(visit.translate("home.title"))
st.markdown(visit.translate("home.lead"))

today = visit.now.date()
counts = awards.by_label(awards.holdings(visit.gateway.register(), today, today))
for column, label in zip(st.columns(len(Label)), Label, strict=True):
    with column.container(border=True, height="stretch"):
        st.subheader(visit.translate(f"label.{label}"))
        st.markdown(visit.translate(f"home.{label}"))
        st.metric(visit.translate("home.ever"), visit.translate("home.count", n=counts[label]))
        st.page_link(
            "pages/public/labels.py",
            label=visit.translate("home.to_map", label=visit.translate(f"label.{label}")),
            icon=":material/map:",
            query_params={"label": label.value, "lang": visit.language},
        )

if visit.who and visit.viewer.audience is not Audience.PUBLIC:
    st.page_link(
        "pages/cluster/benchmark.py",
        label=visit.translate("home.to_results"),
        icon=":material/radar:",
        query_params={"lang": visit.language},
    )
if visit.demonstration:
    st.header(visit.translate("home.try_title"))
    st.markdown(visit.translate("home.try_lead"))
    ui.doors(visit)
