"""The commands that change which edition is served: the end of an import, publish, rollback, discard.

What would be lost by it is asked for on a terminal, and elsewhere needs `--accept`.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Collection
from datetime import UTC, datetime

from ..domain import ClusterdashError, Language, Problem
from ..editions import build, catalog, confirmations, unpublished
from ..editions.publication_effects import Effect, UnconfirmedError, effect, told
from ..i18n import translate
from ..ingest.validate import Tables
from ..presentation.admin.narrative import difference_in_words, safeguard_in_words, safeguard_text

_YES = {"y", "yes", "o", "oui"}


def add_accept(parser: argparse.ArgumentParser, language: Language) -> None:
    """Let a command be told what is confirmed: `--accept removal,disclosure`, as often as one likes."""

    def kinds(text: str) -> list[str]:
        found = [kind.strip() for kind in text.split(",")]
        for kind in found:
            if kind not in confirmations.KINDS:
                known = ", ".join(confirmations.KINDS)
                raise argparse.ArgumentTypeError(translate(language, "command.accept_unknown", value=kind, known=known))
        return found

    text = translate(language, "command.accept")
    parser.add_argument("--accept", action="extend", type=kinds, default=[], metavar="KIND", help=text)


def take_over(options: argparse.Namespace, tables: Tables, now: datetime, served: str) -> None:
    """Build an edition, tell what it changes, and publish it unless it shall wait.

    `served`: the edition that was served when the files were checked. Raises ClusterdashError where it may not be
    published; it waits then.
    """
    try:
        before = told(catalog.current(options.data))
    except ClusterdashError:
        before = None
    edition_id = build.build(tables, options.files, options.data, now, user())
    if options.stage:
        tell_staged(options, edition_id)
        return
    try:
        _serve(options, edition_id, served)
    except UnconfirmedError:
        raise
    except ClusterdashError:
        tell(options, "command.staged", edition=edition_id, accept="")
        raise
    if before:
        counts = {"clusters": before.clusters, "assessments": before.assessments}
        tell(options, "command.replaced", edition=before.edition_id, **counts)


def foretold(options: argparse.Namespace, tables: Tables, now: datetime) -> list[Problem]:
    """What publishing these tables would need to be confirmed, as `as_problems`; nothing is left of it."""
    if not catalog.served(options.data):
        return []
    edition_id = build.build(tables, options.files, options.data, now, user(), draft=True)
    path = catalog.draft_of(options.data, edition_id)
    try:
        found = effect(options.data, path)
    finally:
        path.unlink(missing_ok=True)
    lacking = tuple(one for one in found.safeguards if one.kind not in options.accept)
    return as_problems(options, UnconfirmedError(lacking, "command.not_accepted", edition=edition_id))


def tell_staged(options: argparse.Namespace, edition_id: str) -> None:
    """Tell of an edition that waits what publishing it would do, and how to."""
    if unpublished.overtaken(options.data, edition_id):
        tell(options, "command.overtaken", edition=edition_id, served=catalog.served(options.data))
        return
    found = effect(options.data, catalog.file_of(options.data, edition_id))
    _tell_effect(options, found)
    kinds = ",".join(safeguard.kind for safeguard in found.safeguards)
    tell(options, "command.staged", edition=edition_id, accept=f" --accept {kinds}" if kinds else "")


def publish_edition(options: argparse.Namespace) -> int:
    """Make an edition that is there the one that is served."""
    _serve(options, options.edition, catalog.served(options.data))
    return 0


def rollback(options: argparse.Namespace) -> int:
    """Serve again what was served before."""
    edition_id = catalog.before(options.data)
    found = effect(options.data, catalog.file_of(options.data, edition_id), "rollback")
    _tell_effect(options, found)
    accept = _confirmed(options, found, "command.not_back", edition_id)
    build.rollback(options.data, datetime.now(UTC), user(), decided_on=found.served, accept=accept)
    _tell_published(options, edition_id)
    return 0


def discard(options: argparse.Namespace) -> int:
    """Remove an edition that was never served."""
    build.discard(options.data, options.edition, datetime.now(UTC), user())
    tell(options, "command.discarded", edition=options.edition)
    return 0


def as_problems(options: argparse.Namespace, error: UnconfirmedError) -> list[Problem]:
    """What is not confirmed, as problems for a machine: an error each, with what would be lost in its reason."""
    files, edition = ", ".join(map(str, options.files)), error.edition
    return [Problem(files, "", None, "", edition, *safeguard_text(found, options.lang)) for found in error.lacking]


def tell(options: argparse.Namespace, key: str, **values: object) -> None:
    """Say something to who runs a command; where a machine reads the output, beside it."""
    stream = sys.stderr if getattr(options, "format", "") == "json" else sys.stdout
    stream.write(translate(options.lang, key, **values) + "\n")


def user() -> str:
    """As whom a command runs, for the journal; "" where the system does not tell."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # nobody of that number
        return ""


def _serve(options: argparse.Namespace, edition_id: str, served: str) -> None:
    """Publish an edition in place of the one that was served when this was decided, if what it does is confirmed."""
    path = catalog.file_of(options.data, edition_id)
    unpublished.refuse_overtaken(options.data, edition_id)
    found = effect(options.data, path)
    _tell_effect(options, found)
    accept = _confirmed(options, found, "command.not_accepted", edition_id)
    build.serve(options.data, edition_id, datetime.now(UTC), user(), decided_on=served, accept=accept)
    _tell_published(options, edition_id)


def _tell_effect(options: argparse.Namespace, found: Effect) -> None:
    if found.changes and options.format != "json":
        sys.stdout.write("\n".join(difference_in_words(found.changes, options.lang)) + "\n")


def _tell_published(options: argparse.Namespace, edition_id: str) -> None:
    edition = told(catalog.file_of(options.data, edition_id))
    counts = {"clusters": edition.clusters, "assessments": edition.assessments}
    tell(options, "command.published", edition=edition_id, **counts)


def _confirmed(
    options: argparse.Namespace, found: Effect, refusal: str, edition_id: str
) -> Collection[confirmations.Kind]:
    """What is confirmed: by `--accept`, or by who sits at the terminal. Raises UnconfirmedError where it is not."""
    lacking = tuple(one for one in found.safeguards if one.kind not in options.accept)
    in_words = "\n".join(safeguard_in_words(one, options.lang) for one in lacking)
    if lacking and not _agrees(options, in_words):
        raise UnconfirmedError(lacking, refusal, told=in_words, edition=edition_id)
    return [one.kind for one in found.safeguards]


def _agrees(options: argparse.Namespace, in_words: str) -> bool:
    """Ask at the terminal; False where there is none, or nobody says yes."""
    if options.format == "json" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    sys.stdout.write(f"{in_words}\n{translate(options.lang, 'command.ask')}")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in _YES
