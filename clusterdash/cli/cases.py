"""The command about cases: list them, verify their trails, erase those that are old."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime

from ..admin import case_retention
from ..domain import ClusterdashError
from ..i18n import translate
from ..operational_database import case_records, case_trail
from ..operational_database.engine import reading
from .publication import print_message

ACTIONS = ("list", "verify", "erase")


def run(options: argparse.Namespace) -> int:
    """Do what the option `action` names; 1 if a trail has a fault, or not the line that is looked for."""
    return {"list": _list, "verify": _verify, "erase": _erase}[options.action](options)


def _list(options: argparse.Namespace) -> int:
    """Print the real cases: id, cluster, kind, step and since when."""
    with reading(options.data) as connection:
        found = case_records.read_all(connection, "") if connection else ()
    for case in found:
        kind, step = (
            translate(options.lang, f"case_kind.{case.kind}"),
            translate(options.lang, f"case_step.{case.step}"),
        )
        values = {"id": case.case_id, "cluster": case.cluster_name, "kind": kind, "step": step}
        print_message(options, "case_command.line", since=case.step_since[:10], **values)
    print_message(options, "case_command.count", n=len(found))
    return 0


def _verify(options: argparse.Namespace) -> int:
    """Print where the trail of a case does not follow from the line before, and whether a quoted line is in it."""
    faults = case_trail.verify(options.data)
    for fault in faults:
        print_message(options, "case_command.fault", id=fault.case_id, line=fault.number)
    if not faults:
        print_message(options, "case_command.whole")
    quoted = options.line is None or _verify_line(options)
    return 1 if faults or not quoted else 0


def _verify_line(options: argparse.Namespace) -> bool:
    """Print whether the line that a statement quotes stands in the trail of its case; returns it.

    Spaces are ignored, also those without width: what is copied out of a PDF may have some.

    Raises ClusterdashError for a text that quotes no line.
    """
    quoted = re.fullmatch(r"(\w+):([1-9]\d{0,8}):([0-9a-f]{64})", re.sub(r"[^\w:]", "", options.line))
    if quoted is None:
        raise ClusterdashError("case_line.unreadable", text=options.line)
    case_id, number, line_hash = quoted.groups()
    found = case_trail.has_line(options.data, case_id, int(number), line_hash)
    print_message(options, "case_line.found" if found else "case_line.differs", id=case_id, line=number)
    return found


def _erase(options: argparse.Namespace) -> int:
    """Erase what the operator no longer keeps, and print how many cases and documents."""
    cases, documents = case_retention.erase_old(options.data, datetime.now(UTC))
    print_message(options, "case_command.erased", n=cases, documents=documents)
    return 0
