"""When labels end, by hand, as properties, and for the whole register against a slow plain twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import TODAY

from clusterdash.domain import (
    Award,
    EndKind,
    Label,
    LabelEnd,
    LabelHolder,
    LabelState,
    LocalizedText,
    Observation,
    ValidityRule,
)
from clusterdash.domain.label_end import with_ends
from clusterdash.domain.partial_dates import months_later
from clusterdash.editions.reader import EditionReader
from clusterdash.labels.status import ENDED, HELD, label_statuses, state_on

BASIS = LocalizedText("une source", "a source")
FIRST = ValidityRule(Label.GOLD, False, 2010, None, 24, False, 12, "holders", BASIS, "https://a.example")
RENEWAL = ValidityRule(Label.GOLD, True, 2010, None, 36, True, 12, "inferred", BASIS, "https://a.example")
RULES = (FIRST, RENEWAL)


def award(awarded_on: str = "", valid_until: str = "", months: int | None = None, label: Label = Label.GOLD) -> Award:
    return Award("id", label, awarded_on, "stated", valid_until, "https://a.example", "high", "", months)


def ends(*given: tuple[str, str, int | None]) -> list[tuple[str, str]]:
    return [(one.end.kind.value, one.end.until) for one in with_ends([award(*each) for each in given], RULES)]


@pytest.mark.parametrize(
    ("value", "months", "later"),
    [
        ("2020-01-31", 24, "2022-01"),
        ("2020-12", 1, "2021-01"),
        ("2020", 24, "2022"),
        ("2020", 36, "2023"),
        ("", 24, ""),
    ],
)
def test_months_count_from_what_a_date_can_mean(value: str, months: int, later: str) -> None:
    assert months_later(value, months) == later


def test_each_kind_of_end() -> None:
    assert ends(("2020-03", "2022-05-01", 24)) == [("stated", "2022-05-01")], "a stated end comes before a duration"
    assert ends(("2020-03", "", 36)) == [("duration", "2023-03")]
    assert ends(("2020-03", "", None)) == [("rule", "2022-03")]
    assert ends(("", "", 36)) == [("unknown", "")], "nothing to count from"
    assert ends(("", "", None)) == [("unknown", "")]
    assert with_ends([award("2020-03")], ())[0].end == LabelEnd()
    assert with_ends([award("2020-03", label=Label.SILVER)], RULES)[0].end == LabelEnd(), "a rule of another label"


def test_a_renewal_counts_from_the_end_before_it_and_anew_after_a_gap() -> None:
    assert ends(("2015-03", "", None), ("2017-05", "", None)) == [("rule", "2017-03"), ("rule", "2020-03")]
    assert ends(("2017-05", "", None), ("2015-03", "", None)) == [("rule", "2020-03"), ("rule", "2017-03")]
    assert ends(("2015-03", "", None), ("2018-03", "", None))[1] == ("rule", "2020-03"), "on the last day of the window"
    assert ends(("2015-03", "", None), ("2018-04", "", None))[1] == ("rule", "2020-04"), "too late: anew"
    assert ends(("2015-03", "", None), ("2015-09", "", None))[1] == ("rule", "2017-09"), "too early for a renewal"
    assert ends(("2015-03", "2017-06-30", None), ("2017-05", "", None))[1] == ("rule", "2020-06")
    assert ends(("2012", "", None), ("2014", "", None), ("2017", "", None))[2] == ("rule", "2020")


def test_rules_have_their_years() -> None:
    early = replace(FIRST, last_year=2014, months=36)
    late = replace(FIRST, first_year=2015)
    found = with_ends([award("2014-12"), award("2020-01")], (early, late))
    assert [one.end.until for one in found] == ["2017-12", "2022-01"]
    assert [one.end.rule for one in found] == [early, late]


@pytest.mark.parametrize(
    ("awarded_on", "day", "state"),
    [
        ("2020-03", date(2022, 3, 31), LabelState.BY_RULE),
        ("2020-03", date(2022, 4, 1), LabelState.ENDED_BY_RULE),
        ("2020", date(2022, 12, 31), LabelState.BY_RULE),
        ("2020", date(2023, 1, 1), LabelState.ENDED_BY_RULE),
    ],
)
def test_a_label_by_the_rule_is_told_as_such(awarded_on: str, day: date, state: LabelState) -> None:
    found, end = state_on(with_ends([award(awarded_on)], RULES), day)
    assert found is state
    assert end.kind is EndKind.RULE
    assert end.rule == FIRST


def test_a_certain_end_comes_before_one_by_the_rule() -> None:
    awards = with_ends([award("2020-03", "2021-03-31"), award("2020-03-05")], RULES)
    assert state_on(awards, date(2021, 3, 1))[0] is LabelState.SOON
    assert state_on(awards, date(2021, 9, 1))[0] is LabelState.BY_RULE, "another award may have come after it"
    undated = with_ends([award("2020-03", "2021-03-31"), award()], RULES)
    assert state_on(undated, date(2021, 9, 1))[0] is LabelState.UNKNOWN
    assert state_on(with_ends([award("2020-03"), award()], RULES), TODAY)[0] is LabelState.ENDED_BY_RULE


def seen(on: str, *, held: bool) -> Observation:
    return Observation(Label.GOLD, on, held, "press", "https://a.example", "high")


def test_what_was_seen_decides_too() -> None:
    awards = with_ends([award("2015-03")], RULES)
    lapsed = [seen("2016-06", held=False)]
    assert state_on(awards, date(2016, 6, 29), lapsed)[0] is LabelState.BY_RULE
    assert state_on(awards, date(2016, 6, 30), lapsed) == (LabelState.EXPIRED, LabelEnd(EndKind.OBSERVED, "2016-06"))
    again = with_ends([award("2015-03"), award("2019-01")], RULES)
    assert state_on(again, date(2019, 6, 1), lapsed)[0] is LabelState.BY_RULE, "given anew since"
    held = [seen("2019-09", held=True)]
    assert state_on(awards, date(2019, 9, 15), held)[0] is LabelState.VALID
    assert state_on(awards, date(2019, 10, 1), held)[0] is LabelState.ENDED_BY_RULE
    assert state_on(with_ends([award()], RULES), TODAY, [seen("2021", held=False)])[0] is LabelState.EXPIRED


DATES = st.sampled_from(["", "2012", "2015-06", "2016-02-29", "2018-05", "2020", "2021-11-30", "2024-01"])
GIVEN = st.lists(
    st.builds(award, DATES, st.sampled_from(["", "", "2017", "2020-06-30", "2026-12"]), st.sampled_from([None, 24])),
    min_size=1,
    max_size=4,
)
SEEN = st.lists(st.builds(seen, DATES.filter(bool), held=st.booleans()), max_size=2)
DAYS = st.dates(date(2012, 1, 1), TODAY)


def holder_of(register: Sequence[LabelHolder], awards: Sequence[Award], seen: Sequence[Observation]) -> LabelHolder:
    return replace(register[0], awards=with_ends(awards, RULES), observations=tuple(seen))


@given(awards=GIVEN, observed=SEEN, day=DAYS)
def test_the_order_of_rows_changes_nothing(
    register: tuple[LabelHolder, ...], awards: list[Award], observed: list[Observation], day: date
) -> None:
    def told(*order: Award) -> list[tuple[LabelState, LabelEnd]]:
        numbered = [replace(one, award_id=str(awards.index(one))) for one in order]
        found = label_statuses([holder_of(register, numbered, observed)], day, TODAY)
        return [(one.state, one.end) for one in found]

    expected = told(*awards)
    for order in permutations(awards):
        assert told(*order) == expected


@given(awards=GIVEN, observed=SEEN, day=DAYS, more=st.data())
def test_what_comes_later_makes_no_earlier_state_less_known(
    register: tuple[LabelHolder, ...], awards: list[Award], observed: list[Observation], day: date, more: st.DataObject
) -> None:
    after = (day + timedelta(days=more.draw(st.integers(1, 900)))).isoformat()
    later_award = [award(after, more.draw(st.sampled_from(["", "2029"])))]
    later_seen = [seen(after, held=more.draw(st.booleans()))]

    def told(given: Sequence[Award], looked: Sequence[Observation]) -> list[LabelState]:
        return [one.state for one in label_statuses([holder_of(register, given, looked)], day, TODAY)]

    before = told(awards, observed)
    assert told([*awards, *later_award], observed) == before
    assert told(awards, [*observed, *later_seen]) == before


# -- the whole register, against plain loops over text


def last(value: str) -> str:
    if len(value) == 4:
        return value + "-12-31"
    if len(value) == 7:
        year, month = int(value[:4]), int(value[5:])
        following = date(year + month // 12, month % 12 + 1, 1)
        return (following - timedelta(days=1)).isoformat()
    return value


def first(value: str) -> str:
    return (value + "-01-01")[:10] if value else value


def plus(value: str, months: int) -> str:
    year, month = int(last(value)[:4]), int(last(value)[5:7])
    total = 12 * year + month - 1 + months
    return f"{total // 12}" if len(value) == 4 else f"{total // 12}-{total % 12 + 1:02d}"


def shifted(day: str, months: int) -> str:
    total = 12 * int(day[:4]) + int(day[5:7]) - 1 + months
    month = f"{total // 12}-{total % 12 + 1:02d}"
    return min(f"{month}-{day[8:]}", last(month))


def plain_ends(awards: Sequence[Award], rules: Sequence[ValidityRule]) -> dict[str, tuple[str, str]]:
    """The kind of end and the end of each award of one label, by its id."""
    found: dict[str, tuple[str, str]] = {}
    former = ""
    for one in sorted(awards, key=lambda one: (last(one.awarded_on), one.award_id)):
        if one.valid_until:
            found[one.award_id] = ("certain", one.valid_until)
        elif not one.awarded_on:
            found[one.award_id] = ("unknown", "")
        elif one.valid_months:
            found[one.award_id] = ("certain", plus(one.awarded_on, one.valid_months))
        else:
            year, start = int(one.awarded_on[:4]), first(one.awarded_on)
            fitting = {
                rule.renewal: rule
                for rule in rules
                if rule.label is one.label and rule.first_year <= year <= (rule.last_year or 9999)
            }
            renewal = fitting.get(True)
            near = (
                former
                and renewal
                and shifted(last(former), -renewal.window_months)
                <= start
                <= shifted(last(former), renewal.window_months)
            )
            if near and renewal:
                found[one.award_id] = ("rule", plus(former, renewal.months))
            elif False in fitting:
                found[one.award_id] = ("rule", plus(one.awarded_on, fitting[False].months))
            else:
                found[one.award_id] = ("unknown", "")
        if one.awarded_on and found[one.award_id][1]:
            former = found[one.award_id][1]
    return found


def plain_state(  # noqa: PLR0911 - as plain as can be
    holder: LabelHolder, label: Label, rules: Sequence[ValidityRule], day: str, today: str
) -> str | None:
    """The state of a label in a word, from dates as text."""
    awards = [one for one in holder.awards if one.label is label]
    looked = [one for one in holder.observations if one.label is label]
    known = plain_ends(awards, rules)
    given, doubtful = [], False
    for one in awards:
        start, stated = first(one.awarded_on), first(one.valid_until)
        if start <= day if start else day >= today or (stated and stated <= day):
            given.append(one)
        elif not start:
            doubtful = True
    if not given:
        return None
    if any(one.held and first(one.seen_on) <= day <= last(one.seen_on) for one in looked):
        return "valid"
    certain = sorted(
        (last(known[one.award_id][1]), first(one.awarded_on)) for one in given if known[one.award_id][0] == "certain"
    )
    if certain and certain[-1][0] >= day:
        return "valid" if certain[-1][0] > shifted(day, 6) else "soon"
    lapses = sorted(
        (last(one.seen_on), first(one.seen_on)) for one in looked if not one.held and last(one.seen_on) <= day
    )
    if lapses and not any(one.awarded_on and last(one.awarded_on) > lapses[-1][1] for one in given):
        return "expired"
    open_ones = [
        one
        for one in given
        if known[one.award_id][0] != "certain"
        and not (certain and certain[-1][1] and one.awarded_on and last(one.awarded_on) < certain[-1][1])
    ]
    by_rule = max((last(known[one.award_id][1]) for one in open_ones if known[one.award_id][0] == "rule"), default="")
    if by_rule and (not certain or by_rule > certain[-1][0]):
        return "by_rule" if by_rule >= day else "ended_by_rule"
    if not certain or doubtful or any(known[one.award_id][0] == "unknown" for one in open_ones):
        return "unknown"
    return "renewal" if shifted(certain[-1][0], 12) >= day else "expired"


def test_the_register_equals_plain_loops_on_fifty_days(staff: EditionReader) -> None:
    register, rules = staff.label_register(), staff.validity_rules()
    assert len(rules) > 5
    days = [date(2011, 1, 1) + timedelta(days=round(number * 118.9)) for number in range(49)]
    for day in [*days, TODAY]:
        found = {(one.cluster.cluster_id, one.label): one.state.value for one in label_statuses(register, day, TODAY)}
        plain = {
            (holder.cluster.cluster_id, label): state
            for holder in register
            for label in Label
            if (state := plain_state(holder, label, rules, day.isoformat(), TODAY.isoformat()))
        }
        assert found == plain, day


def test_most_labels_are_no_longer_unknown(staff: EditionReader) -> None:
    """Of each label, and more of Gold: what the rule is for."""
    found = label_statuses(staff.label_register(), TODAY, TODAY)
    gold = [one for one in found if one.label is Label.GOLD]
    assert sum(one.state is not LabelState.UNKNOWN for one in gold) >= 0.8 * len(gold)
    assert sum(one.state is not LabelState.UNKNOWN for one in found) >= 0.7 * len(found)
    assert {*HELD, *ENDED, LabelState.UNKNOWN} == set(LabelState)


@pytest.mark.parametrize("kind", [EndKind.STATED, EndKind.DURATION, EndKind.RULE, EndKind.UNKNOWN])
def test_the_register_knows_each_kind_of_end(register: tuple[LabelHolder, ...], kind: EndKind) -> None:
    assert any(award.end.kind is kind for holder in register for award in holder.awards)
