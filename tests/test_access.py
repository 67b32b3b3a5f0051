"""The policy: every visitor against every page and every cluster."""

from __future__ import annotations

import itertools
import re
from typing import get_args

import pytest

from clusterdash.access import (
    DemoRole,
    demonstration_offered,
    demonstration_viewer,
    may_open_pages,
    may_read_results,
)
from clusterdash.domain import PUBLIC, STAFF, Audience, ClusterdashError, Viewer

MINE = frozenset({"mine"})
MANAGER = Viewer(Audience.CLUSTER, MINE, manages=MINE)
EXPERT = Viewer(Audience.EXPERT, MINE, assesses=MINE)


@pytest.mark.parametrize(
    ("who", "opened"),
    [
        (PUBLIC, "public"),
        (MANAGER, "public cluster"),
        (EXPERT, "public cluster expert"),
        (
            Viewer(Audience.CLUSTER, MINE | {"other"}, manages=MINE, assesses=frozenset({"other"})),
            "public cluster expert",
        ),
        (STAFF, "public cluster staff"),
        (Viewer(Audience.STAFF, assesses=MINE), "public cluster expert staff"),
        (Viewer(Audience.PUBLIC, assesses=MINE), "public"),
        (Viewer(Audience.EXPERT), "public expert"),
    ],
)
def test_pages(who: Viewer, opened: str) -> None:
    assert [audience.value for audience in Audience if may_open_pages(who, audience)] == opened.split()


def test_clusters() -> None:
    assert (may_read_results(PUBLIC, "mine"), may_read_results(MANAGER, "mine"), may_read_results(STAFF, "mine")) == (
        False,
        True,
        True,
    )
    assert may_read_results(EXPERT, "mine")
    assert not may_read_results(MANAGER, "another")
    assert not may_read_results(EXPERT, "another")
    assert not may_read_results(Viewer(Audience.PUBLIC, frozenset({"mine"})), "mine"), "a list alone opens nothing"


@pytest.mark.parametrize("role", get_args(DemoRole))
def test_the_switch_cannot_exist_with_real_data_or_a_login(role: DemoRole) -> None:
    for login, synthetic in itertools.product((True, False), repeat=2):
        offered = demonstration_offered(login_configured=login, synthetic=synthetic)
        assert offered == (synthetic and not login)
        who = demonstration_viewer(login_configured=login, synthetic=synthetic, role=role, clusters=MINE)
        if not offered:
            assert who == PUBLIC


def test_the_reader_refuses_once_more(as_viewer) -> None:
    own = as_viewer(Viewer(Audience.CLUSTER, frozenset({"demo-0001"})))
    assert own.benchmark("demo-0001").cluster.cluster_id == "demo-0001"
    assert list(own.assessed()) == ["demo-0001"]
    public = as_viewer(PUBLIC)
    assert public.assessed() == {}
    attempts = [
        (lambda: own.benchmark("demo-0002"), "access.refused"),
        (lambda: public.benchmark("demo-0001"), "access.refused"),
        (lambda: own.sector_profiles("benchmark-36"), "access.staff_only"),
        (public.benchmark_schemes, "access.staff_only"),
    ]
    for attempt, key in attempts:
        with pytest.raises(ClusterdashError) as refused:
            attempt()
        assert refused.value.key == key


def test_a_result_holds_nobody_elses_value(as_viewer) -> None:
    """Whatever a manager is handed names no other cluster, in any field at any depth."""
    result = as_viewer(Viewer(Audience.CLUSTER, frozenset({"demo-0001"}))).benchmark("demo-0001")
    assert set(re.findall(r"demo-\d{4}", repr(result))) == {"demo-0001"}
