"""What newcomers learn from a thousand provisional reports, together with members who show what they are told.

A newcomer may answer anything, and ask in any sector. So the attacker tries answers until a band changes, writes down
what that tells of each group, and adds what members are told. As in `test_leaks`, the same attack must find broken
copies, and nothing in the product.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest
from support.attack_model import Tally, View, print_tallies, told_figure
from support.broken_copies import rewritten
from support.editions import laid_bare
from support.leak_audit import LEVELS, SCORED, Clusters, LeakAudit, drawn
from support.leak_audit import Answers as AnswersByCluster

from clusterdash.cases import provisional_report
from clusterdash.cases.provisional_report import Band, BandedAnswer, GroupBands
from clusterdash.domain import (
    Audience,
    Grid,
    GroupQuartiles,
    Indicator,
    IndicatorPosition,
    LocalizedText,
    PeerGroup,
    Viewer,
)
from clusterdash.editions.reader import EditionReader
from clusterdash.statistics.parameters import LIMITS

pytestmark = pytest.mark.slow

REPORTS = 1_000
SECTORS = ("food", "health", "ict")
STEPS = 32
"""How often an interval of answers is halved: to less than a hundredth, and to a whole level or digit at last."""
BEST_FIRST = [str(band) for band in Band]
Group = tuple[str, str]
FIGURES: dict[str, Tally] = {}


def newcomer(number: int) -> Viewer:
    return Viewer(Audience.CLUSTER, frozenset({f"zz-{number:04d}"}))


class Newcomers:
    """Clusters that are not in the edition, with three reports each, and what they have read together.

    `read`: for each group and question what was said of each answer that was tried.
    """

    def __init__(self, arena: LeakAudit) -> None:
        self.arena, self.made = arena, 0
        (self.grid,) = [g for g in arena.store.reader(newcomer(0)).schemes() if g.scheme.code == "t"]
        self.indicators = {i.code: i for i in self.grid.indicators if i.code in SCORED}
        self.read: dict[tuple[Group, str], dict[float, str]] = defaultdict(dict)

    def ask(self, sector: str, answers: Mapping[str, float]) -> None:
        """One report, with everything in it."""
        viewer = newcomer(self.made // 3)
        (cluster,) = viewer.clusters
        reader = self.arena.store.reader(viewer)
        quartiles = reader.quartiles(cluster, "t", sector)
        report = provisional_report.provisional_report(reader.edition(), self.grid, answers, quartiles)
        self.made += 1
        for bands in report.groups:
            for answer in bands.answers:
                self.read[(bands.group.kind, bands.group.key), answer.indicator][answer.value] = str(answer.band)

    def search(self, draw: random.Random) -> None:
        """All levels, then halving until each edge of a band is known; the other reports have any answers."""
        groups: list[tuple[str, Group]] = [(sector, ("sector", sector)) for sector in SECTORS]
        for sector, group in [*groups, (SECTORS[0], ("top500", ""))]:
            for level in range(-1, 6):
                self.ask(sector, {code: float(level) for code in self.indicators})
            for edge in range(1, len(Band)):
                self._halve(sector, group, BEST_FIRST[edge:])
        while self.made < REPORTS:
            self.ask(draw.choice(SECTORS), {code: draw.uniform(*span(i)) for code, i in self.indicators.items()})

    def _halve(self, sector: str, group: Group, worse: Sequence[str]) -> None:
        """Look for the answer from which on it is one of these bands, in all questions at once."""
        spans = {code: list(span(indicator)) for code, indicator in self.indicators.items()}
        for _ in range(STEPS):
            tried = {code: (low + high) / 2 for code, (low, high) in spans.items()}
            self.ask(sector, tried)
            for code, value in tried.items():
                is_worse = self.read[group, code].get(value) in worse
                spans[code][is_worse == (self.indicators[code].direction == "lower")] = value

    def quartiles(self, group: Group, code: str) -> tuple[float, ...] | None:
        """The lower quartile, median and upper quartile of a group, as far as its reports tell; None if not at all."""
        indicator, said = self.indicators[code], self.read.get((group, code), {})
        sign = -1 if indicator.direction == "lower" else 1
        if not said or not set(said.values()) <= set(BEST_FIRST):
            return None
        found = []
        for edge in range(1, len(Band)):
            better = min(sign * value for value, band in said.items() if band in BEST_FIRST[:edge])
            worse = max(sign * value for value, band in said.items() if band in BEST_FIRST[edge:])
            found.append(told_figure(sign * (better + worse) / 2, indicator.kind))
        return tuple(sorted(found))

    def views(self, code: str, coalition: Sequence[str]) -> list[View]:
        """What the reports say of each group in one question."""
        found = []
        answered = {c for c, given in self.arena.answers.items() if code in given}
        better = -1 if self.indicators[code].direction == "lower" else 1
        for group in [group for group, of in self.read if of == code]:
            whole = frozenset(self.arena.members[group] & answered)
            secret = self.arena.european & answered - set(coalition) if group[0] == "top500" else None
            possible = None if secret is None else frozenset(secret)
            if quartiles := self.quartiles(group, code):
                lower, median, upper = quartiles
                position = IndicatorPosition(code, None, None, None, None, median, lower, upper, len(whole))
                found.append(View(whole, whole, None, position, (), better, possible))
                continue
            position = IndicatorPosition(code, None, None, None, None, None, None, None, len(whole))
            for value, said in self.read[group, code].items():
                if value in range(5) and said not in BEST_FIRST:
                    share = float(said)
                    found.append(View(whole, whole, value, position, (), better, possible, middle=share, exact=True))
        return found


def span(indicator: Indicator) -> tuple[float, float]:
    """Answers from a little below the lowest to a little above the highest."""
    return (indicator.minimum or 0) - 1, (indicator.maximum or 0) + 1


TALKING = ("zq-0020", "zq-0021")
"""Of the smallest sector of `lopsided`: they give the lowest level, all others of it the highest."""


def lopsided() -> tuple[Clusters, AnswersByCluster]:
    """A sector of twenty, most of which give the same answers, and a small one where two differ from all others."""
    clusters, answers = drawn(61, 60)
    smallest = 20 + LIMITS.group_minimum + 3
    for place, cluster in enumerate(sorted(clusters)):
        sector = "health" if place < 20 else "ict" if place < smallest else "food"
        clusters[cluster] = (clusters[cluster][0], sector)
        if place < 20 and place % 9 > 2:
            answers[cluster] |= dict.fromkeys(LEVELS, 3)
        if sector == "ict":
            answers[cluster] |= dict.fromkeys(LEVELS, 0 if cluster in TALKING else 4)
    return clusters, answers


EDITIONS: dict[str, Callable[[], tuple[Clusters, AnswersByCluster]]] = {
    "40": lambda: drawn(62, 40),
    "60": lambda: drawn(63, 60),
    "lopsided": lopsided,
}


def attack(
    folder: Path,
    name: str,
    members: Sequence[int] = (2, 2),
    codes: Sequence[str] = SCORED,
    breaks: Callable[[LeakAudit], None] = lambda _: None,
) -> Tally:
    """Newcomers with their reports, and so many members: whom they pin. `breaks` is called before they ask.

    In `lopsided` those who are `TALKING` are a coalition, too.
    """
    arena = LeakAudit(folder / name, *EDITIONS[name]())
    breaks(arena)
    newcomers, draw, tally = Newcomers(arena), random.Random(3), Tally()
    newcomers.search(draw)
    assert newcomers.made == REPORTS
    check_what_was_read(newcomers)
    pools = [sorted(arena.answers), *(sorted(arena.members["sector", sector]) for sector in SECTORS)]
    coalitions = [tuple(draw.sample(pools[place % len(pools)], size)) for place, size in enumerate(members)]
    for coalition in coalitions + ([TALKING] if name == "lopsided" else []):
        for code in codes:
            tally.add(arena.solve(coalition, code, more=newcomers.views(code, coalition)))
    for finding in tally.found:
        truth = arena.answers[finding.cluster][finding.indicator]
        assert finding.low <= truth <= finding.high, f"the attacker is mistaken: {finding}, {truth}"
    return tally


def check_what_was_read(newcomers: Newcomers) -> None:
    """The attacker is able: whatever figures the edition holds for newcomers, it has found out."""
    with laid_bare(newcomers.arena.data) as connection:
        stored = connection.execute(
            """select kind, key, indicator, lower_quartile, median, upper_quartile
               from group_quartile join peer_group using (group_id) where withdrawn = ''"""
        ).fetchall()
    assert stored
    for kind, key, code, *figures in stored:
        said = set(newcomers.read[(kind, key), code].values())
        if said <= set(BEST_FIRST):
            assert newcomers.quartiles((kind, key), code) == pytest.approx(tuple(figures)), (kind, key, code)


# -- broken copies

LIMITED = """anti join suppressed_cell c on c.group_id = q.group_id and c.item = q.item and c.subject = 'indicator'
where n >= l.limits.quartile_minimum
"""
UNLIMITED = (
    ("from member_of_kind m\n    join peer_group g", "from peer_group_member m\n    join peer_group g"),
    (LIMITED, ""),
)
"""The query that stores the quartiles of whole groups, for every group and question, whatever is withheld of it."""


def live_percentile(monkeypatch: pytest.MonkeyPatch, arena: LeakAudit) -> None:
    """The report ranks answers among those in the edition, in every group, whatever is withheld of it."""

    def quartiles(_: EditionReader, __: str, ___: str, sector: str) -> tuple[GroupQuartiles, ...]:
        groups = (PeerGroup("top500", "", NAMELESS), PeerGroup("sector", sector, NAMELESS))
        return tuple(GroupQuartiles(group, 0, ()) for group in groups)

    def ranked(_: Grid, answers: Mapping[str, float], group: GroupQuartiles, __: object) -> GroupBands:
        found = []
        for code, value in answers.items():
            members = arena.members[group.group.kind, group.group.key]
            others = sorted(arena.answers[c][code] for c in members if code in arena.answers[c])
            share = 50 * (bisect_left(others, value) + bisect_right(others, value)) / len(others)
            found.append(BandedAnswer(code, value, f"{100 - share if code == 'N2' else share:.12f}", None))  # type: ignore[arg-type]
        return GroupBands(group.group, group.n, tuple(found))

    monkeypatch.setattr(EditionReader, "quartiles", quartiles)
    monkeypatch.setattr(provisional_report, "_group_bands", ranked)


NAMELESS = LocalizedText("", "")


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    """The figures, printed when all is done."""
    yield
    print_tallies(request, FIGURES)


@pytest.mark.parametrize("name", EDITIONS)
def test_a_thousand_reports_and_two_members_pin_nobody(name: str, tmp_path: Path) -> None:
    FIGURES[f"{name}, two members"] = tally = attack(tmp_path, name)
    assert tally.tried > 300
    assert tally.found == []
    assert tally.undecided <= 0.02 * tally.tried


def test_a_live_percentile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = partial(live_percentile, monkeypatch)
    FIGURES["broken, live percentile"] = tally = attack(tmp_path, "lopsided", (2, 2, 2, 2), LEVELS, broken)
    assert tally.found


def test_quartiles_of_groups_that_are_withheld_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(*UNLIMITED)(monkeypatch)
    FIGURES["broken, quartiles of every group"] = tally = attack(tmp_path, "lopsided", (), LEVELS)
    assert {finding.cluster for finding in tally.found} >= {"zq-0022"}
