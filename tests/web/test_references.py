"""The pages of an installation with a reference pack: which reference they open with, and that all say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from streamlit.testing.v1 import AppTest
from support.editions import NOW, TODAY
from support.pages import APP, open_folds, words
from support.reference_packs import small_pack

from clusterdash.editions import build
from clusterdash.i18n import LANGUAGES
from clusterdash.reference_packs import archive

pytestmark = pytest.mark.slow
PUBLISHER = "A European body"
WITH_SOURCE = [f"pages/cluster/{name}.py" for name in ("benchmark", "plan", "counterparts")]


@pytest.fixture(scope="module")
def national(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose edition of 24 clusters has a pack."""
    folder = tmp_path_factory.mktemp("national")
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    (folder / "pack.zip").write_bytes(archive.write(small_pack(), key))
    paths = [small_folder, folder / "pack.zip"]
    tables, problems = build.check_files(paths, folder / "data", TODAY)
    assert tables is not None, problems[:3]
    build.build_and_activate(tables, paths, folder / "data", NOW)
    return folder / "data"


@pytest.fixture
def served(national: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(national))
    (national / "settings.toml").unlink(missing_ok=True)
    return national


def visit(page: str, role: str = "cluster", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = role
    for name, value in {"lang": "en", "cluster": "demo-0003", **address}.items():
        app.query_params[name] = value
    open_folds(app)
    app.run()
    app.switch_page(page).run()
    assert not app.exception
    return app


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\\", "")


def shown(app: AppTest) -> str:
    return plain(words(app))


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", WITH_SOURCE)
def test_the_reference_is_chosen_on_the_page_and_kept_in_the_address(page: str, language: str) -> None:
    app = visit(page, lang=language)
    source = app.selectbox(key="choice-source")
    assert source.value == "both"
    assert PUBLISHER in source.options[0]
    groups = app.selectbox(key="choice-reference")
    assert "N = 500" in plain(groups.options[0])
    own = next(text for text in source.options if PUBLISHER not in text)
    assert "24" in own, "the clusters of the edition, not those of the pack"
    source.set_value("own").run()
    assert not app.exception
    assert app.query_params["source"] == "own"
    assert PUBLISHER not in app.selectbox(key="choice-reference").options[0]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("source", "told"), [("pack", True), ("both", True), ("own", False)])
def test_the_first_sentence_names_the_reference(source: str, told: bool) -> None:
    app = visit("pages/cluster/benchmark.py", source=source)
    verdict = next(str(h.proto.body) for h in app.get("html") if "clearly above" in str(h.proto.body))
    assert (f"reference of {PUBLISHER}, 2025, N = 500" in plain(verdict)) == told
    assert ("The reference is signed." in shown(app)) == told


@pytest.mark.parametrize(("opening", "first"), [("pack", "pack"), ("own", "own"), ("both", "both")])
def test_the_setting_decides_what_pages_open_with(served: Path, opening: str, first: str) -> None:
    (served / "settings.toml").write_text(f'reference = "{opening}"\n')
    assert visit("pages/cluster/benchmark.py").selectbox(key="choice-source").value == first


@pytest.mark.usefixtures("served")
def test_an_unknown_reference_in_the_address_is_told() -> None:
    app = visit("pages/cluster/benchmark.py", source="pack-9")
    assert any("pack-9" in str(one.value).replace("\\", "") for one in app.warning)
    assert app.selectbox(key="choice-source").value == "both"


@pytest.mark.usefixtures("served")
def test_progress_is_told_among_the_clusters_of_the_edition() -> None:
    for source in ("pack", "own"):
        told = shown(visit("pages/cluster/progress.py", source=source))
        assert PUBLISHER not in told
        assert "clusters of this edition, whichever reference" in told


@pytest.mark.usefixtures("served")
def test_groups_of_the_edition_are_offered_where_both_are_compared() -> None:
    offered = {
        source: visit("pages/cluster/benchmark.py", source=source).selectbox(key="choice-reference").options
        for source in ("pack", "both", "own")
    }
    assert set(offered["pack"]) < set(offered["both"])
    assert any("of this edition" in name for name in offered["both"])
    assert any("of this edition" in name for name in offered["own"])
    assert not any("of this edition" in name for name in offered["pack"])


@pytest.mark.usefixtures("served")
def test_the_page_of_files_says_what_they_compare_with() -> None:
    told = shown(visit("pages/cluster/brief.py", source="pack"))
    assert f"Compared with: 500 best European clusters, reference of {PUBLISHER}, 2025, N = 500." in told
    assert "Compared with: European clusters of this edition." in shown(visit("pages/cluster/brief.py", source="own"))


@pytest.mark.usefixtures("served")
def test_staff_see_the_packs_and_compare_clusters_against_them() -> None:
    told = shown(visit("pages/staff/data.py", role="staff"))
    assert "Reference packs" in told
    assert PUBLISHER in told
    assert "by a key that is not in reference_keys" in told
    app = visit("pages/staff/side_by_side.py", role="staff", clusters="demo-0001,demo-0003")
    assert f"reference of {PUBLISHER}, 2025" in shown(app)


@pytest.mark.usefixtures("served")
def test_without_a_pack_there_is_no_choice(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    app = visit("pages/cluster/benchmark.py")
    assert "choice-source" not in [one.key for one in app.selectbox]
