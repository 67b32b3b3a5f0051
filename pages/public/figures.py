"""The labels in figures: awards by year, those without a date apart, and clusters by country."""

import streamlit as st

from clusterdash.domain import Label
from clusterdash.labels import counts, search
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.labels import charts, figures, narrative, tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()
register, today = visit.reader.label_register(), visit.now.date()

heading = st.container()
labels = {"all": visit.translate("labels.all"), **{label.value: visit.translate(f"label.{label}") for label in Label}}
chosen = url_state.choose(
    "label", visit.translate("labels.which"), labels, language=visit.language, how="buttons", compact=True
)
label = None if chosen == "all" else Label(chosen)
awards = counts.awards_by_year(register, label, today)
heading.title(narrative.known_awards(awards, visit.language))
widgets.show_html(figures.busiest_year(awards, visit.language))

left, right = st.columns([3, 1], gap="large")
with left:
    st.header(visit.translate("figures.by_year"))
    widgets.show_html(figures.label_key(visit.language))
    widgets.show_html(figures.award_years(awards, visit.language))
with right:
    widgets.show_html(figures.undated_awards(awards, visit.language))
coverage = visit.reader.coverage(label) if label else None
st.caption(narrative.map_key(label, coverage, visit.language, figures=True))

found = search.select(session.label_statuses(visit, today), LabelFilters(label))
countries = counts.counts_by_country(found)
first, others = countries[: figures.FIRST_COUNTRIES], countries[figures.FIRST_COUNTRIES :]
st.header(visit.translate("figures.majority", n=counts.majority(countries)))
st.caption(visit.translate("figures.countries", n=len(found), countries=len(countries)))
widgets.show_html(figures.country_bars(first, visit.language, of=countries))

if others:
    with st.expander(visit.translate("figures.others", n=len(others))):
        widgets.show_html(figures.country_bars(others, visit.language, of=countries))
with st.expander(visit.translate("figures.table")):
    widgets.show_table(tables.country_table(countries, visit.language))
with st.expander(visit.translate("figures.states")):
    years = counts.counts_by_year(register, label, today)
    widgets.show_chart(charts.label_years(years, visit.language), visit.translate("figures.years_alt"), key="years")
    undated = counts.count_undated_clusters(register, label, today)
    st.caption(narrative.year_changes(years, undated, visit.language))
    widgets.show_table(tables.year_table(years, visit.language))
    if compared := session.official_totals(visit, label):
        widgets.show_table(tables.official_table(compared, visit.language))
        st.caption(narrative.official_distance(compared, visit.language))
