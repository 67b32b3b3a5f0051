"""One who attacks an edition: what a coalition of up to three clusters can work out about another one's answer.

The attacker knows the answers of the coalition, and everything its gateways hand out at full precision (a page shows
less). It also knows more than anybody could find out: who takes part, of which sector, country, size and age everybody
is, and who has answered what. Who is among the 500 best it does not know, for that follows from everybody's answers.
(How much it could do if it knew even that is measured too.)

From that it writes down every world that agrees with all figures, as an integer programme: unknown is how many clusters
of each *atom* (those in the same groups) stand at each level, or between which two known marks. A cluster is pinned
where in no world it could have answered otherwise: otherwise than one level, or than what one guess meets within 5 %.

What it does not use: the scores of dimensions and their firmness (they rest on percentiles that are themselves counted
in steps), and that a figure is withheld. Of numbers it knows of each quantile which two
answers it lies between, not how far.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from clusterdash.domain import Indicator, IndicatorPosition, LevelShare
from clusterdash.statistics import small_counts
from clusterdash.statistics.frequencies import Frequency, cumulative_frequencies
from clusterdash.statistics.parameters import LIMITS
from clusterdash.statistics.rounding import round_outward

GUESS_RATIO = 1.05 / 0.95
PATIENCE = 5.0
"""Seconds after which a programme is given up, and counted as undecided."""


@dataclass(frozen=True)
class View:
    """What one of the coalition is told of one group in one indicator.

    `others`: those in the group who answered, without the one who looks; `own` its answer, None where it gave none;
    `better` is -1 where less is better; `whole`: all of the group who answered, whom the practices count. `possible`:
    for a group whose members nobody knows, all who answered and could be in it, the coalition left out. `step`: in
    which steps the rule counts; the attacker has read it. `middle`: only the middle of the tie range is told, as it is
    of progress; `exact`: not in steps, while all else is. `frequencies`: what a reference pack tells of the group.
    """

    others: frozenset[str]
    whole: frozenset[str]
    own: float | None
    position: IndicatorPosition
    practices: tuple[LevelShare, ...]
    better: int
    possible: frozenset[str] | None = None
    step: int = 5
    middle: float | None = None
    exact: bool = False
    frequencies: tuple[Frequency, ...] = ()


@dataclass
class Finding:
    """An answer that the attacker claims to know: whose, to what, between which values."""

    cluster: str
    indicator: str
    low: float
    high: float


@dataclass
class Tally:
    """What has been tried, and what was found."""

    tried: int = 0
    undecided: int = 0
    found: list[Finding] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.tried += other.tried
        self.undecided += other.undecided
        self.found += other.found


def in_fives(views: Iterable[View]) -> bool:
    """Whether others are counted in multiples of a base: the attacker looks at the figures, not at the promises."""
    told = [
        v.position.percentile_low * v.position.n / (100 * v.step)
        for v in views
        if v.position.percentile_low is not None
    ]
    told += [(v.middle - 50) * v.position.n / (50 * v.step) for v in views if v.middle is not None and not v.exact]
    return all(abs(steps - round(steps)) < 1e-6 for steps in told)


def in_steps(views: Iterable[View]) -> bool:
    """Whether shares are told in steps of five clusters, or what the rule says."""
    told = [p.share * max(1, round(len(v.whole) / v.step)) / 100 for v in views for p in v.practices]
    return all(abs(dealt - round(dealt)) < 1e-6 for dealt in told)


def _step_range(told: int, n: int, step: int) -> tuple[int, int]:
    """Which numbers of `n` are told as so many: the attacker has read the rule."""
    last = step * (n // step - 1)
    return (0 if told == 0 else told + 1), (n if told == last else told + step)


def unit(value: float, kind: str) -> float:
    """In which steps a median near to a value is told."""
    if kind != "number":
        return 1.0
    power = 10.0 ** (math.floor(math.log10(abs(value)) + 1e-12) - 1) if value else 1.0
    return max(1.0, power) if abs(value) >= 1 else power


def told_figure(value: float, kind: str) -> float:
    """What a median, or a quartile, is published as; halves away from zero."""
    step = unit(value, kind)
    return math.copysign(math.floor(abs(value) / step + 0.5 + 1e-9) * step, value) if value else 0.0


def _exact(told: float, kind: str) -> bool:
    """Whether a figure has more digits than are promised."""
    return abs(told / unit(told, kind) - round(told / unit(told, kind))) > 1e-6


class Programme:
    """Every world that agrees with all views of one indicator."""

    def __init__(self, indicator: Indicator, known: Mapping[str, float], views: Sequence[View]) -> None:
        self.indicator, self.known, self.views = indicator, known, views
        self.fives = in_fives(views)
        figures = [f for v in views for f in (v.position.peer_median, v.position.peer_lower, v.position.peer_upper)]
        self.digits = not any(_exact(f, indicator.kind) for f in figures if f is not None)
        self.steps = in_steps(views)
        self.classes = self._marks()
        groups: dict[str, set[int]] = defaultdict(set)
        for place, view in enumerate(views):
            for cluster in view.possible if view.possible is not None else view.others | view.whole:
                if cluster not in known:
                    groups[cluster].add(place)
        atoms: dict[frozenset[int], list[str]] = defaultdict(list)
        for cluster, inside in sorted(groups.items()):
            atoms[frozenset(inside)].append(cluster)
        self.atoms = list(atoms.items())
        self.n_classes = len(self.classes)
        self.width = 2 * self.n_classes  # the second half: those who are among the group that nobody knows
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.extra = 0
        for place, (_, members) in enumerate(self.atoms):
            self.rows.append(({place * self.width + j: 1.0 for j in range(self.width)}, len(members), len(members)))
            if not any(views[view].possible is not None for view in self.atoms[place][0]):
                hidden = range(place * self.width + self.n_classes, (place + 1) * self.width)
                self.rows.append((dict.fromkeys(hidden, 1.0), 0, 0))
        for place, view in enumerate(views):
            self._tell(place, view)

    def _marks(self) -> list[tuple[float, float]]:
        """The classes in which an answer may lie, in order: levels, or the known marks and what is between them."""
        if self.indicator.kind in ("level", "points", "gate"):
            low, high = int(self.indicator.minimum or 0), int(self.indicator.maximum or 0)
            return [(float(level), float(level)) for level in range(low, high + 1)]
        points = {v.own for v in self.views if v.own is not None} | set(self.known.values())
        edges: set[float] = set()
        for view in self.views:
            for figure in (view.position.peer_median, view.position.peer_lower, view.position.peer_upper):
                if figure is not None:
                    edges |= set(self._span(figure)) if self.digits else {figure}
        points |= {edge for edge in edges if not self.digits or edge == 0}
        points |= {one.value + step for v in self.views for one in v.frequencies for step in (0, -self._unit(one))}
        marks = sorted(points | edges)
        low = -math.inf if self.indicator.minimum is None else self.indicator.minimum
        high = math.inf if self.indicator.maximum is None else self.indicator.maximum
        classes: list[tuple[float, float]] = []
        before = low
        for mark in marks:
            if mark > before:
                classes.append((before, mark))
            if mark in points:
                classes.append((mark, mark))
            before = max(before, mark)
        if high > before:
            classes.append((before, high))
        return classes

    def _unit(self, one: Frequency) -> float:
        """How far the round value before this one is."""
        return min(unit(one.value, self.indicator.kind), unit(one.value * (1 - 1e-9), self.indicator.kind))

    def _span(self, told: float) -> tuple[float, float]:
        """Between which values a figure lies that was told like this."""
        half = unit(told, self.indicator.kind) / 2
        return told - half, told + half

    def _at(self, value: float) -> int:
        """The class of a known answer."""
        exact = [j for j, (low, high) in enumerate(self.classes) if low == value == high]
        return exact[0] if exact else next(j for j, (low, high) in enumerate(self.classes) if low <= value <= high)

    def _count(
        self, place: int, clusters: frozenset[str], wanted: Callable[[int], bool]
    ) -> tuple[dict[int, float], int]:
        """How many of a view's clusters stand in the classes wanted: unknowns, and a constant for the coalition."""
        constant = sum(wanted(self._at(self.known[c])) for c in clusters if c in self.known)
        terms = {}
        view = self.views[place]
        counted = range(self.n_classes if view.possible is not None else 0, self.width)
        for number, (inside, _) in enumerate(self.atoms):
            if place in inside:
                terms |= {number * self.width + j: 1.0 for j in counted if wanted(j % self.n_classes)}
        return terms, constant

    def _between(
        self, place: int, clusters: frozenset[str], wanted: Callable[[int], bool], low: float, high: float
    ) -> None:
        terms, constant = self._count(place, clusters, wanted)
        if low > 0 or high < len(clusters) or low == high:
            self.rows.append((terms, low - constant, high - constant))

    def _tell(self, place: int, view: View) -> None:
        position, n = view.position, view.position.n
        if view.possible is not None:  # how many there are is told
            self._between(place, view.others, lambda _: True, n, n)
        if position.percentile_low is not None and position.percentile_high is not None and view.own is not None:
            here = self._at(view.own)
            worse = (lambda j: j < here) if view.better > 0 else (lambda j: j > here)
            better = (lambda j: j > here) if view.better > 0 else (lambda j: j < here)
            below, above = round(position.percentile_low * n / 100), round((100 - position.percentile_high) * n / 100)
            for count, wanted in ((below, worse), (above, better)):
                low, high = _step_range(count, n, view.step) if self.fives else (count, count)
                self._between(place, view.others, wanted, low, high)
        if view.middle is not None and view.own is not None:
            here = self._at(view.own)
            terms, constant = self._count(place, view.others, lambda j: j < here)
            above, more = self._count(place, view.others, lambda j: j > here)
            apart = view.better * round((view.middle - 50) * n / 50)
            slack = 2 * view.step - 1 if self.fives and not view.exact else 0  # two steps, each of them at most so wide
            terms |= dict.fromkeys(above, -1.0)
            self.rows.append((terms, apart - slack - constant + more, apart + slack - constant + more))
        for share, figure in ((0.5, position.peer_median), (0.25, position.peer_lower), (0.75, position.peer_upper)):
            if figure is not None:
                self._quantile(place, view, share, figure)
        for place_of, practice in enumerate(view.practices):
            n = len(view.whole)
            if self.steps:  # largest remainder: each part is less than a step away from its share
                n_steps = max(1, round(n / view.step))
                dealt = round(practice.share * n_steps / 100)
                low, high = math.floor((dealt - 1) * n / n_steps) + 1, math.ceil((dealt + 1) * n / n_steps) - 1
                low = max(low, view.step + 1)
            else:
                low = high = round(practice.share * n / 100)
            self._between(place, view.whole, self._levels(practice.low, practice.high), low, high)
            if place_of < len(view.practices) - 1 and self.steps:  # else it would have ended there
                for level in range(practice.low, practice.high):
                    self._between(place, view.whole, self._levels(practice.low, level), 0, view.step)

        self._frequencies(place, view)

    def _frequencies(self, place: int, view: View) -> None:
        """How many are below each round value, and that as many as needed are between two of them, and no more."""
        before = -math.inf
        for one in view.frequencies:
            self._between(place, view.whole, self._within(-math.inf, one.value), one.at_least, one.at_most)
            if self.indicator.kind not in ("level", "points", "gate"):
                least = 2 * view.step
                self._between(place, view.whole, self._within(before, one.value), least, len(view.whole))
                self._between(place, view.whole, self._within(one.value, math.inf), least, len(view.whole))
                last = one.value - self._unit(one)
                if last > before:  # else that value would have been told
                    self._between(place, view.whole, self._within(before, last), 0, least - 1)
            before = one.value

    def _within(self, start: float, end: float) -> Callable[[int], bool]:
        """Whether a class is in an interval, its start included."""
        return lambda j: (
            self.classes[j][0] >= start and self.classes[j][1] <= end and not self.classes[j][0] == end < math.inf
        )

    def _levels(self, low: int, high: int) -> Callable[[int], bool]:
        return lambda j: low <= self.classes[j][0] <= high

    def _quantile(self, place: int, view: View, share: float, figure: float) -> None:
        """A quantile lies between two neighbours in the order: of the pairs of classes that agree with it, one is."""
        n = view.position.n
        rank = (n - 1) * share
        first, part = math.floor(rank + 1e-9), rank - math.floor(rank + 1e-9)
        low, high = self._span(figure) if self.digits else (figure, figure)
        slack = 1e-9 * max(1.0, abs(figure))
        if self.indicator.kind not in ("level", "points", "gate"):  # too many pairs: what each neighbour alone tells
            second = first + (part > 1e-9)
            self._between(place, view.others, lambda j: self._starts(j) < high + slack, first + 1, n)
            self._between(place, view.others, lambda j: self._ends(j) > low - slack, n - second, n)
            return
        pairs = []
        for a, (a_low, a_high) in enumerate(self.classes):
            for b in range(a, self.n_classes):
                b_low, b_high = self.classes[b]
                if part < 1e-9 and b > a:
                    break
                least = (1 - part) * a_low + (part * b_low if part > 1e-9 else 0)
                most = (1 - part) * a_high + (part * b_high if part > 1e-9 else 0)
                open_end = -slack if self.digits else slack  # a half is published as the next one up
                if least <= high + open_end and most >= low - slack:
                    pairs.append((a, b))
        chosen = []
        for a, b in pairs:
            flag = len(self.atoms) * self.width + self.extra
            self.extra += 1
            chosen.append(flag)
            second = first + 1 if part > 1e-9 else first
            # the class of the one at `first` is a, that of the one at `second` is b
            for edge, at in ((a, first), (b, second)):
                self._if(place, view, flag, lambda j, e=edge: j < e, 0, at)
                self._if(place, view, flag, lambda j, e=edge: j <= e, at + 1, n)
        self.rows.append((dict.fromkeys(chosen, 1.0), 1, 1))

    def _starts(self, j: int) -> float:
        """Where a class begins: a little after its lower edge where that is not in it."""
        low, high = self.classes[j]
        return low if low == high else low + 1e-6 * max(1.0, abs(low))

    def _ends(self, j: int) -> float:
        low, high = self.classes[j]
        return high if low == high else high - 1e-6 * max(1.0, abs(high))

    def _if(self, place: int, view: View, flag: int, wanted: Callable[[int], bool], low: int, high: int) -> None:
        terms, constant = self._count(place, view.others, wanted)
        n = len(view.others)
        if high < n:  # count <= high where the flag is set, anything where not
            self.rows.append((terms | {flag: float(n - high)}, -math.inf, n - constant))
        if low > 0:
            self.rows.append((terms | {flag: -float(low)}, -constant, math.inf))

    def _solve(
        self, goal: dict[int, float], more: list[tuple[dict[int, float], float, float]], flags: int
    ) -> tuple[np.ndarray | None, bool]:
        """A world, and whether it is the best one; without a world whether there is none."""
        size = len(self.atoms) * self.width + self.extra + flags
        upper = np.ones(size)
        for place, (_, members) in enumerate(self.atoms):
            upper[place * self.width : (place + 1) * self.width] = len(members)
        rows = self.rows + more
        matrix = np.zeros((len(rows), size))
        for row, (terms, _, _) in enumerate(rows):
            for column, factor in terms.items():
                matrix[row, column] = factor
        cost = np.zeros(size)
        for column, factor in goal.items():
            cost[column] = factor
        constraints = LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])
        result = milp(
            cost,
            constraints=constraints,
            bounds=Bounds(0, upper),
            integrality=np.ones(size),
            options={"time_limit": PATIENCE},
        )
        if result.x is None:
            return None, result.status == 2
        return np.round(result.x), result.status == 0

    def attack(self, truth: Mapping[str, float]) -> Tally:
        """Who is pinned: in all worlds in the same class, or in classes that a guess within 5 % covers.

        `truth` only saves time: a world that is known to agree, and others near to it.
        """
        tally = Tally(tried=sum(len(members) for _, members in self.atoms))
        replay = Replay(self)
        seen = [{self._at(truth[c]) for c in members} for _, members in self.atoms]
        rest = []
        for place, (_, members) in enumerate(self.atoms):
            if self._narrow(seen[place]) and not any(
                self._could_differ(replay, truth, c, value) for c in members[:1] for value in self._others(truth, c)
            ):
                rest.append(place)
        while rest:
            more, goal, base = [], {}, len(self.atoms) * self.width + self.extra
            for number, place in enumerate(rest):  # a flag may be set where somebody stands elsewhere
                outside = {
                    place * self.width + j: -1.0 for j in range(self.width) if j % self.n_classes not in seen[place]
                }
                more.append((outside | {base + number: 1.0}, -math.inf, 0.0))
                goal[base + number] = -1.0
            world, proved = self._solve(goal, more, len(rest))
            if world is None or not world[base:].any():
                break
            for place in rest:
                counts = world[place * self.width : (place + 1) * self.width]
                seen[place] |= {int(j) % self.n_classes for j in np.flatnonzero(counts > 0)}
            rest = [place for place in rest if self._narrow(seen[place])]
        for place in rest:
            members = self.atoms[place][1]
            if world is None or not proved:
                tally.undecided += len(members)
                continue
            low = min(self.classes[j][0] for j in seen[place])
            high = max(self.classes[j][1] for j in seen[place])
            tally.found += [Finding(c, self.indicator.code, low, high) for c in members]
        return tally

    def _others(self, truth: Mapping[str, float], cluster: str) -> list[float]:
        """Other answers that a cluster could have given, the nearest that are far enough first."""
        own = truth[cluster]
        if self.indicator.kind in ("level", "points", "gate"):
            return sorted({low for low, _ in self.classes} - {own}, key=lambda value: abs(value - own))
        low = -math.inf if self.indicator.minimum is None else self.indicator.minimum
        high = math.inf if self.indicator.maximum is None else self.indicator.maximum
        found = [own * factor for factor in (1.12, 0.88, 1.3, 0.7, 2, 0.5)] + [own + 1, own - 1]
        return [value for value in found if low <= value <= high and _apart(own, value)]

    def _could_differ(self, replay: Replay, truth: Mapping[str, float], cluster: str, value: float) -> bool:
        """Whether all figures stay the same where the cluster alone answers otherwise, or changes with another one."""
        if replay.same(truth, {cluster: value}):
            return True
        holders = [c for c, v in truth.items() if c not in self.known and c != cluster and v == value]
        return any(replay.same(truth, {cluster: value, other: truth[cluster]}) for other in holders)

    def _narrow(self, classes: set[int]) -> bool:
        return not _apart(min(self.classes[j][0] for j in classes), max(self.classes[j][1] for j in classes))


class Replay:
    """Tells again what the views tell, for answers that are a little different."""

    def __init__(self, programme: Programme) -> None:
        self.views, self.fives, self.digits = programme.views, programme.fives, programme.digits
        self.indicator, self.steps = programme.indicator, programme.steps
        self._before: list[list[object]] = []

    def same(self, truth: Mapping[str, float], changed: Mapping[str, float]) -> bool:
        """Whether nobody of the coalition would see a difference."""
        world = {**truth, **changed}
        return all(
            self._told(view, world) == told
            for view, told in zip(self.views, self.told(truth), strict=True)
            if not view.whole.isdisjoint(changed)
        )

    def told(self, truth: Mapping[str, float]) -> list[list[object]]:
        """What the views tell of the truth."""
        if not self._before:
            self._before = [self._told(view, truth) for view in self.views]
        return self._before

    def _told(self, view: View, world: Mapping[str, float]) -> list[object]:
        position = view.position
        told: list[object] = []
        others = sorted(world[c] for c in view.others)
        n = len(others)
        if position.percentile_low is not None and view.own is not None:
            for count in (bisect_left(others, view.own), n - bisect_right(others, view.own)):
                told.append(round_outward(count, n, view.step) if self.fives else count)
        if view.middle is not None and view.own is not None:
            below, above = bisect_left(others, view.own), n - bisect_right(others, view.own)
            told.append(
                float(round_outward(below, n, view.step) - round_outward(above, n, view.step))
                if self.fives and not view.exact
                else below - above
            )
        for share, figure in ((0.5, position.peer_median), (0.25, position.peer_lower), (0.75, position.peer_upper)):
            if figure is not None:
                first, part = divmod((n - 1) * share, 1)
                low, high = others[int(first)], others[min(int(first) + 1, n - 1)]
                found = low + part * (high - low)
                told.append(told_figure(found, self.indicator.kind) if self.digits else found)
        if view.frequencies:
            told += cumulative_frequencies(
                np.array([world[c] for c in view.whole]),
                self.indicator.kind,
                self.indicator.minimum,
                self.indicator.maximum,
                LIMITS.for_coalition(LIMITS.coalition + view.step - LIMITS.rounding_base),
            )
        if view.practices:
            low, high = int(self.indicator.minimum or 0), int(self.indicator.maximum or 0)
            everybody = Counter(world[c] for c in view.whole)
            parts = small_counts.merge_small_bins([everybody[level] for level in range(low, high + 1)], view.step + 1)
            sizes = [n for *_, n in parts]
            told += [part[:2] for part in parts] + (
                small_counts.rounded_shares(sizes, view.step) if self.steps else sizes
            )
        return told


def _apart(low: float, high: float) -> bool:
    """Whether no guess is within 5 % of both."""
    small, large = sorted((abs(low), abs(high)))
    return low != high and not (low * high > 0 and large <= GUESS_RATIO * small)


def print_tallies(request: pytest.FixtureRequest, tallies: Mapping[str, Tally]) -> None:
    """Print what each attack has tried and found, past the capture of the runner."""
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        lines = (
            f"{name}: {t.tried} tried, {len(t.found)} found, {t.undecided} undecided" for name, t in tallies.items()
        )
        print("", *lines, sep="\nattacker: ")
