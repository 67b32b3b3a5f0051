"""The preparation of a case in real browsers: its managers, the fields on the page, and what is stored."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import func, select

from bench.installation import SESSION_COOKIE, free_port, manager_of, secrets, sign_in
from clusterdash.cases import scheduling, steps
from clusterdash.cases.open_case import Applicant
from clusterdash.domain.case import Answers, CaseKind, Seat, Sheet
from clusterdash.operational_database import case_answers
from clusterdash.operational_database.engine import reading
from clusterdash.operational_database.tables import CASE_CHANGE

from .browser import run_has_ended, serve
from .cases import INTERVIEWER, STAFF, World

SCHEME = "benchmark-36"
COLLEAGUE = "colleague-of-"
"""Before the id of a cluster: its second manager."""


@dataclass
class PreparedCase:
    """A case in preparation, and where it is served."""

    data: Path
    address: str
    cluster: str
    case_id: str

    def open(self, context: BrowserContext, *, block: str = "", language: str = "en") -> Page:
        """The preparation in a new tab."""
        page = context.new_page()
        page.goto(
            f"{self.address}/preparation?case={self.case_id}&lang={language}&block={block}".removesuffix("&block=")
        )
        sheet_is_shown(page)
        return page

    def sign_in(self, browser: Browser, who: str = "", **options: object) -> BrowserContext:
        """A browser in which a manager of the cluster is signed in; `who`: `COLLEAGUE` for the second one."""
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        self.change_person(context, who + self.cluster)
        return context

    def change_person(self, context: BrowserContext, who: str) -> None:
        """From now on somebody else is signed in: a cluster's id, or `COLLEAGUE` before it."""
        cookie = {"name": SESSION_COOKIE, "value": sign_in(self.address, who), "url": self.address}
        context.add_cookies([cookie])  # type: ignore[list-item]

    def stored(self) -> Answers:
        """What is stored of the preparation."""
        with reading(self.data) as connection:
            return case_answers.read(connection, self.case_id, Sheet.PREPARATION) if connection else {}

    def text(self, question: str, name: str) -> str:
        """One stored text; "" if there is none."""
        found = self.stored().get((question, name))
        return found.value if found else ""

    def saves(self) -> int:
        """How many changes of fields the trail has."""
        found = select(func.count()).where(CASE_CHANGE.c.case_id == self.case_id, CASE_CHANGE.c.action == "save")
        with reading(self.data) as connection:
            assert connection
            return connection.scalar(found) or 0


def grant_managers(data: Path, clusters: Iterable[str]) -> World:
    """Two managers for each cluster, and staff."""
    rows = [[manager_of(who + one), "manager", one, "", ""] for one in clusters for who in ("", COLLEAGUE)]
    return World(data, datetime.now(UTC) - timedelta(days=1), [*rows, [STAFF, "staff", "", "", ""]])


def prepare_case(world: World, address: str, cluster: str) -> PreparedCase:
    """A new case of a cluster, in preparation."""
    applicant = Applicant(cluster, cluster, "FR")
    manager = world.cases(manager_of(cluster))
    case_id = manager.request(CaseKind.BENCHMARKING, applicant, SCHEME).case_id
    seats, visit = {Seat.INTERVIEWER: INTERVIEWER}, datetime(2027, 7, 1, 14)
    scheduling.schedule(world.open(STAFF, case_id), seats, visit, on_site=False)
    steps.declare_independence(world.open(INTERVIEWER, case_id))
    return PreparedCase(world.data, address, cluster, case_id)


class Server:
    """A server with a login that can be killed and started again at the same address."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.address = f"http://localhost:{self.port}"
        self.running: AbstractContextManager[str] | None = None
        self.processes: list[int] = []

    def start(self) -> None:
        self.running = serve(self.data, secrets, port=self.port, processes=self.processes)
        assert self.running.__enter__() == self.address

    def kill(self) -> None:
        os.kill(self.processes[-1], signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        if self.running:
            self.running.__exit__(None, None, None)
            self.running = None


def sheet_is_shown(page: Page) -> None:
    """Wait until the fields are on the page."""
    run_has_ended(page)
    expect(page.locator(".answer-sheet section").first).to_be_visible()


def choose_block(page: Page, name: str) -> None:
    """Show another block of questions."""
    before = page.locator(".answer-sheet h3").first.inner_text()
    page.get_by_role("combobox", name="Part").scroll_into_view_if_needed()
    page.evaluate("() => new Promise(scrolled => requestAnimationFrame(() => requestAnimationFrame(scrolled)))")
    page.get_by_role("combobox", name="Part").click()  # the list closes when the page is scrolled
    page.get_by_role("option", name=name).click()
    expect(page.locator(".answer-sheet h3").first).not_to_have_text(before)
    run_has_ended(page)


def box(page: Page, question: str, name: str = "note") -> Locator:
    """The field that is typed."""
    return page.locator(f"[id='field-{question}-{name}']")


def level(page: Page, question: str, value: str, name: str = "value") -> Locator:
    """One of the choices of a field."""
    return page.locator(f"input[name='field-{question}-{name}'][value='{value}']")


def state(page: Page, question: str) -> Locator:
    """What is said of a question: saved or not."""
    return page.locator(f"[id='question-{question}'] [role=status]")


def notices(page: Page, question: str, name: str = "note") -> Locator:
    """What is said below a field."""
    return page.locator(f"[id='notices-{question}-{name}']")


def drafts_kept(page: Page) -> list[str]:
    """The names under which the browser keeps drafts."""
    found: list[str] = page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('clusterdash-draft:'))")
    return found
