"""The demonstration: its entry buttons, and the choice of whom to view the pages as."""

from __future__ import annotations

from secrets import token_hex
from typing import get_args

import streamlit as st

from .. import access
from ..access import DemoRole
from ..cases.open_case import invented_clusters
from ..domain import PUBLIC, STAFF, Language, Viewer
from ..editions.reader import EditionDatabase
from ..i18n import escape_markdown, translate
from ..server import edition_cache
from ..server.xsrf_cookie import browser_id
from .context import PageContext
from .query_params import get
from .url_state import (
    choose_page_subject,
    option_id,
    option_label,
)

_EXPERTS: tuple[DemoRole, ...] = ("expert", "second_expert")


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
    roles: dict[DemoRole, str] = {role: translate(language, f"demonstration.{role}") for role in get_args(DemoRole)}
    text = option_label("role", roles)
    kept = st.session_state.get("kept-role", "public")
    st.session_state["role"] = option_id("role", st.session_state.get("role")) or kept
    role: DemoRole = st.session_state["role"]
    st.session_state["kept-role"] = role
    clusters = opened.reader(STAFF).assessed() if role == "cluster" else {}
    cluster_id: str | None = None
    named = clusters.get(get("cluster") or st.session_state.get("kept-cluster") or next(iter(clusters), ""))
    with st.popover(escape_markdown(named or roles[role])):
        st.radio(translate(language, "demonstration.look_as"), list(roles), format_func=text, key="role")
        if clusters:
            label = translate(language, "demonstration.which")
            cluster_id = choose_page_subject("cluster", label, clusters, language=language, first=True)
    theirs = frozenset({cluster_id} if cluster_id else ())
    if role in _EXPERTS:
        theirs = invented_clusters(edition_cache.data_dir(), visitor_id())
    viewer = access.demonstration_viewer(login_configured=False, synthetic=True, role=role, clusters=theirs)
    st.session_state["demonstration-viewer"] = role, viewer
    return viewer


def current_viewer(*, login_configured: bool, synthetic: bool) -> Viewer:
    """Return the viewer of this session at this moment: as in its last run, unless the role was changed since."""
    role: DemoRole = st.session_state.get("role", "public")
    known, viewer = st.session_state.get("demonstration-viewer", ("public", PUBLIC))
    if known == role and access.demonstration_offered(login_configured=login_configured, synthetic=synthetic):
        return viewer if isinstance(viewer, Viewer) else PUBLIC
    return access.demonstration_viewer(login_configured=login_configured, synthetic=synthetic, role=role)


def visitor_id() -> str:
    """Return the id of this visitor of a demonstration: the same for all tabs and reloads of a browser.

    It follows from a random cookie that the browser has anyway; without cookies it lasts for a session.
    """
    session: str = st.session_state.setdefault("visitor", token_hex(16))
    return browser_id(st.context.cookies) or session
