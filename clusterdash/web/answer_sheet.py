"""A block of questions that saves itself: our own component, whose changes are acknowledged one by one.

What is typed lies in the browser until the server has named its id: nothing is lost by a reload, a restart of the
server, or while there is no connection. Sending a change twice makes it once. The script and its style have addresses
of their own, so that a save carries nothing but the questions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from ..domain import ClusterdashError, DataFailureError, Language
from ..domain.answer_sheet import SaveResult, SentChange, SheetQuestion
from ..i18n import explain, translate, without_paths
from ..server.component_scripts import loader

Save = Callable[[Sequence[SentChange]], Sequence[SaveResult]]
"""Saves changes, all or none. Raises ClusterdashError."""
_LONGEST = 10_000
"""Characters of a text that is looked at at all; `save` refuses with a sentence what is too long for it."""
_LARGEST = 2**31 - 1
"""The largest version that every database can hold."""
_MOST_CHANGES = 200
"""Changes that are looked at in one message; a browser sends the others with the next one."""
_TEXTS = ("waiting", "offline", "saved", "put_back", "keep", "left", "too_long", "not_kept")


def answer_sheet(questions: Sequence[SheetQuestion], *, sheet: str, owner: str, language: Language, save: Save) -> None:
    """Show questions as fields that save themselves. To be called within a fragment, which then runs for each save.

    `sheet`: names the block, anew for each. `owner`: whose drafts the browser keeps: record and person. `save` is
    called in a callback, before the page runs, so that it has to ask who the visitor is. It may get changes of any
    block of the same owner. What it refuses with ClusterdashError is not acknowledged, stays in the browser, and the
    visitor reads why.
    """
    key, state_key = f"sheet-{sheet}", f"saved-{owner}"

    def changed() -> None:
        arrived = st.session_state.get(key)
        if arrived is not None:  # else the visitor is on the way to another page; the browser keeps what it has sent
            st.session_state[state_key] = _save_each(save, _read_changes(arrived.changes))

    versions, refused, error = st.session_state.get(state_key, ({}, (), None))
    data = {
        "sheet": sheet,
        "owner": hashlib.sha256(owner.encode()).hexdigest()[:16],
        "language": language,
        "questions": [_without_blanks(asdict(question)) for question in questions],
        "versions": versions,
        "refused": refused,
        "error": explain(language, without_paths(error)) if error else "",
        "texts": {name: translate(language, f"saving.{name}", **_COUNT) for name in _TEXTS},
    }
    _component()(data=data, key=key, on_changes_change=changed)


_COUNT = {"n": "{n}"}
"""The browser fills in this number."""
_Saved = tuple[dict[str, int], tuple[str, ...], ClusterdashError | None]
"""The version that each change has made, what was refused, and why.

Those of one save suffice: a browser that has missed an answer sends all again.
"""


def _save_each(save: Save, changes: Sequence[SentChange]) -> _Saved:
    """Save changes together, or else one by one: a single one that is refused does not keep the others back."""
    try:
        return {result.change_id: result.version for result in save(changes)}, (), None
    except ClusterdashError as error:
        if len(changes) <= 1 or isinstance(error, DataFailureError):
            return {}, tuple(change.change_id for change in changes), error
    parts = [_save_each(save, [change]) for change in changes]
    made = {change_id: version for versions, _, _ in parts for change_id, version in versions.items()}
    refused = tuple(change_id for _, ids, _ in parts for change_id in ids)
    return made, refused, next((error for _, _, error in parts if error), None)


def _read_changes(sent: object) -> list[SentChange]:
    """The changes that a browser has sent; what is none of them is left out."""
    found = sent[:_MOST_CHANGES] if isinstance(sent, list) else []
    return [_change(one) for one in found if isinstance(one, Mapping)]


def _change(sent: Mapping[str, Any]) -> SentChange:
    base = sent.get("base")
    change_id, question, field, value = (_text(sent.get(name)) for name in ("change_id", "question", "field", "value"))
    version = base if isinstance(base, int) and 0 <= base <= _LARGEST else 0
    return SentChange(change_id, question, field, value, version)


def _text(sent: object) -> str:
    """A text as every database takes it: without halves of characters and without NUL."""
    return (sent if isinstance(sent, str) else "")[:_LONGEST].encode("utf-8", "replace").decode().replace("\0", "")


def _without_blanks(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what is empty, which most of it is, in records within it as well."""
    return {name: _shortened(value) for name, value in record.items() if value}


def _shortened(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _without_blanks(value)
    return [_shortened(part) for part in value] if isinstance(value, tuple | list) else value


@cache
def _component() -> ComponentRenderer:
    html = '<div class="answer-sheet"></div>'
    return component("clusterdash_answer_sheet", html=html, js=loader("answer_sheet.js"), isolate_styles=False)
