"""The attacker and reference packs: one alone, two of different years, one beside the pages of three managers.

A pack is for everybody, so that the attacker of a pack alone is nobody's manager.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.attack_model import Finding, Programme, Tally, View, print_tallies
from support.broken_copies import Attack, Broken
from support.editions import NOW, TODAY, laid_bare
from support.leak_audit import SCORED, LeakAudit, drawn
from support.reference_packs import small_pack

from clusterdash.domain import STAFF
from clusterdash.editions import build, reference_export
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.ingest import sample
from clusterdash.reference_packs import archive
from clusterdash.statistics import frequencies
from clusterdash.statistics.parameters import Limits

pytestmark = pytest.mark.slow

FIGURES: dict[str, Tally] = {}


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    """The figures, printed when all is done."""
    yield
    print_tallies(request, FIGURES)


def checked(arena: LeakAudit, tally: Tally) -> Tally:
    """A tally whose findings are true: else the attacker is mistaken."""
    for finding in tally.found:
        assert finding.low <= arena.answers[finding.cluster][finding.indicator] <= finding.high, finding
    return tally


def by_the_pack(seed: int, n: int = 40, managers: int = 0) -> Attack:
    """Every world that agrees with a pack, and with the pages of so many managers."""

    def attack(folder: Path, _: pytest.MonkeyPatch) -> Tally:
        arena = LeakAudit(folder / "edition", *drawn(seed, n))
        pack = arena.pack()
        coalition = tuple(random.Random(seed).sample(sorted(arena.answers), managers))
        tally = Tally()
        for code in SCORED:
            tally.add(arena.solve(coalition, code, more=arena.pack_views(pack, code, coalition)))
        return checked(arena, tally)

    return attack


def by_two_packs(seed: int, newcomers: int = 1) -> Attack:
    """Every world that agrees with the packs before and after some clusters joined."""

    def attack(folder: Path, _: pytest.MonkeyPatch) -> Tally:
        clusters, answers = drawn(seed, 60)
        new = set(sorted(answers)[-newcomers:])
        before = LeakAudit(
            folder / "before",
            {c: about for c, about in clusters.items() if c not in new},
            {c: given for c, given in answers.items() if c not in new},
        )
        after = LeakAudit(folder / "after", clusters, answers, after=before)
        first, second = before.pack(()), after.pack()
        tally = Tally()
        for code in SCORED:
            views = [*before.pack_views(first, code), *after.pack_views(second, code)]
            if views:
                tally.add(solved(after, code, views))
        return checked(after, tally)

    return attack


def solved(arena: LeakAudit, code: str, views: list[View]) -> Tally:
    """Whom these views pin who were told to nobody in particular."""
    (indicator,) = [i for i in arena.result(min(arena.answers)).grid.indicators if i.code == code]
    truth = {c: given[code] for c, given in arena.answers.items() if code in given}
    return Programme(indicator, {}, views).attack(truth)


def by_needles(folder: Path, _: pytest.MonkeyPatch) -> Tally:
    """Numbers of seven digits that one cluster alone has given: any of them in a pack."""
    arena = LeakAudit(folder / "edition", *drawn(12, 60))
    written = {value for rows in arena.pack().tables.values() for row in rows for value in row}
    tally = Tally(tried=len(arena.answers))
    numbers = [value for value in written if isinstance(value, float | int)]
    for cluster, given in arena.answers.items():
        if "N1" in given and any(abs(value - given["N1"]) < 1 for value in numbers):
            tally.found.append(Finding(cluster, "N1", given["N1"], given["N1"]))
    return tally


# -- packs that are not safe


def counted_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequencies, "counted_in_steps", lambda clusters, *_: (clusters, clusters))


def a_value_for_each_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an empirical distribution is often published: at the answers themselves."""
    spaced = frequencies._spaced
    monkeypatch.setattr(frequencies, "_spaced", lambda values, kind, _: spaced(values, kind, 1))
    monkeypatch.setattr(frequencies, "rounding_unit", lambda *_: 1e-4)


def quartiles_with_all_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_export, "rounded_figure", lambda value, _: value)


def earlier_editions_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_export, "_exposed", lambda *_: set())


def counts_of_small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LeakAudit, "limits", Limits(frequency_minimum=20))


BROKEN = [
    Broken("numbers of groups of 36, with three managers", counts_of_small_groups, by_the_pack(74, 60, managers=3)),
    Broken("counted exactly", counted_exactly, by_the_pack(54)),
    Broken("counted exactly, with three managers", counted_exactly, by_the_pack(54, managers=3)),
    Broken("a value for each answer", a_value_for_each_answer, by_needles),
    Broken("quartiles with all digits", quartiles_with_all_digits, by_needles),
    Broken("earlier editions forgotten", earlier_editions_forgotten, by_two_packs(22)),
    Broken("earlier editions forgotten, three newcomers", earlier_editions_forgotten, by_two_packs(23, 3)),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_an_unsafe_pack_is_found(broken: Broken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken.breaks(monkeypatch)
    FIGURES[f"unsafe pack, {broken.name}"] = tally = broken.attack(tmp_path, monkeypatch)
    assert tally.found


ATTACKS: dict[str, Attack] = {
    "alone": by_the_pack(51),
    "alone, 80 clusters": by_the_pack(61, 80),
    "with three managers": by_the_pack(52, managers=3),
    "with three managers, 60 clusters": by_the_pack(53, 60, managers=3),
    **{broken.name: broken.attack for broken in BROKEN},
}


@pytest.mark.parametrize("attack", list(ATTACKS.values()), ids=list(ATTACKS))
def test_no_pack_pins_anybody(attack: Attack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = attack(tmp_path, monkeypatch)
    FIGURES.setdefault("packs of the product", Tally()).add(tally)
    assert tally.tried
    assert tally.found == []
    assert tally.undecided <= 0.02 * tally.tried


def test_a_pack_tells_nothing_that_the_edition_withholds(tmp_path: Path) -> None:
    """Also where there are answers enough: all but three of a large sector say the same."""
    clusters, answers = drawn(11, 70)
    large = sorted(answers)[:35]
    clusters = {c: (country, "ict" if c in large else "food") for c, (country, _) in clusters.items()}
    answers |= {c: {**answers[c], "L1": 4.0 if place > 2 else 1.0} for place, c in enumerate(large)}
    arena = LeakAudit(tmp_path / "edition", clusters, answers)
    pack = arena.pack()
    closed = arena.store.reader(STAFF).suppressed_cells("t")
    groups = {(row["kind"], row["key"]) for row in pack.rows("groups")}
    assert ("sector", "ict") in groups
    cells = {(row["kind"], row["key"], row["code"]) for row in pack.rows("figures")}
    assert ("sector", "ict", "L2") in cells
    assert ("sector", "ict", "L1") in {(cell.group.kind, cell.group.key, cell.code) for cell in closed}
    for cell in closed:
        if cell.code:
            assert (cell.group.kind, cell.group.key, cell.code) not in cells
        else:
            assert (cell.group.kind, cell.group.key) not in groups


def test_groups_on_the_scale_of_a_pack_are_protected_as_on_their_own(tmp_path: Path) -> None:
    """All clusters and the best differ by one that has no overall score: its own score must not follow."""
    sample.generate(tmp_path / "files", PROJECT_DATA, clusters=60, years=1, seed=2)
    (tmp_path / "pack.zip").write_bytes(archive.write(small_pack()))
    paths = [tmp_path / "files", tmp_path / "pack.zip"]
    tables, problems = build.check_files(paths, tmp_path / "data", TODAY)
    assert tables is not None, problems[:3]
    build.build_and_activate(tables, paths, tmp_path / "data", NOW)
    with laid_bare(tmp_path / "data") as connection:
        rows = connection.execute(
            """select g.kind, r.dimension, count(r.peer_median), any_value(w.reason)
               from reference_profile r
               join peer_group g using (group_id)
               join withheld w on w.group_id = r.group_id and w.subject = 'dimension' and w.code = r.dimension
               where w.reason = 'difference'
               group by all"""
        ).fetchall()
    assert rows, "else nothing is tried"
    assert all(told == 0 for _, _, told, _ in rows), rows


def test_a_pack_holds_no_name_and_no_id(tmp_path: Path) -> None:
    arena = LeakAudit(tmp_path / "edition", *drawn(13, 60))
    text = repr(arena.pack())
    assert "zq-" not in text
    assert "Zqcluster" not in text
