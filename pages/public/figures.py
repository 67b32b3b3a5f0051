"""The labels in figures: how many at the end of each year, and in which country."""

import streamlit as st

from clusterdash.desk import ui
from clusterdash.model import Label
from clusterdash.register import awards, label_charts, label_tables, label_words
from clusterdash.register.selection import Selection

visit = ui.visit()
register, today = visit.gateway.register(), visit.now.date()

st.title(visit.translate("figures.title"))
labels = {"all": visit.translate("labels.all"), **{label.value: visit.translate(f"label.{label}") for label in Label}}
chosen = ui.choose("label", visit.translate("labels.which"), labels, language=visit.language, how="buttons")
label = None if chosen == "all" else Label(chosen)

st.header(visit.translate("figures.by_year"))
years = awards.by_year(register, label, today)
ui.show_figure(label_charts.label_years(years, visit.language), visit.translate("figures.years_alt"), key="years")
st.caption(label_words.year_changes(years, visit.language))
with st.expander(visit.translate("figures.table")):
    ui.show_table(label_tables.year_table(years, visit.language))

st.header(visit.translate("figures.by_country"))
found = awards.select(awards.holdings(register, today, today), Selection(label))
countries = awards.by_country(found)
ui.show_figure(
    label_charts.label_countries(countries, visit.language), visit.translate("figures.countries_alt"), key="countries"
)
coverage = visit.gateway.coverage(label) if label else None
st.caption(label_words.map_key(label, coverage, visit.language, figures=True))
with st.expander(visit.translate("figures.table")):
    ui.show_table(label_tables.country_table(countries, visit.language))
