"""What clusterdash is, how many hold which label, and the ways in."""

import streamlit as st

from clusterdash.domain import Audience, Label
from clusterdash.labels import counts as labels_counts
from clusterdash.labels import status
from clusterdash.web import demo, session

visit = session.page_context()

st.title(visit.translate("home.title"))
st.markdown(visit.translate("home.lead"))

today = visit.now.date()
counts = labels_counts.by_label(status.label_statuses(visit.reader.label_register(), today, today))
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

if visit.user_email and visit.viewer.audience is not Audience.PUBLIC:
    st.page_link(
        "pages/cluster/benchmark.py",
        label=visit.translate("home.to_results"),
        icon=":material/radar:",
        query_params={"lang": visit.language},
    )
if visit.demonstration:
    st.header(visit.translate("home.try_title"))
    st.markdown(visit.translate("home.try_lead"))
    demo.demo_entry_buttons(visit)
