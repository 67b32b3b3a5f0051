"""The navigation bar, the sub-navigation of a destination, and the foot of every page."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from .. import access, i18n
from ..domain import Audience, ClusterdashError
from ..site_map import HOME, PAGES, Page, sections, siblings
from . import session
from .context import PageContext

_CLOSED = "pages/public/closed.py"
_FOOTER = ("method", "dictionary", "privacy", "accessibility", "open_data")


def declared_pages(visit: PageContext) -> dict[str, list[StreamlitPage]]:
    """Return all pages for `st.navigation`, by the heading of their menu; those beside the bar are hidden in it.

    At the address of a page that does not exist for this visitor stands one that says so.
    """
    declared: dict[str, list[StreamlitPage]] = {}
    shown: set[str] = set()
    for section, destinations in sections(visit.viewer.audience).items():
        heading = visit.translate(f"section.{section}") if section else ""
        for destination in destinations:
            first = next(page for page in PAGES if page.destination == destination)
            if _offered(visit, first):
                title = visit.translate(f"destination.{destination}")
                declared.setdefault(heading, []).append(_declared(first, first.file, title))
                shown.add(first.name)
    for page in PAGES:
        if page.name not in shown:
            file = page.file if access.may_open_pages(visit.viewer, page.audience) else _CLOSED
            title = visit.translate(f"{page.name}.menu")
            declared.setdefault("", []).append(_declared(page, file, title, hidden=True))
    return declared


def _declared(page: Page, file: str, title: str, *, hidden: bool = False) -> StreamlitPage:
    return st.Page(
        file,
        title=title,
        url_path=page.name,
        default=page.name == HOME,
        visibility="hidden" if hidden else "visible",
    )


def _offered(visit: PageContext, page: Page) -> bool:
    """Whether a menu offers a page: the visitor may open it, and it is of use here."""
    return access.may_open_pages(visit.viewer, page.audience) and not (page.needs_login and visit.demonstration)


def sub_navigation(visit: PageContext, page: Page) -> None:
    """Show links to the pages of the same destination, if there are others and the visitor may open them."""
    offered = [sibling for sibling in siblings(page) if _offered(visit, sibling)]
    if len(offered) > 1 and _offered(visit, page):
        link = f'[data-testid="stTopNavLink"][href$="/{offered[0].name}"]'  # Streamlit marks only its own page
        here = f'.st-key-sub-navigation [data-testid="stPageLink-NavLink"][href$="{page.name}"]'
        st.html(
            f"<style>{link} {{ background: var(--clusterdash-own-tint); }}"
            f"{here} {{ box-shadow: inset 0 -3px var(--clusterdash-own); }}"
            f"{here} p {{ color: var(--clusterdash-ink) !important; font-weight: 600; }}</style>"
        )
        with st.container(key="sub-navigation", horizontal=True):
            for sibling in offered:
                st.page_link(sibling.file, label=visit.translate(f"{sibling.name}.menu"))


def footer(visit: PageContext) -> None:
    """Show the foot of a page: how the figures come about, what is stored, the open data, and who evaluates."""
    with st.container(key="footer", horizontal=True):
        for name in _FOOTER:
            st.page_link(f"pages/{Audience.PUBLIC}/{name}.py", label=visit.translate(f"{name}.menu"))
        st.markdown(visit.translate("footer.files"))
        with suppress(ClusterdashError):  # a wrong contact.toml is reported by /health and where the contact is needed
            organisation = session.contact()
            st.markdown(f"[{i18n.escape_markdown(organisation.name)}]({organisation.website})")
