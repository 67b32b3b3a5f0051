"""The front desk: who visits, in which language, with which choices in the address, and the store opened for them.

What pages ask of Streamlit and of the edition they ask here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import folium
import plotly.graph_objects as go
import streamlit as st
from streamlit_folium import st_folium

from .. import access
from ..access import Role
from ..benchmarking.theme import THEME
from ..editions import publish
from ..editions.store import Store, Witness
from ..environment import server_address
from ..i18n import escape_markdown, explain, language_of, negotiate_language, translate, without_paths
from ..intake import sheets
from ..intake.sheets import Sheet
from ..login import audit
from ..login.logins import providers
from ..login.settings import Settings, settings
from ..model import PUBLIC, STAFF, ClusterdashError, Language, Problem, Viewer
from ..register.contact import Contact
from ..register.contact import contact as read_contact
from ..server import serving, upload_limits
from . import signin
from .addresses import asked, complete
from .choices import (
    ask,
    choose,
    choose_benchmark,
    choose_cluster,
    choose_many,
    choose_reference,
    choose_subject,
    choose_year,
    identified,
    reset,
    selected,
    show_ways_on,
    shown,
    tell_unidentified,
)
from .components import offer, printer, resource, speak
from .visits import Visit, plain_values

_LANGUAGE_NAMES: dict[str, str] = {"fr": "Français", "en": "English"}
_BUILDING = threading.Lock()


def arrive() -> Visit | None:
    """Find out language, edition and viewer, and draw what every page has.

    Returns None where there are no data to show; the visitor has then been told why.
    """
    st.set_page_config(page_icon=resource("icon.svg"), layout="wide")
    st.session_state["pending"] = {}
    st.html(f"<style>{THEME.as_css()}{resource('style.css')}</style>")
    language = _language()
    speak(language)
    try:
        opened = _edition(language)
    except ClusterdashError as error:
        st.title(translate(language, "error.title"))
        tell(language, error)
        return None
    edition = opened.gateway(PUBLIC).edition()
    configured, now = bool(signin.auth()), datetime.now(UTC)
    offered = access.demonstration_offered(login_configured=configured, synthetic=edition.synthetic)
    viewer, who = PUBLIC, ""
    try:
        if offered:
            viewer = _demonstration(language, opened)
        elif configured:
            viewer, who = signin.viewer(language, serving.folder(), now)
    except ClusterdashError as error:  # grants or settings that cannot be read let nobody in
        tell(language, error)
    if edition.synthetic:
        st.info(translate(language, "demonstration.banner"), icon=":material/science:")
    gateway = opened.gateway(viewer, _witness(who, now) if who else None)
    visit = Visit(language, viewer, gateway, edition, offered, now, who)
    st.session_state["visit"] = visit
    return visit


def leave() -> None:
    """Complete the address with the choices made for the visitor; that is no step in the browser's history."""
    complete(st.session_state["page"], st.session_state["pending"])


def enter(name: str, title: str) -> None:
    """A page opens: the browser's tab is named, an unread choice told; whether it is another page is remembered."""
    name_tab(title)
    tell_unidentified(visit().language)
    upload_limits.enter((name, visit().viewer))
    if st.session_state.get("page") != name:
        st.session_state["page"], st.session_state["anew"] = name, True


def name_tab(title: str) -> None:
    """What the browser's tab, its history and its bookmarks say."""
    st.set_page_config(page_title=f"{title} · clusterdash")


def visit() -> Visit:
    """The visit that `arrive` has opened for this run."""
    opened: Visit = st.session_state["visit"]
    return opened


def doors(visit: Visit) -> None:
    """The ways into a demonstration: buttons that change the eyes and open a page."""
    ways: list[tuple[Role, str, str]] = [("cluster", "benchmark", "radar"), ("staff", "sectors", "view_column")]
    for place, (role, name, icon) in zip(st.columns(len(ways)), ways, strict=True):
        label = visit.translate(f"home.try_{role}")
        if place.button(label, icon=f":material/{icon}:", width="stretch", on_click=_look_as, args=(role,)):
            st.switch_page(f"pages/{role}/{name}.py", query_params=st.query_params.to_dict())


def sign_in(visit: Visit) -> None:
    """The ways to sign in, on a page that wants it; none for those who have, or where no login is configured."""
    if not visit.who and signin.auth():
        signin.ways_in(visit.language, providers(signin.auth(), settled()), "here")


def _look_as(role: Role) -> None:
    st.session_state["role"] = role


def contact() -> Contact:
    """Whom the pages name as the organisation to ask."""
    return read_contact(serving.folder())


def settled() -> Settings:
    """What the operator has settled about access."""
    return settings(serving.folder())


def server() -> str:
    """This server's address with a slash at its end: what `CLUSTERDASH_URL` says, or as it was visited."""
    visited = str(st.context.url or "").split("?")[0].rsplit("/", 1)[0]
    return server_address(visited)


@contextmanager
def progress(label: str) -> Iterator[Callable[[float, str], object]]:
    """A bar for something that takes a while, to be told how far it is (0 to 1) and in which words; gone at its end."""
    bar = st.progress(0.0, label)
    try:
        yield bar.progress
    finally:
        bar.empty()


@contextmanager
def counted(visit: Visit, label: str, key: str) -> Iterator[Callable[[int, int], object]]:
    """As `progress`, to be told how many are done of how many; `key` is the text that says so."""
    with progress(label) as tell:
        yield lambda done, total: tell(done / total, visit.translate(key, done=done, total=total))


def under_way(label: str, make: Callable[[], bytes]) -> bytes:
    """What `make` makes, with a bar while it is being made."""
    with progress(label):
        return make()


def tick(label: str, options: Mapping[str, str], most: int, key: str) -> list[str]:
    """Which of some options are ticked, at most so many. They stay with the visit and never stand in the address."""
    ticked = [name for name in options if st.session_state.get(f"{key}-{name}")]
    if options:
        st.markdown(label)
    return [
        name
        for name, text in options.items()
        if st.checkbox(
            escape_markdown(text),
            key=f"{key}-{name}",
            disabled=len(ticked) >= most and name not in ticked,
            persist_state="session",
        )
    ]


def take_in(visit: Visit, label: str, kinds: list[str], *, key: str) -> tuple[str, list[Sheet]] | None:
    """A file of the visitor's own, read once: what tells it from the next, and its sheets; None where there is none.

    What could not be read is told. The file stays in this visit's memory only.
    """
    kept = f"read-{key}"
    upload_limits.offer()
    upload = st.file_uploader(label, type=kinds, key=key)
    if upload is None:
        st.session_state.pop(kept, None)
        return None
    if st.session_state.get(kept, ("",))[0] != upload.file_id:
        st.session_state[kept] = (upload.file_id, *sheets.content(upload.name, upload.getvalue()))
    identity, found, problems = st.session_state[kept]
    show_trouble(visit, problems)
    return identity, found


def show_trouble(visit: Visit, problems: Sequence[Problem]) -> None:
    """What in a file is wrong, and where; a line each."""
    lines = []
    for problem in problems:
        parts = [problem.table, visit.translate("command.row", row=problem.row) if problem.row else "", problem.column]
        place = ", ".join(part for part in parts if part)
        told = {"name": place or problem.file, "value": explain(visit.language, problem)}
        lines.append(f"- {visit.translate('table.labelled', **told)}")
    if lines:
        st.warning("\n".join(lines))


def show_figure(figure: go.Figure, alt: str, key: str) -> None:
    """Draw a chart, with words for those who do not see it."""
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False, "responsive": True}, alt=alt, key=key)


def show_map(drawn: folium.Map, key: str) -> None:
    """Draw a map; panning and zooming do not run the page again. It is rendered once: a second time takes as long."""
    st_folium(drawn, key=key, height=520, returned_objects=[], use_container_width=True, render=False)


def show_table(table: str) -> None:
    """Draw a table made by `tables`."""
    st.html(table)


def tell(language: Language, error: ClusterdashError) -> None:
    """Say what went wrong; a visitor need not know where on the server files lie."""
    outside = without_paths(error)
    plainly = ClusterdashError(outside.key, **plain_values(outside.values))
    st.error(explain(language, plainly), icon=":material/error:")


def apologise(error: Exception) -> None:
    """Say that something has gone wrong which nobody foresaw, and write it into the log."""
    logging.getLogger("clusterdash").error("a page has failed", exc_info=error)
    language = negotiate_language(st.session_state.get("kept-lang"), _accept_language())
    st.error(translate(language, "error.unforeseen"), icon=":material/error:")


def _language() -> Language:
    """The language of this run: that of the address, else of the visit so far, else what the browser prefers."""
    kept = st.session_state.setdefault("kept-lang", negotiate_language(None, _accept_language()))
    language = language_of(asked("lang")) or negotiate_language(kept, None)
    choose(
        "lang", translate(language, "page.language"), _LANGUAGE_NAMES, language=language, how="buttons", sidebar=True
    )
    return language


def _accept_language() -> str | None:
    """What the browser prefers, as it said when it connected: the same header that the server's routes read."""
    return st.context.headers.get("Accept-Language") or st.context.locale


def _edition(language: Language) -> Store:
    """The edition that is served; where there may be a demonstration in its place, that is built first."""
    data = serving.folder()
    try:
        return serving.served()
    except ClusterdashError as trouble:
        if serving.has_served_real_data() or not data.is_dir() or not publish.may_demonstrate(data, trouble):
            raise
    with _BUILDING:  # a second visitor waits for the first one's build
        try:
            return serving.served()
        except ClusterdashError:
            bar = st.progress(0.0, translate(language, "prepare.start"))

            def tell_progress(key: str, done: float) -> None:
                bar.progress(done, translate(language, key))

            publish.demonstrate(data, datetime.now(UTC), tell_progress)
            bar.empty()
    return serving.served()


def _witness(who: str, now: datetime) -> Witness:
    """Writes down whose results a visitor looks at: each cluster once a visit."""
    seen: set[str] = st.session_state.setdefault("seen", set())

    def note(cluster_id: str) -> None:
        if cluster_id not in seen:
            audit.note(serving.folder(), now, who, "look", cluster_id)
            seen.add(cluster_id)

    return note


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


__all__ = [
    "Visit",
    "apologise",
    "arrive",
    "ask",
    "choose",
    "choose_benchmark",
    "choose_cluster",
    "choose_many",
    "choose_reference",
    "choose_subject",
    "choose_year",
    "contact",
    "counted",
    "doors",
    "enter",
    "escape_markdown",
    "leave",
    "name_tab",
    "offer",
    "printer",
    "progress",
    "reset",
    "selected",
    "server",
    "settled",
    "show_figure",
    "show_map",
    "show_table",
    "show_trouble",
    "show_ways_on",
    "sign_in",
    "take_in",
    "tell",
    "tick",
    "under_way",
    "visit",
]
