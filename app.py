"""The site map: who visits, which pages exist for them, run the one asked for.

Streamlit runs this file for every visit, as `__main__`; the server imports it once at its start, as `app`, to learn
what it answers besides the pages.
"""

import streamlit as st

from clusterdash.model import Audience, ClusterdashError

PAGES: dict[Audience, list[tuple[str, str]]] = {
    Audience.PUBLIC: [("home", "home"), ("labels", "map")],
    Audience.CLUSTER: [("benchmark", "radar")],
    Audience.STAFF: [("sectors", "view_column")],
}
"""For each audience the pages in its folder, with their icons; the first of all is the one that opens."""


def visit() -> None:
    """Declare the pages that this visitor may enter, and run the one asked for."""
    from clusterdash import access, ui  # noqa: PLC0415 - components must register with the server, so after its start

    visit = ui.arrive()
    if visit is None:
        return
    pages = {
        visit.say(f"audience.{audience}"): [
            st.Page(
                f"pages/{audience}/{name}.py",
                title=visit.say(f"{name}.menu"),
                icon=f":material/{icon}:",
                url_path=name,
                default=name == "home",
            )
            for name, icon in entries
        ]
        for audience, entries in PAGES.items()
        if access.may_enter(visit.viewer, audience)
    }
    try:
        st.navigation(pages).run()
    except ClusterdashError as error:
        ui.tell(visit.language, error)


if __name__ == "__main__":
    visit()
else:
    from streamlit.runtime.pages_manager import PagesManager

    from clusterdash.routes import routes

    # Streamlit takes a folder named pages/ for its older kind of navigation until the first visit has run, and tells a
    # visitor who comes by a deep link that the page does not exist.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, routes=routes())
