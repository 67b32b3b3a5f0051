"""Warnings to staff of accounts that see so many clusters of a group that they could derive others' answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from ..access import clusters_by_account
from ..domain import STAFF, AccountReach, ClusterdashError, Grant, LocalizedText, Problem
from ..editions import catalog
from ..editions.reader import EditionDatabase
from ..ingest import grants
from ..presentation.benchmark.group_names import named_group
from ..statistics.parameters import LIMITS


def warnings(data: Path, granted: Iterable[Grant], today: date) -> list[Problem]:
    """A warning for each address and group of the served edition of which it sees more clusters than the limit.

    An empty list if no edition can be read.
    """
    large = {email: mine for email, mine in clusters_by_account(granted, today).items() if len(mine) > LIMITS.coalition}
    if not large:
        return []
    try:
        opened = EditionDatabase(catalog.current_path(data))
    except ClusterdashError:
        return []
    try:
        reader = opened.reader(STAFF)
        found = [(email, found) for email, mine in sorted(large.items()) for found in reader.account_reach(mine)]
    finally:
        opened.close()
    return [_warning(email, one) for email, one in found if one.clusters > LIMITS.coalition]


def _warning(email: str, found: AccountReach) -> Problem:
    """The warning; its key tells whether the served edition was built for a coalition of so many clusters."""
    key = "grant.many" if found.clusters <= found.coalition else "grant.many_unprotected"
    name = LocalizedText(named_group(found.group, "fr"), named_group(found.group, "en"))
    values: dict[str, object] = {"clusters": found.clusters, "of": found.of, "coalition": LIMITS.coalition}
    values |= {
        "group": name,
        "step": LIMITS.for_coalition(found.clusters).rounding_base,
    }
    return Problem(grants.FILE, "grants", None, "cluster_id", email, key, tuple(values.items()), "warning")
