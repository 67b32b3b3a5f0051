"""Small browser components of our own: a button that saves a file, one that prints, the language of the page."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path
from secrets import token_hex

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from ..domain import Language


def private_download(
    label: str,
    name: str,
    make: Callable[[], bytes],
    media_type: str,
    *,
    key: str,
    spoken: str = "",
    primary: bool = False,
) -> None:
    """Show a button that saves a file on the visitor's machine; `make` is called when it is pressed.

    The content is sent over the session's own connection, once: the content of Streamlit's download button has an
    address that anyone may open. `spoken` is the label for screen readers, where it differs.
    """
    asked = f"offer-{key}-asked"

    def wanted() -> None:
        st.session_state[asked] = token_hex(8)

    ask = st.session_state.pop(asked, "")
    content = base64.b64encode(make()).decode("ascii") if ask else ""
    look = {"label": label, "spoken": spoken or label, "primary": primary}
    data = {**look, "name": name, "type": media_type, "ask": ask, "content": content}
    _download_component()(data=data, key=f"offer-{key}", on_wanted_change=wanted)


def print_button(label: str) -> None:
    """Show a button that prints the page without the contents of a container called "screen"."""
    _print_component()(data=label, key="printer")


@cache
def _print_component() -> ComponentRenderer:
    js = """export default ({ parentElement, data }) => {
      const button = parentElement.querySelector("button");
      button.textContent = data;
      button.onclick = () => window.print();
    }"""
    return component("clusterdash_printer", html='<button type="button"></button>', css=asset("download.css"), js=js)


@cache
def _language_component() -> ComponentRenderer:
    """The component that tells screen readers in which language the page is written."""
    return component("clusterdash_speaker", js="export default ({ data }) => { document.documentElement.lang = data; }")


@cache
def _download_component() -> ComponentRenderer:
    html = '<button type="button"></button>'
    return component("clusterdash_offer", html=html, css=asset("download.css"), js=asset("download.js"))


def set_document_language(language: Language) -> None:
    """Tell screen readers in which language the page is written now."""
    _language_component()(data=language, key="speaker")


def asset_path(name: str) -> Path:
    """Return the path of a file of the folder `assets`."""
    return Path(__file__).parent / "assets" / name


@cache
def asset(name: str) -> str:
    """Return a file of the folder `assets` as text."""
    return asset_path(name).read_text("utf-8")
