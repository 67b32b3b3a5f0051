"""Sign-in and sign-out on a page: buttons in the header, and the viewer of a signed-in visitor."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from .. import access
from ..auth import audit_log, revocation
from ..auth.oidc import DEFAULT, Identity, Provider, identity, providers
from ..domain import PUBLIC, ClusterdashError, Language, Viewer
from ..i18n import escape_markdown, explain, translate
from ..ingest import grants
from ..server.sign_out import auth
from ..settings import settings
from .context import escaped_values


def viewer(language: Language, data: Path, now: datetime, below: DeltaGenerator) -> tuple[Viewer, str]:
    """Return the viewer, and the address that has signed in; the public and "" for anybody else.

    Claims, revocation and grants are checked again on every run. `below` takes what must be said about the sign-in.
    """
    settled = settings(data)
    known = providers(auth(), settled)
    claims = st.user.to_dict()
    if not claims.get("is_logged_in"):
        _header_buttons(language, known)
        return PUBLIC, ""
    try:
        person = _current_identity(data, now)
    except ClusterdashError as error:
        _log_refusal(error)
        with below:
            st.warning(explain(language, ClusterdashError(error.key, **escaped_values(error.values))))
        _header_buttons(language, known)
        return PUBLIC, ""
    found = _granted_viewer(data, person, now)
    _record_sign_in(data, person, found, now)
    with st.popover(escape_markdown(person.email.partition("@")[0])):
        st.text(translate(language, "login.as", email=person.email))
        if st.button(translate(language, "login.out"), icon=":material/logout:", key="sign-out"):
            revocation.record_sign_out(data, person, now, settled.hours)
            audit_log.record(data, now, person.email, "sign_out", "")
            st.logout()
    if found is None:
        with below:
            st.info(translate(language, "login.nothing_granted"))
    return found or PUBLIC, person.email


def _header_buttons(language: Language, known: tuple[Provider, ...]) -> None:
    """Show the ways to sign in: one as a button, several in a popover."""
    if len(known) == 1:
        provider_buttons(language, known, "header")
    else:
        with st.popover(translate(language, "login.in")):
            provider_buttons(language, known, "header")


def current_viewer(data: Path, now: datetime) -> tuple[Viewer, str]:
    """Return the viewer at this moment, and the address that has signed in.

    Raises ClusterdashError if nobody has, or the sign-in has ended: too old, signed out elsewhere, grants unreadable.
    """
    person = _current_identity(data, now)
    return _granted_viewer(data, person, now) or PUBLIC, person.email


def _current_identity(data: Path, now: datetime) -> Identity:
    settled = settings(data)
    person = identity(st.user.to_dict(), providers(auth(), settled), now, settled)
    if revocation.is_revoked(data, person):
        raise ClusterdashError("login.ended")
    return person


def _granted_viewer(data: Path, person: Identity, now: datetime) -> Viewer | None:
    return access.granted_viewer(grants.read_grants(data, person.email), person.email, now.date())


def provider_buttons(language: Language, known: tuple[Provider, ...], place: str) -> None:
    """Show a button for each provider; `place` distinguishes these buttons from others on the page."""
    for provider in known:
        name = "" if provider.name == DEFAULT else provider.name
        label = (
            translate(language, "login.in_with", name=escape_markdown(name))
            if name
            else translate(language, "login.in")
        )
        if st.button(label, icon=":material/login:", key=f"sign-in-{place}-{provider.name}"):
            st.login(name or None)


def _log_refusal(error: ClusterdashError) -> None:
    """Log once a session that a sign-in was refused and why, without whose it was."""
    if not st.session_state.get("refusal-logged"):
        st.session_state["refusal-logged"] = True
        logging.getLogger("clusterdash").warning("a sign-in was refused: %s: %s", error.key, explain("en", error))


def _record_sign_in(data: Path, person: Identity, found: Viewer | None, now: datetime) -> None:
    """Log once a session that somebody signed in, or was refused."""
    if st.session_state.get("arrived") != person.email:
        revocation.record_sign_in(data, person, now)
        st.session_state["arrived"] = person.email
        audit_log.record(data, now, person.email, "sign_in" if found else "refused", "")
        if found is None:
            logging.getLogger("clusterdash").warning("a sign-in was refused: nothing is granted")


__all__ = ["auth", "current_viewer", "provider_buttons", "viewer"]
