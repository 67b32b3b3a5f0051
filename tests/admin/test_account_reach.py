"""Accounts that see many clusters of a group: counted when an edition is built, and said when grants are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.editions import NOW, TODAY, laid_bare
from support.leak_audit import LeakAudit, drawn, written
from support.suppression import ALL, FOOD, KINDS, NORTH, SOUTH, atoms

from clusterdash import access
from clusterdash.admin import account_reach
from clusterdash.admin.grants import AccessAdmin
from clusterdash.cli.main import main
from clusterdash.domain import STAFF, Grant, GrantRole
from clusterdash.editions import build, catalog
from clusterdash.i18n import explain
from clusterdash.ingest import grants
from clusterdash.presentation.benchmark import narrative
from clusterdash.statistics.parameters import LIMITS
from clusterdash.statistics.suppression import suppressed

pytestmark = pytest.mark.slow

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
MANAGER = GrantRole.MANAGER


def test_limits_grow_in_steps_with_the_coalition() -> None:
    assert LIMITS.for_coalition(2) == LIMITS.for_coalition(3) == LIMITS, "three managers may talk in any case"
    grown = LIMITS.for_coalition(8)
    assert (grown.rounding_base, grown.median_minimum, grown.group_minimum, grown.percentile_minimum) == (
        10,
        10,
        11,
        20,
    )
    assert (grown.quartile_minimum, grown.share_minimum, grown.extremes_kept) == (40, 40, 9)
    for coalition in range(3, 60):
        limits = LIMITS.for_coalition(coalition)
        assert limits.rounding_base > coalition, "no account fills a step"
        assert limits.group_minimum >= coalition + 3


def test_an_address_counts_once_with_all_that_it_sees_now_or_later() -> None:
    told = [
        Grant("a@a.org", MANAGER, ("c1", "c2"), None, None),
        Grant("a@a.org", GrantRole.EXPERT, ("c2", "c3"), TOMORROW, None),
        Grant("a@a.org", MANAGER, ("c9",), None, YESTERDAY),
        Grant("b@a.org", MANAGER, ("c4",), None, TODAY),
        Grant("s@a.org", MANAGER, ("c1", "c5"), None, None),
        Grant("s@a.org", GrantRole.STAFF, (), None, None),
    ]
    assert access.clusters_by_account(told, TODAY) == {"a@a.org": {"c1", "c2", "c3"}, "b@a.org": {"c4"}}


@settings(max_examples=100)
@given(st.data())
def test_what_is_left_withstands_the_largest_account(draw: st.DataObject) -> None:
    """Plain sets: what follows from groups holds three more than an account sees, and not alike without any so many."""
    n = draw.draw(st.integers(6, 40))
    members: dict[int, set[int]] = {ALL: set(range(n))}
    for group in (NORTH, SOUTH, FOOD):
        members[group] = {c for c in range(n) if draw.draw(st.booleans())}
    members[SOUTH] -= members[NORTH]
    mine = set(draw.draw(st.permutations(range(n)))[: draw.draw(st.integers(0, n))])
    answers = {c: float(draw.draw(st.integers(0, 4))) for c in range(n)}
    coalitions = {group: len(clusters & mine) for group, clusters in members.items()}
    kinds: Mapping[int, str] = {group: KINDS[group] for group in members}
    gone = suppressed(kinds, atoms(answers, members, kept=n), coalitions)
    told = {frozenset(inside) for group, inside in members.items() if group not in gone}
    for _ in range(2):
        told |= {large - small for large, small in permutations(told, 2) if small < large}
    for clusters in told:
        if clusters:
            seen = max(3, len(clusters & mine))
            assert len(clusters) >= seen + 3
            assert len(clusters) - max(Counter(answers[c] for c in clusters).values()) > seen


def granted(data: Path, *mine: str) -> None:
    grants.replace(data, [Grant("many@a.org", MANAGER, mine, None, None)] if mine else [])


def test_publishing_counts_the_largest_account_of_each_group(tmp_path: Path) -> None:
    clusters, answers = drawn(61, 60)
    food = sorted(c for c, (_, sectors) in clusters.items() if sectors == "food")
    arena = LeakAudit(tmp_path / "granted", clusters, answers, [food[:8], food[2:5]])
    with laid_bare(arena.data) as connection:
        told = {
            (kind, key): (coalition, sum(c in food[:8] for c in arena.members[kind, key]))
            for kind, key, coalition in connection.execute("select kind, key, coalition from peer_group").fetchall()
        }
    assert all(coalition == max(3, seen) for coalition, seen in told.values()), told
    assert told["sector", "food"][0] == 8
    assert told["sector", "health"][0] == 3, "one broad account does not silence all groups"
    result = arena.result(food[0])
    for reference in result.references:
        step = told[reference.group.kind, reference.group.key][0] + 2
        assert reference.step == step
        for place in reference.positions:
            if place.percentile_low is not None:
                assert place.n >= 2 * step
                assert (place.percentile_low * place.n / 100 / step) == pytest.approx(
                    round(place.percentile_low * place.n / 100 / step)
                )
            assert place.peer_median is None or place.n >= step
            assert place.peer_lower is None or place.n >= 4 * step
    assert "steps of 10" in narrative.membership(next(r for r in result.references if r.group.key == "food"), "en")
    assert "steps" not in narrative.membership(
        LeakAudit(tmp_path / "plain", clusters, answers).result(food[0]).first, "en"
    )


def test_the_same_files_and_accounts_give_the_same_edition(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", *drawn(62))
    hashes = []
    for mine in ((), ("zq-0001", "zq-0002"), ("zq-0001", "zq-0002", "zq-0003", "zq-0004"), ()):
        granted(tmp_path / "data", *mine)
        tables, _ = build.check_files([folder], tmp_path / "data", TODAY)
        assert tables
        edition = build.build(tables, [folder], tmp_path / "data", NOW)
        hashes.append(build.read_metadata(catalog.edition_path(tmp_path / "data", edition)).content_hash)
    assert hashes[0] == hashes[1] == hashes[3] != hashes[2], "few clusters are no more than managers who talk"


def test_staff_are_warned_of_many_clusters_of_a_group_and_why(tmp_path: Path) -> None:
    clusters, answers = drawn(61, 60)
    food = sorted(c for c, (_, sectors) in clusters.items() if sectors == "food")
    arena = LeakAudit(tmp_path / "edition", clusters, answers, [food[:6]])
    own = ["me@b.org", "staff", "", "", ""]
    desk = AccessAdmin(STAFF, arena.data, demonstration=False, by="me@b.org")
    for n, key in ((3, None), (6, "grant.many"), (8, "grant.many_unprotected")):
        rows = [own, ["many@a.org", "manager", "|".join(food[:n]), "", ""]]
        told = {p for p in desk.replace(rows, list(clusters), NOW) if p.key.startswith("grant.many")}
        assert {problem.key for problem in told} <= {key}
        assert all((p.value, p.severity) == ("many@a.org", "warning") for p in told)
        of_food = [explain("en", p) for p in told if "“Agrofood" in explain("en", p) or "ood" in explain("en", p)]
        assert bool(of_food) == (key is not None)
        for sentence in of_food:
            assert f"sees {n} of the {len(arena.members['sector', 'food'])} clusters" in sentence
            assert f"steps of {n + 2}" in sentence
            assert ("next publication" in sentence) == (key == "grant.many_unprotected")
    assert desk.grants()[1].clusters == tuple(food[:8]), "a warning does not stand in the way"
    ended = [Grant("many@a.org", MANAGER, tuple(food), None, date(2020, 1, 1))]
    assert account_reach.warnings(arena.data, ended, TODAY) == []
    assert account_reach.warnings(tmp_path / "nothing", desk.grants(), TODAY) == []


def test_an_import_of_grants_warns_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clusters, answers = drawn(63)
    arena = LeakAudit(tmp_path / "edition", clusters, answers)
    file = tmp_path / "grants.csv"
    file.write_text(f"email,role,cluster_id\nme@b.org,staff,\nmany@a.org,manager,{'|'.join(sorted(clusters)[:9])}\n")
    for command in ("check", "import"):
        assert main([command, str(file), "--data", str(arena.data), "--lang", "en"]) == 0
        assert "many@a.org" in (said := capsys.readouterr().out)
        assert "the others’ answers can be worked out from the published figures" in said
