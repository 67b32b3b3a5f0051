"""Who held which label on which day: a map, and the list that is its equal."""

import pandas as pd
import streamlit as st

from clusterdash.desk import ui
from clusterdash.model import Label
from clusterdash.register import awards, label_tables, label_words, maps

visit = ui.visit()
register = visit.gateway.register()
sectors = visit.gateway.sectors()
today = visit.now.date()

st.title(visit.translate("labels.title"))
selection = ui.selected(visit, {holder.cluster.country for holder in register}, set(sectors))
day = selection.day(today)
holdings = awards.holdings(register, day, today)
found = awards.select(holdings, selection)
counts = awards.facets(holdings, selection)

labels = {"all": visit.translate("labels.all"), **{label.value: visit.translate(f"label.{label}") for label in Label}}
ui.choose("label", visit.translate("labels.which"), labels, language=visit.language, how="buttons")
st.caption(label_words.label_numbers(counts["label"], visit.language))
left, right = st.columns([2, 1])
with left:
    ui.ask("q", visit.translate("labels.search"), selection.text, visit.translate("labels.search_example"))
with right:
    ui.choose_year(visit, visit.translate("labels.year", last=str(today.year)), selection.year)
chosen = {"country": selection.countries, "sector": selection.sectors, "state": selection.states}
for column, facet in zip(st.columns(3), awards.FACETS[1:], strict=True):
    with column:
        options = label_words.facet_options(facet, counts[facet], chosen[facet], sectors, visit.language)
        ui.choose_many(facet, visit.translate(f"filter.{facet}"), options, chosen[facet], visit.translate("filter.all"))
ui.reset(visit.translate("filter.reset"), ("q", "country", "sector", "state", "year"))

st.markdown(label_words.label_counts(found, selection, today, visit.language))
undated = awards.undated(register, selection, today)
st.caption(label_words.left_out(found, undated, visit.language))
if not found:
    st.info(label_words.nothing_fits(awards.loosened(holdings, selection), visit.language))

views = {view: visit.translate(f"labels.{view}") for view in maps.VIEWS}
view = ui.choose("view", visit.translate("labels.view"), views, language=visit.language, how="buttons")
ui.show_map(maps.label_map(found, sectors, visit.language, maps.Frame(view=view)), key="labels")
coverage = visit.gateway.coverage(selection.label) if selection.label else None
st.caption(label_words.map_key(selection.label, coverage, visit.language))

st.header(visit.translate("labels.list", n=len(found)))
columns = {name: visit.translate(f"column.{name}") for name in label_words.LIST_COLUMNS}
rows = pd.DataFrame(label_words.label_list(found, sectors, visit.language), columns=list(columns.values()))
links = {columns[n]: st.column_config.LinkColumn(display_text=visit.translate(f"map.{n}")) for n in label_words.LINKS}
if found:
    st.dataframe(rows, hide_index=True, column_config=links)
ui.show_table(label_tables.ways_out(selection, awards.fitting(holdings, selection), visit.language))
with st.expander(visit.translate("labels.embed")):
    st.caption(visit.translate("labels.embed_key"))
    st.code(label_tables.snippet(selection, view, ui.server(), visit.language), language="html", wrap_lines=True)
