"""What travels: every page for every visitor, all bytes of it, searched for what belongs to somebody else."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest
from support.leak_audit import (
    LeakAudit,
    answers_leaked,
    drawn,
    named,
    recorded_messages,
    sent_by,
    unpacked,
    visit,
)
from support.pages import ALLOWED, FOLDS, PAGES, ROOT

from clusterdash import access
from clusterdash.domain import PUBLIC, STAFF, Audience, PeerGroupKind, Viewer
from clusterdash.presentation.benchmark.group_names import named_references

pytestmark = pytest.mark.slow

OWN, SECOND = "zq-0003", "zq-0012"
FOREIGN = ("zq-0000", "zq-0007", "zq-0031")
VISITORS = {
    "public": PUBLIC,
    "manager": Viewer(Audience.CLUSTER, frozenset({OWN})),
    "manager of two": Viewer(Audience.CLUSTER, frozenset({OWN, SECOND})),
    "staff": STAFF,
}
FILES = ("csv", "ics", "checks", "export", "comparison", "comparison_xlsx", "group_note", "group_notes")
FILES += ("figure_svg", "figure_png")


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> LeakAudit:
    return LeakAudit(tmp_path_factory.mktemp("arena"), *drawn(11))


@pytest.fixture
def look(arena: LeakAudit, monkeypatch: pytest.MonkeyPatch):
    """Open a page with somebody's eyes, ask for its files, and return what was sent."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(arena.data))

    def open_page(who: str, page: str, **address: str) -> tuple[AppTest, list[bytes]]:
        monkeypatch.setattr(access, "demonstration_viewer", lambda **_: VISITORS[who])
        with recorded_messages() as sent:
            app = visit("public", **address)
            sent_by(app, page, FILES, sent)
        return app, sent

    return open_page


ROLES = {"public": "public", "manager": "cluster", "manager of two": "cluster", "staff": "staff"}
OPENED = [(who, page) for who, role in ROLES.items() for allowed, page in ALLOWED if allowed == role]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("who", "page"), OPENED)
def test_no_page_carries_what_belongs_to_another_cluster(
    arena: LeakAudit, look, page: str, who: str, language: str
) -> None:
    """Numbers that come once each in the edition; ids and names of clusters that are in no public register."""
    _, sent = look(who, page, lang=language, cluster=OWN)
    own = {"public": (), "staff": (OWN,)}.get(who, tuple(VISITORS[who].clusters))
    assert answers_leaked(sent, arena.answers, own) == set()
    if who != "staff":
        assert named(sent, arena.answers, (*own, OWN)) == set(), "the one in the address is named to whoever wrote it"


def test_every_folded_part_is_opened_by_the_audit() -> None:
    code = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "clusterdash" / "web").glob("*.py")]
    pages = "".join(path.read_text("utf-8") for path in code)
    keys = re.findall(r'widgets\.fold\(.*?, key="([^"]+)"', pages)
    assert set(keys) == set(FOLDS)
    assert pages.count("widgets.fold(") == len(keys)


def test_every_group_every_block_and_every_file_carries_own_values_only(arena: LeakAudit, look) -> None:
    sectors = [f"sector-{reference.group.key}" for reference in arena.result(OWN).references]
    groups = [*get_args(PeerGroupKind), *sectors]
    views = [(page, {"reference": group}) for page in ("benchmark", "counterparts", "plan") for group in groups]
    views += [("progress", {"block": block}) for block in ("all", "d", "e")]
    days = [earlier.assessed_on.isoformat() for earlier in arena.result(OWN).past]
    lines = ",".join([*named_references(arena.result(OWN), "en"), *days])
    views += [("benchmark", {"axes": axes, "lines": lines}) for axes in ("all", "d", "e")]
    for page, address in views:
        _, sent = look("manager", f"pages/cluster/{page}.py", lang="en", **address)
        assert answers_leaked(sent, arena.answers, (OWN,)) == set(), (page, address)
        assert named(sent, arena.answers, (OWN,)) == set(), (page, address)


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("page", [page for page, roles in PAGES.items() if "cluster" in roles])
def test_a_foreign_cluster_in_the_address_opens_nothing(arena: LeakAudit, look, page: str, foreign: str) -> None:
    address = dict.fromkeys(("cluster", "id", "reference", "since", "block", "axes", "lines", "q"), foreign)
    _, sent = look("manager", page, lang="en", **address)
    assert answers_leaked(sent, arena.answers, (OWN,)) == set()
    assert named(sent, arena.answers, (OWN, foreign)) == set(), "what was asked for is named, and nobody else"


def test_the_search_finds_own_values_where_they_are_shown(arena: LeakAudit, look) -> None:
    """The audit would be worth nothing if it found nothing: the own numbers in both languages, and files."""
    own = {OWN: arena.answers[OWN]}
    for language in ("fr", "en"):
        _, sent = look("manager", "pages/cluster/benchmark.py", lang=language)
        assert answers_leaked(sent, own, ()) == {OWN}
        assert named(sent, own, ()) == {OWN}
    _, sent = look("manager", "pages/cluster/plan.py", lang="en")
    files = unpacked(sent)[len(sent) :]
    assert any(b"BEGIN:VCALENDAR" in piece for piece in files), "files on offer are opened as well"
