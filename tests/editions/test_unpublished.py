"""Editions that wait: drafts go unless they are kept, overtaken ones say so and are built anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.actions import folder_of, job_ended, quietly
from support.editions import NOW, TODAY, publish_folder
from support.pages import APP, words

from clusterdash.admin import editions
from clusterdash.admin.editions import EditionAdmin
from clusterdash.cli.main import main
from clusterdash.domain import STAFF, ClusterdashError
from clusterdash.editions import build, catalog, export, unpublished
from clusterdash.editions.confirmations import KINDS
from clusterdash.editions.publication_effects import publication_effect
from clusterdash.editions.reader import EditionDatabase
from clusterdash.editions.rebase import rebase

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_statistics")]

HEAD = "cluster_id,assessed_on,scheme,indicator,value\n"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("waiting")
    return publish_folder(folder_of(place / "in", invented=True), place / "data")


@pytest.fixture
def data(once: Path, tmp_path: Path) -> Path:
    """Two invented clusters, served."""
    return Path(shutil.copytree(once, tmp_path / "data"))


def added(data: Path, row: str, minutes: int, upon: str = "", name: str = "answers.csv") -> str:
    """An edition with an assessment more, which waits."""
    folder = data.parent / f"in-{minutes}"
    folder.mkdir()
    (folder / name).write_text(HEAD + row)
    tables, problems = build.check_files([folder / name], data, TODAY, complete=upon or catalog.current_id(data))
    assert tables is not None, problems
    return build.build(tables, [folder / name], data, NOW + timedelta(minutes=minutes), "operator")


def answers(data: Path, edition: str) -> set[tuple[str, ...]]:
    *_, found = export.sheets(catalog.edition_path(data, edition))
    return {cells for _, cells in found.rows}


def overtake(data: Path) -> tuple[str, str, str]:
    """Two that wait, one upon the other, and a third that is published in between."""
    first = added(data, "inv1,2026-02-01,benchmark-36,G1,1\n", 1)
    second = added(data, "inv2,2026-02-01,benchmark-36,G1,1\n", 2, first)
    third = added(data, "inv2,2026-03-01,benchmark-36,G1,4\n", 3)
    assert not unpublished.superseded(data, second)
    build.activate(data, third, NOW, "", accept=KINDS)
    return first, second, third


def test_what_was_overtaken_says_so_and_is_not_completed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = catalog.current_id(data)
    first, second, third = overtake(data)
    file = data.parent / "in-1" / "answers.csv"
    assert [unpublished.superseded(data, one) for one in (first, second, third, before)] == [before, before, "", ""]
    for command in (["check"], ["import"], ["import", "--stage"]):
        assert main([command[0], str(file), "--to", second, *command[1:], "--data", str(data), "--lang", "en"]) == 1
        assert f"rebase {second}" in capsys.readouterr().err
    assert main(["import", str(file), "--to", before, "--data", str(data), "--lang", "en"]) == 1
    assert "no longer served" in capsys.readouterr().err
    assert main(["publish", second, "--data", str(data), "--lang", "en"]) == 1
    assert f"rebase {second}" in capsys.readouterr().err
    main(["editions", "--data", str(data), "--lang", "en"])
    listed = {line[2:].partition(":")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert ["overtaken" in listed[one] for one in (first, second, third, before)] == [True, True, False, False]
    desk = EditionAdmin(STAFF, data, demonstration=False, by="")
    assert [edition.edition_id for edition in desk.extendable()] == [third]
    assert desk.superseded_by(second) == before


def test_an_overtaken_edition_is_built_anew_upon_what_is_served(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = overtake(data)
    here, there = answers(data, second), answers(data, third)
    assert main(["rebase", second, "--data", str(data), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    made = told.rpartition("publish ")[2].strip()
    assert made in {path.stem for path in catalog.unpublished(data)}
    assert not unpublished.superseded(data, made)
    assert answers(data, made) == here | there, "what came in between stays, what was handed in comes to it"
    assert {first, second}.isdisjoint(path.stem for path in catalog.edition_paths(data)), "their place is taken"
    build.activate(data, made, NOW, "", accept=KINDS)
    assert main(["rebase", made, "--data", str(data), "--lang", "en"]) == 1
    assert "was not overtaken" in capsys.readouterr().err


def test_what_was_handed_in_anew_takes_the_place_of_what_came_in_between(data: Path) -> None:
    """The same assessment here and there: which one is to hold is published as a difference, before it is published."""
    mine = added(data, "inv1,2026-02-01,benchmark-36,G1,1\n", 1)
    theirs = added(data, "inv1,2026-02-01,benchmark-36,G1,4\ninv1,2026-02-01,benchmark-36,G2,2\n", 2)
    build.activate(data, theirs, NOW, "", accept=KINDS)
    made = rebase(data, mine, NOW + timedelta(minutes=9), "me").edition_id
    found = publication_effect(data, catalog.edition_path(data, made))
    assert found.changes is not None
    assert (found.changes.answers_gone, found.changes.answers_changed) == (1, 1)
    assert "removal" in [one.kind for one in found.confirmations]


def test_what_is_refused_now_changes_nothing(data: Path) -> None:
    """A cluster that only the edition before knew."""
    mine = added(data, "inv2,2026-02-01,benchmark-36,G1,1\n", 1)
    folder = data.parent / "other"
    folder.mkdir()
    (folder / "clusters.csv").write_text("cluster_id,name,country\ninv1,Invented One,FR\n")
    (folder / "answers.csv").write_text(HEAD + "inv1,2026-01-05,benchmark-36,G1,3\n")
    (folder / "edition.csv").write_text("title,synthetic\nOther,1\n")
    publish_folder(folder, data)
    before = {path.name for path in catalog.edition_paths(data)}
    found = rebase(data, mine, NOW + timedelta(minutes=9), "me")
    assert found.edition_id == ""
    errors = [problem for problem in found.problems if problem.severity == "error"]
    assert ("answers.csv", "cluster.unknown") in {(problem.file, problem.key) for problem in errors}
    assert {path.name for path in catalog.edition_paths(data)} == before


def test_the_files_are_kept_as_they_came_in_but_for_grants(data: Path, tmp_path: Path) -> None:
    folder, again = tmp_path / "in", tmp_path / "again"
    (folder / "a").mkdir(parents=True)
    again.mkdir()
    text = HEAD + "inv1,2026-02-01,benchmark-36,G1,1\n"
    for path in (folder / "answers.csv", folder / "a" / "answers.csv"):
        path.write_text(text.replace("inv1", "inv2") if path.parent.name == "a" else text)
    (folder / "access.csv").write_text("email,role\na@b.example,staff\n")
    files = [folder / "access.csv", folder / "answers.csv", folder / "a" / "answers.csv"]
    tables, problems = build.check_files(files, data, TODAY, complete=catalog.current_id(data))
    assert tables is not None, problems
    made = build.build(tables, files, data, NOW + timedelta(minutes=1))
    taken = export.extract_sources(catalog.edition_path(data, made), again)
    assert [path.read_bytes() for path in taken] == [path.read_bytes() for path in files[1:]]
    with pytest.raises(ClusterdashError, match="files_not_kept"):
        export.extract_sources(catalog.current_path(data), again)
    assert EditionDatabase(catalog.edition_path(data, made)).reader(STAFF).edition().completed == catalog.current_id(
        data
    )


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 20])
def test_a_file_is_kept_in_parts(size: int, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PART_SIZE", 8)
    copy = Path(shutil.copy(catalog.current_path(data), tmp_path / "copy.duckdb"))
    (tmp_path / "x.csv").write_bytes(bytes(range(size)))
    (tmp_path / "y.csv").write_bytes(b"y")
    export.store_sources(copy, [tmp_path / "x.csv", tmp_path / "y.csv"])
    (tmp_path / "out").mkdir()
    taken = export.extract_sources(copy, tmp_path / "out")
    assert [path.read_bytes() for path in taken] == ([bytes(range(size))] if size else []) + [b"y"]


# Drafts


def uploads(value: int = 1) -> list[tuple[str, bytes]]:
    return [("answers.csv", f"{HEAD}inv1,2026-02-01,benchmark-36,G1,{value}\n".encode())]


def checked(data: Path, value: int = 1, minutes: int = 1, *, demonstration: bool = False) -> editions.CheckResult:
    desk = EditionAdmin(STAFF, data, demonstration=demonstration, by="somebody")
    now = NOW + timedelta(minutes=minutes)
    found = desk.check(uploads(value), now, quietly, complete=catalog.current_id(data))
    assert found.edition is not None, found.problems
    return found


def test_a_draft_is_no_edition_and_goes_when_it_is_discarded(data: Path) -> None:
    stored = catalog.edition_paths(data)
    found = checked(data)
    assert found.edition is not None
    (draft,) = catalog.draft_paths(data)
    desk = EditionAdmin(STAFF, data, demonstration=False, by="")
    assert catalog.edition_paths(data) == stored
    assert [edition.edition_id for edition in desk.extendable()] == [catalog.current_id(data)]
    assert desk.is_draft(found.edition.edition_id)
    with pytest.raises(ClusterdashError, match="unknown"):
        build.activate(data, found.edition.edition_id, NOW, "", accept=KINDS)
    desk.discard(found.edition.edition_id, NOW)
    assert not draft.exists()
    assert catalog.edition_paths(data) == stored


KEPT: dict[str, Callable[[EditionAdmin, str], None]] = {
    "let it wait": lambda desk, edition: desk.keep(edition, NOW),
    "publish": lambda desk, edition: desk.publish(edition, NOW, accept=KINDS),
}


@pytest.mark.parametrize("kept", list(KEPT))
def test_what_was_kept_or_published_is_no_draft_any_more(data: Path, kept: str) -> None:
    found = checked(data)
    assert found.edition is not None
    edition = found.edition.edition_id
    KEPT[kept](EditionAdmin(STAFF, data, demonstration=False, by=""), edition)
    catalog.remove_draft(data, edition)
    assert catalog.edition_path(data, edition).is_file()
    assert (catalog.current_id(data) == edition) is (kept == "publish")
    assert not catalog.draft_paths(data)


def test_a_refused_publication_does_not_lose_the_upload(data: Path) -> None:
    found = checked(data)
    assert found.edition is not None
    edition = found.edition.edition_id
    with pytest.raises(ClusterdashError, match="meanwhile"):
        EditionAdmin(STAFF, data, demonstration=False, by="").publish(edition, NOW, decided_on="another", accept=KINDS)
    assert edition in [path.stem for path in catalog.unpublished(data)]


def test_drafts_that_nobody_can_remove_any_more_are_swept(data: Path) -> None:
    """A server that was stopped leaves them."""
    found = [checked(data, value, value) for value in (1, 2)]
    old, new = sorted(catalog.draft_paths(data))
    long_ago = (NOW - catalog.DRAFT_LIFETIME - timedelta(minutes=1)).timestamp()
    os.utime(old, (long_ago, long_ago))
    os.utime(new, (NOW.timestamp(), NOW.timestamp()))
    found.append(checked(data, 3, 3))
    assert old not in catalog.draft_paths(data)
    assert len(catalog.draft_paths(data)) == 2


def test_a_demonstration_keeps_few_drafts(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editions, "MAX_DRAFTS", 2)
    found = [checked(data, value, value, demonstration=True) for value in (1, 2, 3, 4)]
    assert [path.stem for path in catalog.draft_paths(data)] == [
        one.edition.edition_id for one in found[:1:-1] if one.edition
    ]


def test_the_next_check_removes_the_draft_before(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = "staff"
    app.query_params["lang"] = "en"
    app.switch_page("pages/staff/data.py").run()
    for value in (1, 2):
        app.file_uploader(key="files").set_value([("answers.csv", uploads(value)[0][1], "text/csv")])
        app.run()
        next(button for button in app.button if button.label == "Check").click().run()
        job_ended(data, app.session_state["visitor"])
        app.run()
        assert "This edition is a draft" in words(app)
    (draft,) = catalog.draft_paths(data)
    assert app.button(key="publish").disabled == bool(app.checkbox)
    for asked in app.checkbox:
        asked.check()
    app.run()
    app.button(key="publish").click().run()
    assert not app.exception
    assert catalog.current_id(data) == draft.stem
    assert "is published" in app.success[0].value


def test_the_page_builds_an_overtaken_edition_anew(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, second, _ = overtake(data)
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = "staff"
    app.query_params["lang"] = "en"
    box = app.switch_page("pages/staff/data.py").run().selectbox(key="edition")
    (choice,) = [number for number, option in enumerate(box.options) if second in option]
    assert "overtaken" in box.options[choice], "in the list, at once"
    app = box.select_index(choice).run()
    assert "was overtaken" in words(app)
    assert "publish-stored" not in [button.key for button in app.button]
    app.button(key="rebase-stored").click().run()
    job_ended(data, app.session_state["visitor"])
    app.run()
    assert not app.exception
    made = catalog.unpublished(data)[0].stem
    assert not unpublished.superseded(data, made)
    assert "rebuilt" in app.success[0].value
    assert app.button(key="publish").disabled == bool(app.checkbox)
