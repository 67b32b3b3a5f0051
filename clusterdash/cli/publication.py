"""The commands that change which edition is served: the end of an import, publish, rollback, discard; sweep.

Confirmations are asked for at a terminal, and otherwise need `--accept`.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Collection
from datetime import UTC, datetime

from ..admin.job_run import JobRun
from ..domain import ClusterdashError, Language, Problem
from ..editions import build, catalog, confirmations, shared_editions, unpublished
from ..editions.publication_effects import PublicationEffect, UnconfirmedError, publication_effect, read_metadata
from ..i18n import translate
from ..ingest.validate import CheckedTables
from ..presentation.admin.narrative import confirmation_sentence, confirmation_text, difference_lines

YES = {"y", "yes", "o", "oui"}
"""Answers at the terminal that confirm, in lower case."""


def add_accept(parser: argparse.ArgumentParser, language: Language) -> None:
    """Add the option `--accept removal,disclosure` to a command; it can be repeated."""

    def kinds(text: str) -> list[str]:
        found = [kind.strip() for kind in text.split(",")]
        for kind in found:
            if kind not in confirmations.KINDS:
                known = ", ".join(confirmations.KINDS)
                raise argparse.ArgumentTypeError(translate(language, "command.accept_unknown", value=kind, known=known))
        return found

    text = translate(language, "command.accept")
    parser.add_argument("--accept", action="extend", type=kinds, default=[], metavar="KIND", help=text)


def build_and_publish(options: argparse.Namespace, tables: CheckedTables, now: datetime, served: str) -> None:
    """Build an edition, print what it changes, and publish it unless `--stage`.

    `served`: the edition that was served when the files were checked. Raises ClusterdashError if it may not be
    published, and is kept unpublished then; or if another job runs, or somebody of staff cancels this one.
    """
    try:
        before = read_metadata(catalog.current_path(options.data))
    except ClusterdashError:
        before = None
    with JobRun(options.data, "import", by=user_name(), shown=False) as run:
        run.log("jobs.begun", {"files": ", ".join(map(str, options.files))})
        edition_id = build.build(tables, options.files, options.data, now, user_name(), progress=run.progress)
    if options.stage:
        print_staged(options, edition_id)
        return
    try:
        _serve(options, edition_id, served)
    except UnconfirmedError:
        raise
    except ClusterdashError:
        print_message(options, "command.staged", edition=edition_id, accept="")
        raise
    if before:
        counts = {"clusters": before.clusters, "assessments": before.assessments}
        print_message(options, "command.replaced", edition=before.edition_id, **counts)


def confirmation_problems(options: argparse.Namespace, tables: CheckedTables, now: datetime) -> list[Problem]:
    """The confirmations that publishing these tables would need, as `as_problems`; the draft is removed."""
    if not catalog.current_id(options.data):
        return []
    edition_id = build.build(tables, options.files, options.data, now, user_name(), draft=True)
    path = catalog.draft_path(options.data, edition_id)
    try:
        found = publication_effect(options.data, path)
    finally:
        path.unlink(missing_ok=True)
    lacking = tuple(one for one in found.confirmations if one.kind not in options.accept)
    return as_problems(options, UnconfirmedError(lacking, "command.not_accepted", edition=edition_id))


def print_staged(options: argparse.Namespace, edition_id: str) -> None:
    """Print what publishing an unpublished edition would change, and how to do it."""
    if unpublished.superseded(options.data, edition_id):
        print_message(options, "command.overtaken", edition=edition_id, served=catalog.current_id(options.data))
        return
    found = publication_effect(options.data, catalog.edition_path(options.data, edition_id))
    _print_effect(options, found)
    kinds = ",".join(safeguard.kind for safeguard in found.confirmations)
    print_message(options, "command.staged", edition=edition_id, accept=f" --accept {kinds}" if kinds else "")


def publish_edition(options: argparse.Namespace) -> int:
    """Serve an existing edition from now on."""
    _serve(options, options.edition, catalog.current_id(options.data))
    return 0


def roll_back(options: argparse.Namespace) -> int:
    """Serve the previous edition again."""
    edition_id = catalog.previous(options.data)
    found = publication_effect(options.data, catalog.edition_path(options.data, edition_id), "rollback")
    _print_effect(options, found)
    accept = _confirmed(options, found, "command.not_back", edition_id)
    build.rollback(options.data, datetime.now(UTC), user_name(), decided_on=found.served, accept=accept)
    _print_published(options, edition_id)
    return 0


def discard_edition(options: argparse.Namespace) -> int:
    """Remove an edition that was never served."""
    build.discard(options.data, options.edition, datetime.now(UTC), user_name())
    print_message(options, "command.discarded", edition=options.edition)
    return 0


def sweep_store(options: argparse.Namespace) -> int:
    """Remove the objects of the store that hold no edition."""
    if not catalog.in_store():
        raise ClusterdashError("edition_store.not_used")
    removed = shared_editions.sweep(options.data, datetime.now(UTC))
    for address in removed:
        print_message(options, "command.swept_object", address=address)
    print_message(options, "command.swept", n=len(removed))
    return 0


def as_problems(options: argparse.Namespace, error: UnconfirmedError) -> list[Problem]:
    """The missing confirmations, an error each, with what would be lost in the reason."""
    files, edition = ", ".join(map(str, options.files)), error.edition
    return [Problem(files, "", None, "", edition, *confirmation_text(found, options.lang)) for found in error.lacking]


def print_message(options: argparse.Namespace, key: str, **values: object) -> None:
    """Print a message: to standard output, or to standard error if the output is JSON."""
    stream = sys.stderr if getattr(options, "format", "") == "json" else sys.stdout
    stream.write(translate(options.lang, key, **values) + "\n")


def user_name() -> str:
    """The name of the user who runs the command, for the journal; "" if unknown."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no user with that id
        return ""


def _serve(options: argparse.Namespace, edition_id: str, served: str) -> None:
    """Publish an edition in place of `served`, if its effects are confirmed."""
    path = catalog.edition_path(options.data, edition_id)
    unpublished.refuse_superseded(options.data, edition_id)
    found = publication_effect(options.data, path)
    _print_effect(options, found)
    accept = _confirmed(options, found, "command.not_accepted", edition_id)
    build.activate(options.data, edition_id, datetime.now(UTC), user_name(), decided_on=served, accept=accept)
    _print_published(options, edition_id)


def _print_effect(options: argparse.Namespace, found: PublicationEffect) -> None:
    if found.changes and options.format != "json":
        sys.stdout.write("\n".join(difference_lines(found.changes, options.lang)) + "\n")


def _print_published(options: argparse.Namespace, edition_id: str) -> None:
    edition = read_metadata(catalog.edition_path(options.data, edition_id))
    counts = {"clusters": edition.clusters, "assessments": edition.assessments}
    print_message(options, "command.published", edition=edition_id, **counts)


def _confirmed(
    options: argparse.Namespace, found: PublicationEffect, refusal: str, edition_id: str
) -> Collection[confirmations.ConfirmationKind]:
    """The kinds confirmed by `--accept` or at the terminal. Raises UnconfirmedError if a confirmation is missing."""
    lacking = tuple(one for one in found.confirmations if one.kind not in options.accept)
    in_words = "\n".join(confirmation_sentence(one, options.lang) for one in lacking)
    if lacking and not _agrees(options, in_words):
        raise UnconfirmedError(lacking, refusal, told=in_words, edition=edition_id)
    return [one.kind for one in found.confirmations]


def _agrees(options: argparse.Namespace, in_words: str) -> bool:
    """Ask at the terminal; False if there is none, or the answer is not yes."""
    if options.format == "json" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    sys.stdout.write(f"{in_words}\n{translate(options.lang, 'command.ask')}")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in YES
