"""What clusterdash is, how many hold which label, and the ways in."""

import streamlit as st

from clusterdash.desk import ui
from clusterdash.model import Audience, Label
from clusterdash.register import awards

visit = ui.visit()

st.title(visit.say("home.title"))
st.markdown(visit.say("home.lead"))

today = visit.now.date()
counts = awards.by_label(awards.holdings(visit.gateway.register(), today, today))
for column, label in zip(st.columns(len(Label)), Label, strict=True):
    with column.container(border=True, height="stretch"):
        st.subheader(visit.say(f"label.{label}"))
        st.markdown(visit.say(f"home.{label}"))
        st.metric(visit.say("home.ever"), visit.say("home.count", n=counts[label]))
        st.page_link(
            "pages/public/labels.py",
            label=visit.say("home.to_map", label=visit.say(f"label.{label}")),
            icon=":material/map:",
            query_params={"label": label.value, "lang": visit.language},
        )

if visit.who and visit.viewer.audience is not Audience.PUBLIC:
    st.page_link(
        "pages/cluster/benchmark.py",
        label=visit.say("home.to_results"),
        icon=":material/radar:",
        query_params={"lang": visit.language},
    )
if visit.demonstration:
    st.header(visit.say("home.try_title"))
    st.markdown(visit.say("home.try_lead"))
    ui.doors(visit)
