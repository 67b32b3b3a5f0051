"""The command about cases: list them, verify their trails, erase those that are old."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from ..admin import case_retention
from ..i18n import translate
from ..operational_database import case_records, case_trail
from ..operational_database.engine import reading
from .publication import print_message

ACTIONS = ("list", "verify", "erase")


def run(options: argparse.Namespace) -> int:
    """Do what the option `action` names; 1 if a trail has a fault."""
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
    """Print where the trail of a case does not follow from the line before."""
    faults = case_trail.verify(options.data)
    for fault in faults:
        print_message(options, "case_command.fault", id=fault.case_id, line=fault.number)
    if not faults:
        print_message(options, "case_command.whole")
    return 1 if faults else 0


def _erase(options: argparse.Namespace) -> int:
    """Erase what the operator no longer keeps, and print how many cases and documents."""
    cases, documents = case_retention.erase_old(options.data, datetime.now(UTC))
    print_message(options, "case_command.erased", n=cases, documents=documents)
    return 0
