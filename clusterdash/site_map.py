"""The list of pages, read by the navigation, the server and the tests."""

from __future__ import annotations

from dataclasses import dataclass

from .domain import Audience


@dataclass(frozen=True, slots=True)
class Page:
    """A page. `name` is its address and its file, `icon` a Material Symbol: "" if it is reached by links only."""

    audience: Audience
    name: str
    icon: str = ""
    needs_cluster: bool = False
    """Whether it shows nothing without a cluster in its address; search engines are given those addresses instead."""

    @property
    def file(self) -> str:
        """Its file below the project's folder; the folder is the audience."""
        return f"pages/{self.audience}/{self.name}.py"

    @property
    def address(self) -> str:
        """Its path below the server's own address; "" for the home page."""
        return "" if self.name == HOME else self.name


HOME = "home"
"""The page that opens at the server's own address."""
PAGES = (
    Page(Audience.PUBLIC, HOME, "home"),
    Page(Audience.PUBLIC, "labels", "map"),
    Page(Audience.PUBLIC, "cluster", needs_cluster=True),
    Page(Audience.PUBLIC, "figures", "bar_chart"),
    Page(Audience.PUBLIC, "guide", "signpost"),
    Page(Audience.PUBLIC, "dictionary", "menu_book"),
    Page(Audience.PUBLIC, "method", "function"),
    Page(Audience.PUBLIC, "privacy", "lock"),
    Page(Audience.CLUSTER, "benchmark", "radar"),
    Page(Audience.CLUSTER, "plan", "event_available"),
    Page(Audience.CLUSTER, "progress", "trending_up"),
    Page(Audience.CLUSTER, "counterparts", "handshake"),
    Page(Audience.CLUSTER, "silver", "trending_flat"),
    Page(Audience.CLUSTER, "gold", "route"),
    Page(Audience.CLUSTER, "binder", "folder_open"),
    Page(Audience.CLUSTER, "questionnaire", "assignment"),
    Page(Audience.CLUSTER, "brief", "description"),
    Page(Audience.STAFF, "sectors", "view_column"),
    Page(Audience.STAFF, "evaluations", "fact_check"),
    Page(Audience.STAFF, "briefs", "folder_zip"),
    Page(Audience.STAFF, "data", "database"),
    Page(Audience.STAFF, "access", "key"),
)
"""All pages, in the order of the navigation."""
INDEXED = tuple(page.address for page in PAGES if page.audience == Audience.PUBLIC and not page.needs_cluster)
"""The addresses of the pages that search engines may read."""


def is_page(path: str) -> bool:
    """Whether any visitor has a page at a path below the server's own address; the home page also has its name."""
    return any(path in (page.address, page.name) for page in PAGES)
