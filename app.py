"""The site map: who visits, which pages exist for them, run the one asked for.

Streamlit runs this file once for every visit (as `__main__`); the server imports it once, to know what it answers
besides the pages.
"""

import streamlit as st

from clusterdash import access, ui
from clusterdash.model import Audience, ClusterdashError
from clusterdash.routes import routes

PAGES: dict[Audience, list[tuple[str, str]]] = {
    Audience.PUBLIC: [("home", "home"), ("labels", "map")],
    Audience.CLUSTER: [("benchmark", "radar")],
    Audience.STAFF: [("sectors", "view_column")],
}
"""For each audience the pages in its folder, with their icons; the first of all is the one that opens."""


def run_page() -> None:
    """Declare the pages that this visitor may enter, and run the one asked for."""
    visit = ui.arrive()
    if visit is None:
        return
    pages = {
        visit.say(f"audience.{audience}"): [
            st.Page(
                f"pages/{audience}/{name}.py",
                title=visit.say(f"{name}.title"),
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
    run_page()
else:
    app = st.App(__file__, routes=routes())
