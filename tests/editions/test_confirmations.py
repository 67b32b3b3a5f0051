"""What takes results away, makes answers known or covers real results with invented ones is confirmed first."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from support.editions import NOW, TODAY, publish_folder

from clusterdash.cli.main import main
from clusterdash.editions import build, catalog, confirmations
from clusterdash.editions.diff import Difference, TableChange
from clusterdash.editions.publication_effects import UnconfirmedError, publication_effect
from clusterdash.i18n import LANGUAGES
from clusterdash.ingest import grants
from clusterdash.operational_database.publications import Publication
from clusterdash.presentation.admin.narrative import confirmation_sentence

pytestmark = pytest.mark.slow

REAL = {
    "clusters.csv": "cluster_id,name,country\nr1,Réal,FR\nr2,Two,BE\n",
    "answers.csv": "cluster_id,assessed_on,scheme,indicator,value\nr1,2026-01-05,benchmark-36,G1,3\n"
    "r2,2026-01-05,benchmark-36,G1,2\n",
}


def folder_of(tables: dict[str, str], folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, text in tables.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def own(data: Path, tmp_path: Path) -> Path:
    """The sample's data folder, to be changed."""
    return Path(shutil.copytree(data, tmp_path / "own"))


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A data folder that serves real results."""
    return publish_folder(folder_of(REAL, tmp_path / "real-in"), tmp_path / "real")


def one_row(sample_folder: Path, path: Path) -> Path:
    """One answer of an assessment that is there, corrected."""
    answers = pd.read_csv(sample_folder / "answers.csv", dtype=str)
    of_one = answers[(answers["cluster_id"] == "demo-0001") & (answers["scheme"] == "benchmark-36")]
    latest = of_one[of_one["assessed_on"] == of_one["assessed_on"].max()]
    latest[latest["indicator"] == "G1"].assign(value="2").to_csv(path, index=False)
    return path


def half(sample_folder: Path, folder: Path, removed: int = 59) -> Path:
    """The sample without the last clusters."""
    shutil.copytree(sample_folder, folder)
    for name in ("clusters", "answers"):
        table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        gone = {f"demo-{n:04d}" for n in range(121 - removed, 121)}
        table[~table["cluster_id"].isin(gone)].to_csv(folder / f"{name}.csv", index=False)
    return folder


def state(data: Path) -> tuple[str, Sequence[Publication], set[str]]:
    """What is served, its history, and whose grants are in force."""
    return (
        catalog.current_id(data),
        catalog.history(data),
        {grant.email for grant in grants.read_grants(data)},
    )


def change(**counted: int) -> Difference:
    told = {"answers_new": 0, "answers_gone": 0, "answers_changed": 0, "awards_new": 0, "awards_gone": 0}
    rest = {"tables_changed": (), "groups_exposed": 0, "notes_gone": 0}
    gone = tuple(f"C{n}" for n in range(counted.pop("clusters_gone", 0)))
    return Difference((), gone, (), groups_lost=(), **{**told, **rest, **counted})


@pytest.mark.parametrize(
    ("served", "new", "changes", "kinds"),
    [
        (False, True, None, ["invented"]),
        (False, True, change(clusters_gone=9), ["invented"]),
        (True, False, change(clusters_gone=9), []),
        (True, True, change(), []),
        (True, True, None, []),
        (False, False, change(clusters_gone=1), ["removal"]),
        (False, False, change(answers_gone=1), ["removal"]),
        (True, True, change(notes_gone=1), ["removal"]),
        (False, False, change(groups_exposed=1, answers_changed=1), ["disclosure"]),
        (False, False, change(groups_exposed=1, answers_gone=2), ["removal", "disclosure"]),
        (
            False,
            False,
            change(
                answers_new=5,
                answers_changed=5,
                awards_gone=3,
                tables_changed=(TableChange("cluster", 9, 0, 0, ("a",), False),),
            ),
            [],
        ),
    ],
)
def test_what_must_be_confirmed(served: bool, new: bool, changes: Difference | None, kinds: list[str]) -> None:
    found = confirmations.required_confirmations(served_synthetic=served, synthetic=new, changes=changes)
    assert [one.kind for one in found] == kinds
    back = confirmations.required_confirmations(served_synthetic=served, synthetic=new, changes=changes, rollback=True)
    assert [one.kind for one in back] == [kind for kind in kinds if kind == "invented"]
    for one in found:
        assert len({confirmation_sentence(one, language) for language in LANGUAGES}) == 2


CASES = {"one corrected answer": "removal", "fewer clusters": "removal", "one questionnaire": "disclosure"}


def files_of(case: str, sample_folder: Path, folder: Path) -> list[str]:
    folder.mkdir()
    if case == "fewer clusters":
        return [str(half(sample_folder, folder / "half"))]
    path = one_row(sample_folder, folder / "answers.csv")
    if case == "one questionnaire":
        answers = pd.read_csv(path, dtype=str)
        answers.assign(assessed_on="2026-03-01").to_csv(path, index=False)
    return [str(path), "--add"]


@pytest.mark.parametrize("case", list(CASES))
def test_an_import_is_refused_without_a_flag_and_loses_nothing(
    case: str, own: Path, sample_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = CASES[case]
    (tmp_path / "grants.csv").write_text("email,role\na@b.example,staff\n")
    files = [str(tmp_path / "grants.csv"), *files_of(case, sample_folder, tmp_path / "in")]
    before = state(own)
    assert main(["import", *files, "--data", str(own), "--lang", "en"]) == 1
    told = capsys.readouterr().err
    assert state(own) == before, "neither results nor grants"
    (waits,) = [path.stem for path in catalog.unpublished(own)]
    assert "nothing has changed" in told
    found = publication_effect(own, catalog.edition_path(own, waits))
    assert kind in [one.kind for one in found.confirmations]
    assert all(confirmation_sentence(one, "en") in told for one in found.confirmations)
    flags = told.strip().splitlines()[-1].partition("--accept ")[2]
    assert flags == ",".join(one.kind for one in found.confirmations)
    others = [other for other in confirmations.KINDS if other != kind]
    assert main(["publish", waits, "--data", str(own), "--accept", others[0], "--accept", others[1]]) == 1
    assert state(own) == before
    assert main(["publish", waits, "--data", str(own), "--accept", flags]) == 0
    assert catalog.current_id(own) == waits


def test_the_numbers_of_what_would_be_gone(
    own: Path, sample_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = one_row(sample_folder, tmp_path / "answers.csv")
    assert main(["import", str(path), "--add", "--data", str(own), "--lang", "en"]) == 1
    answers = pd.read_csv(sample_folder / "answers.csv").dropna(subset=["value"])
    corrected = pd.read_csv(path).iloc[0]
    of_it = answers[
        (answers["cluster_id"] == "demo-0001")
        & (answers["scheme"] == "benchmark-36")
        & (answers["assessed_on"] == corrected["assessed_on"])
    ]
    assert f"(clusters: 0; answers: {len(of_it) - 1}; notes: 0)" in capsys.readouterr().err
    assert main(["import", str(half(sample_folder, tmp_path / "half")), "--data", str(own), "--lang", "en"]) == 1
    assert "(clusters: 59; " in capsys.readouterr().err


def test_notes_that_would_be_gone_are_counted(real: Path, tmp_path: Path) -> None:
    with_note = REAL | {
        "remarks.csv": "cluster_id,assessed_on,scheme,indicator,notes\nr1,2026-01-05,benchmark-36,G1,seen\n"
    }
    publish_folder(folder_of(with_note, tmp_path / "noted"), real)
    file = tmp_path / "answers.csv"
    file.write_text(REAL["answers.csv"].replace(",3\n", ",4\n"))
    tables, _ = build.check_files([file], real, TODAY, complete=catalog.current_id(real))
    assert tables is not None
    built = build.build(tables, [file], real, NOW + timedelta(minutes=5))
    (found,) = publication_effect(real, catalog.edition_path(real, built)).confirmations[:1]
    assert (found.kind, dict(found.values)["notes"], dict(found.values)["answers"]) == ("removal", 1, 0)


def test_invented_results_over_real_ones_ask_first(
    real: Path, sample_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["import", str(sample_folder), "--data", str(real), "--lang", "en"]
    before = state(real)
    assert main(asked) == 1
    assert "Invented results would take the place of real ones" in capsys.readouterr().err
    assert state(real) == before
    assert main([*asked, "--accept", "invented"]) == 0
    assert main(["rollback", "--data", str(real)]) == 0, "back to real ones nothing is asked"
    waits = catalog.edition_paths(real)[0].stem
    assert main(["publish", waits, "--data", str(real), "--accept", "removal,disclosure"]) == 1
    assert catalog.current_id(real) == before[0]


def test_going_back_to_invented_results_asks_too(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    invented = catalog.current_id(own)
    assert main(["import", str(folder_of(REAL, tmp_path / "in")), "--data", str(own)]) == 0, "the first real results"
    real = catalog.current_id(own)
    assert main(["rollback", "--data", str(own), "--lang", "en"]) == 1
    assert "rollback --accept invented" in capsys.readouterr().err
    assert catalog.current_id(own) == real
    assert main(["rollback", "--data", str(own), "--accept", "invented"]) == 0
    assert catalog.current_id(own) == invented


def test_what_is_served_and_cannot_be_read_may_be_real(real: Path, sample_folder: Path) -> None:
    catalog.current_path(real).write_bytes(b"damaged")
    assert main(["import", str(sample_folder), "--data", str(real)]) == 1
    catalog.current_path(real).unlink()
    assert main(["import", str(sample_folder), "--data", str(real)]) == 1
    assert main(["import", str(sample_folder), "--data", str(real), "--accept", "invented"]) == 0


def test_a_machine_is_told_in_json(
    own: Path, sample_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = one_row(sample_folder, tmp_path / "answers.csv")
    asked = ["import", str(path), "--add", "--data", str(own), "--lang", "en", "--format", "json"]
    assert main(asked) == 1
    told = json.loads(capsys.readouterr().out)
    refused = [problem for problem in told if problem["key"].startswith("safeguard.")]
    assert "safeguard.removal" in {problem["key"] for problem in refused}
    assert all(problem["severity"] == "error" and problem["reason"] for problem in refused)
    assert {problem["value"] for problem in refused} == {path.stem for path in catalog.unpublished(own)}
    assert main([*asked, "--accept", ",".join(confirmations.KINDS)]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list), "and nothing else"


def test_an_unknown_flag_is_refused(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rollback", "--data", str(own), "--lang", "en", "--accept", "everything"])
    assert "everything" in capsys.readouterr().err


@pytest.mark.parametrize(("typed", "done"), [("y\n", True), ("n\n", False), ("\n", False), ("yes please\n", False)])
def test_at_a_terminal_it_is_asked(typed: str, done: bool, own: Path, sample_folder: Path, tmp_path: Path) -> None:
    path = one_row(sample_folder, tmp_path / "answers.csv")
    assert main(["import", str(path), "--add", "--stage", "--data", str(own)]) == 0
    (waits,) = [path.stem for path in catalog.unpublished(own)]
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "clusterdash", "publish", waits, "--data", str(own), "--lang", "en"]
    running = subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=terminal, stdout=terminal, stderr=terminal, close_fds=True
    )
    os.close(terminal)
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(keyboard, 1024)
    assert b"would disappear" in shown
    os.write(keyboard, typed.encode())
    try:
        while part := os.read(keyboard, 1024):
            shown += part
    except OSError:  # the other end is closed
        pass
    assert running.wait(60) == (0 if done else 1)
    assert (catalog.current_id(own) == waits) is done
    assert done or b"nothing has changed" in shown


def test_what_waits_tells_what_publishing_it_needs(
    own: Path, sample_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = one_row(sample_folder, tmp_path / "answers.csv")
    assert main(["import", str(path), "--add", "--stage", "--data", str(own), "--lang", "en"]) == 0
    (waits,) = [path.stem for path in catalog.unpublished(own)]
    assert f"publish {waits} --accept removal" in capsys.readouterr().out


def test_the_deed_checks_by_itself(own: Path, sample_folder: Path, tmp_path: Path) -> None:
    path = one_row(sample_folder, tmp_path / "answers.csv")
    tables, _ = build.check_files([path], own, TODAY, complete=catalog.current_id(own))
    assert tables is not None
    built = build.build(tables, [path], own, NOW + timedelta(minutes=5))
    before = state(own)
    with pytest.raises(UnconfirmedError) as refused:
        build.activate(own, built, NOW, "")
    assert {one.kind for one in refused.value.lacking} == {"removal", "disclosure"}
    assert state(own) == before
    for kind in ("removal", "disclosure"):
        with pytest.raises(UnconfirmedError):
            build.activate(own, built, NOW, "", accept=[kind])
    build.activate(own, built, NOW, "", accept=["removal", "disclosure"])
    assert catalog.current_id(own) == built
