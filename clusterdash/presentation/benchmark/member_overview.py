"""Who is in a group of clusters: by size, age, label and country, and whose benchmark is old; for staff. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta

from ...domain import Language
from ...domain.group_comparison import GroupMember
from ...i18n import country_name, format_date, format_number, translate
from ..html import link
from .tables import table

OLD = relativedelta(years=2)
"""A benchmark of longer ago is old: its cluster may be written to."""
MAX_LISTED = 20
_PARTS = ("size", "age", "label", "country")


def old_benchmarks(members: Sequence[GroupMember], today: date) -> list[GroupMember]:
    """The members whose latest benchmark is old, the oldest first."""
    return [one for one in members if one.assessed_on < today - OLD]


def member_sentence(members: Sequence[GroupMember], today: date, language: Language) -> str:
    """How many clusters there are, which share was verified, and how many have an old benchmark; Markdown."""
    verified = round(100 * sum(one.verified for one in members) / max(1, len(members)))
    old = len(old_benchmarks(members, today))
    return translate(language, "members.sentence", n=len(members), verified=verified, old=old)


def composition(members: Sequence[GroupMember], names: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """The members by size, age, label and country; `names` are those of the first three by key."""
    groups = []
    for part in _PARTS:
        counts = Counter(str(getattr(one, part)) for one in members)
        known = names.get(part, {})
        ordered = [key for key in known if key in counts] if known else [key for key, _ in counts.most_common()]
        ordered += [key for key in counts if key not in ordered]
        rows = [
            [
                _name(part, key, known, language),
                format_number(language, counts[key]),
                translate(
                    language, "table.percent", value=format_number(language, 100 * counts[key] / len(members), 0)
                ),
            ]
            for key in ordered
        ]
        groups.append((translate(language, f"grouped_by.{part}"), rows))
    headings = [translate(language, f"column.{name}") for name in ("group", "number", "share")]
    return table(translate(language, "members.composition"), headings, groups)


def _name(part: str, key: str, known: Mapping[str, str], language: Language) -> str:
    if part == "country":
        return country_name(language, key)
    return known.get(key) or translate(language, "members.unknown")


def old_rows(members: Sequence[GroupMember], language: Language) -> list[list[str]]:
    """Members as rows of text: name, id, country, day of the benchmark."""
    return [
        [one.name, one.cluster_id, country_name(language, one.country), format_date(language, one.assessed_on)]
        for one in members
    ]


def old_headings(language: Language) -> list[str]:
    """The headings of `old_rows`."""
    return [translate(language, f"column.{name}") for name in ("cluster", "code", "country", "assessed")]


def old_table(members: Sequence[GroupMember], language: Language) -> str:
    """The first members with an old benchmark; each name leads to its results."""
    rows = [
        [link(f"benchmark?{urlencode({'cluster': one.cluster_id, 'lang': language})}", name, target="_self"), *rest]
        for one, (name, *rest) in zip(members, old_rows(members, language), strict=True)
    ]
    return table(translate(language, "members.old"), old_headings(language), [("", rows[:MAX_LISTED])], prose=True)
