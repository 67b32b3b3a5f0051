"""A block of questions that saves itself: our own component, whose changes are acknowledged one by one.

What is typed lies in the browser until the server has named its id: nothing is lost by a reload, a restart of the
server, or while there is no connection. Sending a change twice makes it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from ..domain import ClusterdashError, Language
from ..domain.answer_sheet import SaveResult, SentChange
from ..i18n import explain, translate, without_paths
from ..presentation.cases.sheets import SheetQuestion
from .components import asset

_REMEMBERED = 200
"""Acknowledgements that are repeated to the browser: it may have missed the last ones."""
_LONGEST = 10_000
"""Characters of a text that is looked at at all; `save` refuses with a sentence what is too long for it."""


def answer_sheet(
    questions: Sequence[SheetQuestion],
    *,
    sheet: str,
    owner: str,
    language: Language,
    save: Callable[[Sequence[SentChange]], Sequence[SaveResult]],
) -> None:
    """Show questions as fields that save themselves.

    `sheet`: names the block, anew for each. `owner`: whose drafts the browser keeps: record and person. `save` is
    called in a callback, before the page runs, so that it has to ask who the visitor is; where it raises
    ClusterdashError nothing is acknowledged, and the visitor reads why.
    """
    done_key, error_key = f"saved-{owner}", f"save-error-{owner}"

    def changed() -> None:
        sent = _read_changes(st.session_state[f"sheet-{sheet}"].changes)
        try:
            results = save(sent)
        except ClusterdashError as error:
            st.session_state[error_key] = error
            return
        st.session_state.pop(error_key, None)
        done: dict[str, int] = st.session_state.setdefault(done_key, {})
        done.update({result.change_id: result.version for result in results})
        for change_id in list(done)[:-_REMEMBERED]:
            del done[change_id]

    error = st.session_state.get(error_key)
    texts = {name: translate(language, f"saving.{name}") for name in _TEXTS}
    data = {
        "sheet": sheet,
        "owner": owner,
        "language": language,
        "questions": [asdict(question) for question in questions],
        "done": st.session_state.get(done_key, {}),
        "error": explain(language, without_paths(error)) if error else "",
        "texts": texts,
    }
    _component()(data=data, key=f"sheet-{sheet}", on_changes_change=changed)


_TEXTS = ("waiting", "offline", "saved", "put_back", "left", "not_kept")


def _read_changes(sent: object) -> list[SentChange]:
    """The changes that a browser has sent; what is none of them is left out."""
    return [_change(one) for one in sent if isinstance(one, Mapping)] if isinstance(sent, list) else []


def _change(sent: Mapping[str, Any]) -> SentChange:
    base = sent.get("base")
    change_id, question, field, value = (
        str(sent.get(name, ""))[:_LONGEST] for name in ("change_id", "question", "field", "value")
    )
    return SentChange(change_id, question, field, value, base if isinstance(base, int) else 0)


@cache
def _component() -> ComponentRenderer:
    return component(
        "clusterdash_answer_sheet", html="<main></main>", css=asset("answer_sheet.css"), js=asset("answer_sheet.js")
    )
