"""The address of a page: read as the routes read it, written in one step of the browser's history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from .. import query_string


def get(name: str) -> str | None:
    """The value of a parameter of the address; None where there is none."""
    return query_string.joined_values(st.query_params.get_all(name))[: query_string.MAX_LENGTH] or None


def update(values: Mapping[str, str], drop: Collection[str] = ()) -> None:
    """Change the address, in one step of the browser's history; an empty value takes its parameter out."""
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = {name: found for name, found in before.items() if name not in drop}
    after |= {name: [value] for name, value in values.items()}
    after = {name: found for name, found in after.items() if any(found)}
    if after != before:
        st.query_params.from_dict(after)


def add_missing(page: str, missing: Mapping[str, str]) -> None:
    """Add parameters to the address where they are missing; that is no step in the browser's history.

    Streamlit can only take such a step, so the browser is asked to. It does nothing on another page than `page`, where
    the visitor has gone on meanwhile.
    """
    data = {"page": page, "missing": dict(missing), "address": st.query_params.to_dict()}
    _address_component()(data=data, key="completer")


@cache
def _address_component() -> ComponentRenderer:
    js = """export default ({ data }) => {
      const address = new URL(document.location.href);
      if (!address.pathname.endsWith(`/${data.page}`)) return;
      for (const [name, value] of Object.entries(data.missing))
        if (!address.searchParams.has(name)) address.searchParams.set(name, value);
      if (address.href !== document.location.href) window.history.replaceState(window.history.state, "", address);
    }"""
    return component("clusterdash_completer", js=js)
