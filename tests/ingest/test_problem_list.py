"""Problems as they are told: many of one kind in one line, and what steers a terminal made visible."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from clusterdash.cli.main import main
from clusterdash.domain import Problem
from clusterdash.ingest import problem_list
from clusterdash.presentation.admin import tables


def problems(n: int, key: str = "sheet.hidden", severity: str = "warning") -> list[Problem]:
    return [Problem(f"f{i}.csv", "answers", i + 2, "G1", f"v{i}", key, (), severity) for i in range(n)]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("severity", ["warning", "error"])
def test_many_of_one_kind_are_one_line(severity: str, language: str) -> None:
    most = problem_list.MAX_LISTED[severity]
    few, many = problems(most, severity=severity), problems(most + 521, severity=severity)
    other = problems(1, "sheet.empty", severity)
    assert len(problem_list.problem_lines([*few, *other], language)) == most + 1  # type: ignore[arg-type]
    first, last = problem_list.problem_lines([*many, *other], language)  # type: ignore[arg-type]
    assert re.sub(r"\D", "", first).startswith(str(most + 521)), "the number comes first"
    for place in ("f0.csv", "f1.csv", "f2.csv", "f3.csv", "…", "--all", "--format json"):
        assert place in first
    assert "f4.csv" not in first
    assert "f0.csv" in last
    assert len(problem_list.problem_lines([*many, *other], language, every=True)) == most + 522  # type: ignore[arg-type]
    rows = tables.grouped_problem_rows([*many, *other], language)  # type: ignore[arg-type]
    assert len(rows) == 2
    assert str(most + 521) in re.sub(r"(?<=\d)\D(?=\d{3})", "", rows[0][-1])
    assert len(tables.problem_rows([*many, *other], language)) == most + 522  # type: ignore[arg-type]


def test_two_kinds_and_two_severities_are_told_apart() -> None:
    told = problem_list.problem_lines(
        [*problems(11), *problems(11, "sheet.empty"), *problems(3, severity="error")], "en"
    )
    assert [line.partition(" ")[0] for line in told[:2]] == ["11", "11"]
    assert len(told) == 2 + 3


def test_what_steers_a_terminal_is_made_visible() -> None:
    hostile = Problem("a\x1b[2J.csv", "t\u202e", 2, "c\x07", "v\u2066\n", "answer.indicator", (("scheme", "s\x1b"),))
    told = [*problem_list.problem_lines([hostile], "en"), *tables.problem_rows([hostile], "en")[0][1:6]]
    for text in told:
        assert not re.search("[\x00-\x1f\u202e\u2066]", text)
    assert "a\\x1b[2J.csv" in told[0]


def test_check_groups_and_tells_all_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clusters.csv").write_text(
        "cluster_id,name,country\n" + "".join(f"fr-{i},Cluster {i},FR\n" for i in range(30))
    )
    (tmp_path / "answers.csv").write_text(
        "cluster_id,assessed_on,scheme,indicator,value\n"
        + "".join(f"fr-{i},2025-01-01,benchmark-36,G1,3\n" for i in range(30))
    )
    command = ["check", str(tmp_path), "--data", str(tmp_path / "none"), "--lang", "en"]
    assert main(command) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("30 warnings of one kind: ")
    assert main([*command, "--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 30
    assert main([*command, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 30
