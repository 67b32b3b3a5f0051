"""Forgetting a cluster: afterwards nothing in the data folder and in the database names it or its people."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from support.editions import NOW, TODAY, laid_bare, publish_folder
from support.killed import duration, ended_before
from support.postgresql import needs_postgresql
from support.s3_server import s3_server

from clusterdash.admin import forget as forgetting
from clusterdash.cli.main import main
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError, Problem
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.domain.pseudonym import Pseudonyms
from clusterdash.editions import build, catalog, erasure
from clusterdash.editions.edition_store import configured_store
from clusterdash.editions.reader import EditionDatabase
from clusterdash.operational_database import audit_records, edition_files, grants, jobs, label_changes, pins, rows
from clusterdash.operational_database import erasure as database_erasure
from clusterdash.operational_database.audit_records import AuditRecord
from clusterdash.operational_database.engine import reading

pytestmark = pytest.mark.usefixtures("without_statistics")
ENGINES = ["sqlite", pytest.param("postgresql", marks=needs_postgresql)]
GONE, STAYS = "demo-0012", "demo-0013"
NAME = "Cluster Démo 0012"
ONLY, FORMERLY, BOTH, BOSS = "only@c.example", "formerly@c.example", "both@c.example", "boss@c.example"
SECRETS = (GONE, NAME, ONLY, FORMERLY)


def record(data: Path, who: str, action: audit_records.AuditAction, what: str) -> None:
    audit_records.add(data, AuditRecord(NOW.isoformat(timespec="seconds"), who, action, what), NOW - timedelta(days=9))


def use_it(data: Path) -> None:
    """Traces of the cluster and its people wherever the program leaves some."""
    listed = [
        (ONLY, "manager", GONE, "", ""),
        (BOTH, "manager", f"{GONE}|{STAYS}", "", ""),
        (BOSS, "staff", "", "", ""),
    ]
    grants.replace(data, listed)
    record(data, ONLY.title(), "sign_in", "")
    for who in (ONLY, FORMERLY, BOTH, BOSS):
        record(data, who, "look", GONE)
    record(data, BOTH, "look", STAYS)
    record(data, BOSS, "check", f"{GONE}-2025.xlsx, {STAYS}.xlsx")
    pins.add(data, f"benchmark?cluster={GONE}&reference=all", f"{NAME} and {ONLY}", by=BOSS, now=NOW)
    pins.add(data, f"benchmark?cluster={STAYS}", "kept", by=BOSS, now=NOW)
    times = {"now": NOW, "oldest": NOW - timedelta(days=9)}
    for ends in (True, False):
        job = jobs.start(data, "check", by=ONLY, visitor="", server="s 1", progress_key="data.reading", **times)
        jobs.add_line(data, job.job_id, "data.reading", {"file": f"{GONE}.xlsx"}, NOW)
        if ends:
            problem = Problem(f"{GONE}.xlsx", "", 2, "name", NAME, "cluster.unknown")
            jobs.end(data, job.job_id, "failed", NOW, problems=[problem])
    changes = [
        NewChange(ChangeAction.ADD_CLUSTER, GONE, {"name": NAME, "country": "FR", "city": "Lyon"}),
        NewChange(ChangeAction.DISSOLVE, STAYS, {"dissolved_on": "2026", "successor": GONE}),
    ]
    label_changes.add(data, changes, by=BOSS, reason=f"said {ONLY} of {NAME}", now=NOW)


@pytest.fixture(scope="module")
def template(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Editions that hold the cluster: served, served before, unpublished, a draft, replaced; and files of before."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("in")
    source = folder / "in"
    shutil.copytree(small_folder, source)
    recipe = f"version = 1\n[clusters]\n'{NAME}' = '{GONE}'\nOther = '{STAYS}'\n"
    (source / "recipes.csv").write_text(f'name,recipe\nResults,"{recipe}"\n', "utf-8")
    publish_folder(source, data, now=NOW - timedelta(days=1))
    publish_folder(source, data)
    more = folder / f"{GONE}.csv"
    more.write_text(f"cluster_id,assessed_on,scheme,indicator,value\n{GONE},2025-01-01,benchmark-36,G1,3\n")
    for draft in (False, True):
        tables, problems = build.check_files([more], data, TODAY, complete=catalog.current_id(data))
        assert tables, problems
        build.build(tables, [more], data, NOW, draft=draft)
    replaced = data / "editions" / "replaced"
    replaced.mkdir()
    shutil.copy(catalog.current_path(data), replaced / "x-schema-9.duckdb")
    former = data / "former-files" / "audit"
    former.mkdir(parents=True)
    (former / "2025-01.jsonl").write_text(f'{{"who": "{ONLY}", "what": "{GONE}"}}\n')
    (former / "2025-02.jsonl").write_text(f'{{"who": "{BOSS}", "what": "{STAYS}"}}\n')
    (former.parent / "clusterdash-20250101.sqlite").write_bytes(b"SQLite")
    return data


def traces(data: Path) -> list[str]:
    """Where one of the secrets is found: in bytes of files, in tables of editions, in rows of the database."""
    found = []
    for path in data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [f"{path.name}: {secret}" for secret in SECRETS if secret.lower().encode() in content.lower()]
            if path.suffix == ".duckdb":
                found += [f"{path.name}: {secret}" for secret in SECRETS if secret in in_tables(path)]
    with reading(data, at_one_moment=True) as connection:
        assert connection is not None
        kept = str([list(rows.read_rows(connection, table)) for table in rows.TABLES])
    return found + [f"database: {secret}" for secret in SECRETS if secret.lower() in kept.lower()]


def assessed(data: Path) -> set[str]:
    """The clusters with results in the served edition."""
    with laid_bare(data) as connection:
        return {cluster for (cluster,) in connection.execute("select distinct cluster_id from assessment").fetchall()}


def in_tables(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return "".join(str(connection.execute(f"from {schema}.{table}").fetchall()) for schema, table in tables)


@pytest.mark.parametrize("engine", ENGINES)
def test_afterwards_no_byte_names_the_cluster_or_its_people(
    engine: str,
    template: Path,
    small_folder: Path,
    tmp_path: Path,
    use_engine: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    use_engine(engine)
    data = Path(shutil.copytree(template, tmp_path / "data"))
    if engine == "postgresql":
        (data / "clusterdash.sqlite").unlink()
        publish_folder(small_folder, data)
    use_it(data)
    before = assessed(data)
    assert len({one.partition(":")[2] for one in traces(data)}) == len(SECRETS)
    assert main(["forget", GONE, "--data", str(data), "--lang", "en"]) == 1, "it is asked for"
    assert catalog.current_path(data).is_file()
    assert GONE in str(grants.read(data))
    assert main(["forget", GONE, "--yes", "--data", str(data), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "the confirmations “removal” and “disclosure” were given" in said
    assert "Out of reach, and up to you: backups" in said
    assert "still names" not in said
    assert ("PostgreSQL: the tables were rewritten" in said) == (engine == "postgresql")
    assert traces(data) == []
    assert assessed(data) == before - {GONE}
    assert len(before) == 24
    assert grants.read(data) == [(BOTH, "manager", STAYS, "", ""), (BOSS, "staff", "", "", "")]
    log = {(entry.who, entry.action, entry.what) for entry in audit_records.read(data, 99)}
    person, other = "forgotten-1-person-2", "forgotten-1-person-1"
    assert log >= {(person, "sign_in", ""), *((who, "look", "forgotten-1") for who in (person, other, BOTH, BOSS))}
    assert (BOTH, "look", STAYS) in log
    assert (BOSS, "check", f"forgotten-1-2025.xlsx, {STAYS}.xlsx") in log
    assert "forgotten-1" in {what for _, action, what in log if action == "forget"}
    pinned = {(pin.address, pin.note) for pin in pins.read(data)}
    assert pinned == {
        ("benchmark?cluster=forgotten-1&reference=all", f"forgotten-1 and {person}"),
        (f"benchmark?cluster={STAYS}", "kept"),
    }
    added, dissolved = label_changes.read(data)
    assert (added.cluster_id, added.details, added.reason) == ("forgotten-1", {}, f"said {person} of forgotten-1")
    assert dissolved.details == {"dissolved_on": "2026", "successor": "forgotten-1"}
    assert label_changes.corrections(data).clusters == {"forgotten-1", STAYS}
    assert [path.name for path in (data / "former-files" / "audit").iterdir()] == ["2025-02.jsonl"]
    assert main(["rollback", "--data", str(data), "--lang", "en"]) == 1
    assert main(["forget", GONE, "--yes", "--data", str(data), "--lang", "en"]) == 1
    assert "Nothing is known of the cluster" in capsys.readouterr().err
    assert main(["forget", STAYS, "--yes", "--data", str(data), "--lang", "en"]) == 0
    assert "the record names forgotten-2" in capsys.readouterr().out


def test_a_cluster_with_a_label_keeps_its_public_entry_and_loses_its_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, folder = tmp_path / "data", tmp_path / "in"
    folder.mkdir()
    holder, other = _two_holders()
    answers = "".join(f"{one},2025-01-01,benchmark-36,G1,3\n" for one in (holder, other))
    (folder / "answers.csv").write_text(f"cluster_id,assessed_on,scheme,indicator,value\n{answers}")
    publish_folder(folder, data)
    register = EditionDatabase(catalog.current_path(data)).reader(PUBLIC).label_register()
    grants.replace(data, [(ONLY, "manager", holder, "", ""), (BOSS, "staff", "", "", "")])
    record(data, ONLY, "look", holder)
    label_changes.add(
        data, [NewChange(ChangeAction.EDIT_CLUSTER, holder, {"city": "Lyon"})], by=BOSS, reason=ONLY, now=NOW
    )
    assert main(["forget", holder, "--yes", "--data", str(data), "--lang", "en"]) == 0
    assert "It holds or held a label" in capsys.readouterr().out
    reader = EditionDatabase(catalog.current_path(data)).reader(STAFF)
    assert assessed(data) == {other}
    assert reader.label_register() == register
    assert [path.stem for path in catalog.edition_paths(data)] == [catalog.current_id(data)]
    (change,) = label_changes.read(data)
    assert (change.cluster_id, change.details, change.reason) == (holder, {"city": "Lyon"}, "forgotten-1-person-1")
    assert holder not in str(audit_records.read(data, 99))
    with pytest.raises(ClusterdashError):
        reader.benchmark(holder)


def test_in_a_store_only_the_edition_without_it_is_left(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with s3_server() as stores:
        for name, value in stores.access.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CLUSTERDASH_EDITIONS", stores.new_bucket())
        data = publish_folder(small_folder, tmp_path, now=NOW - timedelta(days=1))
        publish_folder(small_folder, data)
        use_it(data)
        assert main(["forget", GONE, "--yes", "--data", str(data), "--lang", "en"]) == 0
        assert "The store: objects without an edition" in capsys.readouterr().out
        assert traces(data) == []
        assert catalog.edition_ids(data) == [catalog.current_id(data)]
        store = configured_store()
        assert store
        (listed,) = edition_files.read(data)
        assert [found.sha256 for found in store.stored()] == [listed.sha256]
        assert len(assessed(data)) == 23


def _two_holders() -> tuple[str, str]:
    found = (catalog.PROJECT_DATA / "labels" / "awards.csv").read_text("utf-8").splitlines()[1:]
    first, second = list(dict.fromkeys(line.partition(",")[0] for line in found))[:2]
    return first, second


FORGET = """
from datetime import UTC, datetime
from pathlib import Path
from clusterdash.admin.forget import forget
from clusterdash.statistics import pipeline
pipeline.compute = lambda *_, **__: None
ready()
forget(Path(sys.argv[1]), sys.argv[2], datetime.now(UTC), "me")
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_can_be_run_again_and_leaves_nothing(template: Path, tmp_path: Path) -> None:
    chance, ended, turns, whole = random.Random(1), 0, 3, 0.0
    for turn in range(turns + 1):
        data = Path(shutil.copytree(template, tmp_path / str(turn)))
        use_it(data)
        if not turn:
            whole = duration(FORGET, data, GONE)
            continue
        ended += ended_before(chance.uniform(0, whole), FORGET, data, GONE)
        catalog.current_path(data)  # there is one at every moment
        main(["forget", GONE, "--yes", "--data", str(data)])
        assert traces(data) == []
        assert len(assessed(data)) == 23
    assert ended < turns, "some were killed"


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (database_erasure, "erase"),
        (forgetting, "_remove_former_files"),
        (forgetting, "remove_evidence"),
        (erasure, "remove_files"),
        (database_erasure, "purge"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_interrupted_before_any_step_it_can_be_run_again_and_leaves_nothing(
    module: ModuleType, step: str, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Path(shutil.copytree(template, tmp_path / "data"))
    use_it(data)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, step, interrupted)
        forgetting.forget(data, GONE, NOW, "me")
    main(["forget", GONE, "--yes", "--data", str(data)])
    assert traces(data) == []
    assert len(assessed(data)) == 23


def test_a_pseudonym_replaces_whole_words_and_no_other_cluster() -> None:
    pseudonyms = Pseudonyms({"a-1": "x", "Émile & Co": "y"}, ["a-1-b", "a-10", "other"])
    told = {
        "a-1": "x",
        "cluster=A-1&q": "cluster=x&q",
        "a-1.xlsx, a-1_2025.csv, a-1-2025": "x.xlsx, x_2025.csv, x-2025",
        "a-10, a-1-b, ba-1, a-1b": "a-10, a-1-b, ba-1, a-1b",
        "of émile & co.": "of y.",
        "": "",
    }
    assert {text: pseudonyms.replace(text) for text in told} == told
    assert Pseudonyms({}).replace("a-1") == "a-1"
