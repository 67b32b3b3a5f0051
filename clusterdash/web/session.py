"""One run of the script for a visitor: language, edition and viewer; opening and closing a page."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import streamlit as st

from .. import access
from ..auth import audit_log
from ..auth.oidc import providers
from ..auth.settings import Settings, settings
from ..domain import PUBLIC, ClusterdashError, Language
from ..editions import build
from ..editions.reader import Store, Witness
from ..environment import server_address
from ..i18n import language_of, negotiate_language, translate
from ..labels.contact import Contact
from ..labels.contact import contact as read_contact
from ..presentation.theme import THEME
from ..server import edition_cache, upload_limits
from . import sign_in as web_sign_in
from .components import resource, speak
from .context import Visit
from .demo import _demonstration
from .messages import _accept_language, tell
from .query_params import asked, complete
from .url_state import (
    choose,
    tell_unidentified,
)

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
    configured, now = bool(web_sign_in.auth()), datetime.now(UTC)
    offered = access.demonstration_offered(login_configured=configured, synthetic=edition.synthetic)
    viewer, who = PUBLIC, ""
    try:
        if offered:
            viewer = _demonstration(language, opened)
        elif configured:
            viewer, who = web_sign_in.viewer(language, edition_cache.folder(), now)
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


def sign_in(visit: Visit) -> None:
    """The ways to sign in, on a page that wants it; none for those who have, or where no login is configured."""
    if not visit.who and web_sign_in.auth():
        web_sign_in.ways_in(visit.language, providers(web_sign_in.auth(), settled()), "here")


def contact() -> Contact:
    """Whom the pages name as the organisation to ask."""
    return read_contact(edition_cache.folder())


def settled() -> Settings:
    """What the operator has settled about access."""
    return settings(edition_cache.folder())


def server() -> str:
    """This server's address with a slash at its end: what `CLUSTERDASH_URL` says, or as it was visited."""
    visited = str(st.context.url or "").split("?")[0].rsplit("/", 1)[0]
    return server_address(visited)


def _language() -> Language:
    """The language of this run: that of the address, else of the visit so far, else what the browser prefers."""
    kept = st.session_state.setdefault("kept-lang", negotiate_language(None, _accept_language()))
    language = language_of(asked("lang")) or negotiate_language(kept, None)
    choose(
        "lang", translate(language, "page.language"), _LANGUAGE_NAMES, language=language, how="buttons", sidebar=True
    )
    return language


def _edition(language: Language) -> Store:
    """The edition that is served; where there may be a demonstration in its place, that is built first."""
    data = edition_cache.folder()
    try:
        return edition_cache.served()
    except ClusterdashError as trouble:
        if edition_cache.has_served_real_data() or not data.is_dir() or not build.may_demonstrate(data, trouble):
            raise
    with _BUILDING:  # a second visitor waits for the first one's build
        try:
            return edition_cache.served()
        except ClusterdashError:
            bar = st.progress(0.0, translate(language, "prepare.start"))

            def tell_progress(key: str, done: float) -> None:
                bar.progress(done, translate(language, key))

            build.demonstrate(data, datetime.now(UTC), tell_progress)
            bar.empty()
    return edition_cache.served()


def _witness(who: str, now: datetime) -> Witness:
    """Writes down whose results a visitor looks at: each cluster once a visit."""
    seen: set[str] = st.session_state.setdefault("seen", set())

    def note(cluster_id: str) -> None:
        if cluster_id not in seen:
            audit_log.note(edition_cache.folder(), now, who, "look", cluster_id)
            seen.add(cluster_id)

    return note
