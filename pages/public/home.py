"""What clusterdash is: labelled clusters on a map of Europe, the labels with their counts, and the ways in."""

import streamlit as st

from clusterdash.domain import Audience
from clusterdash.labels.filters import MAX_TEXT_LENGTH
from clusterdash.web import demo, session, widgets

visit = session.page_context()
summary = session.home_summary(visit)
ENTRY = "try" if visit.demonstration else "managers"

with st.container(key="hero"):
    left, right = st.columns([5, 6], vertical_alignment="center")
with left:
    st.title(visit.translate("home.title"))
    st.markdown(visit.translate("home.lead", n=summary.clusters, countries=summary.countries))
    wanted = st.text_input(
        visit.translate("labels.search"),
        placeholder=visit.translate("home.search"),
        max_chars=MAX_TEXT_LENGTH,
        icon=":material/search:",
        label_visibility="collapsed",
        key="home-search",
    )
    if wanted:
        st.switch_page("pages/public/labels.py", query_params={"q": wanted, "lang": visit.language})
with right:
    widgets.show_html(summary.map)

widgets.show_html(summary.labels)

left, right = st.columns(2, gap="large")
with left, st.container(border=True, key="card-example"):
    st.header(visit.translate(f"home.{ENTRY}_title"))
    st.markdown(visit.translate(f"home.{ENTRY}_lead"))
    widgets.show_html(summary.example)
    if visit.demonstration:
        demo.demo_entry_buttons(visit)
    if visit.user_email and visit.viewer.audience is not Audience.PUBLIC:
        st.page_link("pages/cluster/benchmark.py", label=visit.translate("home.to_results"))
    elif not visit.demonstration:
        st.page_link("pages/public/guide.py", label=visit.translate("destination.guide"))
with right:
    st.header(visit.translate("home.latest"))
    widgets.show_html(summary.latest)

st.header(visit.translate("figures.majority", n=summary.majority))
widgets.show_html(summary.bars)
st.page_link("pages/public/figures.py", label=visit.translate("home.to_figures"))
