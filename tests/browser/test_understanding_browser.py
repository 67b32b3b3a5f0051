"""The wizard for files in a form of their own, in a browser: by keyboard, for screen readers, on a phone."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support import messy_workbook
from support.axe import violations
from support.browser import needs_chromium, run_has_ended

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture
def workbook(tmp_path: Path) -> list[str]:
    """A workbook in a form of its own, and the table that says that it is invented."""
    path, edition = tmp_path / "results.xlsx", tmp_path / "edition.csv"
    messy_workbook.write(path, 2025)
    with edition.open("w", newline="") as file:
        csv.writer(file).writerows([["title", "synthetic"], ["Messy", 1]])
    return [str(path), str(edition)]


@pytest.fixture(params=[("en", 1280), ("fr", 360)])
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A tab in a language, as wide as a desktop or a phone, in which axe may run."""
    language, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    yield context.new_page(), language
    context.close()


def test_a_workbook_is_settled_by_keyboard(visit: tuple[Page, str], address: str, workbook: list[str]) -> None:
    page, language = visit
    door, check, title, settled, undo = {
        "en": ("As staff", "Check", "What was understood", "Everything is settled", "Undo"),
        "fr": ("En tant qu’équipe", "Contrôler", "Ce qui a été compris", "Tout est réglé", "Annuler le dernier choix"),
    }[language]
    page.goto(f"{address}/data?lang={language}")
    page.get_by_role("button", name=door).click()
    page.locator("input[type=file]").set_input_files(workbook)
    page.get_by_role("button", name=check, exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_role("table").filter(has_text="Nom du pôle").first).to_be_visible()
    run_has_ended(page)
    assert language == "fr" or not violations(page), "on a phone, lists of Streamlit’s own sidebar are unsound"
    choices = {
        "nouveaux clusters" if language == "fr" else "new clusters": "France",
        "Budget annuel": "F3",
        "Gouvernance partagée": "G2",
        "Engagement formel": "G1",
        "A2": "A2",
        "0.": "oui" if language == "fr" else "yes",
        "BTP": "Construction",
    }
    for left, (question, choice) in zip(range(len(choices) - 1, -1, -1), choices.items(), strict=True):
        box = page.get_by_role("combobox", name=question).last
        box.focus()
        page.keyboard.type(choice)
        page.keyboard.press("Enter")
        more = {"en": ("question is open", "questions are open"), "fr": ("question reste", "questions restent")}[
            language
        ]
        if left:
            expect(page.get_by_text(f"{left} {more[left > 1]}").first).to_be_visible()
    expect(page.get_by_text(settled).first).to_be_visible()
    run_has_ended(page)
    assert language == "fr" or not violations(page), "on a phone, lists of Streamlit’s own sidebar are unsound"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name=undo).click()
    expect(page.get_by_text(settled)).to_have_count(0)
