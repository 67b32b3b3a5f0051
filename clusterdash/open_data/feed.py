"""New awards and ended labels as a feed: Atom (RFC 4287). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode, urlsplit

from dateutil.relativedelta import relativedelta

from ..domain import Award, EndKind, Language, PartialDate
from ..domain.partial_dates import first_day, last_day
from ..i18n import format_partial_date, translate
from ..labels.contact import Contact
from ..labels.status import ENDED, LabelStatus
from ..presentation.html import render
from ..presentation.labels import narrative
from .label_files import FilteredRegister

PATH = "labels.atom"
"""Below the address of the server."""
PARAMETER_NAMES = ("label", "country", "sector", "lang")
"""The query parameters: the filters that do not depend on a day."""
MAX_ENTRIES = 50
"""Most entries of a feed."""
PERIOD = relativedelta(years=2)
"""How far back a feed goes."""
_TAGGED_SINCE = "2026"
"""The year from which ids are assigned (RFC 4151): it stays, whatever else changes."""
_ENDS = {
    EndKind.STATED: "ended",
    EndKind.DURATION: "ended",
    EndKind.RULE: "by_rule",
    EndKind.OBSERVED: "lapsed",
}
"""How a title says that a label is over, by how that is known."""
_PRECISION = {len("2013"): "year", len("2013-03"): "month", len("2013-03-27"): "day"}


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One change: `updated` is the last day that its date can mean; `source` is "" where no page reports it."""

    path: str
    title: str
    updated: date
    holding: LabelStatus
    source: str = ""


def feed_address(server: str, asked: Mapping[str, str], language: Language) -> str:
    """The address of the feed for the parameters of a page; `server`: its own address, with a trailing slash."""
    known = {name: value for name, value in asked.items() if name in PARAMETER_NAMES}
    return f"{server}{PATH}?{urlencode({**known, 'lang': language})}"


def feed_entries(register: FilteredRegister) -> list[FeedEntry]:
    """The latest changes of the matching labels, newest first: awards with a date, and ends that have passed."""
    since = register.day - PERIOD
    found = [
        entry
        for holding in register.matching
        for entry in (*_awards(holding, register), *_end(holding, register))
        if entry.updated >= since
    ]
    return sorted(found, key=lambda entry: (-entry.updated.toordinal(), entry.path))[:MAX_ENTRIES]


def feed(register: FilteredRegister, server: str, author: Contact) -> str:
    """The latest changes as an Atom document; `server`: its own address, with a trailing slash."""
    language, selection = register.language, register.selection
    title = translate(language, "feed.title")
    filters = narrative.filter_summary(selection, register.sectors, language)
    title = translate(language, "table.labelled", name=title, value=filters) if filters else title
    entries = feed_entries(register)
    latest = entries[0].updated if entries else _known_on(register)
    address = feed_address(server, selection.address(), language)
    return render(
        "open_data/templates/feed.atom.jinja",
        language=language,
        id=_tag(server, f"labels?{urlsplit(address).query}"),
        title=title,
        subtitle=translate(language, "feed.subtitle", most=MAX_ENTRIES),
        updated=_midnight(latest),
        address=address,
        page=f"{server}labels?{urlencode({**selection.address(), 'lang': language})}",
        author=author,
        rights=translate(language, "export.licence"),
        entries=[
            {
                "id": _tag(server, entry.path),
                "title": entry.title,
                "updated": _midnight(entry.updated),
                "page": f"{server}cluster?{urlencode({'id': entry.holding.cluster.cluster_id, 'lang': language})}",
                "source": entry.source,
                "label": entry.holding.label.value,
                "summary": translate(
                    language,
                    "feed.summary",
                    place=narrative.cluster_location(entry.holding.cluster, language),
                    state=narrative.state_sentence(entry.holding, language),
                ),
            }
            for entry in entries
        ],
    )


def _awards(holding: LabelStatus, register: FilteredRegister) -> Iterator[FeedEntry]:
    for award in holding.awards:
        if (given := _given_by(award, register.day)) is not None:
            title = _title("awarded", award.awarded_on, holding, register.language)
            yield FeedEntry(f"award/{quote(award.award_id)}", title, given, holding, award.source_url)


def _given_by(award: Award, today: date) -> date | None:
    """The last day on which an award can have been given: not after it was checked; None where nothing is known."""
    first, last = first_day(award.awarded_on), last_day(award.awarded_on)
    if first is None or last is None:
        return None
    return max(first, min(last, last_day(award.checked_on) or today, today))


def _end(holding: LabelStatus, register: FilteredRegister) -> Iterator[FeedEntry]:
    """The end of a label that is over: that of its last award, or when it was seen to have lapsed."""
    over = last_day(holding.end.until)
    if holding.state in ENDED and over is not None and over <= register.day:
        title = _title(_ENDS[holding.end.kind], holding.end.until, holding, register.language)
        path = "/".join(("end", quote(holding.cluster.cluster_id), holding.label.value, holding.end.until))
        yield FeedEntry(path, title, over, holding)


def _title(kind: str, day: PartialDate, holding: LabelStatus, language: Language) -> str:
    """What has happened, with its date as precise as it is known."""
    return translate(
        language,
        f"feed_title.{kind}_{_PRECISION[len(day)]}",
        cluster=holding.cluster.name,
        label=translate(language, f"label.{holding.label}"),
        date=format_partial_date(language, day),
    )


def _known_on(register: FilteredRegister) -> date:
    """The day of the register, for a feed without any entry."""
    stated = last_day(register.provenance.as_of) if register.provenance else None
    return min(stated or register.day, register.day)


def _tag(server: str, path: str) -> str:
    """A tag URI (RFC 4151), which stays the same when the port or the path of the server changes."""
    return f"tag:{urlsplit(server).hostname or 'localhost'},{_TAGGED_SINCE}:{path}"


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
