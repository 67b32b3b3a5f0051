"""The commands: each takes the parsed arguments and returns its exit code, 0 done, 1 refused with a reason."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from .. import files
from ..admin.job_run import JobRun
from ..auth import audit_log
from ..benchmark.references import opened_against
from ..cases import shared_evidence
from ..domain import STAFF, ClusterdashError, Problem
from ..editions import build, catalog, unpublished
from ..editions import export as editions_export
from ..editions.catalog import PROJECT_DATA, current_path
from ..editions.publication_effects import UnconfirmedError
from ..editions.reader import SCHEMA_VERSION, EditionDatabase, EditionReader
from ..editions.rebase import rebase as build_anew
from ..editions.upgrade import upgrade as build_in_present_version
from ..i18n import explain, translate
from ..ingest import problem_list, sample, schema_export
from ..ingest.questionnaire_writer import questionnaire
from ..ingest.table_schemas import TABLES
from ..ingest.validate import CheckedTables
from ..operational_database import label_changes
from ..reports import bulk
from ..reports.brief import brief
from ..reports.result_files import as_json, as_text
from ..settings import settings
from . import grants, publication, references, serve
from .publication import print_message as _say
from .publication import user_name as _user


def prepare(options: argparse.Namespace) -> int:
    """Upgrade editions of earlier versions, and build the demonstration where there is no edition yet."""
    _upgrade(options)
    shared_evidence.take_over(options.data)
    try:
        edition = _reader(options).edition()
    except ClusterdashError as trouble:
        if not build.may_demonstrate(options.data, trouble):
            raise
        build.build_demonstration(options.data, datetime.now(UTC), lambda key, _: _say(options, key))
    else:
        _say(options, "command.ready", edition=edition.edition_id)
    return 0


def upgrade_editions(options: argparse.Namespace) -> int:
    """Build all editions of earlier versions anew in the present one; refused where one of them stays as it is."""
    done, stay = _upgrade(options)
    _say(options, "upgrade.result", n=done, stay=stay, expected=SCHEMA_VERSION)
    return 1 if stay else 0


def _upgrade(options: argparse.Namespace) -> tuple[int, int]:
    """Tell of each edition that is upgraded, or why not; returns how many were, and how many stay as they are."""
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
    """Prepare the data folder and become the server."""
    prepare(options)
    return serve.start(options.data, options.port)


def check(options: argparse.Namespace) -> int:
    """List every problem that `import_` would list with the same options, and return the same exit code."""
    _add_recipe(options)
    now = datetime.now(UTC)
    tables, problems = _examined(options, now)
    unconfirmed = publication.confirmation_problems(options, tables, now) if tables and tables.results else []
    _list(options, [*problems, *unconfirmed])
    return 0 if tables and not unconfirmed else 1


def import_(options: argparse.Namespace) -> int:
    """Check, build what is clean, tell what it changes, and publish it unless it is to wait."""
    _add_recipe(options)
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
        if options.format == "json":  # a machine is told once, all together
            _list(options, problems)
    return 0


def _add_recipe(options: argparse.Namespace) -> None:
    """A recipe is one of the files that an edition is made of."""
    if options.recipe:
        options.files = [*options.files, options.recipe]


def _examined(
    options: argparse.Namespace, now: datetime, *, ask: bool = False
) -> tuple[CheckedTables | None, list[Problem]]:
    """What the files hold, and all that is to be said of bringing them in; None where that would be refused."""
    tables, problems = build.check_files(options.files, options.data, now.date(), complete=_completed(options))
    if tables and tables.grants is not None:
        problems += grants.problems(options, tables.grants, now.date(), ask=ask)
    if options.strict:
        problems = [replace(problem, severity="error") for problem in problems]
    return (None if any(problem.severity == "error" for problem in problems) else tables), problems


def _completed(options: argparse.Namespace) -> str:
    """The edition that the files complete, "" for none."""
    return str(options.to or (catalog.current_path(options.data).stem if options.add else ""))


def list_editions(options: argparse.Namespace) -> int:
    """List all editions, the latest first, with a mark at the one that is served; or tell of one what it is made of."""
    if options.edition:
        return _print_edition(options)
    served = catalog.current_id(options.data)
    for edition_id in catalog.edition_ids(options.data):
        try:
            edition = EditionDatabase(catalog.edition_path(options.data, edition_id)).reader(STAFF).edition()
        except ClusterdashError as trouble:
            _say(options, "command.edition_unreadable", edition=edition_id, reason=explain(options.lang, trouble))
            continue
        nature = translate(options.lang, "command.invented" if edition.synthetic else "command.real")
        counts = {"clusters": edition.clusters, "assessments": edition.assessments}
        mark = "*" if edition_id == served else " "
        told = {
            "title": edition.title,
            "nature": nature,
            "hash": edition.content_hash[:12],
            "by": edition.built_by or "–",
        }
        told["waits"] = _waits(options, edition_id)
        _say(options, "command.edition", mark=mark, edition=edition_id, **counts, **told)
    for change in catalog.history(options.data):
        _say(options, f"journal.{change.action}", at=change.at, edition=change.edition, by=change.by or "–")
    return 0


def _waits(options: argparse.Namespace, edition_id: str) -> str:
    """That an edition waits, and whether it was overtaken; "" for one that was served."""
    if not unpublished.extension_chain(options.data, edition_id):
        return ""
    below = unpublished.superseded(options.data, edition_id)
    return translate(options.lang, "command.waits_overtaken" if below else "command.waits", completed=below)


def _print_edition(options: argparse.Namespace) -> int:
    reader = EditionDatabase(catalog.edition_path(options.data, options.edition)).reader(STAFF)
    edition = reader.edition()
    built = {"at": edition.created_at.isoformat(timespec="seconds"), "by": edition.built_by or "–"}
    _say(options, "command.built", edition=edition.edition_id, hash=edition.content_hash, **built)
    if edition.completed:
        _say(options, "command.completes", edition=edition.completed)
    for grid in reader.schemes():
        scheme = grid.scheme
        _say(options, "command.grid", scheme=scheme.code, family=scheme.family, version=scheme.version)
    for name, digest in reader.sources():
        _say(options, "command.source", name=name, hash=digest)
    return 0


def rebase_edition(options: argparse.Namespace) -> int:
    """Build an edition that was overtaken anew, upon the one that is served now; it waits."""
    with JobRun(options.data, "rebase", by=_user(), shown=False) as run:
        run.log("jobs.begun_rebase", {"edition": options.edition})
        found = build_anew(options.data, options.edition, datetime.now(UTC), _user(), run.progress)
    _list(options, found.problems)
    if not found.edition_id:
        _say(options, "command.refused", n=sum(problem.severity == "error" for problem in found.problems))
        return 1
    publication.print_staged(options, found.edition_id)
    return 0


def export_edition(options: argparse.Namespace) -> int:
    """Write the tables that an edition was made of, in the form in which they come in; or its reference pack."""
    edition_id = options.edition or catalog.current_path(options.data).stem
    if options.references:
        return references.export_pack(options, edition_id)
    if options.publisher or options.key:  # else answers would go where only figures were meant to
        raise ClusterdashError("reference_pack.without_references")
    written = editions_export.write_tables(catalog.edition_path(options.data, edition_id), options.out)
    audit_log.record(options.data, datetime.now(UTC), _user(), "export", edition_id)
    _say(options, "command.exported", edition=edition_id, folder=options.out, n=len(written))
    return 0


def write_template(options: argparse.Namespace) -> int:
    """Write the questionnaire of a scheme as a workbook, with what the cluster answered last time."""
    grids = build.known_schemes(options.data)
    if options.scheme not in grids:
        raise ClusterdashError("questionnaire.unknown", scheme=options.scheme, known=", ".join(grids))
    before = _reader(options).previous_assessment(options.cluster, options.scheme) if options.cluster else None
    files.write_output(options.out, questionnaire(grids[options.scheme], options.lang, before))
    _say(options, "command.templated", file=options.out)
    return 0


def write_schemas(options: argparse.Namespace) -> int:
    """Write the accepted tables as Frictionless Table Schemas, and as a page of documentation if asked."""
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
    result = opened_against(_reader(options).benchmark(options.cluster), settings(options.data).reference)
    if options.format == "json":
        sys.stdout.write(as_json(result).decode() + "\n")
    else:
        sys.stdout.write(as_text(result, options.lang))
    return 0


def report(options: argparse.Namespace) -> int:
    """Write the brief of a cluster as PDF, or those of all clusters as a ZIP; an interrupted run resumes."""
    reader = _reader(options)
    if options.cluster:
        result = opened_against(reader.benchmark(options.cluster), settings(options.data).reference)
        out = options.out or Path(bulk.brief_file_name(options.cluster, result.edition, options.lang))
        files.write_output(out, brief(result, options.lang, reader.latest_evaluation(options.cluster)))
        _say(options, "command.reported", file=out)
        return 0

    def tell(done: int, total: int) -> None:
        if done % bulk.BATCH_SIZE == 0 or done == total:
            _say(options, "briefs.making", done=done, total=total)

    out = options.out or Path(
        f"{translate(options.lang, 'briefs.file')}-{reader.edition().edition_id}-{options.lang}.zip"
    )
    opening = settings(options.data).reference
    there = bulk.write_archive(reader, list(reader.assessed()), options.lang, out, tell, opening)
    _say(options, "command.all_reported", file=out, there=there)
    return 0


def _reader(options: argparse.Namespace) -> EditionReader:
    """Who can run a command here can read the file: a staff viewer, and a record of whose results were read."""
    opened = EditionDatabase(current_path(options.data)).corrected(label_changes.corrections(options.data))
    synthetic = opened.reader(STAFF).edition().synthetic

    def note(cluster_id: str) -> None:
        if not synthetic:
            audit_log.record(options.data, datetime.now(UTC), _user(), "look", cluster_id)

    return opened.reader(STAFF, note)


def _list(options: argparse.Namespace, problems: Sequence[Problem]) -> None:
    """A line for each problem, or for many of one kind; or all of them as JSON."""
    if options.format == "json":
        sys.stdout.write(problem_list.as_json(problems, options.lang) + "\n")
        return
    for line in problem_list.problem_lines(problems, options.lang, every=options.all):
        sys.stdout.write(line + "\n")
    if not problems:
        _say(options, "command.clean")
