"""One cluster of the register: where it is, which labels it was awarded, its neighbours. Never a result."""

import streamlit as st

from clusterdash.benchmarking import counterparts
from clusterdash.desk import ui
from clusterdash.register import awards, label_charts, label_tables, label_words, maps, selection

visit = ui.visit()
register, sectors = visit.gateway.register(), visit.gateway.sectors()
today = visit.now.date()

names = awards.names(register)
if not names:
    st.info(visit.translate("cluster.none"))
    st.stop()
chosen = ui.choose_subject("id", visit.translate("cluster.choose"), names, language=visit.language, first=False)
if chosen is None:
    st.title(visit.translate("cluster.menu"))
    ui.show_ways_on(visit)
    st.stop()
holder = next(holder for holder in register if holder.cluster.cluster_id == chosen)
held = awards.holdings([holder], today, today)

ui.name_tab(holder.cluster.name)
st.title(ui.escape_markdown(holder.cluster.name))
st.markdown(label_words.portrait(holder.cluster, sectors, visit.language))
st.markdown(label_words.labels_held(held, visit.language))
figure = label_charts.time_line(holder.awards, today, visit.language)
if figure:
    ui.show_figure(figure, label_words.time_line_in_words(holder, visit.language), key="awards")
ui.show_table(label_tables.award_table(holder, visit.language))
st.caption(visit.translate("cluster.awards_key"))
told, text = label_words.report_error(holder, ui.contact(), visit.language)
st.markdown(told)
if text:
    st.code(text, language=None, wrap_lines=True)

near = counterparts.neighbours(holder.cluster, register)
if near or not holder.cluster.placed:
    st.header(visit.translate("cluster.neighbours"))
if near:
    around = [holder, *(found.holder for found in near)]
    drawn = awards.select(awards.holdings(around, today, today), selection.Selection())
    ui.show_map(maps.label_map(drawn, sectors, visit.language, maps.Frame(view="near")), key="neighbours")
    ui.show_table(label_tables.neighbour_table(near, visit.language))
elif not holder.cluster.placed:
    st.info(visit.translate("cluster.no_neighbours"))
