"""Where a case stands, what is to be done next and by whom, as sentences and a line of steps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from ...cases.answering import answered_by_field
from ...cases.reminders import FEEDBACK_DAYS, HAND_IN_DAYS, PLANNED_MINUTES
from ...domain import Language
from ...domain.case import EXPERT_SEATS, STEPS, Answers, Case, Seat, Step
from ...i18n import format_date, format_datetime, translate

REQUEST_DAYS = 14
"""Within how many days a request is scheduled."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How far an interview is: minutes since its first answer, questions answered, and in total."""

    minutes: int
    answered: int
    total: int

    @property
    def expected(self) -> int | None:
        """The minutes that the whole takes at this pace; None before there is one."""
        return round(self.minutes / self.answered * self.total) if self.answered and self.minutes else None


def step_line(case: Case, language: Language) -> Markup:
    """The steps of a case as a list; the present one is marked, also for screen readers."""
    steps = STEPS[case.kind]
    present = steps.index(case.step) if case.step in steps else len(steps)
    items = []
    for place, step in enumerate(steps):
        name = translate(language, f"case_step.{step}")
        state = "done" if place < present else "now" if place == present else "next"
        here = Markup(' aria-current="step"') if state == "now" else Markup("")
        items.append(Markup('<li class="{}"{}>{}</li>').format(state, here, name))
    label = translate(language, "case_page.steps")
    return Markup('<ol class="case-steps" aria-label="{}">{}</ol>').format(label, Markup("").join(items))


def now_sentence(case: Case, seat: Seat, language: Language) -> str:
    """What is to be done now, from the point of view of who has a seat; Markdown, to be escaped by nobody else."""
    who = "expert" if seat in EXPERT_SEATS else seat.value
    return translate(language, f"case_now.{who}_{case.step}")


def visit_sentence(case: Case, language: Language) -> str:
    """When and how the interview or visit takes place; says so where that is not settled."""
    if case.visit_at is None:
        return translate(language, "case_page.no_visit")
    when = format_datetime(language, datetime.fromisoformat(case.visit_at))
    return translate(language, "case_page.on_site" if case.on_site else "case_page.by_video", when=when)


def people_sentence(case: Case, language: Language) -> str:
    """Who has the experts' seats."""
    names = [
        translate(language, "case_page.person", seat=translate(language, f"case_seat.{holder.seat}"), who=holder.email)
        for holder in case.holders
    ]
    return " · ".join(names) if names else translate(language, "case_page.nobody")


def since_sentence(case: Case, today: date, language: Language) -> str:
    """Since when a case has been at its step."""
    since = case.step_began_on
    return translate(language, "case_page.since", day=format_date(language, since), n=(today - since).days)


def interview_pace(answers: Answers, total: int, now: datetime) -> Pace:
    """How far an interview is, from its answers as they stand."""
    times = [datetime.fromisoformat(answer.at) for answer in answers.values()]
    minutes = int((now - min(times)).total_seconds() // 60) if times else 0
    return Pace(max(minutes, 0), answered_by_field(answers), total)


def pace_sentence(pace: Pace, language: Language) -> str:
    """How far an interview is, and how long it takes at this pace."""
    values = {"n": pace.answered, "total": pace.total, "minutes": pace.minutes, "planned": PLANNED_MINUTES}
    if pace.expected is None:
        return translate(language, "interview.not_begun", **values)
    return translate(language, "interview.pace", expected=pace.expected, **values)


def waiting_first(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Open cases before ended ones, those with the earliest visit first."""
    return tuple(sorted(cases, key=lambda case: (not case.open, case.visit_at or "9999", case.opened_at)))


def by_step(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Cases by their step, the first step first; within a step those that have been in it longest."""
    order = list(Step)
    return tuple(sorted(cases, key=lambda case: (order.index(case.step), case.step_since)))


def preparation_sentence(answered: int, total: int, offered: int, language: Language) -> str:
    """How many questions are answered, and how many answers of last time are still to be confirmed."""
    key = "preparation.count_before" if offered else "preparation.count"
    return translate(language, key, n=answered, total=total, before=offered)


def lateness(case: Case, today: date) -> str:
    """Why a case is late: the key of a text, "" if it is not.

    Answers are to be handed in three weeks before the visit; a visit takes place on its day; feedback takes two weeks.
    """
    visit = date.fromisoformat(case.visit_at[:10]) if case.visit_at else None
    since = case.step_began_on
    if case.step is Step.REQUESTED and (today - since).days > REQUEST_DAYS:
        return "cases.late_request"
    if case.step is Step.PREPARATION and visit and (visit - today).days < HAND_IN_DAYS:
        return "cases.late_preparation"
    if case.step in (Step.INTERVIEW, Step.JUDGMENT) and visit and today > visit:
        return "cases.late_visit"
    if case.step in (Step.AGREEMENT, Step.FEEDBACK) and (today - since).days > FEEDBACK_DAYS:
        return "cases.late_feedback"
    return ""
