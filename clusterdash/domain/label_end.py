"""When awards of a label end: as stated, after a stated duration, by the scheme's rule, or not known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from dateutil.relativedelta import relativedelta

from .label import Award, EndKind, Label, LabelEnd, ValidityRule
from .partial_dates import first_day, last_day, months_later


def with_ends(awards: Iterable[Award], rules: Sequence[ValidityRule]) -> tuple[Award, ...]:
    """The awards of one cluster, in their order, each with its end.

    By the rule, an award counts as a renewal if it came within the window before or after the end of an earlier one of
    its label; after a longer gap, and where no earlier end is known, it counts as a first one.
    """
    given = tuple(awards)
    ends: dict[int, LabelEnd] = {}
    former: dict[Label, LabelEnd] = {}
    dated = sorted(range(len(given)), key=lambda n: (last_day(given[n].awarded_on) or date.min, given[n].award_id))
    for number in dated:
        award = given[number]
        ends[number] = _end(award, former.get(award.label, LabelEnd()), rules)
        if award.awarded_on and ends[number].until:
            former[award.label] = ends[number]
    return tuple(replace(award, end=ends[number]) for number, award in enumerate(given))


def _end(award: Award, former: LabelEnd, rules: Sequence[ValidityRule]) -> LabelEnd:
    if award.valid_until:
        return LabelEnd(EndKind.STATED, award.valid_until)
    given = first_day(award.awarded_on)
    if given is None:
        return LabelEnd()
    if award.valid_months:
        return LabelEnd(EndKind.DURATION, months_later(award.awarded_on, award.valid_months))
    before = last_day(former.until)
    for renewal in (True, False):
        rule = _rule(award.label, given.year, rules, renewal=renewal)
        if rule is None:
            continue
        if not renewal:
            return LabelEnd(EndKind.RULE, months_later(award.awarded_on, rule.months), rule)
        window = relativedelta(months=rule.window_months)
        if before is not None and before - window <= given <= before + window:
            start = former.until if rule.from_former_end else award.awarded_on
            return LabelEnd(EndKind.RULE, months_later(start, rule.months), rule)
    return LabelEnd()


def _rule(label: Label, year: int, rules: Sequence[ValidityRule], *, renewal: bool) -> ValidityRule | None:
    return next(
        (
            rule
            for rule in rules
            if rule.label is label
            and rule.renewal is renewal
            and rule.first_year <= year <= (year if rule.last_year is None else rule.last_year)
        ),
        None,
    )
