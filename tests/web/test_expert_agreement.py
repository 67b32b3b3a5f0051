"""The page of staff on the agreement of two experts, through the real `app.py`."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from support.cases import FIRST, MANAGER, SECOND, STAFF, World, most
from support.leak_audit import recorded_messages, unpacked
from support.pages import APP, refuses, words
from support.sign_in import AUTH, claims

from clusterdash.domain import Grid

PAGE = "pages/staff/experts.py"


def visit(who: str, language: str = "en") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims(who)
    app.query_params["lang"] = language
    return app.run()


def test_staff_read_how_well_experts_agree_and_no_name(world: World, grid: Grid) -> None:
    points = {one.code: str(min(place % 6, int(one.maximum or 5))) for place, one in enumerate(grid.indicators)}
    weak = grid.indicators[5].code
    for number in range(4):
        said = words(visit(STAFF).switch_page(PAGE).run())
        assert "Figures need 100 pairs from 3 evaluations" in said
        assert f"**{30 * number} pairs**" in said
        assert "<table" not in said
        world.accepted(grid, points, points | {weak: "0"})
    for language, begin in (("en", "Two experts gave **the same points in 97%** of 120 pairs"), ("fr", "Deux experts")):
        with recorded_messages() as sent:
            app = visit(STAFF, language).switch_page(PAGE).run()
        assert not app.exception
        assert begin in words(app)
        dimensions = [one.name.get(language) for one in grid.dimensions]  # type: ignore[arg-type]
        assert all(name.replace("'", "&#39;") in words(app) for name in dimensions)
        assert not any(name.encode() in part for part in unpacked(sent) for name in (FIRST, SECOND, "Cluster One"))


def test_the_page_is_for_staff_only_and_for_those_who_still_are(world: World, grid: Grid) -> None:
    world.judged(grid, most(grid, 5), most(grid, 4))
    for email, roles in ((MANAGER, ("cluster",)), (FIRST, ("cluster", "expert"))):
        assert refuses(visit(email), "public", *roles)
    app = visit(STAFF).switch_page(PAGE).run()
    assert "**30 pairs** of points from 1 evaluation" in words(app)
    world.revoke(STAFF)
    assert "30 pairs" not in words(app.run())
