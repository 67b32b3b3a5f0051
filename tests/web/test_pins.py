"""Views that staff pin: kept with their address and note, for all staff, and removed; none in a demonstration."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.editions import NOW
from support.pages import APP, words
from support.sign_in import AUTH, claims

from clusterdash.admin.pins import MAX_NOTE, PinAdmin
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError
from clusterdash.ingest import grants
from clusterdash.operational_database import pins

STAFF_GRANTS = [["anna@a.example", "staff", "", "", ""], ["ben@a.example", "staff", "", "", ""]]


@pytest.fixture
def folder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = Path(shutil.copytree(data, tmp_path / "data"))
    grants.replace(own, grants.check_rows(STAFF_GRANTS, ())[0])
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    return own


def visit(who: str, page: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims(who)
    app.session_state["pins"] = True
    for name, value in {"lang": "en", **address}.items():
        app.query_params[name] = value
    return app.switch_page(f"pages/staff/{page}.py").run()


def test_a_pinned_view_is_there_for_all_staff_with_its_choices(folder: Path) -> None:
    app = visit("anna@a.example", "comparison", by="size", group="small")
    note = "Small ones <b>& [advice](x)</b>"
    app.text_input(key="pin-note").set_value(note)
    app.button(key="save-pin").click().run()
    assert not app.error, [error.value for error in app.error]
    (pin,) = pins.read(folder)
    assert (pin.by, pin.note) == ("anna@a.example", note)
    assert pin.address.startswith("comparison?by=size")
    other = visit("ben@a.example", "sectors")
    told = words(other)
    assert f'href="{pin.address.replace("&", "&amp;")}"' in told
    assert "Small ones &lt;b&gt;&amp; [advice](x)&lt;/b&gt;" in told, "as it was written"
    other.button(key="save-unpin").click().run()
    assert pins.read(folder) == ()
    assert "Small ones" not in words(visit("anna@a.example", "trends"))


@pytest.mark.parametrize("note", ["", "  ", "x" * (MAX_NOTE + 1)])
def test_a_pin_without_a_note_that_fits_is_refused(folder: Path, note: str) -> None:
    desk = PinAdmin(STAFF, folder, demonstration=False, by="anna@a.example")
    with pytest.raises(ClusterdashError, match=r"pins\.note"):
        desk.add("comparison", note, NOW)
    with pytest.raises(ClusterdashError, match=r"pins\.note"):
        desk.add("comparison?" + "x" * 3_000, "a note", NOW)
    with pytest.raises(ClusterdashError, match=r"pins\.gone"):
        desk.remove(7)
    assert desk.pins() == ()


def test_nothing_is_pinned_in_a_demonstration_or_by_others(folder: Path) -> None:
    trying = PinAdmin(STAFF, folder, demonstration=True, by="")
    for deed in (lambda: trying.add("comparison", "note", NOW), lambda: trying.remove(1)):
        with pytest.raises(ClusterdashError, match=r"pins\.not_here"):
            deed()
    with pytest.raises(ClusterdashError, match="staff_only"):
        PinAdmin(PUBLIC, folder, demonstration=False, by="")
