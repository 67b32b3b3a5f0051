"""The statement of an evaluation or a Silver audit on a page: its verdict, and the file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..cases import statement
from ..cases.open_case import OpenCase
from ..domain import Grid
from ..presentation.cases import statement as texts
from ..reports import case_statement
from .cases import scheme_of
from .context import PageContext
from .widgets import download_row


def show_statement(visit: PageContext, opened: OpenCase) -> None:
    """Show whether what was found satisfies the scheme, and the statement as a file, to those who may read it now."""
    if not statement.offered(opened):
        return
    grid = scheme_of(visit, opened.case)
    found = statement.read(opened, grid)
    result, *reasons = texts.verdict(found, grid, visit.language)
    st.markdown("\n".join([result, "", *(f"- {line}" for line in reasons)]))
    use = "statement.take_draft" if found.draft else "statement.take_use"
    name = case_statement.file_name(found, visit.language)
    make = partial(_make, visit, opened, grid)
    download_row(visit, ("statement.take", use), name, make, "application/pdf", key="case_statement")


def _make(visit: PageContext, opened: OpenCase, grid: Grid) -> bytes:
    """Return the file as the case stands now. Raises NotAllowedError if the visitor may not read it any more."""
    found = statement.read(opened, grid)
    return case_statement.statement_pdf(found, grid, visit.language, invented=visit.edition.synthetic)
