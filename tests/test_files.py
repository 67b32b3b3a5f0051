"""Nobody else on the machine reads what the program writes, and git takes none of it."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from support.browser import ROOT
from support.editions import NOW
from support.sign_in_settings import AUTH, OPTIONS

from clusterdash import files
from clusterdash.admin.editions import EditionAdmin
from clusterdash.admin.grants import AccessAdmin
from clusterdash.auth import revocation, startup_checks
from clusterdash.auth.oidc import Identity
from clusterdash.cases import evidence_store
from clusterdash.cli import serve
from clusterdash.cli.main import main
from clusterdash.domain import STAFF
from clusterdash.editions import build, catalog
from clusterdash.i18n import explain
from clusterdash.ingest import grants, sample
from clusterdash.settings import Settings

pytestmark = pytest.mark.slow


@contextmanager
def mask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        assert os.umask(before) == bits, "a command leaves the process as it was"


def open_to_others(*folders: Path) -> list[str]:
    """What others than the owner may read, change or enter, the folders themselves included."""
    found = []
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            mode = path.stat().st_mode
            if mode & 0o077:
                found.append(f"{stat.filemode(mode)} {path}")
    return found


def small_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    original = sample.generate

    def write(folder: Path, facts: Path, clusters: int = 15, years: int = 1, seed: int = 1) -> None:
        original(folder, facts, clusters=clusters, years=years, seed=seed)

    monkeypatch.setattr(build.sample, "generate", write)


@pytest.mark.parametrize("bits", [0])  # what is closed with this mask is closed with any
def test_after_every_command_nothing_is_readable_by_others(
    bits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small_sample(monkeypatch)
    monkeypatch.setattr(serve, "start", lambda *_: 0)  # it would take the place of this process
    data, out = tmp_path / "data", tmp_path / "out"
    access = tmp_path / "access.csv"
    access.write_text("email,role,cluster_id\na@b.org,staff,\n")
    few = ["--clusters", "15", "--years", "1"]
    accept = ["--accept", "removal,disclosure,invented"]

    def waiting() -> str:
        return catalog.unpublished(data)[0].stem

    commands: list[Callable[[], list[str | Path]]] = [
        lambda: ["prepare"],
        lambda: ["upgrade"],
        lambda: ["serve"],
        lambda: ["schemas", "-o", out / "schemas", "--markdown", out / "formats.md"],
        lambda: ["sample", *few],
        *(lambda seed=seed: ["sample", *few, "--seed", seed, "-o", out / seed] for seed in "234"),
        lambda: ["understand", out / "2", "-o", out / "recipe.toml"],
        lambda: ["check", out / "2", *accept],
        lambda: ["import", out / "2", access, *accept],
        lambda: ["import", out / "3", "--stage"],
        lambda: ["editions"],
        lambda: ["publish", waiting(), *accept],
        lambda: ["rollback", *accept],
        lambda: ["import", out / "4", "--stage"],
        lambda: ["discard", waiting()],
        lambda: ["import", out / "2" / "answers.csv", "--add", "--stage"],
        lambda: ["import", out / "3", *accept],
        lambda: ["rebase", waiting()],
        lambda: ["export", "-o", out / "deep" / "export"],
        lambda: ["references", "key", "-o", out / "key.pem"],
        lambda: ["template", "--scheme", "benchmark-36", "-o", out / "empty.xlsx"],
        lambda: ["template", "--scheme", "benchmark-36", "--cluster", "demo-0003", "-o", out / "filled.xlsx"],
        lambda: ["show", "demo-0003"],
        lambda: ["report", "demo-0003", "-o", out / "brief.pdf"],
        lambda: ["report", "--all", "-o", out / "briefs.zip"],
        lambda: ["settings"],
        lambda: ["doctor"],
        lambda: ["cases", "verify"],
        lambda: ["backup", out / "backup.zip"],
        lambda: ["restore", out / "backup.zip", "--data", out / "restored"],
        lambda: ["forget", "demo-0003", "--yes"],
    ]
    done = {"move", "sweep"}  # these need a server of PostgreSQL, or a store
    with mask(bits):
        for command in commands:
            given = [str(part) for part in command()]
            given += [] if "--data" in given else ["--data", str(data)]
            assert main(given) == 0, (given, capsys.readouterr())
            done.add(given[0])
            assert open_to_others(*(folder for folder in (data, out) if folder.exists())) == [], given
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = re.search(r"COMMAND\n((?:    .*\n)+)", capsys.readouterr().out)
    assert listed
    assert set(re.findall(r"^    (\w+)", listed[1], flags=re.MULTILINE)) == done, "a new command belongs into this test"


@pytest.mark.parametrize("bits", [0])  # what is closed with this mask is closed with any
def test_after_every_deed_of_the_pages_nothing_is_readable_by_others(
    bits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_sample(monkeypatch)
    data = tmp_path / "data"
    with mask(bits):
        build.build_demonstration(data, NOW, lambda *_: None)
        desk = EditionAdmin(STAFF, data, demonstration=False, by="me@b.org")
        uploads = [(path.name, path.read_bytes()) for path in sorted((data / "sample").iterdir())]
        made = desk.check(uploads, NOW + timedelta(minutes=1), lambda *_: None)
        assert made.edition
        assert open_to_others(data) == [], "a draft"
        desk.keep(made.edition.edition_id, NOW)
        unwanted = desk.check(uploads, NOW + timedelta(minutes=2), lambda *_: None)
        assert unwanted.edition
        desk.discard(unwanted.edition.edition_id, NOW + timedelta(minutes=3))
        desk.publish(made.edition.edition_id, NOW + timedelta(minutes=4), accept=("removal", "disclosure", "invented"))
        desk.rollback(NOW + timedelta(minutes=5), accept=("removal", "disclosure", "invented"))
        grants.replace(data, grants.check_rows([["me@b.org", "staff", "", "", ""]], ())[0])
        access = AccessAdmin(STAFF, data, demonstration=False, by="me@b.org")
        assert access.replace([["me@b.org", "staff", "", "", ""]], {}, NOW) == []
        revocation.record_sign_out(data, Identity("a@b.c", "https://id", "7", NOW), NOW, 8)
        assert open_to_others(data) == []


def test_what_an_older_program_made_is_mended_and_what_cannot_be_is_said(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "data"
    shutil.copytree(data, old)
    for path in (old, *old.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (old / "labels").mkdir(mode=0o755)
    assert main(["editions", "--data", str(old)]) == 0
    assert [line for line in open_to_others(old) if "labels" not in line] == [f"drwxr-xr-x {old}"], (
        "the folder itself may hold public facts"
    )
    assert stat.S_IMODE((old / "labels").stat().st_mode) == 0o755, "public facts stay as they are"
    capsys.readouterr()

    edition = catalog.current_path(old)
    edition.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # as on a file system without modes
    assert files.protect(old) == [edition]
    assert main(["editions", "--data", str(old), "--lang", "en"]) == 0
    assert f'chmod -R go= "{edition}"' in capsys.readouterr().err
    for auth in ({}, AUTH):
        refused = startup_checks.refusals(OPTIONS.__getitem__, auth, Settings(), real=True, exposed=[edition])
        assert [reason.key for reason in refused] == ["start.exposed"]
        assert "chmod" in explain("en", refused[0])
    assert startup_checks.refusals(OPTIONS.__getitem__, {}, Settings(), real=False, exposed=[edition]) == []


@pytest.mark.parametrize("name", ["data", "other/folder"])
def test_git_takes_nothing_that_the_program_makes(name: str, data: Path, tmp_path: Path) -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("no git here")
    made = tmp_path / "made"
    shutil.copytree(data, made)
    sample.generate(made / "sample", catalog.PROJECT_DATA, clusters=5, years=1)
    grants.replace(made, ())
    AccessAdmin(STAFF, made, demonstration=False, by="x").log()
    build.activate(made, catalog.current_path(made).stem, NOW, "x")
    revocation.record_sign_out(made, Identity("a@b.c", "https://id", "7", NOW), NOW, 8)
    evidence_store.put(made, b"minutes")
    (made / "access.toml").touch()
    half_built = made / "editions" / ".20260101-000000-abcdef12.99.building.wal"
    half_built.touch()
    paths = [f"{name}/{path.relative_to(made)}" for path in made.rglob("*") if path.is_file()]
    asked = subprocess.run(
        ["git", "check-ignore", "--no-index", *paths], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert sorted(paths) == sorted(asked.stdout.split())
    taken = subprocess.run(
        ["git", "ls-files", "-ci", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert taken.stdout == "", "and what belongs to the project is not ignored"
