"""The commands about reference packs, as they are typed: from one installation to another."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from support.editions import NOW, TODAY
from support.reference_packs import draw, pack_of

from clusterdash.cli.main import main
from clusterdash.editions import build, catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.ingest import sample
from clusterdash.reference_packs import archive

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language of a command that names none."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def run(*arguments: str | Path) -> tuple[int, str]:
    """The exit code of a command, and what it prints."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main([*map(str, arguments)])
    return code, out.getvalue()


def test_the_whole_way_of_a_pack(data: Path, tmp_path: Path) -> None:
    """A key; the pack of one edition; another edition that is compared with it; a result that says so."""
    key, pack, national = tmp_path / "key.pem", tmp_path / "pack.zip", tmp_path / "national"
    code, told = run("references", "key", "-o", key)
    assert code == 0
    (public,) = re.findall(r"[A-Za-z0-9+/]{43}=", told)
    code, told = run("export", "--references", "--publisher", "Europe", "--key", key, "-o", pack, "--data", data)
    assert code == 0, told
    assert "It holds no answer of a cluster." in told
    assert f"Signed with the public key {public}" in told
    assert "Invented, for demonstrations." in told
    code, shown = run("references", "show", pack)
    assert code == 0
    assert shown.partition(":\n")[2].strip() in told
    sample.generate(tmp_path / "files", PROJECT_DATA, clusters=24, years=1, seed=9)
    code, told = run("import", tmp_path / "files", pack, "--data", national)
    assert code == 0, told
    assert f"a key of which nothing is known yet: {public}" in told
    code, told = run("show", "demo-0001", "--data", national)
    assert code == 0
    assert "European clusters, reference of Europe, 20" in told
    code, told = run("show", "demo-0001", "--data", national, "--format", "json")
    assert json.loads(told)["reference"] | {"pack": ""} == {
        "pack": "",
        "publisher": "Europe",
        "year": archive.read(pack.read_bytes()).header.last_year,
        "n": next(row["n"] for row in archive.read(pack.read_bytes()).rows("groups") if row["kind"] == "top500"),
        "signed": True,
        "combined": False,
    }
    (national / "settings.toml").write_text('reference = "own"\n')
    assert json.loads(run("show", "demo-0001", "--data", national, "--format", "json")[1])["reference"] is None


def test_what_is_missing_is_asked_for(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "pack.zip"
    for arguments, told in (
        (("export", "--references", "-o", out), "add --publisher"),
        (
            ("export", "--references", "--publisher", "X", "--scheme", "none", "-o", out),
            "has no benchmark in the scheme",
        ),
        (("export", "--references", "--publisher", "X", "--key", tmp_path / "none", "-o", out), "none"),
        (("references", "key"), "Add --out FILE"),
        (("references", "combine", "--publisher", "X", "-o", out), "two packs or more"),
        (("references", "show", PROJECT_DATA / "scheme" / "schemes.csv"), "no ZIP file"),
    ):
        code, printed = run(*arguments, "--data", data)
        assert code == 1, arguments
        assert told in printed
    assert not out.exists()


def test_a_waiting_edition_is_compared_with_the_one_that_is_served(tmp_path: Path) -> None:
    """One cluster more: its answers would follow from the figures before and after."""
    data, files = tmp_path / "data", tmp_path / "files"
    sample.generate(files, PROJECT_DATA, clusters=60, years=1, seed=2)
    few = tmp_path / "few"
    few.mkdir()
    for path in files.glob("*.csv"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        (few / path.name).write_text("".join(line for line in lines if not line.startswith("demo-0060")), "utf-8")
    assert run("import", few, "--data", data)[0] == 0
    assert run("import", files, "--stage", "--data", data)[0] == 0
    (waiting,) = catalog.unpublished_ids(data)
    publish = ("export", "--references", "--publisher", "X", "--data", data)
    assert "not in it: beside the figures" in run(*publish, waiting, "-o", tmp_path / "waiting.zip")[1]
    assert "not in it: beside the figures" not in run(*publish, "-o", tmp_path / "served.zip")[1]


def test_packs_are_combined_and_said_how(tmp_path: Path) -> None:
    paths = []
    for number, name in enumerate(("One", "Two")):
        paths.append(tmp_path / f"{name}.zip")
        sizes = {("top500", ""): 60, ("sector", "food"): 40, ("all", ""): 70}
        paths[-1].write_bytes(archive.write(pack_of(draw(number, sizes), publisher=name, title=name)))
    out = tmp_path / "both.zip"
    code, told = run("references", "combine", *paths, "--publisher", "Together", "-o", out)
    assert code == 0, told
    assert "Medians, quartiles, scores and the 500 best are not in it" in told
    assert "A cluster that is in two packs counts twice." in told
    code, told = run("references", "show", out)
    assert "Combined from: One; Two." in told
    assert "Not signed." in told
    (tmp_path / "in").mkdir()
    sample.generate(tmp_path / "in", PROJECT_DATA, clusters=24, years=1, seed=9)
    tables, problems = build.check_files([tmp_path / "in", out], tmp_path / "data", TODAY)
    assert tables is not None, problems[:3]
    build.build_and_activate(tables, [tmp_path / "in", out], tmp_path / "data", NOW)
    code, told = run("show", "demo-0001", "--data", tmp_path / "data")
    assert code == 0
    assert "all clusters, reference of Together" in told
