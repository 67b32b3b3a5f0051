"""Which label was held on a day, and what of the register fits a choice. Pure.

Only ends that a source states decide: where none is stated, the state of a label is "end not known", never computed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from dateutil.relativedelta import relativedelta
from rapidfuzz.distance import OSA

from ..i18n import LANGUAGES, collation_key, country_name
from ..model import Award, Cluster, Label, LabelHolder, LocalizedText, PartialDate, State
from .selection import FIRST_YEAR, Selection

SOON, RENEWAL = relativedelta(months=6), relativedelta(months=12)
"""A label expires soon within the first of its stated end; after it, it may be renewed within the second."""
ACTIVE = (State.VALID, State.SOON)
"""The states of a label that is held."""
ENDED = (State.RENEWAL, State.EXPIRED)
"""The states of a label whose stated end is past."""
SUPERSEDED = "superseded"
"""The state of an award that another one of the same cluster and label has followed."""
_RANK = {label: rank for rank, label in enumerate(Label)}
Facet = Literal["label", "country", "sector", "state"]
FACETS: tuple[Facet, ...] = ("label", "country", "sector", "state")


@dataclass(frozen=True, slots=True)
class Holding:
    """One label of one cluster on a day, with all awards of it up to that day, the latest first.

    `state` follows from `end`, the stated end that decides; "" where none does.
    """

    cluster: Cluster
    label: Label
    state: State
    end: PartialDate
    awards: tuple[Award, ...]
    fields: tuple[LocalizedText, ...]


def first_day(value: PartialDate) -> date | None:
    """The first day that a partial date can mean; None where it is not known."""
    if not value:
        return None
    year, month, day = (*map(int, value.split("-")), 1, 1)[:3]
    return date(year, month, day)


def last_day(value: PartialDate) -> date | None:
    """The last day that a partial date can mean; None where it is not known."""
    first = first_day(value)
    if first is None or len(value) == 10:
        return first
    return first + (relativedelta(month=12, day=31) if len(value) == 4 else relativedelta(day=31))


def awarded_by(award: Award, day: date, today: date) -> bool | None:
    """Whether an award had been given by a day; None where its date is not known and nothing else tells.

    What stands in the register has been given by today; what has a stated end has been given by then.
    """
    start, end = first_day(award.awarded_on), first_day(award.valid_until)
    if start is not None:
        return start <= day
    return True if day >= today or (end is not None and end <= day) else None


def state_on(awards: Sequence[Award], day: date) -> tuple[State, PartialDate]:
    """The state of a label on a day, from all awards of it up to then, and the stated end that decides ("" for none).

    The latest stated end decides, unless an award without one may have come after it: then the end is not known.
    """
    ends = [(end, award) for award in awards if (end := last_day(award.valid_until)) is not None]
    latest, deciding = max(ends, key=lambda entry: entry[0], default=(None, None))
    if latest is not None and deciding is not None and latest >= day:
        return (State.VALID if latest > day + SOON else State.SOON), deciding.valid_until
    started = first_day(deciding.awarded_on) if deciding is not None else None
    for award in awards:
        other = last_day(award.awarded_on)
        earlier = started is not None and other is not None and other < started
        if not award.valid_until and not earlier:
            return State.UNKNOWN, ""
    if latest is None or deciding is None:
        return State.UNKNOWN, ""
    return (State.RENEWAL if latest + RENEWAL >= day else State.EXPIRED), deciding.valid_until


def award_state(award: Award, awards: Sequence[Award], day: date) -> str:
    """The state of one award on a day: a `State` from its own stated end, or `SUPERSEDED` where another one followed.

    `awards`: all of its cluster and label up to that day. One has followed where it was certainly given later: after
    the last day that this one's date can mean or, where it has no date, after its stated end.
    """
    given_by = last_day(award.awarded_on or award.valid_until)
    starts = [start for other in awards if (start := first_day(other.awarded_on)) is not None]
    if given_by is not None and any(start > given_by for start in starts):
        return SUPERSEDED
    return state_on([award], day)[0].value


def holdings(register: Iterable[LabelHolder], day: date, today: date) -> tuple[Holding, ...]:
    """Every label that a cluster had ever been awarded by a day, by cluster in the order of the register."""
    found = []
    for holder in register:
        for label in Label:
            placed = [(award, awarded_by(award, day, today)) for award in holder.awards if award.label is label]
            awards = tuple(award for award, given in placed if given)
            if not awards:
                continue
            state, end = state_on(awards, day)
            if state not in ACTIVE and any(given is None for _, given in placed):
                state, end = State.UNKNOWN, ""  # an award without a date may have come by then
            found.append(Holding(holder.cluster, label, state, end, awards, holder.fields))
    return tuple(found)


def undated(register: Iterable[LabelHolder], selection: Selection, today: date) -> int:
    """How many awards that fit cannot be placed before or after the day, for want of a date."""
    day = selection.day(today)
    found = [
        Holding(holder.cluster, award.label, State.UNKNOWN, "", (award,), holder.fields)
        for holder in register
        for award in holder.awards
        if awarded_by(award, day, today) is None
    ]
    return len(fitting(found, replace(selection, states=frozenset())))


def ending_soon(register: Iterable[LabelHolder], today: date) -> list[Holding]:
    """The labels whose stated end comes within six months, the next one first."""
    soon = [holding for holding in holdings(register, today, today) if holding.state is State.SOON]
    return sorted(soon, key=lambda holding: (last_day(holding.end) or today, holding.cluster.name))


def select(found: Sequence[Holding], selection: Selection) -> tuple[Holding, ...]:
    """What fits; of each cluster the highest label where no label is asked for."""
    return highest(fitting(found, selection), selection.label)


def facets(found: Sequence[Holding], selection: Selection) -> dict[Facet, Counter[str]]:
    """For each value of each facet how many clusters would be shown with it, the other choices as they are.

    The label "" stands for all labels together.
    """
    found, selection = fitting(found, Selection(text=selection.text)), replace(selection, text="")  # searched once
    counts: dict[Facet, Counter[str]] = {facet: Counter() for facet in FACETS}
    of_any_label = fitting(found, replace(selection, label=None))
    counts["label"].update(holding.label for holding in of_any_label)
    counts["label"][""] = len(highest(of_any_label, None))
    without: dict[Facet, Selection] = {
        "country": replace(selection, countries=frozenset()),
        "sector": replace(selection, sectors=frozenset()),
        "state": replace(selection, states=frozenset()),
    }
    values: dict[Facet, Callable[[Holding], Sequence[str]]] = {
        "country": lambda holding: (holding.cluster.country,),
        "sector": lambda holding: holding.cluster.sectors,
    }
    for facet, value in values.items():
        for holding in select(found, without[facet]):
            counts[facet].update(value(holding))
    open_states = fitting(found, without["state"])
    for state in State:
        counts["state"][state] = len(highest([h for h in open_states if h.state is state], selection.label))
    return counts


def loosened(found: Sequence[Holding], selection: Selection) -> list[tuple[str, int]]:
    """Where nothing fits: which one choice to give up ("text" or a facet), and how many would fit then; most first."""
    ways: dict[str, Selection] = {}
    if selection.text:
        ways["text"] = replace(selection, text="")
    if selection.label:
        ways["label"] = replace(selection, label=None)
    if selection.countries:
        ways["country"] = replace(selection, countries=frozenset())
    if selection.sectors:
        ways["sector"] = replace(selection, sectors=frozenset())
    if selection.states:
        ways["state"] = replace(selection, states=frozenset())
    counted = [(name, len(select(found, way))) for name, way in ways.items()]
    return sorted((entry for entry in counted if entry[1]), key=lambda entry: -entry[1])


def fitting_text(found: Sequence[Holding], text: str) -> frozenset[str]:
    """The ids of the clusters in whose name, former names, place or field every word of a text is found.

    Accents and case do not count. A word fits where it is part of one. One that is part of none anywhere fits where it
    differs by a slip of the pen: a letter wrong, missing, too many or swapped with its neighbour, two in words of 8
    letters up; from a whole word, and with 6 letters up from the beginning of one.
    """
    known = {holding.cluster.cluster_id: _words(holding.cluster, holding.fields) for holding in found}
    fitting = set(known)
    for asked in _split(text):
        as_it_is = {cluster for cluster, words in known.items() if any(asked in word for word in words)}
        fitting &= as_it_is or {
            cluster for cluster, words in known.items() if any(_nearly(asked, word) for word in words)
        }
    return frozenset(fitting)


def by_end(found: Iterable[Holding]) -> tuple[int, int, int]:
    """How many labels are active by a stated end, have no known end, have a stated end that is past."""
    states = Counter(holding.state for holding in found)
    return sum(states[s] for s in ACTIVE), states[State.UNKNOWN], sum(states[s] for s in ENDED)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Clusters that count otherwise than a year before, by what tells when their new awards were given.

    `dated`: the date of an award; `by_end`: a stated end alone; `undated`: nothing, so that they count today only.
    """

    dated: int = 0
    by_end: int = 0
    undated: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.dated + self.by_end + self.undated


@dataclass(frozen=True, slots=True)
class YearCount:
    """A label at the end of a year: clusters ever awarded it by then, by what is known of its end.

    `new`: those that were not counted a year before. Of `ended`, `ended_new` were not there a year before, and
    `ended_left` are there no more, for what they were awarded since.
    """

    year: int
    valid: int
    unknown: int
    ended: int
    new: Arrivals
    ended_new: int
    ended_left: Arrivals

    @property
    def total(self) -> int:
        """All clusters that are counted."""
        return self.valid + self.unknown + self.ended


def by_year(register: Sequence[LabelHolder], label: Label | None, today: date) -> tuple[YearCount, ...]:
    """How many clusters held a label at the end of each year since the first, as far as dates tell; today at last."""
    awards = {h.cluster.cluster_id: [a for a in h.awards if label in (None, a.label)] for h in register}
    found, known, over, before = [], set[str](), set[str](), date.min
    for year in range(FIRST_YEAR, today.year + 1):
        day = Selection(year=year).day(today)
        held = select(holdings(register, day, today), Selection(label))
        now = {holding.cluster.cluster_id for holding in held}
        ended = {holding.cluster.cluster_id for holding in held if holding.state in ENDED}
        new, left = (
            _arrivals((awards[cluster] for cluster in clusters), before, day, today)
            for clusters in (now - known, over - ended)
        )
        found.append(YearCount(year, *by_end(held), new, len(ended - over), left))
        known, over, before = now, ended, day
    return tuple(found)


def _arrivals(clusters: Iterable[Sequence[Award]], before: date, day: date, today: date) -> Arrivals:
    """How many clusters were awarded something between two days, by what tells so."""
    counts: Counter[str] = Counter()
    for awards in clusters:
        came = [a for a in awards if awarded_by(a, day, today) and not awarded_by(a, before, today)]
        placed = [a for a in came if a.valid_until and (last := first_day(a.valid_until)) and last <= day]
        counts["dated" if any(a.awarded_on for a in came) else "by_end" if placed else "undated"] += 1
    return Arrivals(counts["dated"], counts["by_end"], counts["undated"])


def names(register: Iterable[LabelHolder]) -> dict[str, str]:
    """The names of the clusters by their ids, in the order of the alphabet."""
    found = ((holder.cluster.cluster_id, holder.cluster.name) for holder in register)
    return dict(sorted(found, key=lambda entry: collation_key(entry[1])))


def by_label(found: Iterable[Holding]) -> Counter[Label]:
    """How many hold each label."""
    return Counter(holding.label for holding in found)


def by_country(found: Sequence[Holding]) -> list[tuple[str, Counter[Label]]]:
    """How many clusters of each country hold which label, the most first."""
    counts: dict[str, Counter[Label]] = {}
    for holding in found:
        counts.setdefault(holding.cluster.country, Counter())[holding.label] += 1
    return sorted(counts.items(), key=lambda entry: (-entry[1].total(), entry[0]))


def fitting(found: Sequence[Holding], selection: Selection) -> list[Holding]:
    """All labels that fit, also several of one cluster where no label is asked for."""
    searched = fitting_text(found, selection.text) if selection.text else frozenset()
    return [
        holding
        for holding in found
        if selection.label in (None, holding.label)
        and (not selection.countries or holding.cluster.country in selection.countries)
        and (not selection.sectors or not selection.sectors.isdisjoint(holding.cluster.sectors))
        and (not selection.states or holding.state in selection.states)
        and (not selection.text or holding.cluster.cluster_id in searched)
    ]


def highest(found: Iterable[Holding], label: Label | None) -> tuple[Holding, ...]:
    """Of each cluster the highest label; all of what is given where a label is asked for."""
    if label is not None:
        return tuple(found)
    best: dict[str, Holding] = {}
    for holding in found:
        known = best.get(holding.cluster.cluster_id)
        if known is None or _RANK[holding.label] > _RANK[known.label]:
            best[holding.cluster.cluster_id] = holding
    return tuple(best.values())


@lru_cache(maxsize=65_536)
def _words(cluster: Cluster, fields: tuple[LocalizedText, ...]) -> frozenset[str]:
    """What a cluster may be found by. Former names stand in its name or in its note, after "formerly"."""
    former = re.findall(r"(?i)former(?:ly)?\b([^.;]*)", cluster.note)
    countries = [country_name(language, cluster.country) for language in LANGUAGES]
    names = [name for field in fields for name in (field.fr, field.en)]
    told = (cluster.name, cluster.city, cluster.region, cluster.activity, *countries, *former, *names)
    return frozenset(_split(" ".join(told)))


@lru_cache(maxsize=65_536)
def _split(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", collation_key(text)))


def _nearly(asked: str, word: str) -> bool:
    allowed = 2 if len(asked) >= 8 else 1 if len(asked) >= 4 else 0
    if not allowed:
        return False
    others = (word, word[: len(asked)], word[: len(asked) + 1]) if len(asked) >= 6 else (word,)
    return any(OSA.distance(asked, other, score_cutoff=allowed) <= allowed for other in others)
