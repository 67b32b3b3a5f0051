"""A sheet of a case as a workbook, to be filled in elsewhere: taken away, and taken over field by field."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..cases import workbook
from ..cases.open_case import OpenCase
from ..domain import Cluster, Grid
from ..domain.case import Case, Sheet
from ..presentation.cases import tables
from ..spreadsheets import XLSX
from .case_actions import run
from .cases import previous_assessment
from .context import PageContext
from .widgets import check_list, download_row, show_table, upload


def show_workbook(visit: PageContext, opened: OpenCase, grid: Grid, sheet: Sheet, *, writable: bool) -> None:
    """Show, in a fold, the sheet as a file, and an uploader that says what a file would change before it does."""
    with st.expander(visit.translate("case_workbook.title")):
        name = f"{visit.translate('questionnaire.file')}-{opened.case_id}-{sheet}.xlsx"
        make = partial(workbook.export, opened, grid, sheet, _cluster(visit, opened.case), visit.language)
        texts = "case_workbook.take", "case_workbook.take_use"
        download_row(visit, texts, name, make, XLSX, key="case_workbook")
        if writable:
            _take_over(visit, opened, grid, sheet)


def _cluster(visit: PageContext, case: Case) -> Cluster:
    """The cluster as the served edition knows it; else what the case says of it."""
    before = previous_assessment(visit, case)
    if before:
        return before.cluster
    return Cluster(case.cluster_id, case.cluster_name, case.country, "", "", None, None, "unknown", "", "", "", ())


def _take_over(visit: PageContext, opened: OpenCase, grid: Grid, sheet: Sheet) -> None:
    taken = upload(visit, visit.translate("case_workbook.load"), ["xlsx"], key="case-workbook")
    if taken is None:
        return
    found = workbook.read_changes(opened, grid, sheet, taken[1])
    plain = [one for one in found if not one.conflict]
    conflicts = {f"{one.question}-{one.field}": one for one in found if one.conflict}
    st.markdown(visit.translate("case_workbook.found", n=len(plain), conflicts=len(conflicts)))
    if plain:
        show_table(tables.field_table(plain, visit.language))
    texts = {
        key: (
            visit.translate("case_workbook.use", question=one.question, text=one.given or "–"),
            visit.translate("case_workbook.instead", text=one.stored or "–"),
        )
        for key, one in conflicts.items()
    }
    chosen = plain + [conflicts[key] for key in check_list(texts, key="conflicts")]
    if st.button(visit.translate("case_workbook.take_over"), disabled=not chosen, key="take-over-file"):
        run(lambda: workbook.take_over(opened, grid, sheet, chosen), "case_workbook.done")
