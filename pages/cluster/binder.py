"""The binder of evidence: which documents the experts ask for, and how far each is."""

from functools import partial

import streamlit as st

from clusterdash.desk import trials, ui
from clusterdash.gold import binder, gold_tables, gold_words
from clusterdash.spreadsheets import XLSX

visit = ui.visit()

st.title(visit.translate("binder.title"))
own = trials.choose_evaluation(visit)
grid = own.grid
st.header(ui.escape_markdown(own.cluster.name))
if not grid.documents:
    st.info(visit.translate("binder.none"))
    st.stop()
with st.container(key="screen"):
    st.markdown(visit.translate("binder.lead"))
    with st.expander(visit.translate("binder.load")):
        taken = ui.take_in(visit, visit.translate("binder.load"), ["csv", "xlsx"], key="binder-upload")
    trials.take_up(visit, own, taken)
    block = trials.choose_block(visit, own)
    trials.tell_documents(visit, own, block)
entries = trials.entries(own)
st.markdown(gold_words.binder_lead(binder.counts(grid, entries), visit.language))
if grid.scheme.illustrative:
    st.warning(visit.translate("binder.illustrative"), icon=":material/info:")
ui.show_table(gold_tables.binder_table(grid, entries, visit.language))
with st.container(key="screen-offers"):
    kinds = {
        "csv": ("binder.to_csv", binder.to_csv, "text/csv"),
        "xlsx": ("binder.to_xlsx", binder.to_xlsx, XLSX),
    }
    *places, last = st.columns(3)
    for place, (suffix, (text, write, media)) in zip(places, kinds.items(), strict=True):
        with place:
            name = f"{visit.translate('binder.file')}-{own.cluster.cluster_id}-{visit.language}.{suffix}"
            ui.offer(visit.translate(text), name, partial(write, grid, entries, visit.language), media, key=suffix)
    with last:
        ui.printer(visit.translate("binder.print"))
    st.caption(visit.translate("binder.key"))
