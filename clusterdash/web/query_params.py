"""Query parameters of a page: read as the routes read them, changed in one step of the browser's history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from .. import query_string


def get(name: str) -> str | None:
    """Return the value of a query parameter; None if it is missing."""
    return query_string.joined_values(st.query_params.get_all(name))[: query_string.MAX_LENGTH] or None


def update(values: Mapping[str, str], drop: Collection[str] = ()) -> None:
    """Change the address, in one step of the browser's history; an empty value removes its parameter."""
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = {name: found for name, found in before.items() if name not in drop}
    after |= {name: [value] for name, value in values.items()}
    after = {name: found for name, found in after.items() if any(found)}
    if after != before:
        st.query_params.from_dict(after)


def add_missing(page: str, missing: Mapping[str, str]) -> None:
    """Add missing parameters to the address, without a step in the browser's history.

    Streamlit always adds such a step, so a component does it in the browser. It does nothing on another page than
    `page`, in case the visitor has gone on meanwhile.

    It also runs the page once the browser is connected again: another server may have taken the visit over, and to a
    session without a run a click means nothing.
    """
    data = {"page": page, "missing": dict(missing), "address": st.query_params.to_dict()}
    _address_component()(data=data, key="completer", on_reconnected_change=_run_again)


def _run_again() -> None:
    """Do nothing: the call itself makes Streamlit run the page."""


@cache
def _address_component() -> ComponentRenderer:
    js = """const state = "data-test-connection-state";
    let observer;
    export default ({ data, setTriggerValue }) => {
      const app = document.querySelector("[data-testid=stApp]");
      observer?.disconnect();
      observer = new MutationObserver(() => {
        if (app.getAttribute(state) === "CONNECTED") setTriggerValue("reconnected", true);
      });
      observer.observe(app, { attributes: true, attributeFilter: [state] });
      const address = new URL(document.location.href);
      if (!address.pathname.endsWith(`/${data.page}`)) return;
      for (const [name, value] of Object.entries(data.missing))
        if (!address.searchParams.has(name)) address.searchParams.set(name, value);
      if (address.href !== document.location.href) window.history.replaceState(window.history.state, "", address);
    }"""
    return component("clusterdash_completer", js=js)
