"""Errors and problems shown on a page."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import streamlit as st

from ..domain import ClusterdashError, Language, Problem
from ..i18n import explain, negotiate_language, translate, without_paths
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
    """Show an error, without paths on the server."""
    outside = without_paths(error)
    plainly = ClusterdashError(outside.key, **escaped_values(outside.values))
    st.error(explain(language, plainly), icon=":material/error:")


def show_unexpected_error(error: Exception) -> None:
    """Show that something unexpected has gone wrong, and log it."""
    logging.getLogger("clusterdash").error("a page has failed", exc_info=error)
    language = negotiate_language(st.session_state.get("kept-lang"), accept_language())
    st.error(translate(language, "error.unforeseen"), icon=":material/error:")


def accept_language() -> str | None:
    """Return the browser's preferred languages: the same header that the server's routes read."""
    return st.context.headers.get("Accept-Language") or st.context.locale
