"""python -m clusterdash: prepare, check, import, sample, show."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import publish, sample
from .benchmark import findings
from .editions import PROJECT_DATA, current
from .i18n import explain, number, say, written
from .model import STAFF, ClusterBenchmark, ClusterdashError, Grid, Language, Problem, Reference
from .store import Gateway, Store
from .words import references


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused with a reason."""
    options = _parser(_language(arguments)).parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may be no text
    try:
        result: int = options.run(options)
        sys.stdout.flush()
    except ClusterdashError as error:
        sys.stderr.write(explain(options.lang, error) + "\n")
        return 1
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        sys.stderr.write(say(options.lang, "command.trouble", detail=error) + "\n")
        return 1
    return result


def prepare(options: argparse.Namespace) -> int:
    """Build the demonstration where there is no edition yet."""
    try:
        edition = _gateway(options).edition()
    except ClusterdashError as trouble:
        if not publish.may_demonstrate(options.data, trouble):
            raise
        publish.demonstrate(options.data, datetime.now(UTC), lambda key, _: _say(options, key))
    else:
        _say(options, "command.ready", edition=edition.edition_id)
    return 0


def check(options: argparse.Namespace) -> int:
    """List every problem."""
    tables, problems = publish.check(options.files, options.data, datetime.now(UTC).date())
    _list(options, problems)
    return 0 if tables else 1


def import_(options: argparse.Namespace) -> int:
    """Check, and publish what is clean."""
    now = datetime.now(UTC)
    tables, problems = publish.check(options.files, options.data, now.date())
    try:
        before = _gateway(options).edition()
    except ClusterdashError:
        before = None
    if tables and before and not before.synthetic and before.assessments and tables.frames["assessment"].empty:
        files = ", ".join(map(str, options.files))
        tables, problems = None, [*problems, Problem(files, "", None, "", "", "edition.would_empty")]
    _list(options, problems)
    if tables is None:
        _say(options, "command.refused", n=sum(problem.severity == "error" for problem in problems))
        return 1
    publish.publish(tables, options.files, options.data, now)
    for key, edition in (("command.published", _gateway(options).edition()), ("command.replaced", before)):
        if edition:
            counts = {"clusters": edition.clusters, "assessments": edition.assessments}
            _say(options, key, edition=edition.edition_id, **counts)
    return 0


def write_sample(options: argparse.Namespace) -> int:
    """Write an invented edition."""
    folder = options.out or options.data / "sample"
    sample.write(folder, PROJECT_DATA, clusters=options.clusters, years=options.years, seed=options.seed)
    _say(options, "command.sampled", folder=folder, data=options.data)
    return 0


def show(options: argparse.Namespace) -> int:
    """Print a cluster's benchmark."""
    result = _gateway(options).benchmark(options.cluster)
    if options.format == "json":
        sys.stdout.write(json.dumps(as_json(result), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(_as_text(result, options.lang))
    return 0


def _gateway(options: argparse.Namespace) -> Gateway:
    """Who can run a command here can read the file: the eyes of staff."""
    return Store(current(options.data)).gateway(STAFF)


def as_json(result: ClusterBenchmark) -> dict[str, Any]:
    """What the benchmark page shows, null where nothing may be shown."""
    return {
        "cluster_id": result.cluster.cluster_id,
        "edition": result.edition.edition_id,
        "scheme": result.grid.scheme.code,
        "assessed_on": result.assessed_on.isoformat(),
        "references": {
            "sector": None,
            **{key: _reference(reference, result.grid) for key, (_, reference) in references(result, "en").items()},
        },
    }


def _reference(reference: Reference, grid: Grid) -> dict[str, Any]:
    fields = ("indicator", "value", "percentile", "percentile_low", "percentile_high", "peer_median", "n")
    found = findings(reference, grid)
    return {
        "n": reference.n,
        "dimensions": {profile.dimension: profile.score for profile in reference.profiles},
        "peer_medians": {profile.dimension: profile.peer_median for profile in reference.profiles},
        "positions": [
            {name: getattr(j.position, name) for name in fields}
            | {"interval_low": j.interval_low, "interval_high": j.interval_high, "word": j.word}
            for j in found.judgements
        ],
        "strengths": [judgement.position.indicator for judgement in found.strengths],
        "margins": [judgement.position.indicator for judgement in found.margins],
        "recommendations": [
            {"indicator": r.indicator, "effort": r.effort, "action_fr": r.action.fr, "action_en": r.action.en}
            for r in found.recommendations
        ],
    }


def _as_text(result: ClusterBenchmark, language: Language) -> str:
    lines = [f"{result.cluster.name} ({result.cluster.cluster_id})"]
    names = {d.code: d.name.in_(language) for d in result.grid.dimensions}
    indicators = {i.code: i.name.in_(language) for i in result.grid.indicators}
    for title, reference in references(result, language).values():
        lines.append(f"\n{title} (N = {number(language, reference.n)}) : {say(language, 'command.headings')}")
        lines += [
            f"  {names[p.dimension]:<48}{_whole(language, p.score):>8}{_whole(language, p.peer_median):>8}{p.n:>8}"
            for p in reference.profiles
        ]
        lines += [
            f"  {p.indicator:<8}{indicators[p.indicator]:<56}{written(language, p.value):>12}"
            f"{_whole(language, p.percentile):>8}{written(language, p.peer_median):>12}{p.n:>8}"
            for p in reference.positions
        ]
    return "\n".join(lines) + "\n"


def _whole(language: Language, value: float | None) -> str:
    return "–" if value is None else number(language, value, 0)


def _list(options: argparse.Namespace, problems: Sequence[Problem]) -> None:
    """A line for each problem: place, column, value, reason."""
    language: Language = options.lang
    for problem in problems:
        row = "" if problem.row is None else say(language, "command.row", row=str(problem.row))
        table = "" if Path(problem.file).stem == problem.table else problem.table
        value = f"« {problem.value} »" if problem.value else ""
        place = ", ".join(part for part in (problem.file, table, row, problem.column, value) if part)
        severity = say(language, f"command.{problem.severity}")
        _say(options, "command.problem", place=place, severity=severity, reason=explain(language, problem))
    if not problems:
        _say(options, "command.clean")


def _say(options: argparse.Namespace, key: str, **values: object) -> None:
    sys.stdout.write(say(options.lang, key, **values) + "\n")


def _language(arguments: Sequence[str] | None) -> Language:
    """The language of the help: asked for, or that of the environment."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--lang" in given[:-1]:
        return "fr" if given[given.index("--lang") + 1] == "fr" else "en"
    environment = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "fr" if environment.lower().startswith("fr") else "en"


def _parser(language: Language) -> argparse.ArgumentParser:
    def text(name: str) -> str:
        return say(language, f"command.{name}").replace("%", "%%")

    shared = argparse.ArgumentParser(add_help=False)
    default = Path(os.environ.get("CLUSTERDASH_DATA") or PROJECT_DATA)
    shared.add_argument("--data", type=Path, default=default, metavar="DIR", help=text("data"))
    shared.add_argument("--lang", choices=("fr", "en"), default=language, help=text("lang"))
    parser = argparse.ArgumentParser("clusterdash", description=text("about"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[shared], help=text(name), description=text(name))
        added.set_defaults(run=run)
        return added

    command("prepare", prepare)
    for name, run in (("check", check), ("import", import_)):
        command(name, run).add_argument("files", nargs="+", type=Path, metavar="FILE", help=text("files"))
    samples = command("sample", write_sample)
    samples.add_argument("--clusters", type=positive_number, default=1300, help=text("clusters"))
    samples.add_argument("--years", type=int, choices=range(1, 51), metavar="YEARS", default=3, help=text("years"))
    samples.add_argument("--seed", type=positive_number, default=1, help=text("seed"))
    samples.add_argument("--out", "-o", type=Path, metavar="DIR", help=text("out"))
    shown = command("show", show)
    shown.add_argument("cluster", metavar="CLUSTER", help=text("cluster"))
    shown.add_argument("--format", choices=("text", "json"), default="text", help=text("format"))
    return parser


def positive_number(text: str) -> int:
    """A whole number from 1 up; its name is what argparse tells the user."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(text)
    return value


if __name__ == "__main__":
    sys.exit(main())
