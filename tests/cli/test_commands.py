"""The commands, as they are typed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
from support.editions import TODAY, publish_folder

from clusterdash.cli.main import main
from clusterdash.editions import build, catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.ingest import sample

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language of a command that names none."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")


def typed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "clusterdash", *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command in this process, which has loaded the program already."""
    given, out, errors = [*map(str, arguments)], io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(errors):
        try:
            code = main(given)
        except SystemExit as ended:  # how a command line that cannot be read ends
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(given, code, out.getvalue(), errors.getvalue())


def test_sample_import_show(tmp_path: Path) -> None:
    """The whole way as a new user types it."""
    data = tmp_path / "data"
    assert typed("sample", "--clusters", "40", "--years", "2", "--seed", "3", "--data", data).returncode == 0
    imported = typed("import", data / "sample", "--data", data)
    assert imported.returncode == 0, imported.stdout + imported.stderr
    assert "Assessed clusters: 40." in imported.stdout
    shown = typed("show", "demo-0012", "--format", "json", "--data", data)
    told = json.loads(shown.stdout)
    assert told["cluster_id"] == "demo-0012"
    assert told["edition"] == catalog.current_path(data).stem
    assert {"top500", "sector", "size", "age", "all"} <= set(told["references"])
    top = told["references"]["top500"]
    assert len(top["positions"]) == 31
    assert set(top["positions"][0]) == {
        "indicator", "value", "percentile", "percentile_low", "percentile_high", "peer_median",
        "peer_lower", "peer_upper", "n", "interval_low", "interval_high", "word",
    }  # fmt: skip
    blocks = {"structure", "governance", "financing", "services", "interaction", "achievements"}
    assert set(top["median_scores"]) == {row["dimension"] for row in told["scores"]} == blocks
    assert "Cluster Démo 0012" in run("show", "demo-0012", "--lang", "fr", "--data", data).stdout
    assert run("prepare", "--data", data).returncode == 0
    assert len(list((data / "editions").iterdir())) == 1, "prepare leaves an edition in place alone"


def test_refusals_are_sentences(tmp_path: Path, data: Path) -> None:
    unknown = typed("show", "nobody", "--data", data)
    assert (unknown.returncode, unknown.stderr.strip()) == (1, "No benchmark is published for the cluster “nobody”.")
    empty = run("show", "x", "--data", tmp_path, "--lang", "fr")
    assert empty.returncode == 1
    assert empty.stderr.startswith("Aucune édition n’est publiée")
    (tmp_path / "answers.csv").write_text(
        "cluster_id,assessed_on,scheme,indicator,value\nx,2025-01-01,benchmark-36,G1,9\n"
    )
    refused = run("import", tmp_path / "answers.csv", "--data", tmp_path)
    assert refused.returncode == 1
    assert f"{tmp_path / 'answers.csv'}, row 2, cluster_id, “x”: error: cluster not known" in refused.stdout
    assert catalog.history(tmp_path) == []
    told = run("check", tmp_path / "answers.csv", "--data", tmp_path, "--lang", "fr").stdout
    assert f"{tmp_path / 'answers.csv'}, ligne 2, cluster_id, «\u00a0x\u00a0»\u00a0: erreur\u00a0: " in told


def test_an_import_without_results_does_not_empty_what_is_published(tmp_path: Path) -> None:
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "clusters.csv").write_text("cluster_id,name,country\nfr-a,A,FR\n")
    (folder / "awards.csv").write_text("cluster_id,label,awarded_on\nfr-a,gold,2024\n")
    awards_only = [str(folder / "clusters.csv"), str(folder / "awards.csv")]
    (folder / "answers.csv").write_text(
        "cluster_id,assessed_on,scheme,indicator,value\nfr-a,2025-01-01,benchmark-36,G1,3\n"
    )
    assert run("import", folder, "--data", data).returncode == 0
    published = catalog.current_path(data)
    refused = run("import", *awards_only, "--data", data)
    assert refused.returncode == 1
    assert "import the results together with the rest" in refused.stdout
    assert catalog.current_path(data) == published
    (folder / "answers.csv").write_text((folder / "answers.csv").read_text().replace(",3", ",4"))
    again = run("import", folder, "--data", data)
    assert f"It replaces the edition {published.stem}" in again.stdout
    assert published.is_file()


def test_prepare_makes_a_demonstration_only_where_there_never_was_an_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "real.duckdb").write_bytes(b"")
    assert main(["prepare", "--data", str(tmp_path)]) == 1, "a lost pointer is no reason to invent data"
    small = tmp_path / "new"
    original = sample.generate
    monkeypatch.setattr(build.sample, "generate", lambda folder, facts: original(folder, facts, clusters=15, years=1))
    assert main(["prepare", "--data", str(small)]) == 0
    assert catalog.current_path(small).is_file()


def test_the_sample_is_the_same_for_the_same_seed_and_invented_throughout(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        sample.generate(tmp_path / name, PROJECT_DATA, clusters=30, years=2, seed=seed)
    first, again, other = (
        [(tmp_path / name / file).read_bytes() for file in ("clusters.csv", "answers.csv", "edition.csv")]
        for name in "abc"
    )
    assert first == again
    assert first[1] != other[1]
    real = set(pd.read_csv(PROJECT_DATA / "labels" / "clusters.csv")["name"])
    names = set(pd.read_csv(tmp_path / "a" / "clusters.csv")["name"])
    assert all(name.startswith("Cluster Démo ") for name in names)
    assert not names & real


def test_the_sample_is_believable(tmp_path: Path) -> None:
    """The numbers of the field: medians, shares of levels, correlation, gaps, candidates for Gold."""
    sample.generate(tmp_path, PROJECT_DATA, clusters=1300, years=1, seed=1)
    tables, problems = build.check_files([tmp_path], tmp_path, TODAY)
    assert tables is not None
    assert {problem.key for problem in problems} <= {"answer.far_above", "answer.gaps"}
    assert len(problems) < 100, "a log-normal tail has a few"
    answers = pd.read_csv(tmp_path / "answers.csv", dtype={"indicator": str})
    wide = answers[answers["scheme"] == "benchmark-36"].pivot(index="cluster_id", columns="indicator", values="value")
    assert 70 <= wide["S2"].median() <= 95  # 75, more in France and Germany
    assert 3.5 <= wide["G3"].median() <= 4.5
    assert (wide["S5"] >= 75).mean() >= 0.5
    assert 0.68 <= (wide["S1"] > 5).mean() <= 0.80
    shares = wide["G7"].value_counts(normalize=True).sort_index()
    assert shares.round(2).tolist() == pytest.approx([0.05, 0.12, 0.28, 0.35, 0.20], abs=0.04)
    levels = wide[["G1", "G2", "G5", "G7", "G8", "V1", "V2", "V3", "C1", "C2", "A5", "A6"]].corr().to_numpy()
    correlations = [levels[i, j] for i in range(len(levels)) for j in range(i)]
    assert min(correlations) >= 0.15
    assert max(correlations) <= 0.5
    assert 0.03 <= wide.isna().to_numpy().mean() <= 0.08
    gold = answers[answers["scheme"] == "gold-31"]
    assert gold[gold["evidence"] == "declared"]["cluster_id"].nunique() == 300
    assert gold[gold["evidence"] == "verified"]["cluster_id"].nunique() == 60
    totals = gold[gold["indicator"] != "1.1.0"].groupby(["cluster_id", "evidence"])["value"].sum().unstack()
    both = totals.dropna()
    assert (both["verified"] <= both["declared"]).all()
    assert (both["verified"] < both["declared"]).mean() > 0.8
    assert (wide["G4"] - wide["S2"] / wide["G3"]).abs().max() < 0.1, "what is a ratio is that ratio"


def test_report_of_one_cluster_and_of_all(tmp_path: Path) -> None:
    sample.generate(tmp_path / "in", PROJECT_DATA, clusters=12, years=1)
    data = publish_folder(tmp_path / "in", tmp_path / "data")
    made = tmp_path / "one.pdf"
    one = run("report", "demo-0003", "--data", data, "--lang", "en", "--out", made)
    assert one.returncode == 0, one.stderr
    assert made.read_bytes().startswith(b"%PDF-")
    archive = tmp_path / "all.zip"
    done = run("report", "--all", "--data", data, "--lang", "en", "--out", archive)
    assert done.returncode == 0, done.stderr
    assert "Reports made: 12 of 12" in done.stdout
    with zipfile.ZipFile(archive) as found:
        names = found.namelist()
        assert len(names) == 12
        assert [name for name in names if "demo-0003-" in name and name.endswith("-en.pdf")]
        assert found.read(next(name for name in names if "demo-0003-" in name)) == made.read_bytes()
    unknown = run("report", "nobody", "--data", data, "--lang", "fr", "--out", tmp_path / "x.pdf")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "nobody" in unknown.stderr
    assert not (tmp_path / "x.pdf").exists()
    assert run("report", "--data", data).returncode == 2, "one cluster or all"
