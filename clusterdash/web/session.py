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
from ..editions.reader import EditionDatabase, OnAccess
from ..environment import server_address
from ..i18n import language_of, negotiate_language, translate
from ..labels.contact import Contact
from ..labels.contact import contact as read_contact
from ..presentation.theme import THEME
from ..server import edition_cache, upload_limits
from . import sign_in as web_sign_in
from .components import asset, set_document_language
from .context import PageContext
from .demo import choose_viewer
from .messages import accept_language, show_error
from .query_params import add_missing, get
from .url_state import (
    choose,
    warn_of_unknown_option,
)

_LANGUAGE_NAMES: dict[str, str] = {"fr": "Français", "en": "English"}
_BUILDING = threading.Lock()


def open_session() -> PageContext | None:
    """Find out language, edition and viewer, and draw what every page has.

    Returns None where there are no data to show; the visitor has then been told why.
    """
    st.set_page_config(page_icon=asset("icon.svg"), layout="wide")
    st.session_state["pending"] = {}
    st.html(f"<style>{THEME.as_css()}{asset('style.css')}</style>")
    language = _language()
    set_document_language(language)
    try:
        opened = _current_edition(language)
    except ClusterdashError as error:
        st.title(translate(language, "error.title"))
        show_error(language, error)
        return None
    edition = opened.reader(PUBLIC).edition()
    configured, now = bool(web_sign_in.auth()), datetime.now(UTC)
    offered = access.demonstration_offered(login_configured=configured, synthetic=edition.synthetic)
    viewer, who = PUBLIC, ""
    try:
        if offered:
            viewer = choose_viewer(language, opened)
        elif configured:
            viewer, who = web_sign_in.viewer(language, edition_cache.data_dir(), now)
    except ClusterdashError as error:  # grants or settings that cannot be read let nobody in
        show_error(language, error)
    if edition.synthetic:
        st.info(translate(language, "demonstration.banner"), icon=":material/science:")
    reader = opened.reader(viewer, _access_recorder(who, now) if who else None)
    visit = PageContext(language, viewer, reader, edition, offered, now, who)
    st.session_state["visit"] = visit
    return visit


def complete_address() -> None:
    """Complete the address with the choices made for the visitor; that is no step in the browser's history."""
    add_missing(st.session_state["page"], st.session_state["pending"])


def open_page(name: str, title: str) -> None:
    """A page opens: the browser's tab is named, an unread choice told; whether it is another page is remembered."""
    set_tab_title(title)
    warn_of_unknown_option(page_context().language)
    upload_limits.page_opened((name, page_context().viewer))
    if st.session_state.get("page") != name:
        st.session_state["page"], st.session_state["anew"] = name, True


def set_tab_title(title: str) -> None:
    """What the browser's tab, its history and its bookmarks say."""
    st.set_page_config(page_title=f"{title} · clusterdash")


def page_context() -> PageContext:
    """The visit that `arrive` has opened for this run."""
    opened: PageContext = st.session_state["visit"]
    return opened


def show_sign_in(visit: PageContext) -> None:
    """The ways to sign in, on a page that wants it; none for those who have, or where no login is configured."""
    if not visit.user_email and web_sign_in.auth():
        web_sign_in.provider_buttons(visit.language, providers(web_sign_in.auth(), access_settings()), "here")


def contact() -> Contact:
    """Whom the pages name as the organisation to ask."""
    return read_contact(edition_cache.data_dir())


def access_settings() -> Settings:
    """The operator's settings of access."""
    return settings(edition_cache.data_dir())


def base_url() -> str:
    """This server's address with a slash at its end: what `CLUSTERDASH_URL` says, or as it was visited."""
    visited = str(st.context.url or "").split("?")[0].rsplit("/", 1)[0]
    return server_address(visited)


def _language() -> Language:
    """The language of this run: that of the address, else of the visit so far, else what the browser prefers."""
    kept = st.session_state.setdefault("kept-lang", negotiate_language(None, accept_language()))
    language = language_of(get("lang")) or negotiate_language(kept, None)
    choose(
        "lang", translate(language, "page.language"), _LANGUAGE_NAMES, language=language, how="buttons", sidebar=True
    )
    return language


def _current_edition(language: Language) -> EditionDatabase:
    """The edition that is served; where there may be a demonstration in its place, that is built first."""
    data = edition_cache.data_dir()
    try:
        return edition_cache.current_edition()
    except ClusterdashError as trouble:
        if edition_cache.has_served_real_data() or not data.is_dir() or not build.may_demonstrate(data, trouble):
            raise
    with _BUILDING:  # a second visitor waits for the first one's build
        try:
            return edition_cache.current_edition()
        except ClusterdashError:
            bar = st.progress(0.0, translate(language, "prepare.start"))

            def tell_progress(key: str, done: float) -> None:
                bar.progress(done, translate(language, key))

            build.build_demonstration(data, datetime.now(UTC), tell_progress)
            bar.empty()
    return edition_cache.current_edition()


def _access_recorder(who: str, now: datetime) -> OnAccess:
    """Writes down whose results a visitor looks at: each cluster once a visit."""
    seen: set[str] = st.session_state.setdefault("seen", set())

    def note(cluster_id: str) -> None:
        if cluster_id not in seen:
            audit_log.record(edition_cache.data_dir(), now, who, "look", cluster_id)
            seen.add(cluster_id)

    return note
