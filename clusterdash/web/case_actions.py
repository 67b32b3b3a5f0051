"""Buttons that bring a case on, and what came of them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ..domain import ClusterdashError
from .context import PageContext
from .messages import show_error


def show_outcome(visit: PageContext) -> None:
    """Show what came of the last action: that it was done, or why it was refused."""
    if done := st.session_state.pop("case-done", ""):
        st.success(visit.translate(done))
    if refused := st.session_state.pop("case-refused", None):
        show_error(visit.language, refused)


def action_button(
    visit: PageContext, name: str, action: Callable[[], object], *, primary: bool = False, disabled: bool = False
) -> None:
    """Show a button for an action with the text `case_action.<name>`; `case_done.<name>` then says that it was done."""
    label = visit.translate(f"case_action.{name}")
    if st.button(label, key=f"case-{name}", type="primary" if primary else "secondary", disabled=disabled):
        run(action, f"case_done.{name}")


def action_with_reason(visit: PageContext, name: str, action: Callable[[str], object]) -> None:
    """As `action_button`, for an action that needs a reason, which is asked for beside the button."""
    with st.popover(visit.translate(f"case_action.{name}")), st.form(f"case-{name}", border=False):
        reason = st.text_area(visit.translate("case_action.reason"), max_chars=1_000)
        if st.form_submit_button(visit.translate(f"case_action.{name}")):
            run(lambda: action(reason), f"case_done.{name}")


def run(action: Callable[[], object], done: str) -> None:
    """Run an action and then the page again, which shows the text `done`, or why it was refused."""
    try:
        action()
    except ClusterdashError as error:
        st.session_state["case-refused"] = error
    else:
        st.session_state["case-done"] = done
    st.rerun()
