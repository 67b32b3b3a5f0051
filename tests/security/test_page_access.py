"""Six kinds of visitors, by what they have signed in with, against all pages, all files and clusters of others."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest
from support.leak_audit import APP, LeakAudit, answers_leaked, drawn, named, recorded_messages, sent_by, unpacked
from support.pages import PAGES, forbidden, refuses
from support.sign_in import AUTH, claims

from clusterdash import access
from clusterdash.domain import PUBLIC, ClusterdashError, Viewer
from clusterdash.editions.reader import EditionReader
from clusterdash.ingest import grants

pytestmark = pytest.mark.slow

OWN, SECOND = "zq-0003", "zq-0012"
FOREIGN = ("zq-0000", "zq-0007", "zq-0031")
GRANTS = [
    ["one@a.example", "manager", OWN, "", ""],
    ["two@a.example", "manager", f"{OWN}|{SECOND}", "", ""],
    ["expert@a.example", "expert", OWN, "2020-01-01", ""],
    ["staff@a.example", "staff", "", "", ""],
    ["late@a.example", "manager", OWN, "", "2020-01-01"],
]
VISITORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "public": (("public",), ()),
    "one@a.example": (("cluster",), (OWN,)),
    "two@a.example": (("cluster",), (OWN, SECOND)),
    "expert@a.example": (("cluster", "expert"), (OWN,)),
    "staff@a.example": (("staff",), (OWN, SECOND, *FOREIGN)),
    "late@a.example": (("public",), ()),
}
"""As which roles each may enter pages, and whose results they may see."""
FILES = (
    "csv",
    "ics",
    "checks",
    "brief",
    "annex",
    "xlsx",
    "json",
    "public_pdf",
    "public_png",
    "binder",
    "log",
    "problems",
    "take",
    "take_blank",
    "comparison",
    "comparison_xlsx",
    "group_note",
    "group_notes",
    "figure_svg",
    "figure_png",
    "case_statement",
    "recipe",
    "marked-workbook",
    "example_wide_empty",
    "example_wide_filled",
    "example_long_empty",
    "example_long_filled",
)


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeakAudit]:
    made = LeakAudit(tmp_path_factory.mktemp("arena"), *drawn(11))
    grants.replace(made.data, grants.check_rows(GRANTS, ())[0])
    yield made


@pytest.fixture
def look(arena: LeakAudit, monkeypatch: pytest.MonkeyPatch):
    """Open a page as somebody who has signed in, press all its buttons for files, and return what was sent."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(arena.data))

    def open_page(who: str, page: str, **address: str) -> tuple[AppTest, list[bytes]]:
        app = AppTest.from_file(APP, default_timeout=60)
        app.secrets["auth"] = AUTH
        app.user = claims(who)
        for name, value in address.items():
            app.query_params[name] = value
        with recorded_messages() as sent:
            app.run()
            sent_by(app, page, FILES, sent)
        return app, sent

    return open_page


@pytest.mark.parametrize("who", [who for who, (roles, _) in VISITORS.items() if forbidden(*roles)])
def test_no_page_of_others_is_declared(look, who: str) -> None:
    app, _ = look(who, "pages/public/privacy.py")
    assert refuses(app, *VISITORS[who][0])


@pytest.mark.parametrize(
    ("who", "page"),
    [(who, page) for who, (roles, _) in VISITORS.items() for page, allowed in PAGES.items() if allowed & {*roles}],
)
def test_nobody_reads_across(arena: LeakAudit, look, page: str, who: str) -> None:
    roles, own = VISITORS[who]
    for foreign in FOREIGN if "cluster" in roles else FOREIGN[:1]:
        _, sent = look(who, page, lang="en", cluster=foreign, id=foreign)
        assert answers_leaked(sent, arena.answers, own) == set()
        if "staff" not in roles:
            assert named(sent, arena.answers, (*own, foreign)) == set(), "what was asked for is named, nobody else"


@pytest.mark.parametrize("who", list(VISITORS))
def test_the_gateway_of_each_opens_the_own_clusters_only(arena: LeakAudit, who: str) -> None:
    roles, own = VISITORS[who]
    viewer: Viewer = access.granted_viewer(grants.read_grants(arena.data), who, datetime.now(UTC).date()) or PUBLIC
    gateway: EditionReader = arena.store.reader(viewer)
    reads = (gateway.benchmark, gateway.latest_evaluation, lambda c: gateway.previous_assessment(c, "t"))
    for cluster, read in itertools.product((OWN, SECOND, *FOREIGN), reads):
        if cluster in own:
            read(cluster)
        else:
            with pytest.raises(ClusterdashError, match="refused"):
                read(cluster)
    assert set(gateway.assessed()) == (set(arena.answers) if "staff" in roles else set(own))


@pytest.mark.parametrize("page", ["brief", "binder", "questionnaire", "plan"])
def test_every_file_on_offer_is_asked_for(look, page: str) -> None:
    """What is not pressed is not looked at: each button for a file has sent its content."""
    _, sent = look("one@a.example", f"pages/cluster/{page}.py", lang="en", cluster=OWN, scheme="t")
    assert any(re.search(rb'"content": ?"[A-Za-z0-9+/=]{8,}"', message) for message in sent)
    assert not [message[-200:] for message in sent if re.search(rb'"content": ?""', message)]


def test_the_own_results_are_there(arena: LeakAudit, look) -> None:
    """The matrix would be worth nothing if it showed nothing to anybody."""
    for who in ("one@a.example", "expert@a.example", "two@a.example", "staff@a.example"):
        _, sent = look(who, "pages/cluster/benchmark.py", lang="en", cluster=OWN)
        assert answers_leaked(sent, {OWN: arena.answers[OWN]}, ()) == {OWN}
        _, sent = look(who, "pages/cluster/questionnaire.py", lang="en", cluster=OWN, scheme="t")
        assert [b"said so" in part for part in unpacked(sent) if b"Zqcluster 0003" in part].count(True) > 1
