"""The evidence checklist on a page: it stays in this visit's memory and in the manager's own file; nothing is saved."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ..domain import Dimension, Document, Evaluation
from ..evaluation import evidence_checklist
from ..evaluation.evidence_checklist import STATUSES, ChecklistItem, Status
from ..i18n import escape_markdown
from ..ingest.readers import Sheet
from .context import PageContext
from .url_state import choose, option_buttons


def checklist_items(own: Evaluation) -> dict[str, ChecklistItem]:
    """Return the manager's checklist in this visit, by the code of the document."""
    found: dict[str, ChecklistItem] = st.session_state.setdefault(_checklist(own), {})
    return found


def upload_checklist(visit: PageContext, own: Evaluation, taken: tuple[str, Sequence[Sheet]] | None) -> None:
    """Add the items of a file to the checklist, once, and show how many there were."""
    if taken is None:
        return
    identity, sheets = taken
    if st.session_state.get("binder-file") != identity:
        found, unread = evidence_checklist.read_checklist(own.grid, sheets)
        checklist_items(own).update(found)
        for code in found:
            for part in ("status", "where"):
                st.session_state.pop(f"{part}-{_checklist(own)}-{code}", None)
        st.session_state["binder-file"], st.session_state["binder-read"] = identity, (len(found), unread)
    found_rows, unread = st.session_state["binder-read"]
    if found_rows:
        st.success(visit.translate("binder.loaded", n=found_rows))
    if unread:
        st.warning(visit.translate("binder.unread", n=unread))


def choose_dimension(visit: PageContext, own: Evaluation) -> Dimension:
    """Show the choice of a dimension whose documents are gone through, kept in the address, and return it."""
    counted = evidence_checklist.ready_by_dimension(own.grid, checklist_items(own))
    dimensions = {dimension.code: dimension for dimension in own.grid.dimensions if dimension.code in counted}
    names = {
        code: visit.translate("binder.part", n=counted[code][0], total=counted[code][1], name=found.name)
        for code, found in dimensions.items()
    }
    label = visit.translate("column.dimension")
    return dimensions[choose("part", label, names, language=visit.language, compact=True)]


def edit_documents(visit: PageContext, own: Evaluation, dimension: Dimension) -> None:
    """Show each document of a dimension as a row: its name, its status, and where it is kept; both can be changed."""
    inside = {i.code: i.name.get(visit.language) for i in own.grid.indicators if i.dimension == dimension.code}
    for document in own.grid.documents:
        if document.indicator in inside:
            with st.container(key=f"document-{document.code}"):
                _edit_document(visit, own, document, inside[document.indicator])


def _edit_document(visit: PageContext, own: Evaluation, document: Document, indicator: str) -> None:
    kept = checklist_items(own)
    entry = kept.get(document.code, ChecklistItem())
    status, where = (f"{part}-{_checklist(own)}-{document.code}" for part in ("status", "where"))
    # Set once: an input that each run sets anew would undo what is entered while a run is still drawing.
    st.session_state.setdefault(status, entry.status)
    st.session_state.setdefault(where, entry.location)

    def note(chosen: Status | None = None) -> None:
        before = kept.get(document.code, entry)
        kept[document.code] = ChecklistItem(chosen or before.status, str(st.session_state[where]).strip())

    named, progress, place = st.columns([6, 3, 3], vertical_alignment="center")
    name = document.name.get(visit.language)
    named.markdown(escape_markdown(name))
    named.caption(escape_markdown(f"{document.code} · {document.indicator} {indicator}"))
    names: dict[Status, str] = {name: visit.translate(f"status.{name}") for name in STATUSES}
    with progress:
        option_buttons(f"{document.code} {name}", names, status, note, one=True)
    label = visit.translate("column.where")
    place.text_input(
        f"{document.code} {label}",
        key=where,
        on_change=note,
        max_chars=evidence_checklist.MAX_LOCATION_LENGTH,
        placeholder=label,
        label_visibility="collapsed",
    )


def _checklist(own: Evaluation) -> str:
    return f"binder-{own.cluster.cluster_id}-{own.grid.scheme.code}"
