"""Labelled clusters that are near to one's own: whom to call. And how the peers do it, in shares."""

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import counterparts
from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import charts, narrative, overview, tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()
language = visit.language

st.title(visit.translate("counterparts.title"))
result = url_state.choose_benchmark(visit)
st.caption(i18n.escape_markdown(result.cluster.name))
near = counterparts.nearest(result.cluster, visit.reader.label_register(), visit.reader.country_groups())
sectors = visit.reader.sectors()
if near:
    widgets.show_html(overview.counterparts_verdict(near, language))
    widgets.show_table(tables.counterpart_table(near, sectors, language))
else:
    st.markdown(narrative.no_counterparts(result.cluster, sectors, language))
with st.expander(visit.translate("counterparts.reading")):
    st.markdown(narrative.counterparts_order(result.cluster, language))

st.header(visit.translate("practices.title"))
_, reference = url_state.choose_reference(visit, result)
limits = limit_texts.limits_of(reference)
if reference.level_shares:
    figure = charts.level_share_chart(reference, result.grid, language)
    widgets.show_chart(figure, narrative.level_shares_alt(reference, language), key="practices")
    with st.expander(visit.translate("practices.figures")):
        widgets.show_table(tables.level_share_table(reference, result.grid, language))
    with st.expander(visit.translate("benchmark.reading")):
        st.markdown(limit_texts.translate_with_limits(language, "practices.key", limits))
else:
    st.markdown(narrative.shares_missing(reference, language))
