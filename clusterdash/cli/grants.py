"""How grants come in by the command line: what is said of them before, and what is put into force."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime

from .. import files
from ..admin import account_reach
from ..auth import audit_log
from ..domain import ClusterdashError, ErrorCode, Grant, Problem
from ..i18n import translate
from ..ingest import grants
from ..ingest.grant_changes import change_problems, combine
from .publication import print_message, user_name


def problems(options: argparse.Namespace, found: Sequence[Grant], today: date, *, ask: bool) -> list[Problem]:
    """What is to be said of grants before they come into force: rights that end, and that nobody would be staff.

    That nobody would be staff is accepted by `--no-staff`, or by whoever says yes at a terminal where one may `ask`.
    Raises ClusterdashError where grants are to be added to a list that cannot be read.
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
    """Put grants into force, alone or beside those of before, and tell; the log of access tells, too."""
    with files.locked(options.data):
        after = combine(_in_force(options), found, add=_adds(options))
        grants.replace(options.data, after)
        audit_log.record(options.data, now, user_name(), "grants", str(len(after)))
    key = "command.granted_added" if _adds(options) else "command.granted"
    print_message(options, key, n=len(after), taken=len(found))


def _adds(options: argparse.Namespace) -> bool:
    """Whether the files complete what is there."""
    return bool(options.add or options.to)


def _in_force(options: argparse.Namespace) -> tuple[Grant, ...]:
    """The grants that are in force; none where they cannot be read and are replaced, which repairs them."""
    try:
        return grants.read_grants(options.data)
    except ClusterdashError:
        if _adds(options):
            raise
        return ()


def _says_yes(options: argparse.Namespace) -> bool:
    """Whether somebody sits at a terminal and says yes."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    sys.stdout.write(translate(options.lang, "command.no_staff_ask"))
    sys.stdout.flush()
    yes = translate(options.lang, "command.yes")
    return sys.stdin.readline().strip().lower() in (yes, yes[0])
