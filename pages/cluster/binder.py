"""The binder of evidence: which documents the experts ask for, and how far each is."""

from collections.abc import Callable
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


def offer(suffix: str, write: Callable[..., bytes], media: str) -> None:
    """A button for one file."""
    name = f"{visit.translate('binder.file')}-{own.cluster.cluster_id}-{visit.language}.{suffix}"
    made = partial(write, grid, entries, visit.language)
    ui.offer(visit.translate(f"binder.to_{suffix}"), name, made, media, key=suffix)


with st.container(key="screen-offers"):
    left, middle, right = st.columns(3)
    with left:
        offer("csv", binder.to_csv, "text/csv")
    with middle:
        offer("xlsx", binder.to_xlsx, XLSX)
    with right:
        ui.printer(visit.translate("binder.print"))
    st.caption(visit.translate("binder.key"))
