"""Small components of our own in the browser: a button that saves a file, one that prints, the language of the page."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from importlib import resources
from secrets import token_hex

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from ..domain import Language


def offer(label: str, name: str, make: Callable[[], bytes], media_type: str, *, key: str) -> None:
    """A button that saves a file on the visitor's machine; `make` is called when it is pressed.

    The content travels over this visit's own connection, once: what Streamlit's download button offers lies at an
    address that anyone may open.
    """
    asked = f"offer-{key}-asked"

    def wanted() -> None:
        st.session_state[asked] = token_hex(8)

    ask = st.session_state.pop(asked, "")
    content = base64.b64encode(make()).decode("ascii") if ask else ""
    data = {"label": label, "name": name, "type": media_type, "ask": ask, "content": content}
    _saver()(data=data, key=f"offer-{key}", on_wanted_change=wanted)


def printer(label: str) -> None:
    """A button that prints the page; what stands in a container called "screen" is left out."""
    _printer()(data=label, key="printer")


@cache
def _printer() -> ComponentRenderer:
    js = """export default ({ parentElement, data }) => {
      const button = parentElement.querySelector("button");
      button.textContent = data;
      button.onclick = () => window.print();
    }"""
    return component("clusterdash_printer", html='<button type="button"></button>', css=resource("download.css"), js=js)


@cache
def _speaker() -> ComponentRenderer:
    """Tells screen readers in which language the page is written now."""
    return component("clusterdash_speaker", js="export default ({ data }) => { document.documentElement.lang = data; }")


@cache
def _saver() -> ComponentRenderer:
    html = '<button type="button"></button>'
    return component("clusterdash_offer", html=html, css=resource("download.css"), js=resource("download.js"))


def speak(language: Language) -> None:
    """Tell screen readers in which language the page is written now."""
    _speaker()(data=language, key="speaker")


@cache
def resource(name: str) -> str:
    """A file that lies beside this module, as text."""
    return resources.files("clusterdash.web").joinpath("assets", name).read_text("utf-8")
