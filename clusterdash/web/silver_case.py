"""The improvements of a cluster that asks for Silver: for the auditor and for staff, by its own two benchmarks."""

from __future__ import annotations

import streamlit as st

from ..benchmark import progress
from ..domain import ClusterdashError
from ..domain.case import Case, CaseKind
from ..evaluation import silver
from ..presentation.benchmark import tables
from ..presentation.evaluation import narrative, silver_overview
from .context import PageContext
from .widgets import show_html, show_table


def show_improvements(visit: PageContext, case: Case) -> None:
    """Show, for a Silver audit, in how many dimensions the cluster has improved, of those that the label asks for."""
    if case.kind is not CaseKind.SILVER_AUDIT:
        return
    try:
        result = visit.reader.benchmark(case.cluster_id)
    except ClusterdashError:  # a newcomer has none
        result = None
    if result is None or not result.past:
        st.markdown(visit.translate("silver.none"))
        return
    first = silver.by_suitability(result.past, result.assessed_on)[0]
    moved = progress.dimension_changes(first.changes, result.grid)
    st.caption(narrative.silver_basis(result, first.assessed_on, visit.language))
    show_html(silver_overview.silver_verdict(moved, first.assessed_on, result, visit.language))
    with st.expander(visit.translate("silver.all_areas")):
        st.markdown(visit.translate("silver.areas_rule"))
        show_table(tables.dimension_change_table(moved, result.grid, visit.language))
