"""The evidence checklist: which documents the experts ask for, and the status of each."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash.evaluation import evidence_checklist as evidence
from clusterdash.i18n import escape_markdown
from clusterdash.presentation.evaluation import checklist_overview, tables
from clusterdash.spreadsheets import XLSX
from clusterdash.web import components, evidence_checklist, session, what_if, widgets

visit = session.page_context()
language = visit.language

st.title(visit.translate("binder.title"))
own = what_if.choose_evaluation(visit)
grid = own.grid
st.caption(visit.translate("binder.of", cluster=escape_markdown(own.cluster.name)))
if not grid.documents:
    st.markdown(visit.translate("binder.none"))
    st.stop()

# An uploaded file changes what stands above it: its place is below, but it is read first.
summary, rows, files = st.container(), st.container(key="screen"), st.container(key="screen-files")
with st.expander(visit.translate("binder.load")):
    taken = widgets.upload(visit, visit.translate("binder.load_key"), ["csv", "xlsx"], key="binder-upload")
    evidence_checklist.upload_checklist(visit, own, taken)
entries = evidence_checklist.checklist_items(own)
counted = evidence.status_counts(grid, entries)
with summary:
    widgets.show_html(checklist_overview.checklist_verdict(counted, language))
    widgets.show_html(checklist_overview.checklist_cells(counted, language))
with rows:
    dimension = evidence_checklist.choose_dimension(visit, own)
    evidence_checklist.edit_documents(visit, own, dimension)


def offer(kind: str, suffix: str, write: Callable[..., bytes], media: str, *, primary: bool = False) -> None:
    """A row for one file."""
    name = f"{visit.translate('binder.file')}-{own.cluster.cluster_id}-{language}.{suffix}"
    made = partial(write, grid, entries, language)
    widgets.download_row(
        visit, (f"binder.{kind}", f"binder.{kind}_use"), name, made, media, key=suffix, primary=primary
    )


with files:
    st.header(visit.translate("binder.keep"))
    st.caption(visit.translate("binder.key"))
    offer("workbook", "xlsx", evidence.to_xlsx, XLSX, primary=True)
    offer("table_file", "csv", evidence.to_csv, "text/csv")
with st.container(key="printed"), st.expander(visit.translate("binder.list", n=len(grid.documents))):
    components.print_button(visit.translate("binder.print"))
    widgets.show_table(tables.checklist_table(grid, entries, language))
if grid.scheme.illustrative:
    st.caption(visit.translate("binder.illustrative"))
