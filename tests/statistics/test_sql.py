"""The SQL files of the statistics: run without Python, free of literal limits, and ruled by one set of constants."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from clusterdash.editions import catalog
from clusterdash.statistics import parameters, pipeline
from clusterdash.statistics.pipeline import SqlStep

FOLDER = Path(pipeline.__file__).parent / "sql"
FILES = sorted(FOLDER.glob("*.sql"))
ROOT = Path(__file__).parents[2]


def shell(block: str, edition: Path) -> Iterator[str]:
    """What the DuckDB shell executes of a dimension of lines: `.read` is the text of a file."""
    printed = subprocess.run(
        [sys.executable, "-m", "clusterdash.statistics.parameters"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for line in block.replace("EDITION.duckdb", str(edition)).splitlines():
        name = line.removeprefix(".read ")
        if name == line:
            yield line
        else:
            yield printed if name == "parameters.sql" else (FOLDER / name).read_text("utf-8")


COMPUTED = (
    *("latest_benchmark", "peer_group", "peer_group_member", "wave_member", "withheld", "position", "profile"),
    *("group_profile", "group_quartile", "progress", "holder", "holder_median", "expert_view", "pairing"),
)


@pytest.mark.slow
def test_the_files_run_in_the_shell_as_documented_and_compute_the_same(data: Path) -> None:
    (block,) = re.findall(r"```sql\n(.*?)```", (FOLDER / "README.md").read_text("utf-8"), re.S)
    with duckdb.connect() as connection:
        connection.execute("\n".join(shell(block, catalog.current_path(data))))
        for table in COMPUTED:
            ((rows, differing),) = connection.execute(
                f"""select (select count(*) from built.{table}), (select count(*) from (
                        (from {table} except all from built.{table})
                        union all
                        (from built.{table} except all from {table})
                    ))"""
            ).fetchall()
            assert differing == 0, table
            assert rows or table in ("pairing", "expert_view", "holder", "holder_median"), f"{table} compares nothing"
        for made_in_python in ("practice", "composition", "robustness"):
            assert connection.execute(f"select count(*) from {made_in_python}").fetchall() == [(0,)], (
                "they were cleared"
            )


def test_every_file_is_a_step_and_no_step_is_elsewhere() -> None:
    run = [step.sql for step in pipeline.STEPS if isinstance(step, SqlStep)]
    assert run == [path.read_text("utf-8") for path in FILES if path.stem != "00_clear"]


def test_variables_printed_for_the_shell_are_those_that_python_sets() -> None:
    variables = parameters.as_variables(accounts=[["a", "it's", "c", "d"], ["e"]])
    with duckdb.connect() as connection:
        connection.execute(parameters.as_sql(variables))
        for name, value in variables.items():
            assert connection.execute(f"select getvariable('{name}')").fetchall() == [(value,)]
    assert variables["accounts"] == [["a", "c", "d", "it's"]], "who sees no more than a coalition does not matter"


ALLOWED = {
    "0": "nothing, and the lower end of per cents",
    "1": "one cluster left out, the next rank, the first sector, whole numbers",
    "100": "per cent",
}
ALLOWED_IN = {
    "2": ["size - 2", "rank_of(size, share) + 2", "+ 2)", "equal / 2", ") / 2", "quartiles[2]"],
    "3": ["first_of(size, share) + 3", "quartiles[3]"],
    "10": ["power(10, "],
    "0.25": ["size, 0.25)", "[0.25, 0.5, 0.75]"],
    "0.5": ["size, 0.5)", "[0.25, 0.5, 0.75]"],
    "0.75": ["size, 0.75)", "[0.25, 0.5, 0.75]"],
}
"""Neighbouring values of a quantile, the middle of two, half a tie; decimal digits; which quantiles quartiles are."""


def numbers(sql: str) -> Iterator[tuple[str, str]]:
    """The literal numbers of a script, each with its line; those in comments, strings and names left out."""
    for line in sql.splitlines():
        code = re.sub(r"'[^']*'", "''", line.partition("--")[0])
        for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e\d+)?", code):
            yield number, code


def unexplained(sql: str) -> list[tuple[str, str]]:
    return [
        (number, line)
        for number, line in numbers(sql)
        if number not in ALLOWED and not any(known in line for known in ALLOWED_IN.get(number, []))
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_limit_is_a_literal_in_sql(path: Path) -> None:
    assert not unexplained(path.read_text("utf-8"))


def test_a_literal_limit_would_be_found() -> None:
    for literal in ("n >= 5", "count(*) > 2", "if(others >= 10, 1, 0)", "round(x, 9)", "3 * n >= 1"):
        assert unexplained(literal), literal


PROBE = """
import json, re, sys, types
from pathlib import Path

path = Path("clusterdash/statistics/parameters.py")
source = path.read_text("utf-8")
for name, value in json.loads(sys.argv[1]).items():
    source, changed = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", source)
    assert changed == 1, name
module = types.ModuleType("clusterdash.statistics.parameters")
module.__package__ = "clusterdash.statistics"
sys.modules[module.__name__] = module
exec(compile(source, str(path), "exec"), module.__dict__)

sys.path.insert(0, "tests")
from support.leak_audit import LeakAudit, drawn
from clusterdash.presentation.benchmark import narrative
from clusterdash.presentation.limit_texts import translate_with_limits

clusters, answers = drawn(61, 60)
arena = LeakAudit(Path(sys.argv[2]), clusters, answers)
found = {"steps": set(), "percentile": 999, "median": 999, "quartile": 999, "share": 999, "top": 0, "base": set()}
for cluster in sorted(clusters)[::3]:
    for reference in arena.result(cluster).references:
        found["base"].add(reference.step)
        if reference.group.kind == "top500":
            found["top"] = max(found["top"], reference.n)
        for p in reference.positions:
            for known, name in ((p.percentile, "percentile"), (p.peer_median, "median"), (p.peer_lower, "quartile")):
                if known is not None:
                    found[name] = min(found[name], p.n)
            if p.percentile_low:
                found["steps"].add(round(p.percentile_low * p.n / 100))
        for practice in reference.level_shares:
            (position,) = [p for p in reference.positions if p.indicator == practice.indicator]
            found["share"] = min(found["share"], position.n)
texts = "\\n".join(text for _, text in narrative.method("en")) + translate_with_limits("en", "privacy.results_text")
print(json.dumps({name: sorted(of) if isinstance(of, set) else of for name, of in found.items()} | {"texts": texts}))
"""


def probe(folder: Path, **changed: int) -> dict[str, object]:
    """Figures and texts of the program with other constants in parameters.py, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(changed), str(folder)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.slow
def test_a_changed_constant_changes_the_figures_and_the_texts(tmp_path: Path) -> None:
    """The editions are those of `arena.drawn`: sixty clusters, most of them European."""
    before, after = (
        probe(tmp_path / "before"),
        probe(
            tmp_path / "after",
            TOP_SIZE=33,
            ROUNDING_BASE=7,
            MEDIAN_MINIMUM=8,
            QUARTILE_MINIMUM=31,
            SHARE_MINIMUM=32,
        ),
    )
    for name, old, new in (
        ("percentile", 10, 14),
        ("median", 5, 8),
        ("quartile", 20, 31),
        ("share", 20, 32),
    ):
        assert old <= before[name] < new <= after[name] < 999, name
    assert before["top"] > 33 == after["top"]
    assert before["base"] == [5]
    assert after["base"] == [7]
    assert before["steps"] == [5 * k for k in range(1, len(before["steps"]) + 1)]
    assert after["steps"] == [7 * k for k in range(1, len(after["steps"]) + 1)]
    for old, new in (
        ("**500 best**", "**33 best**"),
        ("counted in steps of 5", "counted in steps of 7"),
        ("a percentile 10", "a percentile 14"),
    ):
        assert old in before["texts"]
        assert new in after["texts"]
        assert old not in after["texts"]
