"""Counts of clusters by label, by state, by year and by country. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..domain import Award, Label, LabelHolder, LabelState
from ..domain.partial_dates import first_day
from .filters import FIRST_YEAR, LabelFilters
from .search import select
from .status import ACTIVE, ENDED, LabelStatus, is_awarded_by, label_statuses

STATES_COUNTED = ("valid", "by_rule", "unknown", "ended_by_rule", "ended")
"""The fields of `StateCounts`, as they are drawn and listed."""


@dataclass(frozen=True, slots=True)
class StateCounts:
    """Labels by what is known of their end: running or ended, certainly or by the rule; or not known."""

    valid: int
    by_rule: int
    unknown: int
    ended_by_rule: int
    ended: int

    @property
    def total(self) -> int:
        """The number of all of them."""
        return self.valid + self.by_rule + self.unknown + self.ended_by_rule + self.ended


def count_by_state(found: Iterable[LabelStatus]) -> StateCounts:
    """Count labels by what is known of their end."""
    states = Counter(holding.state for holding in found)
    return StateCounts(
        sum(states[state] for state in ACTIVE),
        states[LabelState.BY_RULE],
        states[LabelState.UNKNOWN],
        states[LabelState.ENDED_BY_RULE],
        states[LabelState.RENEWAL] + states[LabelState.EXPIRED],
    )


@dataclass(frozen=True, slots=True)
class DatedChange:
    """Clusters counted differently than a year before: by the date of a new award, or only by its stated end."""

    dated: int = 0
    by_end: int = 0

    @property
    def total(self) -> int:
        """The number of all of them."""
        return self.dated + self.by_end


@dataclass(frozen=True, slots=True)
class YearCount:
    """A label at the end of a year: clusters ever awarded it by then, by what is known of its end.

    `ended_new` had not ended a year before, certainly or by the rule; `ended_left` had, and no longer have because of a
    later award.
    """

    year: int
    states: StateCounts
    ended_new: int
    ended_left: DatedChange

    @property
    def ended(self) -> int:
        """How many have ended, certainly or by the rule."""
        return self.states.ended + self.states.ended_by_rule


_NEVER = date.max
"""As the day of today: awards without any date then count on no day, rather than all at once on the last one."""


def counts_by_year(register: Sequence[LabelHolder], label: Label | None, today: date) -> tuple[YearCount, ...]:
    """The counts at the end of each year since the first, as far as dates are known; those of today last."""
    awards = {h.cluster.cluster_id: [a for a in h.awards if label in (None, a.label)] for h in register}
    found, over, before = [], set[str](), date.min
    for year in range(FIRST_YEAR, today.year + 1):
        day = LabelFilters(year=year).day(today)
        held = select(label_statuses(register, day, _NEVER), LabelFilters(label))
        ended = {holding.cluster.cluster_id for holding in held if holding.state in ENDED}
        left = _dated_change((awards[cluster] for cluster in over - ended), before, day)
        found.append(YearCount(year, count_by_state(held), len(ended - over), left))
        over, before = ended, day
    return tuple(found)


def count_on(register: Sequence[LabelHolder], label: Label, day: date) -> StateCounts:
    """The counts of a label on a day, as far as dates are known."""
    return count_by_state(select(label_statuses(register, day, _NEVER), LabelFilters(label)))


def count_undated_clusters(register: Sequence[LabelHolder], label: Label | None, today: date) -> int:
    """How many clusters were awarded a label without any date that says since when."""
    return len(
        {
            holder.cluster.cluster_id
            for holder in register
            if (awards := [award for award in holder.awards if label in (None, award.label)])
            and not any(is_awarded_by(award, today, _NEVER) for award in awards)
        }
    )


def _dated_change(clusters: Iterable[Sequence[Award]], before: date, day: date) -> DatedChange:
    """How many clusters received an award between two days, by what dates it."""
    counts: Counter[bool] = Counter()
    for awards in clusters:
        came = [a for a in awards if is_awarded_by(a, day, _NEVER) and not is_awarded_by(a, before, _NEVER)]
        counts[any(award.awarded_on for award in came)] += 1
    return DatedChange(counts[True], counts[False])


def by_label(found: Iterable[LabelStatus]) -> Counter[Label]:
    """How many clusters hold each label."""
    return Counter(holding.label for holding in found)


def counts_by_country(found: Sequence[LabelStatus]) -> list[tuple[str, Counter[Label]]]:
    """How many clusters of each country hold each label, most clusters first."""
    counts: dict[str, Counter[Label]] = {}
    for holding in found:
        counts.setdefault(holding.cluster.country, Counter())[holding.label] += 1
    return sorted(counts.items(), key=lambda entry: (-entry[1].total(), entry[0]))


def majority(countries: Sequence[tuple[str, Counter[Label]]]) -> int:
    """How many of the countries, the largest first, hold more than half of all clusters together."""
    total, held = sum(counts.total() for _, counts in countries), 0
    for n, (_, counts) in enumerate(countries, 1):
        held += counts.total()
        if 2 * held > total:
            return n
    return 0


@dataclass(frozen=True, slots=True)
class AwardCounts:
    """Awards by label: by the year of their date, from the first to this one; those without a date stand apart.

    `ending`: those without a date whose end is stated.
    """

    years: Mapping[int, Counter[Label]]
    undated: Counter[Label]
    ending: int

    @property
    def dated(self) -> int:
        """The number of all awards with a date."""
        return sum(counts.total() for counts in self.years.values())

    @property
    def busiest(self) -> int:
        """The year with the most awards, the latest of several."""
        return max(self.years, key=lambda year: (self.years[year].total(), year))


def awards_by_year(register: Sequence[LabelHolder], label: Label | None, today: date) -> AwardCounts:
    """All known awards of a label, or of all labels, by the year of their date."""
    years = {year: Counter[Label]() for year in range(FIRST_YEAR, today.year + 1)}
    undated, ending = Counter[Label](), 0
    for award in (award for holder in register for award in holder.awards if label in (None, award.label)):
        if (day := first_day(award.awarded_on)) is not None:
            years.setdefault(day.year, Counter())[award.label] += 1
        else:
            undated[award.label] += 1
            ending += bool(award.valid_until)
    return AwardCounts(dict(sorted(years.items())), undated, ending)
