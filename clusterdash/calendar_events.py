"""Events of calendars as iCalendar (RFC 5545), which each kind of calendar is made of. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

REMINDER = timedelta(days=-7, hours=9)
"""When a calendar reminds of a day: at nine in the morning, a week before."""


def new_calendar(method: str = "PUBLISH") -> Calendar:
    """An empty calendar; `method` is that of RFC 5546."""
    made = Calendar()
    made.add("prodid", "-//clusterdash//plan//EN")
    made.add("version", "2.0")
    made.add("method", method)
    return made


def all_day_event(uid: str, day: date, now: datetime, sequence: int) -> Event:
    """An all-day event during which one is not busy. A later one of the same UID needs a higher sequence number."""
    event = _event(uid, now, sequence)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def timed_event(uid: str, start: datetime, length: timedelta, now: datetime, sequence: int) -> Event:
    """An event of some hours; without a time zone it is the local time of whoever reads it."""
    event = _event(uid, now, sequence)
    event.add("dtstart", start)
    event.add("dtend", start + length)
    return event


def _event(uid: str, now: datetime, sequence: int) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("sequence", sequence)
    return event


def alarm(text: str, before: timedelta = REMINDER) -> Alarm:
    """A reminder with a text, so long after the beginning of an event; negative: before."""
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", text)
    made.add("trigger", before)
    return made
