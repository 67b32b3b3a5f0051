"""Effects of an imported list of grants: which grants are in force then, and whose rights end. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ..domain import ErrorCode, Grant, GrantRole, Problem

MAX_NAMED = 5
"""Maximum number of addresses, and of clusters per address, named in a message."""
_EVERYTHING = ""
"""Means all clusters, which staff may see."""
Right = tuple[str, str]
"""An address, and a cluster that it may see; `_EVERYTHING` for all."""
_Spans = list[tuple[int, int]]
"""Days on which a right is valid, as first and last ordinals; disjoint and sorted."""


def combine(before: Sequence[Grant], found: Sequence[Grant], *, add: bool) -> tuple[Grant, ...]:
    """The grants in force once `found` is imported: these alone, or with those of other addresses and roles.

    With `add`, all grants of an address in a role replace all that it had in that role.
    """
    if not add:
        return tuple(found)
    anew = {(grant.email, grant.role) for grant in found}
    return (*(grant for grant in before if (grant.email, grant.role) not in anew), *found)


def change_problems(before: Sequence[Grant], after: Sequence[Grant], today: date, file: str) -> list[Problem]:
    """The problems if `after` replaces `before`: a warning of rights that end, today or later.

    An error if there would be no staff any more.
    """
    problems = []
    ended = rights_ended(before, after, today)
    if ended:
        told = (("n", len(ended)), ("who", _named(ended)))
        problems.append(Problem(file, "grants", None, "", "", "grant.ended", told, "warning"))
    if _leaves_no_staff(before, after, today):
        problems.append(Problem(file, "grants", None, "", "", ErrorCode.NO_STAFF))
    return problems


def rights_ended(before: Iterable[Grant], after: Iterable[Grant], today: date) -> list[Right]:
    """The rights that `before` gives on some day from today on and `after` does not; by address, then cluster.

    Becoming staff, or seeing the same clusters in another role, ends no right.
    """
    then, now = _spans(before, today), _spans(after, today)
    ended = []
    for (email, cluster), spans in then.items():
        left = _merged([*now.get((email, cluster), []), *now.get((email, _EVERYTHING), [])])
        if not all(_is_within(span, left) for span in spans):
            ended.append((email, cluster))
    return sorted(ended)


def _leaves_no_staff(before: Iterable[Grant], after: Iterable[Grant], today: date) -> bool:
    """Whether `before` has staff today and `after` has none, or `before` has staff from today on and `after` never."""
    then, now = (
        _merged([span for (_, cluster), spans in found.items() if cluster == _EVERYTHING for span in spans])
        for found in (_spans(before, today), _spans(after, today))
    )
    here = (today.toordinal(), today.toordinal())
    return (_is_within(here, then) and not _is_within(here, now)) or (bool(then) and not now)


def _spans(grants: Iterable[Grant], today: date) -> Mapping[Right, _Spans]:
    """The days, from today on, on which each right is valid."""
    found: dict[Right, _Spans] = defaultdict(list)
    for grant in grants:
        first = max(grant.valid_from or today, today).toordinal()
        last = (grant.valid_until or date.max).toordinal()
        if first <= last:
            for cluster in (_EVERYTHING,) if grant.role is GrantRole.STAFF else grant.clusters:
                found[grant.email, cluster].append((first, last))
    return {right: _merged(spans) for right, spans in found.items()}


def _merged(spans: _Spans) -> _Spans:
    """The spans, sorted; adjacent and overlapping ones are merged."""
    merged: _Spans = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _is_within(span: tuple[int, int], spans: _Spans) -> bool:
    """Whether one of `spans` contains `span`."""
    place = bisect_right(spans, span[0], key=lambda known: known[0]) - 1
    return place >= 0 and span[1] <= spans[place][1]


def _named(rights: Iterable[Right]) -> str:
    """Text that names the addresses and their clusters; the first `MAX_NAMED` of each."""
    theirs: dict[str, list[str]] = defaultdict(list)
    for email, cluster in rights:
        theirs[email].append(cluster or GrantRole.STAFF.value)
    told = [f"{email} ({_first(clusters)})" for email, clusters in theirs.items()]
    return _first(told)


def _first(names: Sequence[str]) -> str:
    return ", ".join([*names[:MAX_NAMED], *(["…"] if len(names) > MAX_NAMED else [])])
