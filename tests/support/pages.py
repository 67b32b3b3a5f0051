"""Pages run without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from clusterdash import site_map
from clusterdash.domain import Audience

ROOT = Path(__file__).parents[2]


APP = str(ROOT / "app.py")


_VISITORS = {
    Audience.PUBLIC: {"public", "cluster", "expert", "staff"},
    Audience.CLUSTER: {"cluster", "staff"},
    Audience.EXPERT: {"expert"},
    Audience.STAFF: {"staff"},
}


PAGES = {page.file: _VISITORS[page.audience] for page in site_map.PAGES}
"""Of each page, by its file, who may enter it."""


ALLOWED = [(role, page) for page, roles in PAGES.items() for role in sorted(roles)]
"""Each role with each page that it may enter."""


OF_CLUSTERS = [page.file for page in site_map.PAGES if page.audience is Audience.CLUSTER and page.destination != "case"]
"""The pages that show the results of the cluster in their address."""


def role_for(page: str) -> str:
    """The role that enters the most pages, and this one."""
    return "staff" if "staff" in PAGES[page] else "expert"


def forbidden(*roles: str) -> list[str]:
    """The pages that none of some roles may enter."""
    return [page for page, allowed in PAGES.items() if not allowed & {*roles}]


def refuses(app: AppTest, *roles: str) -> bool:
    """Whether none of the pages that these roles may not enter are declared in a visit."""
    for page in forbidden(*roles):
        try:
            app.switch_page(page)
        except ValueError as error:
            if "Could not find a navigation page" in str(error):
                continue
            raise
        return False
    return True


def listed(app: AppTest) -> int:
    """How many clusters the list beside the map has."""
    (found,) = [str(h.proto.body) for h in app.get("html") if 'class="register"' in str(h.proto.body)]
    return found.count("<li ")


def words(app: AppTest) -> str:
    """All that the page says."""
    parts: list[Any] = [*app.title, *app.header, *app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(str(part.value) for part in parts) + "\n".join(str(h.proto.body) for h in app.get("html"))


FOLDS = ("explore", "indicators", "reading", "members", "robustness", "group-members", "funnel", "pins", "side-radar")
"""The keys of the parts of pages that are computed when they are opened (`widgets.fold`); a test compares them."""


def open_folds(app: AppTest) -> None:
    """Let the next run draw the folded parts too."""
    for key in FOLDS:
        app.session_state[key] = True
