"""Files in a form of their own on the page of the data: understood, settled, taken back, checked and published."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support import messy_workbook
from support.actions import folder_of, job_ended
from support.editions import publish_folder
from support.pages import APP, words
from support.sign_in import AUTH, claims

from clusterdash.editions import catalog
from clusterdash.editions.build import read_metadata
from clusterdash.ingest import grants
from clusterdash.spreadsheets import XLSX

pytestmark = pytest.mark.usefixtures("without_statistics")
ANSWERS = {
    "question-Adhérents-country": "FR",
    "question-Résultats 2025-column:Budget annuel de gestion, en €": "F3",
    "question-Résultats 2025-column:Gouvernance partagée": "G2",
    "question-Résultats 2025-column:Engagement formel": "G1",
    "question-Résultats 2025-column:A2 - PME touchées (%)": "A2",
    "question-Résultats 2025-fractions": "percent",
    "question--sector:BTP": "construction",
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with real results and a login."""
    folder = publish_folder(folder_of(tmp_path / "in", invented=False), tmp_path / "data")
    grants.replace(folder, grants.check_rows([["staff@a.example", "staff", "", "", ""]], ())[0])
    monkeypatch.setenv("CLUSTERDASH_DATA", str(folder))
    return folder


@pytest.fixture
def app(data: Path) -> AppTest:
    """The page of the data, as staff sees it."""
    assert catalog.current_id(data)
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims("staff@a.example")
    app.query_params["lang"] = "en"
    app.run()
    return app.switch_page("pages/staff/data.py").run()


def upload(app: AppTest, name: str, content: bytes) -> None:
    app.file_uploader(key="files").set_value([(name, content, XLSX)])
    app.run()
    next(button for button in app.button if button.label == "Check").click()
    app.run()
    assert not app.exception


def shown(app: AppTest) -> str:
    """All that stands on the page, one blank between words."""
    alerts = " ".join(alert.value for group in (app.info, app.success, app.warning, app.error) for alert in group)
    return " ".join(re.sub(r"<[^>]*>", " ", f"{words(app)} {alerts}").split())


def open_questions(app: AppTest) -> list[str]:
    return [box.key for box in app.selectbox if box.key in ANSWERS and box.value is None]


def test_a_workbook_is_settled_checked_published_and_read_alone_the_year_after(
    app: AppTest, data: Path, tmp_path: Path
) -> None:
    workbook = tmp_path / "results.xlsx"
    messy_workbook.write(workbook, 2025)
    upload(app, "results.xlsx", workbook.read_bytes())
    assert "7 questions are open." in shown(app)
    assert app.button(key="check-recipe").disabled
    assert {*open_questions(app)} == {*ANSWERS}
    for key, choice in ANSWERS.items():
        app.selectbox(key=key).set_value(choice).run()
        assert not app.exception
    assert "Everything is settled" in shown(app)
    app.button(key="check-recipe").click().run()
    job = job_ended(data)
    assert job.state == "done"
    app.run()
    assert not app.exception
    assert job.edition
    app.button(key="publish").click().run()
    assert catalog.current_id(data) == job.edition
    assert read_metadata(catalog.current_path(data)).assessments > messy_workbook.CLUSTERS
    assert app.file_uploader(key="files"), "the page takes the next files"

    messy_workbook.write(workbook, 2026)
    upload(app, "results-2026.xlsx", workbook.read_bytes())
    assert "Everything is settled" in shown(app)
    assert "an earlier file of this shape" in shown(app)


def test_each_choice_is_seen_at_once_and_can_be_taken_back(app: AppTest, tmp_path: Path) -> None:
    workbook = tmp_path / "results.xlsx"
    messy_workbook.write(workbook, 2025)
    upload(app, "results.xlsx", workbook.read_bytes())
    before = shown(app)
    assert "BTP ?" in before
    assert "Gouvernance partagée ?" in before, "a column in question stands in the table, too"
    app.selectbox(key="question--sector:BTP").set_value("construction").run()
    assert "BTP → Construction" in shown(app)
    app.selectbox(key="question-Adhérents-country").set_value("FR").run()
    app.button(key="undo-choice").click().run()
    assert "BTP → Construction" in shown(app)
    assert app.selectbox(key="question-Adhérents-country").value is None
    app.button(key="undo-choices").click().run()
    assert shown(app) == before
    app.button(key="close-files").click().run()
    assert app.file_uploader(key="files")


def test_any_column_can_be_given_another_meaning(app: AppTest, tmp_path: Path) -> None:
    workbook = tmp_path / "results.xlsx"
    messy_workbook.write(workbook, 2025)
    upload(app, "results.xlsx", workbook.read_bytes())
    assert "Ville du siège City" in shown(app)
    app.selectbox(key="question-heading-Adhérents").set_value("Ville du siège").run()
    app.selectbox(key="question-target-Adhérents").set_value("region").run()
    app.button(key="change-Adhérents").click().run()
    assert "Ville du siège Region" in shown(app)


def test_files_in_a_documented_form_are_checked_at_once(app: AppTest, data: Path, tmp_path: Path) -> None:
    file = next((folder_of(tmp_path / "again", invented=False, value=4)).glob("answers.csv"))
    app.file_uploader(key="files").set_value([("answers.csv", file.read_bytes(), "text/csv")])
    app.run()
    next(button for button in app.button if button.label == "Check").click()
    app.run()
    assert job_ended(data).state == "done"
    assert "What was understood" not in shown(app)
