"""The demonstration: its buttons, and the choice of whom to view the pages as."""

from __future__ import annotations

import streamlit as st

from .. import access
from ..access import Role
from ..domain import STAFF, Language, Viewer
from ..editions.reader import Store
from ..i18n import translate
from .context import Visit
from .url_state import (
    choose_subject,
    identified,
    shown,
)


def doors(visit: Visit) -> None:
    """The ways into a demonstration: buttons that change the eyes and open a page."""
    ways: list[tuple[Role, str, str]] = [("cluster", "benchmark", "radar"), ("staff", "sectors", "view_column")]
    for place, (role, name, icon) in zip(st.columns(len(ways)), ways, strict=True):
        label = visit.translate(f"home.try_{role}")
        if place.button(label, icon=f":material/{icon}:", width="stretch", on_click=_look_as, args=(role,)):
            st.switch_page(f"pages/{role}/{name}.py", query_params=st.query_params.to_dict())


def _look_as(role: Role) -> None:
    st.session_state["role"] = role


def _demonstration(language: Language, opened: Store) -> Viewer:
    """The switch of a demonstration: look as the public, as the manager of an invented cluster, as staff."""
    roles: dict[Role, str] = {
        "public": translate(language, "demonstration.public"),
        "cluster": translate(language, "demonstration.cluster"),
        "staff": translate(language, "demonstration.staff"),
    }
    text = shown("role", roles)
    kept = st.session_state.get("kept-role", "public")
    st.session_state["role"] = identified("role", st.session_state.get("role")) or kept
    st.sidebar.radio(translate(language, "demonstration.look_as"), list(roles), format_func=text, key="role")
    role: Role = st.session_state["role"]
    st.session_state["kept-role"] = role
    cluster_id = None
    if role == "cluster" and (clusters := opened.gateway(STAFF).assessed()):
        label = translate(language, "demonstration.which")
        cluster_id = choose_subject("cluster", label, clusters, language=language, first=True, sidebar=True)
    return access.viewer(login_configured=False, synthetic=True, role=role, cluster_id=cluster_id)
