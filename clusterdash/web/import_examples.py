"""Workbooks to start from, on the page of the data: for each scheme empty and filled, wide and long."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..ingest.example_workbooks import FORMS, example_workbook
from ..spreadsheets import XLSX
from .context import PageContext
from .widgets import download_row


def show_examples(visit: PageContext) -> None:
    """Show, in a fold, the documented forms of each scheme as workbooks."""
    grids = {grid.scheme.code: grid for grid in visit.reader.schemes()}
    with st.expander(visit.translate("example_workbook.title"), key="examples"):
        st.caption(visit.translate("example_workbook.lead"))
        code = st.selectbox(
            visit.translate("sectors.scheme"),
            [*grids],
            format_func=lambda code: grids[code].scheme.name.get(visit.language),
            key="example-scheme",
        )
        for form in FORMS:
            for filled in (False, True):
                state = "filled" if filled else "empty"
                make = partial(example_workbook, grids[code], form, visit.language, visit.now.date(), filled=filled)
                texts = f"example_workbook.{form}_{state}", f"example_workbook.{form}_use"
                download_row(visit, texts, f"{code}-{form}-{state}.xlsx", make, XLSX, key=f"example_{form}_{state}")
