"""What clusterdash is: labelled clusters on a map of Europe, the labels with their counts, and the ways in."""

import streamlit as st

from clusterdash.domain import Audience, Label
from clusterdash.labels import counts as labels_counts
from clusterdash.labels import search, status
from clusterdash.labels.filters import MAX_TEXT_LENGTH, LabelFilters
from clusterdash.presentation.labels import europe_map, tables
from clusterdash.web import demo, session, widgets

visit = session.page_context()
today = visit.now.date()
ENTRY = "try" if visit.demonstration else "managers"
holdings = status.label_statuses(visit.reader.label_register(), today, today)
shown = search.select(holdings, LabelFilters())
counts = labels_counts.by_label(holdings)
countries = labels_counts.counts_by_country(shown)

with st.container(key="hero"):
    left, right = st.columns([5, 6], vertical_alignment="center")
with left:
    st.title(visit.translate("home.title"))
    st.markdown(visit.translate("home.lead", n=len(shown), countries=len(countries)))
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
    widgets.show_html(europe_map.europe_map(shown, visit.translate("home.map_alt", n=len(shown))))

for column, label in zip(st.columns(len(Label)), Label, strict=True):
    with column.container(border=True, height="stretch", key=f"card-{label}"):
        title = visit.translate("home.count", n=counts[label])
        widgets.show_html(tables.label_heading(label, visit.translate(f"label.{label}"), title))
        st.markdown(visit.translate(f"home.{label}"))
        st.page_link(
            "pages/public/labels.py",
            label=visit.translate("home.to_map", label=visit.translate(f"label.{label}")),
            query_params={"label": label.value, "lang": visit.language},
        )

left, right = st.columns(2, gap="large")
with left:
    st.header(visit.translate("home.latest"))
    widgets.show_html(tables.latest_labels(holdings, visit.language))
with right:
    st.header(visit.translate(f"home.{ENTRY}_title"))
    st.markdown(visit.translate(f"home.{ENTRY}_lead"))
    if visit.demonstration:
        demo.demo_entry_buttons(visit)
    elif visit.user_email and visit.viewer.audience is not Audience.PUBLIC:
        st.page_link("pages/cluster/benchmark.py", label=visit.translate("home.to_results"))
    else:
        st.page_link("pages/public/guide.py", label=visit.translate("destination.guide"))
