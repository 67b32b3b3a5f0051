"""Errors and problems shown on a page."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import streamlit as st

from ..domain import ClusterdashError, DataFailureError, Language, Problem
from ..i18n import explain, negotiate_language, translate, without_paths
from ..metrics import ERRORS
from ..server import request_ids
from .context import PageContext, escaped_values


def show_problems(visit: PageContext, problems: Sequence[Problem]) -> None:
    """Show what is wrong in a file, and where; one line each."""
    lines = []
    for problem in problems:
        parts = [problem.table, visit.translate("command.row", row=problem.row) if problem.row else "", problem.column]
        place = ", ".join(part for part in parts if part)
        told = {"name": place or problem.file, "value": explain(visit.language, problem)}
        lines.append(f"- {visit.translate('table.labelled', **told)}")
    if lines:
        st.warning("\n".join(lines))


def show_error(language: Language, error: ClusterdashError) -> None:
    """Show an error, without paths on the server; where it is no fault of the visitor, with the id to look for."""
    outside = without_paths(error)
    plainly = ClusterdashError(outside.key, **escaped_values(outside.values))
    st.error(explain(language, plainly), icon=":material/error:")
    if isinstance(error, DataFailureError):
        show_request_id(language)


def show_unavailable(language: Language, error: ClusterdashError) -> None:
    """Show why there is nothing to show to any visitor, with the id of the run, and log it with the same id."""
    ERRORS.labels("page").inc()
    logging.getLogger("clusterdash").error("the data cannot be shown: %s", explain("en", error))
    show_error(language, error)
    if not isinstance(error, DataFailureError):
        show_request_id(language)
    st.caption(translate(language, "error.retrying"))


def show_unexpected_error(error: Exception) -> None:
    """Show that something unexpected has gone wrong, with the id of the run, and log it with the same id."""
    ERRORS.labels("page").inc()
    logging.getLogger("clusterdash").error("a page has failed", exc_info=error)
    language = negotiate_language(st.session_state.get("kept-lang"), accept_language())
    st.error(translate(language, "error.unforeseen"), icon=":material/error:")
    show_request_id(language)


def show_request_id(language: Language) -> None:
    """Show the id of this run, which the operator finds in the log."""
    if found := request_ids.current():
        st.caption(translate(language, "error.request_id", id=found.own))


def accept_language() -> str | None:
    """Return the browser's preferred languages: the same header that the server's routes read."""
    return st.context.headers.get("Accept-Language") or st.context.locale
