"""One script run for a visitor: language, edition and viewer; opening and closing a page."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from urllib.parse import urlsplit

import streamlit as st

from .. import access
from ..auth import audit_log
from ..auth.oidc import providers
from ..domain import PUBLIC, ClusterdashError, Label, Language
from ..editions import build
from ..editions.reader import EditionDatabase, OnAccess
from ..i18n import LANGUAGES, language_of, negotiate_language, translate
from ..labels import official_totals as official
from ..labels import status
from ..labels.contact import Contact
from ..labels.contact import contact as read_contact
from ..labels.nearness import Near
from ..labels.official_totals import Comparison
from ..labels.status import LabelStatus
from ..presentation.html import Markup
from ..presentation.labels import tables
from ..presentation.labels.home import HomeSummary, summarise
from ..server import edition_cache, upload_limits
from ..settings import Settings, server_address, settings
from ..site_map import Page
from . import sign_in as web_sign_in
from .components import asset, set_document_language
from .context import PageContext
from .demo import choose_viewer
from .messages import accept_language, show_error, show_unavailable
from .query_params import add_missing, get
from .url_state import (
    choose,
    warn_of_unknown_option,
)

RETRY_SECONDS = 5
"""How often a page that can show nothing looks whether the data can be read again."""
_BUILDING = threading.Lock()


def open_session() -> PageContext | None:
    """Determine language, edition and viewer, and draw what every page has.

    Returns None if there are no data to show; the reason is then shown.
    """
    st.session_state["pending"] = {}
    st.logo("/app/static/clusterdash-logo.svg")
    header = st.container(key="header", horizontal=True)
    who_views = header.container(key="viewer")
    with header.container(key="language"):
        language = _language()
    _tell_changed_language(language)
    try:
        opened = _current_edition(language)
    except ClusterdashError as error:
        set_tab_title(translate(language, "error.title"))
        st.title(translate(language, "error.title"))
        show_unavailable(language, error)
        _run_again_when_readable()
        return None
    edition = opened.reader(PUBLIC).edition()
    configured, now = bool(web_sign_in.auth()), datetime.now(UTC)
    offered = access.demonstration_offered(login_configured=configured, synthetic=edition.synthetic)
    viewer, who = PUBLIC, ""
    if edition.synthetic:
        with st.container(key="demonstration"):
            st.markdown(translate(language, "demonstration.banner"))
    notices = st.container()
    try:
        with who_views:
            if offered:
                viewer = choose_viewer(language, opened)
            elif configured:
                viewer, who = web_sign_in.viewer(language, edition_cache.data_dir(), now, notices)
    except ClusterdashError as error:  # if grants or settings cannot be read, nobody gets access
        show_error(language, error)
    reader = opened.reader(viewer, _access_recorder(who, now) if who else None)
    visit = PageContext(language, viewer, reader, edition, offered, now, who)
    st.session_state["visit"], st.session_state["opened-edition"] = visit, opened
    return visit


def _run_again_when_readable() -> None:
    """Run the page again as soon as the data can be read."""
    attempts = count()

    @st.fragment(run_every=RETRY_SECONDS)
    def attempt() -> None:
        if next(attempts) == 0:  # within the run that has just failed
            return
        try:
            edition_cache.check_readable()
        except ClusterdashError:
            return
        st.rerun()

    attempt()


def complete_address() -> None:
    """Add the choices made for the visitor to the address, without a step in the browser's history."""
    add_missing(st.session_state["page"], st.session_state["pending"])


def open_page(page: Page, title: str) -> None:
    """Open a page: set the browser's tab, warn of an unknown option, reset uploads, remember if the page is new."""
    set_tab_title(title)
    warn_of_unknown_option(page_context().language)
    upload_limits.page_opened((page.address, page_context().viewer))
    if st.session_state.get("page") != page.address:
        st.session_state["page"], st.session_state["anew"] = page.address, True


def set_tab_title(title: str) -> None:
    """Set the title in the browser's tab, history and bookmarks, with what all pages have in common."""
    st.set_page_config(page_title=f"{title} · clusterdash", page_icon=asset("icon.svg"), layout="wide")


def page_context() -> PageContext:
    """Return the page context that `open_session` created for this run."""
    opened: PageContext = st.session_state["visit"]
    return opened


def show_sign_in(visit: PageContext) -> None:
    """Show the ways to sign in on a page that requires it; none if signed in, or if no login is configured."""
    if not visit.user_email and web_sign_in.auth():
        web_sign_in.provider_buttons(visit.language, providers(web_sign_in.auth(), access_settings()), "here")


def contact() -> Contact:
    """Return the organisation that the pages name as contact."""
    return read_contact(edition_cache.data_dir())


def official_totals(visit: PageContext, label: Label | None) -> Sequence[Comparison]:
    """Return the official totals of a label, or of all, beside the register; counted once for all visitors."""
    totals = official.official_totals(edition_cache.data_dir())

    def make(opened: EditionDatabase) -> Sequence[Comparison]:
        return official.beside_register(totals, opened.reader(PUBLIC).label_register(), label)

    return edition_cache.once_a_day(("official_totals", totals, label), visit.now.date(), make, _edition())


def home_summary(visit: PageContext) -> HomeSummary:
    """Return what the home page shows of the register today, made once for all visitors of a language."""
    today, language = visit.now.date(), visit.language

    def make(opened: EditionDatabase) -> HomeSummary:
        return summarise(opened.reader(PUBLIC).label_register(), today, language)

    return edition_cache.once_a_day(("home", language), today, make, _edition())


def label_statuses(visit: PageContext, day: date) -> Sequence[LabelStatus]:
    """Return the labels as they stood on a day."""
    return edition_cache.label_statuses(day, visit.now.date(), _edition())


def label_list(visit: PageContext, found: Sequence[LabelStatus], day: date, near: Sequence[Near] = ()) -> Markup:
    """Return the list of some labels of a day; its entries are made once for all visitors of a language.

    `near`: the same labels by their distance from a place, where one is named.
    """
    today, language = visit.now.date(), visit.language

    def make(opened: EditionDatabase) -> tables.ListEntries:
        reader = opened.reader(PUBLIC)
        return tables.list_entries(
            status.label_statuses(reader.label_register(), day, today), reader.sectors(), language
        )

    entries = edition_cache.once_a_day(("list_entries", day, language), today, make, _edition())
    return tables.near_list(near, entries, language) if near else tables.label_list(found, entries)


def access_settings() -> Settings:
    """Return the operator's settings of access."""
    return settings(edition_cache.data_dir())


def base_url() -> str:
    """Return this server's address with a trailing slash: `CLUSTERDASH_URL`, or as visited."""
    visited = str(st.context.url or "").split("?")[0].rsplit("/", 1)[0]
    return server_address(visited)


def base_path() -> str:
    """Return the path of this server's address, with a trailing slash."""
    return urlsplit(base_url()).path or "/"


def _tell_changed_language(language: Language) -> None:
    """Tell screen readers the language once it has changed: the page was sent in that of its address."""
    if st.session_state.setdefault("language-at-first", language) != language:
        st.session_state["language-changed"] = True
    if st.session_state.get("language-changed"):
        set_document_language(language)


def _language() -> Language:
    """Return the language of this run: that of the address, else of the session, else the browser's preference."""
    kept = st.session_state.setdefault("kept-lang", negotiate_language(None, accept_language()))
    language = language_of(get("lang")) or negotiate_language(kept, None)
    choose(
        "lang",
        translate(language, "page.language"),
        {code: code.upper() for code in LANGUAGES},
        language=language,
        how="buttons",
        compact=True,
    )
    return language


def _current_edition(language: Language) -> EditionDatabase:
    """Return the served edition; if a demonstration may replace it, that is built first."""
    data = edition_cache.data_dir()
    try:
        return edition_cache.current_edition()
    except ClusterdashError as trouble:
        if edition_cache.has_served_real_data() or not data.is_dir() or not build.may_demonstrate(data, trouble):
            raise
    with _BUILDING:  # a second visitor waits for the build of the first
        try:
            return edition_cache.current_edition()
        except ClusterdashError:
            bar = st.progress(0.0, translate(language, "prepare.start"))

            def tell_progress(key: str, done: float) -> None:
                bar.progress(done, translate(language, key))

            build.build_demonstration(data, datetime.now(UTC), tell_progress)
            bar.empty()
    return edition_cache.current_edition()


def _edition() -> EditionDatabase:
    """Return the edition of this run, for all that it shows: another one may be served meanwhile."""
    opened: EditionDatabase = st.session_state["opened-edition"]
    return opened


def _access_recorder(who: str, now: datetime) -> OnAccess:
    """Return a callback that logs whose results a visitor looks at: each cluster once a session."""
    seen: set[str] = st.session_state.setdefault("seen", set())

    def note(cluster_id: str) -> None:
        if cluster_id not in seen:
            audit_log.record(edition_cache.data_dir(), now, who, "look", cluster_id)
            seen.add(cluster_id)

    return note
