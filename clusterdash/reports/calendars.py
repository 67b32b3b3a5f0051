"""The ends of labels as a calendar (iCalendar), and events that a later file updates. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from icalendar import Event

from ..calendar_events import all_day_event, new_calendar
from ..domain import Language, ValidityRule
from ..domain.partial_dates import last_day
from ..i18n import format_date, translate
from ..labels.status import CERTAIN, LabelStatus


def stable_event(identity: str, day: date, now: datetime) -> Event:
    """An all-day event whose UID follows from what it is about; its sequence number increases by minutes."""
    uid = f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}@clusterdash"
    return all_day_event(uid, day, now, int(now.timestamp()) // 60)


def renewal_window(held: LabelStatus, rules: Sequence[ValidityRule]) -> tuple[date, date] | None:
    """The first and the last day on which a label may be renewed, around the end that decides; None where not known."""
    end = last_day(held.end.until)
    windows = [rule.window_months for rule in rules if rule.label is held.label and rule.renewal]
    if end is None or not windows:
        return None
    months = relativedelta(months=windows[-1])
    return end - months, end + months


def labels_calendar(
    held: Iterable[LabelStatus], rules: Sequence[ValidityRule], language: Language, now: datetime
) -> bytes:
    """The ends of labels, on the last day that an end can mean, and when their renewal begins, as all-day events.

    Only of labels whose renewal is not over; a title says where an end follows from the rule of the scheme.
    """
    made = new_calendar()
    for one in held:
        end, window = last_day(one.end.until), renewal_window(one, rules)
        if end is None or (window[1] if window else end) < now.date():
            continue
        told = {"label": translate(language, f"label.{one.label}"), "cluster": one.cluster.name}
        identity = f"{one.cluster.cluster_id}/{one.label}/{one.end.until}"
        event = stable_event(identity, end, now)
        certain = one.end.kind in CERTAIN
        key = "label_calendar.ends_certain" if certain else "label_calendar.ends_by_rule"
        event.add("summary", translate(language, key, **told))
        lines = [award.source_url for award in one.awards if award.source_url]
        if window:
            days = {"first": format_date(language, window[0]), "last": format_date(language, window[1])}
            lines.insert(0, translate(language, "label_calendar.window", **days))
            begins = stable_event(f"{identity}/renewal", window[0], now)
            begins.add("summary", translate(language, "label_calendar.begins", **told))
            made.add_component(begins)
        event.add("description", "\n".join(lines))
        made.add_component(event)
    written: bytes = made.to_ical()
    return written
