"""The access log on the staff's page: searched, shown, taken away."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..admin.grants import AccessAdmin
from ..operational_database.audit_records import ACTIONS
from ..presentation.admin.tables import access_log_table
from ..spreadsheets import as_csv
from .components import private_download
from .context import PageContext
from .widgets import show_table

LATEST = 20
"""Records that are shown; the file has all that were found."""


def show_log(visit: PageContext, desk: AccessAdmin) -> None:
    """Show the latest records that the words and the action chosen find, and offer all of them as a file.

    What is searched for may be somebody's address: it does not stand in the address of the page.
    """
    searched, chosen = st.columns([2, 1])
    with searched:
        words = st.text_input(visit.translate("access.search"), key="log-words", icon=":material/search:")
    with chosen:
        names = {action: visit.translate(f"did.{action}") for action in ACTIONS}
        action = st.selectbox(
            visit.translate("access.did"),
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder=visit.translate("access.any"),
            key="log-action",
        )
    found = desk.log(words.split(), action)
    if not found:
        st.caption(visit.translate("access.none_found"))
        return
    columns = [visit.translate(f"access.{name}") for name in ("at", "who", "did", "what")]
    rows = [(record.at, record.who, names[record.action], record.what) for record in found]
    st.caption(visit.translate("access.found", n=len(found), shown=min(LATEST, len(found))))
    private_download(
        visit.translate("access.take"), "log.csv", partial(as_csv, columns, rows, visit.language), "text/csv", key="log"
    )
    show_table(access_log_table(rows[:LATEST], visit.language))
