"""Who held which label on which day: a map, and the list that is its equal."""

import pandas as pd
import streamlit as st

from clusterdash.domain import Label
from clusterdash.labels import search, status
from clusterdash.presentation.labels import narrative, tables, world_map
from clusterdash.web import session, url_state, widgets

visit = session.page_context()
register = visit.reader.label_register()
sectors = visit.reader.sectors()
today = visit.now.date()

st.title(visit.translate("labels.title"))
selection = url_state.label_filters(visit, {holder.cluster.country for holder in register}, set(sectors))
day = selection.day(today)
holdings = status.label_statuses(register, day, today)
found = search.select(holdings, selection)
counts = search.facet_counts(holdings, selection)

labels = {"all": visit.translate("labels.all"), **{label.value: visit.translate(f"label.{label}") for label in Label}}
url_state.choose("label", visit.translate("labels.which"), labels, language=visit.language, how="buttons")
st.caption(narrative.label_numbers(counts["label"], visit.language))
left, right = st.columns([2, 1])
with left:
    url_state.text_input(
        "q", visit.translate("labels.search"), selection.text, visit.translate("labels.search_example")
    )
with right:
    url_state.choose_year(visit, visit.translate("labels.year", last=str(today.year)), selection.year)
chosen = {"country": selection.countries, "sector": selection.sectors, "state": selection.states}
for column, facet in zip(st.columns(3), search.FACETS[1:], strict=True):
    with column:
        options = narrative.facet_options(facet, counts[facet], chosen[facet], sectors, visit.language)
        url_state.choose_many(
            facet, visit.translate(f"filter.{facet}"), options, chosen[facet], visit.translate("filter.all")
        )
url_state.reset_button(visit.translate("filter.reset"), ("q", "country", "sector", "state", "year"))

st.markdown(narrative.label_counts(found, selection, today, visit.language))
undated = search.count_undated(register, selection, today)
st.caption(narrative.left_out(found, undated, visit.language))
if not found:
    st.info(narrative.no_match(search.relaxations(holdings, selection), visit.language))

views = {view: visit.translate(f"labels.{view}") for view in world_map.VIEWS}
view = url_state.choose("view", visit.translate("labels.view"), views, language=visit.language, how="buttons")
widgets.show_map(world_map.label_map(found, sectors, visit.language, world_map.Frame(view=view)), key="labels")
coverage = visit.reader.coverage(selection.label) if selection.label else None
st.caption(narrative.map_key(selection.label, coverage, visit.language))

st.header(visit.translate("labels.list", n=len(found)))
columns = {name: visit.translate(f"column.{name}") for name in narrative.LIST_COLUMNS}
rows = pd.DataFrame(narrative.label_list(found, sectors, visit.language), columns=list(columns.values()))
links = {columns[n]: st.column_config.LinkColumn(display_text=visit.translate(f"map.{n}")) for n in narrative.LINKS}
if found:
    st.dataframe(rows, hide_index=True, column_config=links)
widgets.show_table(tables.export_links(selection, search.matching(holdings, selection), visit.language))
with st.expander(visit.translate("labels.embed")):
    st.caption(visit.translate("labels.embed_key"))
    st.code(tables.embed_code(selection, view, session.base_url(), visit.language), language="html", wrap_lines=True)
