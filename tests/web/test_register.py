"""The staff's page on the register of labels, through the real `app.py`: each kind of change, seen on public pages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from support.editions import hostile_register
from support.pages import APP, words
from support.sign_in import AUTH, claims

from clusterdash.domain import LabelHolder
from clusterdash.domain.label_change import ChangeAction
from clusterdash.ingest import grants
from clusterdash.operational_database import label_changes
from clusterdash.server.routes import routes
from clusterdash.web.register_forms import FORMS

AVIATION, VALLEY = "de-hamburg-aviation-e-v", "fr-aerospace-valley"
PAGE = "pages/staff/register.py"


@pytest.fixture
def folder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = Path(shutil.copytree(data, tmp_path / "data"))
    grants.replace(own, grants.check_rows([["staff@a.example", "staff", "", "", ""]], ())[0])
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    return own


def visit(who: str = "staff@a.example", page: str = PAGE, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims(who)
    for name, value in {"lang": "en", **address}.items():
        app.query_params[name] = value
    return app.switch_page(page).run()


def fill(app: AppTest, form: str, **cells: str) -> AppTest:
    """Fill in fields of a form by their column, and send it."""
    for name, value in cells.items():
        fields = [*app.text_input, *app.selectbox]
        field = next(f for f in fields if f.key.startswith(form) and f.key.rpartition("-")[2] == name)
        field.set_value(value)
    reason = next(f for f in app.text_input if f.key.startswith(f"reason-{form}"))
    reason.set_value("a reader told us")
    button = next(b for b in app.button if b.key.startswith(f"save-{form}"))
    return button.click().run()


@pytest.mark.parametrize(
    ("kind", "cells", "told"),
    [
        ("edit_cluster", {"city": "Finkenwerder"}, "Finkenwerder"),
        ("add_award", {"label": "silver", "awarded_on": "2026-02-03", "source_url": "https://a.example"}, "Silver"),
        ("fix_award", {"valid_until": "2031-05", "source_url": "https://a.example"}, "May 2031"),
        ("add_observation", {"seen_on": "2026-01", "source_url": "https://a.example", "state": "lapsed"}, "lapsed"),
        ("dissolve", {"dissolved_on": "2025-11", "successor": VALLEY}, "Dissolved in November 2025"),
        ("check", {"checked_on": "2026-03-04"}, "checked on 4 March 2026"),
    ],
)
def test_each_kind_of_change_is_on_the_public_page_at_the_next_click(
    folder: Path, kind: str, cells: dict[str, str], told: str
) -> None:
    before = words(visit("public", "pages/public/cluster.py", id=AVIATION))
    app = fill(visit(part="change", id=AVIATION, change=kind), kind, **cells)
    assert not app.exception
    assert not app.error, [error.value for error in app.error]
    assert [one.value for one in app.success] == ["Saved: every page shows it at the next click."]
    (change,) = label_changes.read(folder)
    assert (change.by, change.reason, change.action) == ("staff@a.example", "a reader told us", FORMS[kind].action)
    after = words(visit("public", "pages/public/cluster.py", id=AVIATION))
    if kind != "add_observation":
        assert told in after
        assert told not in before
    assert "a reader told us" not in after
    assert "a reader told us" in words(visit(part="change", id=AVIATION)), "the history of the cluster"


def test_removing_an_award_and_merging_lead_old_links_on(folder: Path, register: tuple[LabelHolder, ...]) -> None:
    awards = next(holder.awards for holder in register if holder.cluster.cluster_id == AVIATION)
    app = fill(visit(part="change", id=AVIATION, change="remove_award"), "remove_award")
    assert not app.error
    gone = [
        one.award_id
        for one in awards
        if one.award_id not in words(visit("public", "pages/public/cluster.py", id=AVIATION))
    ]
    assert len(gone) == 1
    app = fill(visit(part="change", id=AVIATION, change="merge"), "merge", into=VALLEY)
    assert not app.error, [error.value for error in app.error]
    assert [one.action for one in label_changes.read(folder)] == [ChangeAction.REMOVE_AWARD, ChangeAction.MERGE]
    app = visit("public", "pages/public/cluster.py", id=AVIATION)
    assert app.title[0].value == "Aerospace Valley"
    assert AVIATION in app.info[0].value.replace("\\", "")
    app = visit(part="change", id=AVIATION)
    assert app.selectbox(key="choice-id").value == VALLEY


def test_what_is_wrong_is_told_with_the_name_of_the_field(folder: Path) -> None:
    app = fill(visit(part="change", id=AVIATION, change="add_award"), "add_award", awarded_on="yesterday")
    (told,) = [error.value for error in app.error]
    assert "Awarded on: " in told
    assert "Address of the source: " in told
    assert (
        next(f for f in app.text_input if f.key.startswith("add_award") and f.key.endswith("-awarded_on")).value
        == "yesterday"
    ), "nothing is lost"
    assert label_changes.read(folder) == ()


def test_a_form_left_as_it_is_says_that_nothing_differs(folder: Path) -> None:
    app = fill(visit(part="change", id=AVIATION), "edit_cluster")
    assert [one.value for one in app.info] == ["Nothing differs from the register."]
    assert label_changes.read(folder) == ()


@pytest.mark.usefixtures("folder")
def test_a_new_cluster_appears_with_its_award() -> None:
    app = visit(part="change")
    told = {"name": "Nouveau Pôle", "country": "FR", "city": "Brest", "label": "bronze", "awarded_on": "2026-02"}
    app = fill(app, "new", **told, source_url="https://a.example")
    assert not app.error, [error.value for error in app.error]
    assert visit("public", "pages/public/cluster.py", id="fr-nouveau-pole").title[0].value == "Nouveau Pôle"


def test_an_undone_change_is_told_in_the_history_and_gone_from_pages(folder: Path) -> None:
    fill(visit(part="change", id=AVIATION), "edit_cluster", city="Finkenwerder")
    app = fill(visit(part="history"), "undo")
    assert not app.error
    assert "(undone)" in words(app)
    assert "Finkenwerder" not in words(visit("public", "pages/public/cluster.py", id=AVIATION))
    assert len(label_changes.read(folder)) == 2


@pytest.mark.usefixtures("folder")
def test_a_list_is_compared_chosen_from_and_entered() -> None:
    app = visit(part="list")
    rows = (
        "Nom;Pays;Label;Date;Fin\n"
        "Hamburg Aviation e. V.;Allemagne;Gold;2026-05-01;2029-05-01\n"
        "Etwas Neues;Deutschland;Bronze;2026;\n"
    )
    app.file_uploader(key="label-list").set_value([("liste.csv", rows.encode(), "text/csv")])
    app.run()
    assert "1 new award" in words(app)
    assert "1 label of new clusters" in words(app)
    boxes = {box.label: box.value for box in app.checkbox}
    assert any(label.startswith("New award of Hamburg Aviation") and ticked for label, ticked in boxes.items())
    assert not any(ticked for label, ticked in boxes.items() if label.startswith("Not in the list"))
    next(f for f in app.text_input if f.key.startswith("list-source")).set_value("https://list.example")
    next(f for f in app.text_input if f.key.startswith("reason-list")).set_value("the list of May 2026")
    app.button(key="enter-list").click().run()
    assert not app.error, [error.value for error in app.error]
    assert "1 May 2026" in words(visit("public", "pages/public/cluster.py", id=AVIATION))
    assert visit("public", "pages/public/cluster.py", id="de-etwas-neues").title[0].value == "Etwas Neues"


def test_hostile_names_are_harmless_in_tables_and_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = hostile_register(tmp_path)
    grants.replace(data, grants.check_rows([["staff@a.example", "staff", "", "", ""]], ())[0])
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    fill(visit(part="change", id="c3", change="dissolve"), "dissolve", dissolved_on="2024", successor="c0")
    pages = {
        "to check": visit(part="check"),
        "change": visit(part="change", id="c0"),
        "history": visit(part="history"),
        "public": visit("public", "pages/public/cluster.py", id="c3"),
    }
    for app in pages.values():
        assert not app.exception
        assert "<script>" not in words(app)
    assert "&lt;script&gt;alert(1)" in words(pages["to check"]), "the name is there"
    assert "alert\\(1\\)" in words(pages["public"]), "of the successor"


@pytest.mark.usefixtures("folder")
def test_what_to_check_is_filtered_by_reason() -> None:
    everything, placeless = (words(visit(part="check", **why)) for why in ({}, {"why": "no_place,undated"}))
    assert everything.count("register?part=change") > 0
    assert "not on the map" in placeless
    (counted,) = [line for line in placeless.splitlines() if line.endswith("to check.")]
    assert counted != next(line for line in everything.splitlines() if line.endswith("to check."))


@pytest.mark.usefixtures("folder")
def test_the_correction_is_in_the_files_with_another_etag() -> None:
    client = TestClient(Starlette(routes=routes()))
    first = client.get("/labels.csv?lang=en")
    assert client.get("/labels.csv?lang=en", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    fill(visit(part="change", id=AVIATION), "edit_cluster", city="Finkenwerder")
    second = client.get("/labels.csv?lang=en", headers={"if-none-match": first.headers["etag"]})
    assert (second.status_code, "Finkenwerder" in second.text, "Finkenwerder" in first.text) == (200, True, False)
    assert "+1" in second.text.splitlines()[1], "the version says that there is a correction"
    assert client.get(f"/calendar/{AVIATION}.ics").text.startswith("BEGIN:VCALENDAR")
