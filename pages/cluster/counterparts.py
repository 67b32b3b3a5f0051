"""Labelled clusters that are near to one's own: whom to call. And how the peers do it, in shares."""

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import counterparts
from clusterdash.presentation import limit_texts
from clusterdash.presentation.benchmark import charts, narrative, tables
from clusterdash.web import session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("counterparts.title"))
st.markdown(visit.translate("counterparts.lead"))
result = url_state.choose_benchmark(visit)
near = counterparts.nearest(result.cluster, visit.reader.label_register(), visit.reader.country_groups())

st.header(i18n.escape_markdown(result.cluster.name))
sectors = visit.reader.sectors()
if near:
    widgets.show_table(tables.counterpart_table(near, sectors, visit.language))
else:
    st.info(narrative.no_counterparts(result.cluster, sectors, visit.language))
st.caption(narrative.counterparts_order(result.cluster, visit.language))

st.header(visit.translate("practices.title"))
_, reference = url_state.choose_reference(visit, result)
if reference.level_shares:
    figure = charts.level_share_chart(reference, result.grid, visit.language)
    widgets.show_chart(figure, narrative.level_shares_alt(reference, visit.language), key="practices")
    st.caption(limit_texts.translate_with_limits(visit.language, "practices.key", limit_texts.limits_of(reference)))
    with st.expander(visit.translate("practices.figures")):
        widgets.show_table(tables.level_share_table(reference, result.grid, visit.language))
else:
    st.info(
        limit_texts.translate_with_limits(
            visit.language, "practices.none", limit_texts.limits_of(reference), n=reference.n
        )
    )
