"""Editions side by side: what changes, going on and going back, and what a crash leaves."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import load_workbook
from support.editions import NOW, TODAY

from clusterdash.admin import editions
from clusterdash.admin.editions import LARGEST_UPLOAD, EditionAdmin
from clusterdash.cli.main import main
from clusterdash.domain import PUBLIC, STAFF, Audience, ClusterdashError, Label, Viewer
from clusterdash.editions import build as edition_build
from clusterdash.editions import catalog, diff
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.ingest import questionnaire_writer
from clusterdash.labels import search, status
from clusterdash.labels.filters import LabelFilters
from clusterdash.open_data import label_files
from clusterdash.operational_database import audit_records

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_statistics")]


def build(folder: Path, data: Path, minutes: int = 0) -> str:
    tables, problems = edition_build.check_files([folder], data, TODAY)
    assert tables is not None, problems[:3]
    return edition_build.build(tables, [folder], data, NOW + timedelta(minutes=minutes))


@pytest.fixture
def changed_folder(small_folder: Path, tmp_path: Path) -> Path:
    """The sample without cluster 1, with a new cluster, one answer changed, one added and one taken away."""
    folder = tmp_path / "changed"
    shutil.copytree(small_folder, folder)
    answers = pd.read_csv(folder / "answers.csv", dtype=str)
    answers = answers[answers["cluster_id"] != "demo-0001"]
    is_level = answers["indicator"] == "G1"
    first = answers[(answers["cluster_id"] == "demo-0002") & is_level].index[0]
    answers.loc[first, "value"] = str((int(float(answers.loc[first, "value"])) + 1) % 5)
    answers = answers.drop(answers[answers["cluster_id"] == "demo-0003"].index[0])
    new = answers[answers["cluster_id"] == "demo-0004"].assign(cluster_id="demo-new")
    pd.concat([answers, new]).to_csv(folder / "answers.csv", index=False)
    clusters = pd.read_csv(folder / "clusters.csv", dtype=str, keep_default_na=False)
    fresh = clusters[clusters["cluster_id"] == "demo-0004"].assign(cluster_id="demo-new", name="Nouveau")
    pd.concat([clusters, fresh]).to_csv(folder / "clusters.csv", index=False)
    return folder


def test_the_difference_equals_plain_sets(small_folder: Path, changed_folder: Path, tmp_path: Path) -> None:
    old, new = build(small_folder, tmp_path / "data"), build(changed_folder, tmp_path / "data", 1)
    found = diff.difference(*(catalog.edition_path(tmp_path / "data", edition) for edition in (old, new)))
    key = ["cluster_id", "scheme", "assessed_on", "indicator"]
    folders = (small_folder, changed_folder)
    before, after = (pd.read_csv(folder / "answers.csv").set_index(key)["value"].dropna() for folder in folders)
    both = before.index.intersection(after.index)
    assert found.answers_gone == len(before.index.difference(after.index))
    assert found.answers_new == len(after.index.difference(before.index))
    assert found.answers_changed == int((before[both] != after[both]).sum()) == 1
    assert found.clusters_new == ("Nouveau",)
    assert found.clusters_gone == ("Cluster Démo 0001",)
    assert found.clusters_changed == ("Cluster Démo 0002", "Cluster Démo 0003")
    assert (found.awards_new, found.awards_gone) == (0, 0)
    same = diff.difference(*[catalog.edition_path(tmp_path / "data", old)] * 2)
    assert same.nothing


@pytest.mark.usefixtures("with_statistics")
def test_a_group_that_becomes_too_small_is_told(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "few"
    shutil.copytree(sample_folder, folder)
    clusters = pd.read_csv(folder / "clusters.csv", dtype=str, keep_default_na=False)
    main_sector = clusters["sector"].str.split("|").str[0]
    textile = clusters[clusters["sector"].str.contains("textile")]["cluster_id"]
    sector = "textile-fashion" if len(textile) > 5 else main_sector.value_counts().index[0]
    clusters["sector"] = clusters["sector"].str.replace(sector, "other")
    clusters.to_csv(folder / "clusters.csv", index=False)
    old, new = build(sample_folder, tmp_path / "data"), build(folder, tmp_path / "data", 1)
    found = diff.difference(*(catalog.edition_path(tmp_path / "data", edition) for edition in (old, new)))
    assert [(lost.group.kind, lost.group.key, lost.after) for lost in found.groups_lost] == [("sector", sector, 0)]


def test_the_same_files_give_the_same_hash(small_folder: Path, changed_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    ids = [build(small_folder, data), build(small_folder, data, 1), build(changed_folder, data, 2)]
    first, second, other = (EditionDatabase(catalog.edition_path(data, i)).reader(STAFF).edition() for i in ids)
    assert first.content_hash == second.content_hash != other.content_hash
    assert first.edition_id.rpartition("-")[2] == first.content_hash[:8]


def test_the_same_files_give_the_same_exports(small_folder: Path, tmp_path: Path) -> None:
    """Byte by byte, whenever an edition was built and a file was written."""
    data, made = tmp_path / "data", []
    asked = LabelFilters(Label.GOLD)
    for minutes in (0, 61):
        opened = EditionDatabase(catalog.edition_path(data, build(small_folder, data, minutes)))
        gateway = opened.reader(PUBLIC)
        found = search.matching(status.label_statuses(gateway.label_register(), TODAY, TODAY), asked)
        version = gateway.edition().content_hash
        register = label_files.FilteredRegister(
            found, gateway.sectors(), asked, TODAY, gateway.provenance(), version, "fr"
        )
        writers = (label_files.labels_csv, label_files.labels_json, label_files.labels_geojson, label_files.labels_xlsx)
        files = [write(register) for write in writers]
        made.append([*files, questionnaire_writer.questionnaire(opened.reader(STAFF).schemes()[0], "fr", None)])
        opened.close()
    assert made[0] == made[1]
    for book in made[0][-2:]:
        with ZipFile(io.BytesIO(book)) as members:
            assert {member.date_time[0] for member in members.infolist()} == {1980}
            assert b"<dcterms:" not in members.read("docProps/core.xml")
        assert load_workbook(io.BytesIO(book)).worksheets[0].max_row > 1


@pytest.mark.usefixtures("with_statistics")
def test_the_same_files_give_the_same_statistics(small_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    results = []
    for minutes in range(3):
        opened = EditionDatabase(catalog.edition_path(data, build(small_folder, data, minutes)))
        gateway = opened.reader(STAFF)
        found = [gateway.benchmark(cluster) for cluster in list(gateway.assessed())[::4]]
        results.append([(r.references, r.robustness, r.past) for r in found])
        opened.close()
    assert results[0] == results[1] == results[2]


def test_building_does_not_publish_and_rolling_back_goes_step_by_step(
    small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    a, b, c = (build(small_folder, data, minutes) for minutes in range(3))
    assert catalog.history(data) == []
    for edition in (a, b, c):
        assert main(["publish", edition, "--data", str(data), "--lang", "en"]) == 0
    assert catalog.current_path(data).stem == c
    assert "Nothing changes" in capsys.readouterr().out
    assert main(["rollback", "--data", str(data)]) == 0
    assert catalog.current_path(data).stem == b
    assert main(["rollback", "--data", str(data)]) == 0
    assert catalog.current_path(data).stem == a
    assert main(["rollback", "--data", str(data), "--lang", "en"]) == 1
    assert "nothing to go back to" in capsys.readouterr().err
    assert main(["publish", c, "--data", str(data)]) == 0
    assert main(["rollback", "--data", str(data)]) == 0
    assert catalog.current_path(data).stem == a, "what was rolled back is not what was before"
    assert main(["publish", "nothing", "--data", str(data), "--lang", "en"]) == 1
    assert "There is no edition “nothing”" in capsys.readouterr().err
    assert main(["editions", "--data", str(data), "--lang", "en"]) == 0
    listed = capsys.readouterr().out
    assert [line[2:].partition(":")[0] for line in listed.splitlines()[:3]] == [c, b, a]
    assert next(line for line in listed.splitlines() if line.startswith("*")).startswith(f"* {a}")
    assert listed.count("published by") == 4
    assert listed.count("back to") == 3


def test_only_what_was_never_served_can_be_discarded(
    small_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    a, b, c = (build(small_folder, data, minutes) for minutes in range(3))
    for edition in (a, b):
        assert main(["publish", edition, "--data", str(data)]) == 0
    assert [path.stem for path in catalog.unpublished(data)] == [c]
    assert [desk(data).may_discard(edition) for edition in (a, b, c)] == [False, False, True]
    for edition in (a, b):
        assert main(["discard", edition, "--data", str(data), "--lang", "en"]) == 1
        assert "it stays" in capsys.readouterr().err
    assert main(["discard", c, "--data", str(data)]) == 0
    assert [path.stem for path in catalog.edition_paths(data)] == [b, a]
    assert main(["discard", c, "--data", str(data), "--lang", "en"]) == 1
    assert "There is no edition" in capsys.readouterr().err
    with pytest.raises(ClusterdashError, match=r"editions\.was_served"):
        desk(data).discard(b, NOW)
    assert [(entry.action, entry.what) for entry in audit_records.read(data, 1)] == [("discard", c)]


@pytest.mark.usefixtures("with_statistics")
def test_an_import_tells_what_it_changes_and_may_wait(
    small_folder: Path, changed_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert main(["import", str(small_folder), "--data", str(data)]) == 0
    served = catalog.current_path(data)
    capsys.readouterr()
    assert main(["import", str(changed_folder), "--data", str(data), "--stage", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "New clusters (1): Nouveau" in said
    assert "is built, not published" in said
    assert catalog.current_path(data) == served
    staged, _, accept = said.strip().rpartition(" publish ")[2].partition(" --accept ")
    assert main(["publish", staged, "--data", str(data)]) == 1, "clusters and answers would be gone"
    assert main(["publish", staged, "--data", str(data), "--accept", accept]) == 0
    assert catalog.current_path(data).stem == staged


def test_problems_for_machines_and_strictness(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "awards.csv").write_text("cluster_id,label,awarded_on,extra\nnobody,gold,2013,x\n")
    assert (
        main(["check", str(tmp_path / "awards.csv"), "--format", "json", "--data", str(tmp_path), "--lang", "en"]) == 1
    )
    told = json.loads(capsys.readouterr().out)
    assert [(p["severity"], p["row"], p["column"], p["key"]) for p in told] == [
        ("warning", 1, "extra", "column.unknown"),
        ("error", 2, "cluster_id", "cluster.unknown"),
    ]
    assert told[1]["reason"].startswith("cluster not known")
    known = next(iter((catalog.PROJECT_DATA / "labels" / "clusters.csv").read_text("utf-8").splitlines()[1:]))
    (tmp_path / "awards.csv").write_text(f"cluster_id,label,awarded_on,extra\n{known.split(',')[0]},gold,2013,x\n")
    assert main(["check", str(tmp_path / "awards.csv"), "--data", str(tmp_path)]) == 0
    assert main(["check", str(tmp_path / "awards.csv"), "--strict", "--data", str(tmp_path)]) == 1


def test_a_full_disk_is_told_and_the_old_edition_stays(small_folder: Path, tmp_path: Path) -> None:
    """No file may grow beyond half of an edition: the database that is being built cannot be written whole."""
    data = tmp_path / "data"
    assert main(["import", str(small_folder), "--data", str(data)]) == 0
    served, whole = catalog.current_path(data), catalog.current_path(data).read_bytes()
    limited = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({len(whole) // 2}, {len(whole) // 2}));"
        "from clusterdash.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", limited, "import", str(small_folder), "--data", str(data), "--lang", "en"]
    run = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "could not be written" in run.stderr
    assert "Traceback" not in run.stderr
    assert (catalog.current_path(data), catalog.current_path(data).read_bytes()) == (served, whole)
    assert not list((data / "editions").glob(".*")), "nothing half-made is left"
    assert main(["import", str(small_folder), "--data", str(data)]) == 0


def desk(data: Path, *, demonstration: bool = False) -> EditionAdmin:
    return EditionAdmin(STAFF, data, demonstration=demonstration, by="somebody")


def quietly(_: str, __: float) -> None:
    """No progress told."""


@pytest.mark.parametrize("viewer", [PUBLIC, Viewer(Audience.CLUSTER, frozenset({"demo-0001"}))])
def test_the_desk_is_for_staff_only(data: Path, viewer: Viewer) -> None:
    with pytest.raises(ClusterdashError) as refused:
        EditionAdmin(viewer, data, demonstration=True, by="")
    assert refused.value.key == "access.staff_only"


def test_the_desk_tells_what_is_wrong_by_the_names_of_the_files(tmp_path: Path) -> None:
    uploads = [
        ("../../answers.csv", b"cluster_id,assessed_on,scheme,indicator,value\nghost,2025-01-01,benchmark-36,G1,3\n"),
        ("big.csv", b"x" * (LARGEST_UPLOAD + 1)),
        ("broken.xlsx", b"PK\x03\x04 nothing"),
    ]
    found = desk(tmp_path).check(uploads, NOW, quietly)
    assert found.edition is None
    assert {(problem.file, problem.key) for problem in found.problems} == {
        ("answers.csv", "cluster.unknown"),
        ("answers.csv", "answer.gaps"),
        ("big.csv", "sheet.too_heavy"),
        ("broken.xlsx", "sheet.not_xlsx"),
    }
    assert not list(tmp_path.rglob("*.duckdb"))


def test_a_demonstration_keeps_the_latest_of_what_visitors_have_checked(
    monkeypatch: pytest.MonkeyPatch, small_folder: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    staged, served = (build(small_folder, data, minutes) for minutes in range(2))
    catalog.set_current(data, served, NOW, "")
    uploads = [(path.name, path.read_bytes()) for path in small_folder.glob("*.csv")]
    monkeypatch.setattr(editions, "MAX_DRAFTS", 2)
    checked, kept = [], []
    for minutes in range(10, 14):
        found = desk(data, demonstration=True).check(uploads, NOW + timedelta(minutes=minutes), quietly)
        assert found.edition
        checked.append(found.edition.edition_id)
        if minutes == 10:
            desk(data, demonstration=True).publish(checked[0], NOW)
        kept.append(found)
    assert {path.stem for path in catalog.edition_paths(data)} == {staged, served, checked[0]}
    assert {path.stem for path in catalog.draft_paths(data)} == {*checked[-2:]}
    assert catalog.current_path(data).stem == checked[0]
    for edition_id in checked[-2:]:
        desk(data, demonstration=True).keep(edition_id, NOW)
    kept.append(desk(data).check(uploads, NOW + timedelta(minutes=20), quietly))
    assert (len(catalog.edition_paths(data)), len(catalog.draft_paths(data))) == (5, 1), (
        "outside a demonstration nothing goes"
    )


def test_a_demonstration_publishes_invented_editions_only(small_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    invented = [(path.name, path.read_bytes()) for path in small_folder.glob("*.csv")]
    real = [upload for upload in invented if upload[0] != "edition.csv"]
    for uploads, allowed in ((invented, True), (real, False)):
        found = desk(data, demonstration=True).check(uploads, NOW + timedelta(minutes=len(uploads)), quietly)
        if allowed:
            assert found.edition
            desk(data, demonstration=True).publish(found.edition.edition_id, NOW)
        else:
            assert found.edition is None, "nothing is even built"
            real_one = desk(data).check(uploads, NOW + timedelta(minutes=len(uploads)), quietly)
            assert real_one.edition
            with pytest.raises(ClusterdashError, match=r"editions\.unknown"):
                desk(data, demonstration=True).publish(real_one.edition.edition_id, NOW)
            desk(data).publish(real_one.edition.edition_id, NOW)
    assert [change.by for change in desk(data).history()] == ["somebody", "somebody"]
    assert desk(data).previous() == desk(data).history()[-1].edition


def test_files_without_results_do_not_empty_what_is_published(small_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    real = [(path.name, path.read_bytes()) for path in small_folder.glob("*.csv") if path.name != "edition.csv"]
    found = desk(data).check(real, NOW, quietly)
    assert found.edition
    desk(data).publish(found.edition.edition_id, NOW)
    known = (catalog.PROJECT_DATA / "labels" / "clusters.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    awards_only = [("awards.csv", f"cluster_id,label,awarded_on\n{known},gold,2024\n".encode())]
    refused = desk(data).check(awards_only, NOW + timedelta(minutes=9), quietly)
    assert refused.edition is None
    assert {problem.key for problem in refused.problems} == {"edition.would_empty"}


def test_completeness_equals_counting_in_the_files(sample_folder: Path, staff: EditionReader) -> None:
    answers = pd.read_csv(sample_folder / "answers.csv").query("scheme == 'benchmark-36'").dropna(subset=["value"])
    latest = answers[answers["assessed_on"] == answers.groupby("cluster_id")["assessed_on"].transform("max")]
    by_indicator = latest.groupby("indicator").size()
    for found in staff.indicator_completeness("benchmark-36"):
        assert (found.answered, found.asked) == (by_indicator[found.indicator], 120)
    by_cluster = latest.groupby("cluster_id").size()
    gaps = staff.assessment_completeness("benchmark-36")
    assert {found.cluster_id: found.answered for found in gaps} == by_cluster.to_dict()
    assert [found.assessed_on for found in gaps] == sorted(found.assessed_on for found in gaps)
    assert all(found.asked == 36 for found in gaps)


KILLS = 3
"""Here a few; `bench/crash_safety.py` does fifty."""


def test_killed_at_any_moment_the_published_edition_reads_whole(small_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "clusterdash", "import", str(small_folder), "--data", str(data)]
    root = Path(__file__).parents[2]
    start = time.monotonic()
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - start
    first = EditionDatabase(catalog.current_path(data))
    counted = (first.reader(STAFF).edition().clusters, first.reader(STAFF).edition().assessments)
    first.close()
    for kill in range(KILLS):
        running = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            running.wait(whole * (kill + 1) / (KILLS + 1))
        except subprocess.TimeoutExpired:
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
        opened = EditionDatabase(catalog.current_path(data))
        gateway = opened.reader(STAFF)
        assert (gateway.edition().clusters, gateway.edition().assessments) == counted
        assert len(gateway.benchmark("demo-0007").first.positions) == 31
        opened.close()
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    assert not list((data / "editions").glob(".*")), "what the killed ones left is swept up"


OTHER_READER = """
import json, sys
from pathlib import Path
from clusterdash.domain import STAFF
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase
data, known = Path(sys.argv[1]), json.loads(sys.argv[2])
reads, wrong, seen = 0, [], set()
while not reads or not (data / "done").exists():
    opened = EditionDatabase(catalog.current_path(data))
    gateway = opened.reader(STAFF)
    edition = gateway.edition()
    if [edition.clusters, gateway.assessed()] != [known[edition.edition_id][0], dict(known[edition.edition_id][1])]:
        wrong.append(edition.edition_id)
    seen.add(edition.edition_id)
    opened.close()
    reads += 1
    (data / "reads").write_text(str(reads))
print(json.dumps([reads, wrong, len(seen)]))
"""


@pytest.mark.usefixtures("with_statistics")
def test_readers_never_see_a_mixture(small_folder: Path, changed_folder: Path, tmp_path: Path) -> None:
    """Eight threads and another process read while two editions take turns: each read is of one of them, whole."""
    data = tmp_path / "data"
    ids = [build(small_folder, data), build(changed_folder, data, 1)]
    known = {}
    for edition in ids:
        catalog.set_current(data, edition, datetime.now(UTC), "")
        opened = EditionDatabase(catalog.current_path(data))
        known[edition] = (opened.reader(STAFF).edition().clusters, list(opened.reader(STAFF).assessed().items()))
        opened.close()
    assert known[ids[0]] != known[ids[1]]
    done, reads, wrong, seen = threading.Event(), [0] * 8, [], set()

    def read(reader: int) -> None:
        while not done.is_set():
            try:
                opened = EditionDatabase(catalog.current_path(data))
                gateway = opened.reader(STAFF)
                edition = gateway.edition()
                if (edition.clusters, list(gateway.assessed().items())) != known[edition.edition_id]:
                    wrong.append(edition.edition_id)
                seen.add(edition.edition_id)
                opened.close()
            except Exception as error:  # whatever it is, a reader must not see it
                wrong.append(repr(error))
            reads[reader] += 1

    command = [sys.executable, "-c", OTHER_READER, str(data), json.dumps(known)]
    other = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True)
    readers = [threading.Thread(target=read, args=(reader,), daemon=True) for reader in range(8)]
    for reader in readers:
        reader.start()
    while not (data / "reads").exists():
        assert other.poll() is None
    for turn in range(100):
        before = sum(reads)
        catalog.set_current(data, ids[turn % 2], datetime.now(UTC), "")
        while sum(reads) == before:  # somebody reads between any two publications
            done.wait(0.001)
    done.set()
    (data / "done").touch()
    for reader in readers:
        reader.join()
    read_there, wrong_there, seen_there = json.loads(other.communicate()[0])
    assert wrong == []
    assert wrong_there == []
    assert seen == set(ids)
    assert seen_there == len(ids)
    assert min(reads) > 0
    assert read_there > 1


def test_a_backup_is_a_copy_and_is_served_after_it_is_put_back(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "backup"
    shutil.copytree(data, copy)
    restored = tmp_path / "restored"
    shutil.copytree(copy, restored)
    opened, original = EditionDatabase(catalog.current_path(restored)), EditionDatabase(catalog.current_path(data))
    assert opened.reader(STAFF).benchmark("demo-0007") == original.reader(STAFF).benchmark("demo-0007")
