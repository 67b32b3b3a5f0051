"""The commands of `python -m clusterdash`: prepare, upgrade, check, import, editions, publish, rollback, ..."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from .. import files, locations
from ..auth import audit_log
from ..domain import STAFF, ClusterdashError, Language, Problem
from ..editions import build, catalog, unpublished
from ..editions import export as editions_export
from ..editions.catalog import PROJECT_DATA, current_path
from ..editions.publication_effects import UnconfirmedError
from ..editions.reader import SCHEMA_VERSION, EditionDatabase, EditionReader
from ..editions.rebase import rebase as build_anew
from ..editions.upgrade import upgrade as build_in_present_version
from ..i18n import LANGUAGES, explain, language_of, language_of_environment, translate
from ..ingest import problem_list, sample, schema_export
from ..ingest.questionnaire_writer import questionnaire
from ..ingest.table_schemas import TABLES
from ..ingest.validate import CheckedTables
from ..reports import bulk
from ..reports.brief import brief
from ..reports.result_files import as_json, as_text
from ..version import version
from . import grants, publication, serve
from .publication import print_message as _say
from .publication import user_name as _user


@files.private_umask()
def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused with a reason, which is printed."""
    options = _parser(_language(arguments)).parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the name of a file may not be valid text
    sys.stderr.writelines(
        translate(options.lang, "command.exposed", path=p) + "\n" for p in files.protect(options.data)
    )
    try:
        result: int = options.run(options)
        sys.stdout.flush()
    except ClusterdashError as error:
        sys.stderr.write(explain(options.lang, error) + "\n")
        return 1
    except BrokenPipeError:  # the reader has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        sys.stderr.write(translate(options.lang, "command.trouble", detail=error) + "\n")
        return 1
    return result


def prepare(options: argparse.Namespace) -> int:
    """Upgrade editions of earlier versions, and build the demonstration if there is no edition yet."""
    _upgrade(options)
    try:
        edition = _gateway(options).edition()
    except ClusterdashError as trouble:
        if not build.may_demonstrate(options.data, trouble):
            raise
        build.build_demonstration(options.data, datetime.now(UTC), lambda key, _: _say(options, key))
    else:
        _say(options, "command.ready", edition=edition.edition_id)
    return 0


def upgrade_editions(options: argparse.Namespace) -> int:
    """Rebuild all editions of earlier schema versions in the current one; returns 1 if one could not be upgraded."""
    done, stay = _upgrade(options)
    _say(options, "upgrade.result", n=done, stay=stay, expected=SCHEMA_VERSION)
    return 1 if stay else 0


def _upgrade(options: argparse.Namespace) -> tuple[int, int]:
    """Print each upgraded edition, or why it was not; returns how many were upgraded, and how many were not."""
    done = stay = 0
    for step in build_in_present_version(options.data, datetime.now(UTC).date()):
        for line in problem_list.problem_lines(step.problems, options.lang):
            sys.stdout.write(line + "\n")
        _say(options, step.key, **step.values)
        sys.stdout.flush()
        done += step.done
        stay += bool(step.problems)
    return done, stay


def run_server(options: argparse.Namespace) -> int:
    """Prepare the data folder and replace this process by the server."""
    prepare(options)
    return serve.start(options.data, options.port)


def check(options: argparse.Namespace) -> int:
    """List every problem that `import_` would list with the same options, and return the same exit code."""
    now = datetime.now(UTC)
    tables, problems = _examined(options, now)
    unconfirmed = publication.confirmation_problems(options, tables, now) if tables and tables.results else []
    _list(options, [*problems, *unconfirmed])
    return 0 if tables and not unconfirmed else 1


def import_(options: argparse.Namespace) -> int:
    """Check files, build an edition if there is no error, print what it changes, and publish it unless `--stage`."""
    now, served = datetime.now(UTC), catalog.current_id(options.data)
    tables, problems = _examined(options, now, ask=True)
    if options.format != "json":
        _list(options, problems)
    try:
        if tables is None:
            _say(options, "command.refused", n=sum(problem.severity == "error" for problem in problems))
            return 1
        if tables.results:
            publication.build_and_publish(options, tables, now, served)
        if tables.grants is not None and options.stage:
            _say(options, "command.grants_wait")
        elif tables.grants is not None:
            grants.put_into_force(options, tables.grants, now)
    except UnconfirmedError as error:
        problems = [*problems, *publication.as_problems(options, error)]
        raise
    finally:
        if options.format == "json":  # one JSON document with all problems
            _list(options, problems)
    return 0


def _examined(
    options: argparse.Namespace, now: datetime, *, ask: bool = False
) -> tuple[CheckedTables | None, list[Problem]]:
    """The tables in the files, and all problems; None if there is an error."""
    tables, problems = build.check_files(options.files, options.data, now.date(), complete=_completed(options))
    if tables and tables.grants is not None:
        problems += grants.problems(options, tables.grants, now.date(), ask=ask)
    if options.strict:
        problems = [replace(problem, severity="error") for problem in problems]
    return (None if any(problem.severity == "error" for problem in problems) else tables), problems


def _completed(options: argparse.Namespace) -> str:
    """The edition that the files extend, "" for none."""
    return str(options.to or (catalog.current_path(options.data).stem if options.add else ""))


def list_editions(options: argparse.Namespace) -> int:
    """List all editions, the latest first, with a mark at the one that is served; or print the sources of one."""
    if options.edition:
        return _print_edition(options)
    served = catalog.current_id(options.data)
    for path in catalog.edition_paths(options.data):
        try:
            edition = EditionDatabase(path).reader(STAFF).edition()
        except ClusterdashError as trouble:
            _say(options, "command.edition_unreadable", edition=path.stem, reason=explain(options.lang, trouble))
            continue
        nature = translate(options.lang, "command.invented" if edition.synthetic else "command.real")
        counts = {"clusters": edition.clusters, "assessments": edition.assessments}
        mark = "*" if path.stem == served else " "
        told = {
            "title": edition.title,
            "nature": nature,
            "hash": edition.content_hash[:12],
            "by": edition.built_by or "–",
        }
        told["waits"] = _waits(options, path.stem)
        _say(options, "command.edition", mark=mark, edition=path.stem, **counts, **told)
    for change in catalog.journal(options.data):
        _say(options, f"journal.{change.action}", at=change.at, edition=change.edition, by=change.by or "–")
    return 0


def _waits(options: argparse.Namespace, edition_id: str) -> str:
    """Text that an edition is unpublished, and whether it is superseded; "" for one that was served."""
    if not unpublished.extension_chain(options.data, edition_id):
        return ""
    below = unpublished.superseded(options.data, edition_id)
    return translate(options.lang, "command.waits_overtaken" if below else "command.waits", completed=below)


def _print_edition(options: argparse.Namespace) -> int:
    gateway = EditionDatabase(catalog.edition_path(options.data, options.edition)).reader(STAFF)
    edition = gateway.edition()
    built = {"at": edition.created_at.isoformat(timespec="seconds"), "by": edition.built_by or "–"}
    _say(options, "command.built", edition=edition.edition_id, hash=edition.content_hash, **built)
    if edition.completed:
        _say(options, "command.completes", edition=edition.completed)
    for grid in gateway.schemes():
        scheme = grid.scheme
        _say(options, "command.grid", scheme=scheme.code, family=scheme.family, version=scheme.version)
    for name, digest in gateway.sources():
        _say(options, "command.source", name=name, hash=digest)
    return 0


def rebase_edition(options: argparse.Namespace) -> int:
    """Rebuild a superseded edition on the one that is served now; it is not published yet."""
    found = build_anew(options.data, options.edition, datetime.now(UTC), _user())
    _list(options, found.problems)
    if not found.edition_id:
        _say(options, "command.refused", n=sum(problem.severity == "error" for problem in found.problems))
        return 1
    publication.print_staged(options, found.edition_id)
    return 0


def export_edition(options: argparse.Namespace) -> int:
    """Write the source tables of an edition, in the format of the import."""
    edition_id = options.edition or catalog.current_path(options.data).stem
    written = editions_export.write_tables(catalog.edition_path(options.data, edition_id), options.out)
    audit_log.record(options.data, datetime.now(UTC), _user(), "export", edition_id)
    _say(options, "command.exported", edition=edition_id, folder=options.out, n=len(written))
    return 0


def write_template(options: argparse.Namespace) -> int:
    """Write the questionnaire of a scheme as a workbook, prefilled with the previous assessment of a cluster."""
    grids = build.known_schemes(options.data)
    if options.scheme not in grids:
        raise ClusterdashError("questionnaire.unknown", scheme=options.scheme, known=", ".join(grids))
    before = _gateway(options).previous_assessment(options.cluster, options.scheme) if options.cluster else None
    files.write_output(options.out, questionnaire(grids[options.scheme], options.lang, before))
    _say(options, "command.templated", file=options.out)
    return 0


def write_schemas(options: argparse.Namespace) -> int:
    """Write the table schemas as Frictionless Table Schemas, and as a page of documentation with `--markdown`."""
    files.make_folder(options.out)
    for table in TABLES:
        files.write_output(options.out / f"{table}.json", schema_export.as_json(table).encode())
    if options.markdown:
        files.write_output(options.markdown, schema_export.as_markdown().encode())
    _say(options, "command.schemas_written", folder=options.out, n=len(TABLES))
    return 0


def write_sample(options: argparse.Namespace) -> int:
    """Write an invented edition."""
    folder = options.out or options.data / "sample"
    sample.generate(folder, PROJECT_DATA, clusters=options.clusters, years=options.years, seed=options.seed)
    _say(options, "command.sampled", folder=folder, data=options.data)
    return 0


def show(options: argparse.Namespace) -> int:
    """Print a cluster's benchmark."""
    result = _gateway(options).benchmark(options.cluster)
    if options.format == "json":
        sys.stdout.write(as_json(result).decode() + "\n")
    else:
        sys.stdout.write(as_text(result, options.lang))
    return 0


def report(options: argparse.Namespace) -> int:
    """Write the brief of a cluster as PDF, or those of all clusters as a ZIP; an interrupted run is resumed."""
    gateway = _gateway(options)
    if options.cluster:
        result = gateway.benchmark(options.cluster)
        out = options.out or Path(bulk.brief_file_name(options.cluster, result.edition, options.lang))
        files.write_output(out, brief(result, options.lang, gateway.latest_evaluation(options.cluster)))
        _say(options, "command.reported", file=out)
        return 0

    def tell(done: int, total: int) -> None:
        if done % bulk.BATCH_SIZE == 0 or done == total:
            _say(options, "briefs.making", done=done, total=total)

    out = options.out or Path(
        f"{translate(options.lang, 'briefs.file')}-{gateway.edition().edition_id}-{options.lang}.zip"
    )
    there = bulk.write_archive(gateway, list(gateway.assessed()), options.lang, out, tell)
    _say(options, "command.all_reported", file=out, there=there)
    return 0


def _gateway(options: argparse.Namespace) -> EditionReader:
    """A reader for staff, since users of the command line can read the file anyway; real results read are logged."""
    opened = EditionDatabase(current_path(options.data))
    synthetic = opened.reader(STAFF).edition().synthetic

    def note(cluster_id: str) -> None:
        if not synthetic:
            audit_log.record(options.data, datetime.now(UTC), _user(), "look", cluster_id)

    return opened.reader(STAFF, note)


def _list(options: argparse.Namespace, problems: Sequence[Problem]) -> None:
    """Print a line for each problem, or for many of one kind; or all of them as JSON."""
    if options.format == "json":
        sys.stdout.write(problem_list.as_json(problems, options.lang) + "\n")
        return
    for line in problem_list.problem_lines(problems, options.lang, every=options.all):
        sys.stdout.write(line + "\n")
    if not problems:
        _say(options, "command.clean")


def _language(arguments: Sequence[str] | None) -> Language:
    """The language of the help: that of `--lang`, else that of the environment."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    requested = language_of(given[given.index("--lang") + 1]) if "--lang" in given[:-1] else None
    return requested or language_of_environment(os.environ)


class _Version(argparse.Action):
    """Prints the version, which is determined only on request, and exits."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"clusterdash {version()}\n")
        parser.exit()


def _parser(language: Language) -> argparse.ArgumentParser:
    def text(name: str) -> str:
        return translate(language, f"command.{name}").replace("%", "%%")

    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=locations.data_folder(), metavar="DIR", help=text("data"))
    shared.add_argument("--lang", choices=LANGUAGES, default=language, help=text("lang"))
    parser = argparse.ArgumentParser("clusterdash", description=text("about"))
    parser.add_argument("--version", action=_Version, nargs=0, help=text("version"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[shared], help=text(name), description=text(name))
        added.set_defaults(run=run, format="text")
        return added

    command("prepare", prepare)
    command("upgrade", upgrade_editions)
    served = command("serve", run_server)
    served.add_argument("--port", type=positive_number, default=8501, metavar="PORT", help=text("port"))
    for name, run in (("check", check), ("import", import_)):
        given = command(name, run)
        given.add_argument("files", nargs="+", type=Path, metavar="FILE", help=text("files"))
        given.add_argument("--add", action="store_true", help=text("add"))
        given.add_argument("--to", metavar="EDITION", help=text("to"))
        given.add_argument("--no-staff", action="store_true", help=text("no_staff"))
        given.add_argument("--strict", action="store_true", help=text("strict"))
        given.add_argument("--format", choices=("text", "json"), default="text", help=text("format"))
        given.add_argument("--all", action="store_true", help=text("list_all"))
        if run is import_:
            given.add_argument("--stage", action="store_true", help=text("stage"))
    listed = command("editions", list_editions)
    listed.add_argument("edition", nargs="?", metavar="EDITION", help=text("editions_one"))
    for name, run in (
        ("publish", publication.publish_edition),
        ("rebase", rebase_edition),
        ("discard", publication.discard_edition),
    ):
        command(name, run).add_argument("edition", metavar="EDITION", help=text("edition_id"))
    commands.choices["rebase"].add_argument("--all", action="store_true", help=text("list_all"))
    command("rollback", publication.roll_back)
    for name in ("check", "import", "publish", "rollback"):
        publication.add_accept(commands.choices[name], language)
    exported = command("export", export_edition)
    exported.add_argument("edition", nargs="?", metavar="EDITION", help=text("export_edition"))
    exported.add_argument("--out", "-o", type=Path, required=True, metavar="DIR", help=text("export_out"))
    _add_writers(command, text)
    shown = command("show", show)
    shown.add_argument("cluster", metavar="CLUSTER", help=text("cluster"))
    shown.add_argument("--format", choices=("text", "json"), default="text", help=text("format"))
    reported = command("report", report)
    which = reported.add_mutually_exclusive_group(required=True)
    which.add_argument("cluster", nargs="?", metavar="CLUSTER", help=text("cluster"))
    which.add_argument("--all", action="store_true", help=text("report_all"))
    reported.add_argument("--out", "-o", type=Path, metavar="FILE", help=text("report_out"))
    return parser


def _add_writers(command: Callable[[str, object], argparse.ArgumentParser], text: Callable[[str], str]) -> None:
    """Add the commands that write files to start from: an invented edition, table schemas, a questionnaire."""
    samples = command("sample", write_sample)
    samples.add_argument("--clusters", type=positive_number, default=1300, help=text("clusters"))
    samples.add_argument("--years", type=int, choices=range(1, 51), metavar="YEARS", default=3, help=text("years"))
    samples.add_argument("--seed", type=positive_number, default=1, help=text("seed"))
    samples.add_argument("--out", "-o", type=Path, metavar="DIR", help=text("out"))
    schemas = command("schemas", write_schemas)
    schemas.add_argument("--out", "-o", type=Path, required=True, metavar="DIR", help=text("schemas_out"))
    schemas.add_argument("--markdown", type=Path, metavar="FILE", help=text("schemas_markdown"))
    templates = command("template", write_template)
    templates.add_argument("--scheme", required=True, metavar="SCHEME", help=text("scheme"))
    templates.add_argument("--cluster", metavar="CLUSTER", help=text("prefill"))
    templates.add_argument("--out", "-o", type=Path, required=True, metavar="FILE", help=text("template_out"))


def positive_number(text: str) -> int:
    """A whole number of at least 1; argparse shows the name of this function to the user."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(text)
    return value
