"""How well two experts agree, on a page for staff."""

from __future__ import annotations

import streamlit as st

from ..cases import expert_agreement
from ..domain import Grid
from ..presentation.cases import expert_agreement as texts
from .cases import cases_of
from .context import PageContext
from .widgets import show_table


def show_agreement(visit: PageContext, grid: Grid) -> None:
    """Show how well the two experts of evaluations under a scheme agree before they talk, or how many are needed."""
    judged = expert_agreement.judged_alone(cases_of(visit), grid)
    st.markdown(texts.finding(judged, grid, visit.language))
    if found := texts.agreement_table(judged, grid, visit.language):
        show_table(found)
