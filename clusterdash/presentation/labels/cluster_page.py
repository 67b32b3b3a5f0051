"""The public page of one cluster: its labels in a sentence, over time, and as its sources tell them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import quote, urlencode, urlsplit

from ...domain import Award, Cluster, EndKind, Label, LabelHolder, Language, PartialDate
from ...domain.partial_dates import first_day, last_day
from ...i18n import escape_markdown, format_partial_date, translate
from ...labels.status import LabelStatus
from ..html import Markup, link, render, verdict_paragraph
from .narrative import state_name

_BASES = (
    *("stated", "report", "news_date", "stated_other_source", "approximate"),
    *("ceremony", "audit", "inferred", "inferred_year", "audit_date"),
)
"""What a date can be that of; anything else is shown as the source says it."""
_UNKNOWN = "unknown"
_MOST_YEARS = 12
"""The number of years above which only every second one is named."""


def label_verdict(held: Sequence[LabelStatus], language: Language) -> Markup:
    """Each label with its state today, the highest first; "" without any."""
    sentences = " ".join(_held(one, language) for one in reversed(held))
    return verdict_paragraph(sentences) if sentences else Markup("")


def dissolution(holder: LabelHolder, names: Mapping[str, str], language: Language) -> str:
    """Since when a cluster no longer exists, with a link to the one that followed it; Markdown, "" where it does."""
    if not holder.dissolved_on:
        return ""
    day, precision = _date(holder.dissolved_on, language), _precision(holder.dissolved_on)
    told = translate(language, f"dissolved.{precision}", date=day)
    if holder.successor not in names:
        return told
    page = f"cluster?{urlencode({'id': holder.successor, 'lang': language})}"
    successor = f"[{escape_markdown(names[holder.successor])}]({page})"
    return f"{told} {translate(language, 'cluster.successor', name=successor)}"


def award_time_line(holder: LabelHolder, today: date, language: Language, alt: str) -> Markup:
    """The awards of a cluster on a scale of years, a row for each label; "" where no date is known.

    A bar lies between an award and its end, hatched where that follows from the rule; an end without a beginning is a
    stroke. What was seen of a label is a tick, hollow where it had lapsed.
    """
    awards = holder.awards
    dates = [date for award in awards for date in (award.awarded_on, award.end.until)]
    dates += [seen.seen_on for seen in holder.observations]
    known = [day for value in dates for day in (first_day(value), last_day(value)) if day]
    if not known:
        return Markup("")
    first, last = min(known).year, max(*known, today).year + 1
    start, length = date(first, 1, 1).toordinal(), date(last, 1, 1).toordinal() - date(first, 1, 1).toordinal()

    def place(day: date) -> float:
        return round(100 * (day.toordinal() - start) / length, 2)

    rows = []
    for label in reversed(Label):
        drawn = [_drawn(one, place, language) for one in awards if one.label is label]
        seen = [(place(last_day(one.seen_on) or today), one.held) for one in holder.observations if one.label is label]
        if seen or any(one["start"] is not None or one["end"] is not None for one in drawn):
            rows.append((label.value, translate(language, f"label.{label}"), drawn, seen))
    step = 1 + (last - first > _MOST_YEARS)
    return render(
        "presentation/labels/templates/award_time_line.html.jinja",
        alt=alt,
        rows=rows,
        years=[(place(date(year, 1, 1)), year) for year in range(first, last, step)],
        today=place(today),
        now=translate(language, "cluster.today"),
    )


def calendar_link(cluster: Cluster, language: Language) -> str:
    """Where the ends and renewals of a cluster's labels are, for a calendar; Markdown."""
    address = f"calendar/{quote(cluster.cluster_id, safe='')}.ics?{urlencode({'lang': language})}"
    return f"[{translate(language, 'cluster.calendar')}]({address})"


def award_list(holder: LabelHolder, language: Language) -> Markup:
    """All awards of a cluster, latest first: when, how long, who says so, how sure, when checked, and the id."""
    entries = [
        {
            "label": award.label.value,
            "name": translate(language, f"label.{award.label}"),
            "when": _when(award, language),
            "end": _end(award, language),
            "source": _source(award.source_url),
            "details": _details(award, language),
        }
        for award in holder.awards
    ]
    return render("presentation/labels/templates/award_list.html.jinja", entries=entries)


def award_text(award: Award, language: Language) -> str:
    """ "Gold: awarded on 6 February 2014; until 2027": label, date and end of one award."""
    label = translate(language, f"label.{award.label}")
    return translate(language, "map.label", label=label, date=_when(award, language), state=_end_text(award, language))


def _held(held: LabelStatus, language: Language) -> str:
    """One label in a sentence; Markdown."""
    day = held.end.until or held.awards[0].awarded_on
    key = f"held.{state_name(held)}_{_precision(day)}"
    return translate(language, key, label=translate(language, f"label.{held.label}"), date=_date(day, language))


def _precision(day: PartialDate) -> str:
    """Whether a date is a day, a month or year, or not known: sentences differ by it."""
    return "day" if len(day) == 10 else "month" if day else "never"


def _date(day: PartialDate, language: Language) -> str:
    return format_partial_date(language, day) if day else ""


def _drawn(award: Award, place: Callable[[date], float], language: Language) -> Mapping[str, object]:
    """One award as it is drawn: where it begins and ends, and what is written below."""
    start, end = first_day(award.awarded_on), last_day(award.end.until)
    return {
        "start": place(start) if start else None,
        "end": place(end) if end else None,
        "from": _date(award.awarded_on, language),
        "to": _date(award.end.until, language),
        "by_rule": award.end.kind is EndKind.RULE,
    }


def _when(award: Award, language: Language) -> str:
    if not award.awarded_on:
        return translate(language, "cluster.undated")
    return translate(language, f"awarded.{_precision(award.awarded_on)}", date=_date(award.awarded_on, language))


def _end(award: Award, language: Language) -> str:
    """When an award ends, and how that is known; with a link where the rule has a source."""
    told, rule = _end_text(award, language), award.end.rule
    return link(rule.source_url, told, target="_blank", rel="noopener noreferrer") if rule and rule.source_url else told


def _end_text(award: Award, language: Language) -> str:
    end = award.end
    if not end.until:
        return translate(language, "map.end_unknown")
    day = _date(end.until, language)
    if end.kind is EndKind.DURATION:
        return translate(language, "until.duration", date=day, n=award.valid_months)
    if end.rule is None:
        return translate(language, f"until.{_precision(end.until)}", date=day)
    certainty = translate(language, f"certainty.{end.rule.certainty}")
    return translate(language, "until.rule", date=day, certainty=certainty)


def _details(award: Award, language: Language) -> Sequence[str]:
    """What the date is that of, how sure it is, when it was checked, and the id of the row."""
    basis = re.sub(r"\W+", "_", award.date_basis).strip("_")
    told = (
        translate(language, f"date_basis.{basis}")
        if basis in _BASES
        else ("" if basis == "unknown" else award.date_basis)
    )
    checked = f"checked.{_precision(award.checked_on)}"
    found = (
        told if award.awarded_on and basis != _UNKNOWN else "",
        translate(language, f"confidence.{award.confidence}"),
        translate(language, checked, date=_date(award.checked_on, language)) if award.checked_on else "",
        award.award_id,
    )
    return [part for part in found if part]


def _source(address: str) -> str:
    """A link to a source, named by its host; "" without one."""
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return link(address, host, target="_blank", rel="noopener noreferrer") if host else ""
