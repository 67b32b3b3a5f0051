"""Labelled clusters that are near to one's own: whom to call."""

import streamlit as st

from clusterdash import counterparts, tables, ui, words
from clusterdash.model import Label

visit = ui.visit()

st.title(visit.say("counterparts.title"))
st.markdown(visit.say("counterparts.lead"))
cluster_id = ui.choose_cluster(visit)
if cluster_id is None:
    st.stop()
cluster = visit.gateway.benchmark(cluster_id).cluster
holders = [holder for label in Label for holder in visit.gateway.holders(label)]
near = counterparts.nearest(cluster, holders, visit.gateway.regions())

st.header(ui.plain(cluster.name))
sectors = visit.gateway.sectors()
if near:
    ui.show_table(tables.counterpart_table(near, sectors, visit.language))
else:
    st.info(words.no_counterparts(cluster, sectors, visit.language))
st.caption(visit.say("counterparts.key"))
