"""The demonstration: its entry buttons, and the choice of whom to view the pages as."""

from __future__ import annotations

import streamlit as st

from .. import access
from ..access import DemoRole
from ..domain import STAFF, Language, Viewer
from ..editions.reader import EditionDatabase
from ..i18n import escape_markdown, translate
from .context import PageContext
from .query_params import get
from .url_state import (
    choose_page_subject,
    option_id,
    option_label,
)


def demo_entry_buttons(visit: PageContext) -> None:
    """Show the ways into a demonstration: buttons that change the viewer and open a page."""
    ways: list[tuple[DemoRole, str, str]] = [("cluster", "benchmark", "radar"), ("staff", "sectors", "view_column")]
    for place, (role, name, icon) in zip(st.columns(len(ways)), ways, strict=True):
        label = visit.translate(f"home.try_{role}")
        if place.button(label, icon=f":material/{icon}:", width="stretch", on_click=_view_as, args=(role,)):
            st.switch_page(f"pages/{role}/{name}.py", query_params=st.query_params.to_dict())


def _view_as(role: DemoRole) -> None:
    st.session_state["role"] = role


def choose_viewer(language: Language, opened: EditionDatabase) -> Viewer:
    """Show the choice to view as the public, the manager of an invented cluster, or staff; returns the viewer."""
    roles: dict[DemoRole, str] = {
        "public": translate(language, "demonstration.public"),
        "cluster": translate(language, "demonstration.cluster"),
        "staff": translate(language, "demonstration.staff"),
    }
    text = option_label("role", roles)
    kept = st.session_state.get("kept-role", "public")
    st.session_state["role"] = option_id("role", st.session_state.get("role")) or kept
    role: DemoRole = st.session_state["role"]
    st.session_state["kept-role"] = role
    clusters = opened.reader(STAFF).assessed() if role == "cluster" else {}
    cluster_id = None
    named = clusters.get(get("cluster") or st.session_state.get("kept-cluster") or next(iter(clusters), ""))
    with st.popover(escape_markdown(named or roles[role])):
        st.radio(translate(language, "demonstration.look_as"), list(roles), format_func=text, key="role")
        if clusters:
            label = translate(language, "demonstration.which")
            cluster_id = choose_page_subject("cluster", label, clusters, language=language, first=True)
    return access.demonstration_viewer(login_configured=False, synthetic=True, role=role, cluster_id=cluster_id)
