"""Deeds on editions and grants: in a demonstration, once a right is lost, by two at the same moment."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest
from support.actions import REAL, TABLES, folder_of, job_ended, quietly
from support.editions import NOW, TODAY, copied, publish_folder
from support.pages import APP, words
from support.shown_figures import tables_of
from support.sign_in import AUTH, claims

from clusterdash.admin.editions import EditionAdmin
from clusterdash.admin.grants import AccessAdmin, ConflictError, merge_changes
from clusterdash.admin.jobs import JobAdmin
from clusterdash.admin.pins import PinAdmin
from clusterdash.admin.register import RegisterAdmin
from clusterdash.auth import revocation
from clusterdash.auth.oidc import Identity
from clusterdash.domain import PUBLIC, STAFF, ClusterdashError, Viewer
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.editions import build, catalog, publication_effects
from clusterdash.editions.confirmations import KINDS
from clusterdash.i18n import translate
from clusterdash.ingest import grants
from clusterdash.ingest.label_changes import KnownRegister
from clusterdash.operational_database import grants as stored_grants
from clusterdash.operational_database import jobs, label_changes, pins

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_statistics")]


def built(data: Path, folder: Path, minutes: int, *, invented: bool, value: int = 3, complete: str = "") -> str:
    files = [folder_of(folder, invented=invented, value=value)]
    tables, problems = build.check_files(files, data, TODAY, complete=complete)
    assert tables is not None, problems
    return build.build(tables, files, data, NOW + timedelta(minutes=minutes), "operator")


VISITOR = "visitor-of-a-demonstration"


def snapshot(data: Path) -> dict[str, bytes]:
    """All that a deed could change, besides what is noted of visits."""
    shown = [jobs.latest(data, visitor, datetime.now(UTC)) for visitor in ("", VISITOR)]
    started = [job and (job.job_id, job.cancelled_by) for job in shown]
    changed = (label_changes.read(data), pins.read(data), catalog.history(data), stored_grants.read(data), started)
    return {"operational database": repr(changed).encode()} | {
        str(path.relative_to(data)): b"" for path in (*catalog.edition_paths(data), *catalog.draft_paths(data))
    }


# A demonstration: what is real does not exist


@pytest.fixture(scope="module")
def shared_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration in whose folder real editions lie as well: one in history, and two that wait."""
    tmp_path = tmp_path_factory.mktemp("shared")
    data = publish_folder(folder_of(tmp_path / "in", invented=True), tmp_path / "data")
    real = built(data, tmp_path / "a", 1, invented=False)
    catalog.set_current(data, real, NOW, "operator")
    built(data, tmp_path / "b", 2, invented=False, value=1, complete=real)
    built(data, tmp_path / "c", 3, invented=False, value=2)
    again = built(data, tmp_path / "d", 4, invented=True, value=1)
    catalog.set_current(data, again, NOW, "operator")
    return data


@pytest.fixture
def shared(shared_once: Path, tmp_path: Path) -> Path:
    return copied(shared_once, tmp_path / "data")


def real_ids(data: Path) -> list[str]:
    found = [path.stem for path in catalog.edition_paths(data) if not build.read_metadata(path).synthetic]
    assert len(found) == 3
    return found


def of_demonstration(data: Path) -> EditionAdmin:
    return EditionAdmin(STAFF, data, demonstration=True, by="visitor")


ON_ONE: dict[str, Callable[[EditionAdmin, str], object]] = {
    "check": lambda desk, e: desk.check([("answers.csv", b"")], NOW, quietly, complete=e),
    "read": lambda desk, e: desk.read([("answers.csv", b"")], NOW, e),
    "edition": lambda desk, e: desk.edition(e),
    "effect": lambda desk, e: desk.effect(e),
    "is_draft": lambda desk, e: desk.is_draft(e),
    "superseded_by": lambda desk, e: desk.superseded_by(e),
    "keep": lambda desk, e: desk.keep(e, NOW),
    "publish": lambda desk, e: desk.publish(e, NOW, accept=KINDS),
    "rebase": lambda desk, e: desk.rebase(e, NOW),
    "may_discard": lambda desk, e: desk.may_discard(e),
    "discard": lambda desk, e: desk.discard(e, NOW),
}
OF_ALL: dict[str, Callable[[EditionAdmin], object]] = {
    "extendable": lambda desk: desk.extendable(),
    "stored": lambda desk: desk.stored(),
    "history": lambda desk: desk.history(),
    "previous": lambda desk: desk.previous(),
    "rollback_effect": lambda desk: desk.rollback_effect(),
    "rollback": lambda desk: desk.rollback(NOW, accept=KINDS),
}


def test_all_that_the_desk_can_do_is_tried_here() -> None:
    public = {name for name, _ in inspect.getmembers(EditionAdmin, inspect.isfunction) if not name.startswith("_")}
    assert public == {*ON_ONE, *OF_ALL}


@pytest.mark.parametrize("deed", list(ON_ONE))
def test_in_a_demonstration_real_editions_do_not_exist(shared: Path, deed: str) -> None:
    before = snapshot(shared)
    for real in real_ids(shared):
        with pytest.raises(ClusterdashError, match=r"editions\.unknown"):
            ON_ONE[deed](of_demonstration(shared), real)
    assert snapshot(shared) == before


@pytest.mark.parametrize("deed", list(OF_ALL))
def test_in_a_demonstration_no_list_names_a_real_edition(shared: Path, deed: str) -> None:
    invented = [path.stem for path in catalog.edition_paths(shared) if build.read_metadata(path).synthetic]
    told = repr(OF_ALL[deed](of_demonstration(shared)))
    assert REAL not in told
    assert not [real for real in real_ids(shared) if real in told]
    assert catalog.current_id(shared) in invented


def test_what_invented_results_change_is_not_told_by_real_ones(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of real editions that were served earlier are kept by others than those of invented ones."""
    compared: list[str] = []

    def difference(old: Path, new: Path, earlier: Sequence[Path]) -> None:
        compared.extend(path.stem for path in (old, new, *earlier))

    monkeypatch.setattr(publication_effects, "difference", difference)
    uncached = publication_effects._difference.__wrapped__  # another test may have asked for the same editions
    monkeypatch.setattr(publication_effects, "_difference", uncached)
    first = catalog.history(shared)[0].edition
    of_demonstration(shared).effect(first)
    assert compared
    assert set(compared).isdisjoint(real_ids(shared))


def test_in_a_demonstration_one_goes_back_to_the_invented_edition_before(shared: Path) -> None:
    first = catalog.history(shared)[0].edition
    assert of_demonstration(shared).previous() == first
    of_demonstration(shared).rollback(NOW)
    assert catalog.current_id(shared) == first
    assert EditionAdmin(STAFF, shared, demonstration=False, by="").previous() is None, (
        "nothing was there before the first"
    )


def test_in_a_demonstration_nothing_is_built_of_real_results(shared: Path, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in2", invented=False)
    uploads = [(path.name, path.read_bytes()) for path in folder.iterdir()]
    before = snapshot(shared)
    found = of_demonstration(shared).check(uploads, NOW, quietly)
    assert found.edition is None
    assert "edition.real_not_here" in {problem.key for problem in found.problems}
    assert snapshot(shared) == before


def test_in_a_demonstration_no_job_reaches_a_real_edition(shared: Path) -> None:
    before = snapshot(shared)
    ongoing = JobAdmin(STAFF, shared, demonstration=True, by="visitor", visitor=VISITOR)
    for real in real_ids(shared):
        with pytest.raises(ClusterdashError, match=r"editions\.unknown"):
            ongoing.check([("answers.csv", b"x")], complete=real)
        with pytest.raises(ClusterdashError, match=r"editions\.unknown"):
            ongoing.rebase(real)
    assert snapshot(shared) == before


def controls(app: AppTest) -> list[Any]:
    return [*app.selectbox, *app.radio, *app.multiselect]


def test_in_a_demonstration_no_control_of_the_page_reaches_a_real_edition(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(shared))
    real = real_ids(shared)

    def opened() -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60)
        app.session_state["role"] = "staff"
        return app.switch_page("pages/staff/data.py").run()

    def clean(app: AppTest) -> None:
        told = words(app) + repr([control.options for control in controls(app)])
        assert not app.exception
        assert not [edition for edition in (*real, REAL) if edition in told]

    pressed: set[str] = set()
    (box,) = [box for box in opened().selectbox if box.key == "edition"]
    assert len(box.options) == 2, "the two that are invented"
    keys = ["publish-stored", "rollback", *(button.key for button in opened().button if not button.disabled)]
    for key, choice in product(dict.fromkeys(keys), range(2)):
        app = opened()
        app.selectbox(key="edition").select_index(choice).run()
        clean(app)
        for asked in app.checkbox:
            asked.check()
        app.run()
        if key in [button.key for button in app.button]:
            app.button(key=key).click().run()
            clean(app)
            pressed.add(key)
        assert set(real) <= {path.stem for path in catalog.edition_paths(shared)}
        assert catalog.current_id(shared) not in real
    assert {"publish-stored", "rollback"} <= pressed


# Rights that are lost between two clicks

STAFF_GRANTS = [
    ["staff@a.example", "staff", "", "", ""],
    ["other@a.example", "staff", "", "", ""],
    ["m@a.example", "manager", "inv1", "", ""],
]


@pytest.fixture(scope="module")
def house_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a login; invented, so that going on and back is free; one edition waits, one is overtaken."""
    tmp_path = tmp_path_factory.mktemp("house")
    data = publish_folder(folder_of(tmp_path / "in", invented=True), tmp_path / "data")
    first = catalog.current_id(data)
    built(data, tmp_path / "b", 2, invented=True, value=1, complete=first)
    second = built(data, tmp_path / "c", 3, invented=True, value=2)
    catalog.set_current(data, second, NOW, "operator")
    built(data, tmp_path / "d", 4, invented=True, value=2)
    grants.replace(data, grants.check_rows(STAFF_GRANTS, ())[0])
    return data


@pytest.fixture
def house(house_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data = copied(house_once, tmp_path / "data")
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    return data


@pytest.fixture(scope="module")
def two_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, str]:
    """A data folder with an edition that is served and two that wait."""
    place = tmp_path_factory.mktemp("two")
    data = publish_folder(folder_of(place / "in", invented=True), place / "data")
    first = catalog.current_id(data)
    second, third = (built(data, place / f"t{value}", value, invented=True, value=value) for value in (1, 2))
    return data, first, second, third


@pytest.fixture
def two(two_once: tuple[Path, str, str, str], tmp_path: Path) -> tuple[Path, str, str, str]:
    data, *editions = two_once
    return (copied(data, tmp_path / "two"), *editions)


def withdrawn(data: Path, _: AppTest) -> None:
    grants.replace(data, grants.check_rows(STAFF_GRANTS[1:], ())[0])


def expired(data: Path, _: AppTest) -> None:
    old = ["staff@a.example", "staff", "", "", "2020-01-01"]
    grants.replace(data, grants.check_rows([old, *STAFF_GRANTS[1:]], ())[0])


def made_manager(data: Path, _: AppTest) -> None:
    grants.replace(data, grants.check_rows([["staff@a.example", "manager", "inv1", "", ""], *STAFF_GRANTS[1:]], ())[0])


def unreadable(data: Path, _: AppTest) -> None:
    stored_grants.replace(data, [("x", "staff", "", "", "")])


def signed_out(data: Path, _: AppTest) -> None:
    now = datetime.now(UTC)
    revocation.record_sign_out(data, Identity("staff@a.example", "https://id.example", "staff@a.example", now), now, 8)


def too_old(data: Path, _: AppTest) -> None:
    (data / "access.toml").write_text("hours = 0.000001\n")


LOSSES = [withdrawn, expired, made_manager, unreadable, signed_out, too_old]


def at_data(app: AppTest) -> AppTest:
    return app.switch_page("pages/staff/data.py").run()


def on_stored(wanted: str) -> Callable[[AppTest, Path], None]:
    """Choose an edition that waits, the overtaken one or the other, confirm what is asked, and press a button."""

    def press(app: AppTest, data: Path) -> None:
        overtaken = wanted == "rebase-stored"
        box = at_data(app).selectbox(key="edition")
        (choice, *_) = [
            number
            for number, option in enumerate(box.options)
            if ("overtaken" in option) is overtaken and catalog.unpublished(data)[1 if overtaken else 0].stem in option
        ]
        box.select_index(choice).run()
        for asked in app.checkbox:
            asked.check()
        app.run()
        app.button(key=wanted).click()

    return press


def roll_back(app: AppTest, _: Path) -> None:
    at_data(app).button(key="rollback").click()


def check_files(app: AppTest, _: Path) -> None:
    at_data(app)
    tables = {"answers.csv": TABLES["answers.csv"].format(c="inv", value=4)}
    app.file_uploader(key="files").set_value([(name, text.encode(), "text/csv") for name, text in tables.items()])
    app.run()
    next(button for button in app.button if button.label == "Check").click()


def visitor_of(app: AppTest) -> str:
    """Whose jobs the visit sees: its own in a demonstration, else those of staff."""
    return VISITOR if "role" in app.session_state else ""


def with_draft(wanted: str) -> Callable[[AppTest, Path], None]:
    def press(app: AppTest, data: Path) -> None:
        check_files(app, data)
        app.run()
        job_ended(data, visitor_of(app))
        app.run()
        for asked in app.checkbox:
            asked.check()
        app.run()
        app.button(key=wanted).click()

    return press


def edited(app: AppTest, **changes: Any) -> AppTest:
    """Changes in the list of grants, as the browser sends them."""
    (editor,) = app.data_editor
    app.session_state[editor.key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **changes}
    return app


def save_grants(app: AppTest, _: Path) -> None:
    app.switch_page("pages/staff/access.py").run()
    edited(app, deleted_rows=[2]).run()
    app.button(key="save-grants").click()


def at_register(app: AppTest, part: str) -> AppTest:
    app.query_params["part"], app.query_params["id"] = part, "de-hamburg-aviation-e-v"
    return app.switch_page("pages/staff/register.py").run()


def change_register(app: AppTest, _: Path) -> None:
    at_register(app, "change")
    next(
        field for field in app.text_input if field.key.startswith("edit_cluster") and field.key.endswith("-city")
    ).set_value("Altona")
    next(field for field in app.text_input if field.key.startswith("reason-edit_cluster")).set_value("moved")
    app.button(key="save-edit_cluster-de-hamburg-aviation-e-v").click()


def undo_change(app: AppTest, data: Path) -> None:
    facts = NewChange(ChangeAction.EDIT_CLUSTER, "de-hamburg-aviation-e-v", {"city": "Altona"})
    label_changes.add(data, [facts], by="other@a.example", reason="moved", now=NOW)
    at_register(app, "history")
    next(field for field in app.text_input if field.key.startswith("reason-undo")).set_value("not at all")
    app.button(key="save-undo").click()


def enter_list(app: AppTest, _: Path) -> None:
    at_register(app, "list")
    rows = "name,country,label,awarded_on\nHamburg Aviation e. V.,DE,gold,2026-05-01\n"
    app.file_uploader(key="label-list").set_value([("list.csv", rows.encode(), "text/csv")])
    app.run()
    next(field for field in app.text_input if field.key.startswith("list-source")).set_value("https://a.example")
    next(field for field in app.text_input if field.key.startswith("reason-list")).set_value("the list of May")
    app.button(key="enter-list").click()


DEEDS: dict[str, Callable[[AppTest, Path], None]] = {
    "publish": on_stored("publish-stored"),
    "discard": on_stored("discard-stored"),
    "rebase": on_stored("rebase-stored"),
    "rollback": roll_back,
    "check": check_files,
    "publish a draft": with_draft("publish"),
    "keep a draft": with_draft("keep"),
    "discard a draft": with_draft("discard"),
    "save grants": save_grants,
    "change the register": change_register,
    "undo a change": undo_change,
    "enter a list": enter_list,
}


def staff_visit() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims("staff@a.example")
    app.query_params["lang"] = "en"
    return app


@pytest.fixture(scope="module")
def changes_in_callbacks() -> Iterator[list[str]]:
    """What is changed on disk while Streamlit calls back, before a visit is asked who it is."""
    found: list[str] = []
    calling = threading.local()
    original = SessionState._call_callbacks

    def call(self: SessionState, *arguments: Any, **named: Any) -> Any:
        calling.back = True
        try:
            return original(self, *arguments, **named)
        finally:
            calling.back = False

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if not getattr(calling, "back", False) or event not in (
            "open",
            "os.remove",
            "os.rename",
            "os.mkdir",
            "os.utime",
        ):
            return
        reads = event == "open" and not (int(arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if not reads:
            found.append(f"{event} {arguments[0]}")

    sys.addaudithook(hear)  # for good: there is no way to remove one
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SessionState, "_call_callbacks", call)
        yield found


@pytest.mark.parametrize("deed", list(DEEDS))
def test_each_deed_is_done_by_who_has_the_right_and_never_in_a_callback(
    house: Path, deed: str, changes_in_callbacks: list[str]
) -> None:
    """As a browser asks for it: what it writes is written after the visit was asked who it is."""
    app = staff_visit()
    DEEDS[deed](app, house)
    before = snapshot(house)
    app.run()
    assert not app.exception
    assert not app.error, [error.value for error in app.error]
    assert snapshot(house) != before
    assert [change for change in changes_in_callbacks if str(house) in change] == []


LOST = [(deed, withdrawn) for deed in DEEDS]
LOST += [(deed, loss) for deed in ("publish", "discard a draft", "save grants") for loss in LOSSES[1:]]


# Every deed with one loss, and every loss with three deeds: all ask the same function, which knows neither.
@pytest.mark.parametrize(("deed", "loss"), LOST, ids=lambda one: getattr(one, "__name__", one))
def test_no_deed_is_done_once_the_right_is_lost(house: Path, deed: str, loss: Callable[[Path, AppTest], None]) -> None:
    app = staff_visit()
    DEEDS[deed](app, house)
    loss(house, app)
    before = snapshot(house)
    with suppress(ValueError):  # the page is no longer there for this visitor
        app.run()
    assert snapshot(house) == before


@pytest.mark.parametrize("deed", [name for name in DEEDS if name != "save grants"])
def test_no_deed_is_done_once_the_role_of_the_demonstration_has_changed(house: Path, deed: str) -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"], app.session_state["visitor"] = "staff", VISITOR
    app.query_params["lang"] = "en"
    DEEDS[deed](app, house)
    app.radio(key="role").set_value("public")
    before = snapshot(house)
    with suppress(ValueError):  # the page is no longer there for this visitor
        app.run()
    assert snapshot(house) == before


DEEDS_OF_CODE = {"desk", "deed", "publish", "grants", "audit", "signouts", "files", "shelf", "serving", "_done"}
"""What changes what is kept."""
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "clusterdash" / "web").glob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))], ids=str
)
def test_a_callback_knows_no_deed(path: Path) -> None:
    """In the code of all pages: whatever is called back changes the visit or the address, and nothing else."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.keyword) and node.arg and re.fullmatch(r"on_\w+", node.arg)):
            continue
        if isinstance(node.value, ast.Constant):
            continue  # "rerun", Streamlit's own
        assert isinstance(node.value, ast.Name), f"line {node.value.lineno}: a callback has a name"
        if node.value.id not in functions:
            continue  # handed on: it is looked at where it is made
        body = functions[node.value.id]
        used = {part.id for part in ast.walk(body) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
        assert used.isdisjoint(DEEDS_OF_CODE), node.value.id


def test_a_desk_asks_anew_at_each_deed(house: Path) -> None:
    eyes = STAFF
    waits = catalog.unpublished(house)[0].stem

    def now() -> Viewer:
        return eyes

    desk = EditionAdmin(STAFF, house, demonstration=False, by="", viewer_now=now)
    access = AccessAdmin(STAFF, house, demonstration=False, by="staff@a.example", viewer_now=now)
    pinned = PinAdmin(STAFF, house, demonstration=False, by="staff@a.example", viewer_now=now)
    register = RegisterAdmin(STAFF, house, demonstration=False, by="staff@a.example", viewer_now=now)
    ongoing = JobAdmin(STAFF, house, demonstration=False, by="staff@a.example", viewer_now=now)
    ongoing.check([("answers.csv", b"x")])
    job = job_ended(house)
    eyes = PUBLIC
    before = snapshot(house)
    of_jobs: dict[str, Callable[[], object]] = {
        "check": lambda: ongoing.check([("answers.csv", b"x")]),
        "rebase": lambda: ongoing.rebase(waits),
        "latest": ongoing.latest,
        "log": lambda: ongoing.log(job),
        "problems": lambda: ongoing.problems(job),
        "cancel": lambda: ongoing.cancel(job),
        "dismiss": lambda: ongoing.dismiss(job),
    }
    public = {name for name, _ in inspect.getmembers(JobAdmin, inspect.isfunction) if not name.startswith("_")}
    assert public == set(of_jobs)
    for deed in (
        lambda: desk.publish(waits, NOW, accept=KINDS),
        lambda: desk.rollback(NOW, accept=KINDS),
        lambda: desk.discard(waits, NOW),
        lambda: desk.keep(waits, NOW),
        lambda: desk.rebase(waits, NOW),
        lambda: desk.check([("answers.csv", b"x")], NOW, quietly),
        lambda: access.replace(STAFF_GRANTS, (), NOW),
        lambda: register.record([], KnownRegister({}, (), (), TODAY), "why", NOW),
        lambda: register.undo(1, "why", NOW),
        lambda: pinned.add("comparison", "note", NOW),
        lambda: pinned.remove(1),
        *of_jobs.values(),
    ):
        with pytest.raises(ClusterdashError, match="staff_only"):
            deed()
    assert snapshot(house) == before


# At the same moment

ROUNDS = int(os.environ.get("TEST_ROUNDS", "25"))
ONE_OF_TWO = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from clusterdash.editions import build, catalog
from clusterdash.editions.confirmations import KINDS
from clusterdash.domain import ClusterdashError
data, edition, mine = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
for turn in range(int(sys.argv[4])):
    served = catalog.current_id(data)
    (data / f"ready-{mine}-{turn}").touch()
    while len(list(data.glob(f"ready-?-{turn}"))) < 2:
        time.sleep(0.001)
    try:
        build.activate(data, edition, datetime.now(UTC), mine, decided_on=served, accept=KINDS)
        print("published", flush=True)
    except ClusterdashError as refused:
        print(refused.key, flush=True)
    (data / f"done-{mine}-{turn}").touch()
    while not (data / f"go-{turn}").exists():
        time.sleep(0.001)
"""


def test_of_two_threads_that_publish_one_is_refused(two: tuple[Path, str, str, str]) -> None:
    data, first, *both = two
    told: list[str] = []
    for _ in range(ROUNDS):
        catalog.set_current(data, first, NOW, "")
        start = threading.Barrier(2)

        def go(edition: str, start: threading.Barrier = start) -> None:
            desk = EditionAdmin(STAFF, data, demonstration=False, by=edition)
            start.wait()
            try:
                desk.publish(edition, NOW, decided_on=first, accept=KINDS)
                told.append("published")
            except ClusterdashError as refused:
                assert refused.values["by"] in both, "by whom"
                told.append(refused.key)

        threads = [threading.Thread(target=go, args=(edition,)) for edition in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(told) == sorted(["published", "editions.meanwhile"] * ROUNDS)


def test_of_two_processes_that_publish_one_is_refused(two: tuple[Path, str, str, str]) -> None:
    data, first, *both = two
    command = [sys.executable, "-c", ONE_OF_TWO, str(data)]
    running = [
        subprocess.Popen(
            [*command, edition, str(n), str(ROUNDS)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        )
        for n, edition in enumerate(both)
    ]
    for turn in range(ROUNDS):
        while len(list(data.glob(f"done-?-{turn}"))) < 2:
            assert all(process.poll() is None for process in running) or turn == ROUNDS - 1
        catalog.set_current(data, first, NOW, "")
        (data / f"go-{turn}").touch()
    told = [line for process in running for line in process.communicate()[0].split()]
    assert sorted(told) == sorted(["published", "editions.meanwhile"] * ROUNDS)


def test_going_back_twice_at_once_goes_back_once(two: tuple[Path, str, str, str]) -> None:
    data, first, second, third = two
    for edition in (second, third):
        build.activate(data, edition, NOW, "", accept=KINDS)
    desk = EditionAdmin(STAFF, data, demonstration=False, by="")
    desk.rollback(NOW, decided_on=third)
    with pytest.raises(ClusterdashError, match="meanwhile"):
        desk.rollback(NOW, decided_on=third)
    assert catalog.current_id(data) == second != first


@pytest.mark.parametrize("turn", range(5))
def test_what_is_published_at_that_moment_is_not_discarded(two: tuple[Path, str, str, str], turn: int) -> None:
    data, _, edition, _ = two
    start = threading.Barrier(2)
    deeds = (
        lambda: build.activate(data, edition, NOW, "", accept=KINDS),
        lambda: build.discard(data, edition, NOW, ""),
    )

    def race(deed: Callable[[], object]) -> None:
        start.wait()
        with suppress(ClusterdashError):
            deed()

    threads = [threading.Thread(target=race, args=(deed,)) for deed in deeds[:: 1 if turn % 2 else -1]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert catalog.current_path(data).is_file(), "what is served is there"


# The list of grants, changed by two

ME, A, B, C = (
    ["staff@a.example", "staff", "", "", ""],
    ["a@a.example", "manager", "inv1", "", ""],
    ["b@a.example", "manager", "inv1", "", ""],
    ["c@a.example", "manager", "inv2", "", ""],
)


def listed(*rows: list[str]) -> tuple[Any, ...]:
    return grants.check_rows(rows, ())[0]


@pytest.mark.parametrize(
    ("yours", "in_force", "expected"),
    [
        ([ME, B], [ME, A, B], [ME, B]),  # a deletion
        ([ME, B], [ME, A, B, C], [ME, B, C]),  # a deletion here, an addition there
        ([ME, A, B, C], [ME, B], [ME, B, C]),  # an addition here, a deletion there: what is gone does not come back
        ([ME, B], [ME, B], [ME, B]),  # the same deletion
        ([ME, A], [ME, B], [ME]),  # two deletions
        ([ME, A, B, C], [ME, A, B, C], [ME, A, B, C]),
        ([ME, A, B, C], [ME, A, B, ["c@a.example", "expert", "inv2", "", ""]], None),
        ([ME, B], [ME, ["a@a.example", "manager", "inv2", "", ""], B], None),  # deleted here, changed there
        ([ME, ["a@a.example", "manager", "inv2", "", ""], B], [ME, B], None),  # changed here, deleted there
    ],
)
def test_two_changes_of_the_list_are_joined_or_refused(
    yours: list[list[str]], in_force: list[list[str]], expected: list[list[str]] | None
) -> None:
    shown = listed(ME, A, B)
    if expected is None:
        with pytest.raises(ConflictError) as refused:
            merge_changes(shown, listed(*yours), listed(*in_force))
        assert {grant.email for grant in (*refused.value.yours, *refused.value.in_force)} <= {A[0], C[0]}
    else:
        assert merge_changes(shown, listed(*yours), listed(*in_force)) == listed(*expected)


def test_the_desk_saves_against_the_list_that_was_shown(tmp_path: Path) -> None:
    grants.replace(tmp_path, listed(ME, A, B))
    desk = AccessAdmin(STAFF, tmp_path, demonstration=False, by=ME[0])
    shown = desk.grants()
    grants.replace(tmp_path, listed(ME, A, B, C))
    assert desk.replace([ME, B], (), NOW, shown=shown) == []
    assert grants.read_grants(tmp_path) == listed(ME, B, C), "neither the deletion nor the addition is lost"
    grants.replace(tmp_path, listed(ME, ["b@a.example", "expert", "inv1", "", ""]))
    before = grants.read_grants(tmp_path)
    with pytest.raises(ConflictError):
        desk.replace([ME, C], (), NOW, shown=listed(ME, B, C))
    assert grants.read_grants(tmp_path) == before
    grants.replace(tmp_path, listed(["other@a.example", "staff", "", "", ""], B))
    found = desk.replace([ME, B, C], (), NOW, shown=listed(ME, B))
    assert [problem.key for problem in found] == ["grant.yourself"], "whose own right was taken away meanwhile"


def at_access(page: str = "pages/staff/access.py") -> AppTest:
    return staff_visit().switch_page(page).run()


def test_the_page_saves_what_was_changed_in_the_list_that_it_showed(house: Path) -> None:
    """A line is deleted by its number: in another list that would be another person."""
    app = edited(at_access(), deleted_rows=[2]).run()
    newcomer = ["aa@a.example", "manager", "inv2", "", ""]
    grants.replace(house, listed(newcomer, *STAFF_GRANTS))
    app.run()
    assert "changed since" in words(app)
    app.button(key="save-grants").click().run()
    assert not app.exception
    assert {grant.email for grant in grants.read_grants(house)} == {
        "aa@a.example",
        "staff@a.example",
        "other@a.example",
    }
    assert "together with" in app.success[0].value
    assert len(app.data_editor[0].value) == 3, "and the list shows what is in force"
    app.run()
    assert not app.success


def test_the_page_refuses_what_contradicts_and_shows_both(house: Path) -> None:
    app = edited(at_access(), deleted_rows=[2]).run()
    other = ["m@a.example", "expert", "inv1", "", ""]
    grants.replace(house, listed(*STAFF_GRANTS[:2], other))
    before = snapshot(house)
    app.button(key="save-grants").click().run()
    assert snapshot(house) == before
    assert not app.success
    assert "somebody else changed the grants" in words(app)
    shown = {caption: rows for caption, (_, *rows) in tables_of(app)}
    assert shown[translate("en", "access.in_force")] == [other]
    assert shown[translate("en", "access.yours")] == []
    app.button(key="take-theirs").click().run()
    assert app.data_editor[0].value.to_numpy().tolist()[2] == other
    edited(app, deleted_rows=[2]).run()
    app.button(key="save-grants").click().run()
    assert [grant.email for grant in grants.read_grants(house)] == ["staff@a.example", "other@a.example"]
    assert "in force" in app.success[0].value


def test_a_list_that_nobody_has_begun_to_change_follows_what_is_in_force(house: Path) -> None:
    app = at_access()
    grants.replace(house, listed(*STAFF_GRANTS[:2]))
    app.run()
    assert len(app.data_editor[0].value) == 2
    assert "changed since" not in words(app)
