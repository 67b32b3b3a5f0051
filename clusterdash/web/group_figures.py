"""The funnel of the page on groups, and its figures as pictures to download."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from ..domain.group_comparison import PooledMean
from ..presentation.benchmark.funnel_chart import funnel, funnel_alt
from ..presentation.benchmark.group_closely import CloseGroup
from ..presentation.benchmark.group_overview import ComparedGroups
from ..presentation.limit_texts import translate_with_limits
from ..reports import group_figures
from ..reports.group_figures import FigureKind, ShownGroups
from . import url_state, widgets
from .context import PageContext


def funnel_fold(visit: PageContext, groups: ComparedGroups, means: Sequence[PooledMean], dimension: str) -> None:
    """Show the raw means of groups in a dimension as a funnel, folded."""
    with widgets.fold(visit.translate("funnel_chart.fold"), key="funnel") as shown:
        if shown:
            alt = funnel_alt(groups, means, dimension, visit.language)
            widgets.show_chart(funnel(groups, means, visit.language), alt, key="funnel_chart")
            st.caption(visit.translate("funnel_chart.key"))


def figure_rows(visit: PageContext, close: CloseGroup, means: Sequence[PooledMean], dimension: str) -> None:
    """Show a choice of the figures of the page, and the chosen one to download as SVG and PNG."""
    st.subheader(visit.translate("group_figure.title"))
    names = {kind: visit.translate(f"group_figure.{kind}") for kind in FigureKind}
    label = visit.translate("group_figure.choose")
    kind = FigureKind(url_state.choose_unaddressed("figure", label, names, FigureKind.EXPECTED))
    if not group_figures.may_be_drawn(kind, close):
        st.caption(translate_with_limits(visit.language, "group_figure.too_few"))
        return
    drawn = ShownGroups(close, dimension, means, visit.edition)
    for file_format, media_type in group_figures.MEDIA_TYPES.items():
        name = group_figures.figure_file_name(kind, drawn, visit.language, file_format)
        make = partial(group_figures.figure, kind, drawn, visit.language, file_format)
        texts = (f"group_figure.{file_format}", f"group_figure.{file_format}_use")
        widgets.download_row(visit, texts, name, make, media_type, key=f"figure_{file_format}")
