"""The list of pages, read by the navigation, the server and the tests."""

from __future__ import annotations

from dataclasses import dataclass

from .domain import Audience


@dataclass(frozen=True, slots=True)
class Page:
    """A page. `name` is its address and its file; pages of one `destination` share an entry of the navigation bar."""

    audience: Audience
    name: str
    destination: str
    needs_cluster: bool = False
    """Whether it shows nothing without a cluster in its address; search engines are given those addresses instead."""
    needs_login: bool = False
    """Whether it is of use only where a login is configured."""

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
    Page(Audience.PUBLIC, "labels", "labels"),
    Page(Audience.PUBLIC, "figures", "labels"),
    Page(Audience.PUBLIC, "cluster", "labels", needs_cluster=True),
    Page(Audience.PUBLIC, "guide", "guide"),
    Page(Audience.PUBLIC, "method", "understand"),
    Page(Audience.PUBLIC, "dictionary", "understand"),
    Page(Audience.PUBLIC, "open_data", "understand"),
    Page(Audience.PUBLIC, "privacy", "understand"),
    Page(Audience.PUBLIC, "accessibility", "understand"),
    Page(Audience.CLUSTER, "benchmark", "results"),
    Page(Audience.CLUSTER, "progress", "results"),
    Page(Audience.CLUSTER, "counterparts", "results"),
    Page(Audience.CLUSTER, "plan", "plan"),
    Page(Audience.CLUSTER, "silver", "silver_and_gold"),
    Page(Audience.CLUSTER, "gold", "silver_and_gold"),
    Page(Audience.CLUSTER, "binder", "silver_and_gold"),
    Page(Audience.CLUSTER, "brief", "documents"),
    Page(Audience.CLUSTER, "questionnaire", "documents"),
    Page(Audience.CLUSTER, "case", "case"),
    Page(Audience.CLUSTER, "preparation", "case"),
    Page(Audience.CLUSTER, "evidence", "case"),
    Page(Audience.CLUSTER, "result", "case"),
    Page(Audience.EXPERT, "assignments", "assignments"),
    Page(Audience.EXPERT, "interview", "assignments"),
    Page(Audience.EXPERT, "evaluation", "assignments"),
    Page(Audience.EXPERT, "agreement", "assignments"),
    Page(Audience.STAFF, "sectors", "sectors"),
    Page(Audience.STAFF, "comparison", "sectors"),
    Page(Audience.STAFF, "trends", "sectors"),
    Page(Audience.STAFF, "side_by_side", "sectors"),
    Page(Audience.STAFF, "evaluations", "evaluations"),
    Page(Audience.STAFF, "cases", "cases"),
    Page(Audience.STAFF, "review", "cases"),
    Page(Audience.STAFF, "experts", "cases"),
    Page(Audience.STAFF, "briefs", "briefs"),
    Page(Audience.STAFF, "register", "register"),
    Page(Audience.STAFF, "data", "data"),
    Page(Audience.STAFF, "access", "access", needs_login=True),
)
"""All pages; within a destination in the order of the sub-navigation."""
_SECTIONS: dict[Audience, dict[str, tuple[str, ...]]] = {
    Audience.PUBLIC: {"": ("home", "labels", "guide", "understand")},
    Audience.CLUSTER: {"": ("results", "plan", "silver_and_gold", "documents", "case", "assignments")},
    Audience.EXPERT: {"": ("assignments",), "clusters": ("results", "plan", "silver_and_gold", "documents")},
    Audience.STAFF: {
        "": ("sectors", "cases", "evaluations", "assignments"),
        "clusters": ("results", "plan", "silver_and_gold", "documents", "briefs"),
        "data": ("register", "data", "access"),
    },
}
"""The navigation bar of each audience: destinations by the heading of their menu, "" for those in the bar itself."""


def sections(audience: Audience) -> dict[str, tuple[str, ...]]:
    """Return the destinations in the navigation bar, by the heading of their menu; the public's come last."""
    own = _SECTIONS[audience]
    return own if audience == Audience.PUBLIC else {**own, "public": _SECTIONS[Audience.PUBLIC][""]}


def siblings(page: Page) -> tuple[Page, ...]:
    """Return the pages of its destination that open without a choice, itself included: the sub-navigation."""
    return tuple(one for one in PAGES if one.destination == page.destination and not one.needs_cluster)


INDEXED = tuple(page.address for page in PAGES if page.audience == Audience.PUBLIC and not page.needs_cluster)
"""The addresses of the pages that search engines may read."""


def page_at(path: str) -> Page:
    """Return the page at a path below the server's own address. Raises StopIteration if there is none."""
    return next(page for page in PAGES if page.address == path)


def is_page(path: str) -> bool:
    """Whether any visitor has a page at a path below the server's own address; the home page also has its name."""
    return any(path in (page.address, page.name) for page in PAGES)
