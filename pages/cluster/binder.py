"""The evidence checklist: which documents the experts ask for, and the status of each."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash import i18n
from clusterdash.evaluation import evidence_checklist
from clusterdash.presentation.evaluation import narrative, tables
from clusterdash.spreadsheets import XLSX
from clusterdash.web import components, session, what_if, widgets

visit = session.page_context()

st.title(visit.translate("binder.title"))
own = what_if.choose_evaluation(visit)
grid = own.grid
st.header(i18n.escape_markdown(own.cluster.name))
if not grid.documents:
    st.info(visit.translate("binder.none"))
    st.stop()
with st.container(key="screen"):
    st.markdown(visit.translate("binder.lead"))
    with st.expander(visit.translate("binder.load")):
        taken = widgets.upload(visit, visit.translate("binder.load"), ["csv", "xlsx"], key="binder-upload")
    what_if.upload_checklist(visit, own, taken)
    block = what_if.choose_dimension(visit, own)
    what_if.edit_documents(visit, own, block)
entries = what_if.checklist_items(own)
st.markdown(narrative.checklist_summary(evidence_checklist.status_counts(grid, entries), visit.language))
if grid.scheme.illustrative:
    st.warning(visit.translate("binder.illustrative"), icon=":material/info:")
widgets.show_table(tables.checklist_table(grid, entries, visit.language))


def download_button(label: str, suffix: str, write: Callable[..., bytes], media: str) -> None:
    """A button for one file."""
    name = f"{visit.translate('binder.file')}-{own.cluster.cluster_id}-{visit.language}.{suffix}"
    made = partial(write, grid, entries, visit.language)
    components.private_download(label, name, made, media, key=suffix)


with st.container(key="screen-offers"):
    left, middle, right = st.columns(3)
    with left:
        download_button(visit.translate("binder.to_csv"), "csv", evidence_checklist.to_csv, "text/csv")
    with middle:
        download_button(visit.translate("binder.to_xlsx"), "xlsx", evidence_checklist.to_xlsx, XLSX)
    with right:
        components.print_button(visit.translate("binder.print"))
    st.caption(visit.translate("binder.key"))
