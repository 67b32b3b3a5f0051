"""Views that staff pin: the list, a form that pins the present one, and one that removes a pin."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from ..admin.pins import MAX_NOTE, PinAdmin
from ..domain import ClusterdashError
from ..presentation.admin.tables import pin_list
from . import widgets
from .admin import staff_admin
from .context import PageContext
from .messages import show_error
from .query_params import get


def show_pins(visit: PageContext, page: str) -> None:
    """Show, in a fold, the pinned views, and the forms that pin the present one of a page and remove one."""
    with widgets.fold(visit.translate("pins.title"), key="pins") as shown:
        if shown:
            _show(visit, page)


def _show(visit: PageContext, page: str) -> None:
    desk = staff_admin(PinAdmin, visit)
    with st.form("pin", clear_on_submit=True):
        note = st.text_input(visit.translate("pins.note_field"), key="pin-note", max_chars=MAX_NOTE)
        sent = st.form_submit_button(visit.translate("pins.add"), key="save-pin")
    if sent:
        _run(visit, lambda: desk.add(_present_address(page), note, visit.now))
    found = desk.pins()
    widgets.show_html(pin_list(found, visit.language))
    if found:
        names = {pin.pin_id: pin.note for pin in found}
        with st.form("unpin"):
            which: int = st.selectbox(
                visit.translate("pins.which"), list(names), format_func=names.__getitem__, key="unpin-which"
            )
            removed = st.form_submit_button(visit.translate("pins.remove"), key="save-unpin")
        if removed:
            _run(visit, lambda: desk.remove(which))


def _present_address(page: str) -> str:
    """The address of the present view, below the server's own."""
    asked = {name: value for name in sorted(st.query_params) if (value := get(name))}
    return f"{page}?{urlencode(asked)}"


def _run(visit: PageContext, deed: Callable[[], None]) -> None:
    try:
        deed()
    except ClusterdashError as error:
        show_error(visit.language, error)
    else:
        st.rerun()
