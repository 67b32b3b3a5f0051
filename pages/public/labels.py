"""Who was awarded which label: a map, and the list that is its equal."""

import pandas as pd
import streamlit as st

from clusterdash import maps, ui
from clusterdash.model import Label

visit = ui.visit()

st.title(visit.say("labels.title"))
labels = {label.value: visit.say(f"label.{label}") for label in Label}
views = {view: visit.say(f"labels.{view}") for view in maps.VIEWS}
left, right = st.columns([2, 1])
with left:
    chosen = ui.choose("label", visit.say("labels.which"), labels, language=visit.language, how="buttons")
with right:
    view = ui.choose("view", visit.say("labels.view"), views, language=visit.language, how="buttons")
label = Label(chosen)
holders = visit.gateway.holders(label)
sectors = visit.gateway.sectors()
placeless = [holder for holder in holders if holder.cluster.latitude is None]

st.markdown(
    visit.say("labels.counts", n=len(holders), label=labels[chosen], drawn=len(holders) - len(placeless))
    + (" " + visit.say("labels.placeless", n=len(placeless)) if placeless else "")
)
ui.show_map(maps.label_map(holders, sectors, label, view, visit.language), key="labels")
st.caption(visit.say("labels.key"))
coverage = visit.gateway.coverage(label)
st.caption(
    visit.say("labels.coverage", share=coverage.share_percent, basis=coverage.basis.in_(visit.language))
    if coverage
    else visit.say("labels.coverage_unknown")
)

awards = maps.label_list(holders, sectors, visit.language)
st.header(visit.say("labels.list", n=len(awards)))
columns = [visit.say(f"column.{name}") for name in maps.LIST_COLUMNS]
links = dict(zip(maps.LIST_COLUMNS, columns, strict=True))
st.dataframe(
    pd.DataFrame(awards, columns=columns),
    hide_index=True,
    column_config={
        links["website"]: st.column_config.LinkColumn(display_text=visit.say("map.website")),
        links["source"]: st.column_config.LinkColumn(display_text=visit.say("map.source")),
    },
)
if placeless:
    with st.expander(visit.say("labels.placeless", n=len(placeless))):
        lines = [f"- {ui.plain(h.cluster.name)} ({ui.plain(maps.where(h.cluster, visit.language))})" for h in placeless]
        st.markdown("\n".join(lines))
