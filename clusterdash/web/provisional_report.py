"""The provisional report of a benchmarking on its page: where the answers handed in last stand among others."""

from __future__ import annotations

import streamlit as st

from ..cases import provisional_report
from ..cases.open_case import OpenCase
from ..domain import Grid
from ..domain.case import CaseKind
from ..presentation.cases import provisional
from .cases import previous_assessment
from .context import PageContext
from .url_state import choose
from .widgets import show_table

_NO_SECTOR = "none"


def show_report(visit: PageContext, opened: OpenCase, grid: Grid) -> None:
    """Show the report of a benchmarking whose answers were handed in. Raises NotAllowedError."""
    if opened.case.kind is not CaseKind.BENCHMARKING:
        return
    reported = provisional_report.reported_hand_in(opened)
    if reported.later:
        st.warning(visit.translate("provisional.later"))
    if reported.hand_in is None:
        return
    before = previous_assessment(visit, opened.case)
    published = before.answers if before else {}
    sector = _NO_SECTOR if published else _choose_sector(visit)
    groups = visit.reader.quartiles(opened.case.cluster_id, grid.scheme.code, sector)
    answers = provisional_report.values(reported.hand_in, grid)
    report = provisional_report.provisional_report(visit.edition, grid, answers, groups, published)
    for bands in report.groups:
        st.markdown(provisional.provisional_summary(bands, visit.language))
    if (published or sector != _NO_SECTOR) and all(bands.group.kind != "sector" for bands in report.groups):
        st.caption(visit.translate("provisional.small_sector"))
    for bands in report.groups:
        if bands.answers:
            with st.expander(provisional.provisional_caption(bands, visit.language)):
                show_table(provisional.provisional_table(bands, grid, visit.language))
    st.caption(provisional.provisional_basis(report, reported.hand_in, visit.language))


def _choose_sector(visit: PageContext) -> str:
    """Return the sector that a cluster without published answers wants to be compared with, `_NO_SECTOR` for none."""
    names = {_NO_SECTOR: visit.translate("provisional.no_sector")}
    names |= {code: sector.name.get(visit.language) for code, sector in visit.reader.sectors().items()}
    return choose("sector", visit.translate("provisional.sector"), names, language=visit.language)
