"""Import of grants by the command line: problems before the import, and putting them into force."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime

from ..admin import account_reach
from ..auth import audit_log
from ..domain import ClusterdashError, ErrorCode, Grant, Problem
from ..i18n import translate
from ..ingest import grants
from ..ingest.grant_changes import change_problems, combine
from ..operational_database.engine import writing
from ..operational_database.lock import locked
from .publication import print_message, user_name


def problems(options: argparse.Namespace, found: Sequence[Grant], today: date, *, ask: bool) -> list[Problem]:
    """The problems of putting grants into force: rights that end, no staff left, accounts that see many clusters.

    That no staff is left is accepted by `--no-staff`, or by the answer at a terminal if `ask` is set. Raises
    ClusterdashError if grants are to be added to a list that cannot be read.
    """
    before = _in_force(options)
    after = combine(before, found, add=_adds(options))
    told = change_problems(before, after, today, ", ".join(map(str, options.files)))
    told += account_reach.warnings(options.data, after, today)
    refused = any(problem.has(ErrorCode.NO_STAFF) for problem in told)
    if refused and (options.no_staff or (ask and _says_yes(options))):
        return [problem for problem in told if not problem.has(ErrorCode.NO_STAFF)]
    return told


def put_into_force(options: argparse.Namespace, found: Sequence[Grant], now: datetime) -> None:
    """Put grants into force, replacing or extending the list; print a message and write to the access log."""
    with locked(options.data), writing(options.data):
        before = _in_force(options)
        after = combine(before, found, add=_adds(options))
        grants.replace(options.data, after)
        audit_log.record(options.data, now, user_name(), "grants", str(len(after)))
    key = "command.granted_added" if _adds(options) else "command.granted" if before else "command.granted_first"
    print_message(options, key, n=len(after), taken=len(found))


def _adds(options: argparse.Namespace) -> bool:
    """Whether the files extend what exists."""
    return bool(options.add or options.to)


def _in_force(options: argparse.Namespace) -> tuple[Grant, ...]:
    """The grants that are in force; none if they cannot be read and are replaced, which fixes the file."""
    try:
        return grants.read_grants(options.data)
    except ClusterdashError:
        if _adds(options):
            raise
        return ()


def _says_yes(options: argparse.Namespace) -> bool:
    """Ask at the terminal; False if there is none, or the answer is not yes."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    sys.stdout.write(translate(options.lang, "command.no_staff_ask"))
    sys.stdout.flush()
    yes = translate(options.lang, "command.yes")
    return sys.stdin.readline().strip().lower() in (yes, yes[0])
