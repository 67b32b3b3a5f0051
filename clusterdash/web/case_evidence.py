"""The documents of a case on a page: handed in by the cluster, taken away by who may read them."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from ..cases import earlier_evidence, evidence
from ..cases.evidence_kinds import FileKind
from ..cases.open_case import OpenCase
from ..domain import Grid
from ..domain.case import EvidenceDocument
from ..i18n import escape_markdown, format_date
from ..server import upload_limits
from .case_actions import run
from .components import private_download
from .context import PageContext


def add_document(visit: PageContext, opened: OpenCase, grid: Grid) -> None:
    """Show an uploader for a document of an indicator; those without one come first."""
    covered = {document.question for document in evidence.documents(opened)}
    names = {i.code: f"{i.code} {i.name.get(visit.language)}" for i in grid.indicators}
    missing = [code for code in names if code not in covered]
    st.markdown(visit.translate("case_evidence.count", n=len(covered), total=len(names)))
    ordered = {code: names[code] for code in (*missing, *sorted(covered & {*names}))}
    with st.form("evidence", clear_on_submit=True):
        label = visit.translate("case_evidence.indicator")
        question = st.selectbox(label, list(ordered), format_func=ordered.__getitem__, key="evidence-question")
        upload_limits.allow_uploads()
        files = st.file_uploader(visit.translate("case_evidence.file"), type=list(FileKind), key="evidence-file")
        sent = st.form_submit_button(visit.translate("case_evidence.add"), type="primary")
    if sent and files is not None:
        run(lambda: evidence.add(opened, grid, question, files.name, files.getvalue()), "case_evidence.added")


def confirm_earlier(visit: PageContext, opened: OpenCase, grid: Grid) -> None:
    """Show earlier documents for indicators that have none in this case, each with a button: still the latest."""
    found = earlier_evidence.offered(opened, grid)
    if not found:
        return
    st.header(visit.translate("case_evidence.earlier"))
    st.caption(visit.translate("case_evidence.earlier_key"))
    for document in found:
        with st.container(key=f"document-earlier-{document.evidence_id}"):
            described, confirm = st.columns([5, 1], vertical_alignment="center")
            described.markdown(f"**{escape_markdown(document.name)}**")
            described.caption(escape_markdown(f"{document.question} · {_handed_in(visit, document)}"))
            if confirm.button(visit.translate("case_evidence.confirm"), key=f"confirm-{document.evidence_id}"):
                run(partial(earlier_evidence.confirm, opened, grid, document.evidence_id), "case_evidence.confirmed")


def _handed_in(visit: PageContext, document: EvidenceDocument) -> str:
    """When a document was handed in, and, if it was, confirmed."""
    day, *confirmed = (
        format_date(visit.language, date.fromisoformat(at[:10])) for at in (document.at, document.confirmed_at) if at
    )
    return visit.translate("case_evidence.confirmed_on", day=day, confirmed=confirmed[0]) if confirmed else day


def show_documents(visit: PageContext, opened: OpenCase, grid: Grid, *, writable: bool) -> None:
    """Show the documents by indicator, each as a file to take away, and to withdraw where that is allowed."""
    found = evidence.documents(opened)
    if not found:
        st.caption(visit.translate("case_evidence.none"))
    order = {indicator.code: place for place, indicator in enumerate(grid.indicators)}
    names = {indicator.code: indicator.name.get(visit.language) for indicator in grid.indicators}
    for document in sorted(found, key=lambda one: (order.get(one.question, 0), one.at)):
        with st.container(key=f"document-of-case-{document.evidence_id}"):
            _show_document(visit, opened, document, names.get(document.question, ""), writable=writable)


def _show_document(
    visit: PageContext, opened: OpenCase, document: EvidenceDocument, indicator: str, *, writable: bool
) -> None:
    described, take, withdraw = st.columns([4, 1, 1], vertical_alignment="center")
    scan = visit.translate(f"case_evidence.{document.scan}")
    size = visit.translate("case_evidence.size", kilobytes=max(1, document.size // 1024))
    described.markdown(f"**{escape_markdown(document.name)}**")
    described.caption(
        escape_markdown(f"{document.question} {indicator} · {size} · {_handed_in(visit, document)} · {scan}")
    )
    with take:
        make = partial(evidence.content, opened, document.evidence_id)
        label = visit.translate("case_evidence.take")
        private_download(
            label,
            document.name,
            make,
            "application/octet-stream",
            key=f"evidence-{document.evidence_id}",
            spoken=f"{label}, {document.name}",
        )
    if writable and withdraw.button(visit.translate("case_action.withdraw"), key=f"remove-{document.evidence_id}"):
        run(partial(evidence.withdraw, opened, document.evidence_id), "case_evidence.withdrawn")
