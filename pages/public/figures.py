"""The labels in figures: how many at the end of each year, and in which country."""

import streamlit as st

from clusterdash.domain import Label
from clusterdash.labels import counts, search, status
from clusterdash.labels.filters import LabelFilters
from clusterdash.presentation.labels import charts, narrative, tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()
register, today = visit.reader.label_register(), visit.now.date()

st.title(visit.translate("figures.title"))
labels = {"all": visit.translate("labels.all"), **{label.value: visit.translate(f"label.{label}") for label in Label}}
chosen = url_state.choose("label", visit.translate("labels.which"), labels, language=visit.language, how="buttons")
label = None if chosen == "all" else Label(chosen)

st.header(visit.translate("figures.by_year"))
years = counts.counts_by_year(register, label, today)
widgets.show_chart(charts.label_years(years, visit.language), visit.translate("figures.years_alt"), key="years")
st.caption(narrative.year_changes(years, visit.language))
with st.expander(visit.translate("figures.table")):
    widgets.show_table(tables.year_table(years, visit.language))

st.header(visit.translate("figures.by_country"))
found = search.select(status.label_statuses(register, today, today), LabelFilters(label))
countries = counts.counts_by_country(found)
widgets.show_chart(
    charts.label_countries(countries, visit.language), visit.translate("figures.countries_alt"), key="countries"
)
coverage = visit.reader.coverage(label) if label else None
st.caption(narrative.map_key(label, coverage, visit.language, figures=True))
with st.expander(visit.translate("figures.table")):
    widgets.show_table(tables.country_table(countries, visit.language))
