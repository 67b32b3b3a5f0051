"""Labelled clusters that are near to one's own: whom to call. And how the peers do it, in shares."""

import streamlit as st

from clusterdash.benchmarking import charts, counterparts, limits, tables, words
from clusterdash.desk import ui

visit = ui.visit()

st.title(visit.translate("counterparts.title"))
st.markdown(visit.translate("counterparts.lead"))
result = ui.choose_benchmark(visit)
near = counterparts.nearest(result.cluster, visit.gateway.register(), visit.gateway.regions())

st.header(ui.escape_markdown(result.cluster.name))
sectors = visit.gateway.sectors()
if near:
    ui.show_table(tables.counterpart_table(near, sectors, visit.language))
else:
    st.info(words.no_counterparts(result.cluster, sectors, visit.language))
st.caption(words.counterparts_order(result.cluster, visit.language))

st.header(visit.translate("practices.title"))
_, reference = ui.choose_reference(visit, result)
if reference.practices:
    figure = charts.practices(reference, result.grid, visit.language)
    ui.show_figure(figure, words.practices_in_words(reference, visit.language), key="practices")
    st.caption(limits.say_with_limits(visit.language, "practices.key", limits.limits_of(reference)))
    with st.expander(visit.translate("practices.figures")):
        ui.show_table(tables.practice_table(reference, result.grid, visit.language))
else:
    st.info(limits.say_with_limits(visit.language, "practices.none", limits.limits_of(reference), n=reference.n))
