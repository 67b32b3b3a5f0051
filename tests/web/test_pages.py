"""Every page for every visitor in both languages, through the real `app.py`; and what goes wrong is told."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import delete
from streamlit.testing.v1 import AppTest
from support.editions import AWARDS, DATED, HOLDERS, LABELLED, NOW, TODAY, publish_folder
from support.pages import ALLOWED, APP, forbidden, listed, open_folds, refuses, words

from clusterdash.domain import Evaluation, Label, LabelHolder
from clusterdash.editions import build, catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES
from clusterdash.ingest import sample
from clusterdash.labels import counts
from clusterdash.operational_database import publications
from clusterdash.operational_database.engine import writing
from clusterdash.operational_database.publications import Publication
from clusterdash.operational_database.tables import PUBLICATION
from clusterdash.presentation.benchmark.example import example_radar

TITLES = {
    ("pages/cluster/evidence.py", "fr"): "Documents de votre dossier",
    ("pages/cluster/evidence.py", "en"): "Documents of your case",
    ("pages/expert/evaluation.py", "fr"): "Évaluation",
    ("pages/expert/evaluation.py", "en"): "Evaluation",
    ("pages/expert/agreement.py", "fr"): "Accord des experts",
    ("pages/expert/agreement.py", "en"): "Agreement of the experts",
    ("pages/cluster/case.py", "fr"): "Votre dossier",
    ("pages/cluster/case.py", "en"): "Your case",
    ("pages/cluster/preparation.py", "fr"): "Préparez vos réponses",
    ("pages/cluster/preparation.py", "en"): "Prepare your answers",
    ("pages/cluster/result.py", "fr"): "Le résultat de votre dossier",
    ("pages/cluster/result.py", "en"): "The result of your case",
    ("pages/expert/assignments.py", "fr"): "Vos entretiens et évaluations",
    ("pages/expert/assignments.py", "en"): "Your interviews and evaluations",
    ("pages/expert/interview.py", "fr"): "Entretien",
    ("pages/expert/interview.py", "en"): "Interview",
    ("pages/staff/cases.py", "fr"): "Entretiens et évaluations",
    ("pages/staff/cases.py", "en"): "Interviews and evaluations",
    ("pages/staff/review.py", "fr"): "Vérification d’un dossier",
    ("pages/staff/review.py", "en"): "Review of a case",
    ("pages/staff/experts.py", "fr"): "L’accord entre deux experts",
    ("pages/staff/experts.py", "en"): "How well two experts agree",
    ("pages/public/home.py", "fr"): "Où se situe votre cluster en Europe\u00a0?",
    ("pages/public/home.py", "en"): "Where does your cluster stand in Europe?",
    ("pages/public/labels.py", "fr"): f"{LABELLED} clusters ont reçu un label",
    ("pages/public/labels.py", "en"): f"{LABELLED} clusters have been awarded a label",
    ("pages/public/cluster.py", "fr"): "Fiche d’un cluster",
    ("pages/public/cluster.py", "en"): "Page of a cluster",
    ("pages/public/figures.py", "fr"): f"{AWARDS} attributions connues, {DATED} datées",
    ("pages/public/figures.py", "en"): f"{AWARDS} known awards, {DATED} dated",
    ("pages/public/open_data.py", "fr"): f"{AWARDS} attributions de labels à {LABELLED} clusters, en données ouvertes",
    ("pages/public/open_data.py", "en"): f"{AWARDS} awards of {LABELLED} clusters, as open data",
    ("pages/public/guide.py", "fr"): "Trois labels : participer, progresser, prouver",
    ("pages/public/guide.py", "en"): "Three labels: take part, improve, prove",
    ("pages/public/dictionary.py", "fr"): "Dictionnaire des indicateurs",
    ("pages/public/dictionary.py", "en"): "Dictionary of the indicators",
    ("pages/public/method.py", "fr"): "La méthode",
    ("pages/public/method.py", "en"): "The method",
    ("pages/public/privacy.py", "fr"): "Ce qui est enregistré, et qui le voit",
    ("pages/public/privacy.py", "en"): "What is stored, and who sees it",
    ("pages/public/accessibility.py", "fr"): "Ce site est partiellement accessible",
    ("pages/public/accessibility.py", "en"): "This site is partly accessible",
    ("pages/cluster/benchmark.py", "fr"): "Cluster Démo 0001",
    ("pages/cluster/benchmark.py", "en"): "Cluster Démo 0001",
    ("pages/cluster/counterparts.py", "fr"): "Vos homologues",
    ("pages/cluster/counterparts.py", "en"): "Your counterparts",
    ("pages/cluster/plan.py", "fr"): "Votre plan d’action",
    ("pages/cluster/plan.py", "en"): "Your action plan",
    ("pages/cluster/progress.py", "fr"): "Vos progrès",
    ("pages/cluster/progress.py", "en"): "Your progress",
    ("pages/cluster/brief.py", "fr"): "Le rapport",
    ("pages/cluster/brief.py", "en"): "The report",
    ("pages/staff/briefs.py", "fr"): "120 rapports en 2 archives",
    ("pages/staff/briefs.py", "en"): "120 reports in 2 archives",
    ("pages/cluster/silver.py", "fr"): "Vers le label Silver",
    ("pages/cluster/silver.py", "en"): "The way to Silver",
    ("pages/cluster/gold.py", "fr"): "Vers le label Gold",
    ("pages/cluster/gold.py", "en"): "The way to Gold",
    ("pages/cluster/binder.py", "fr"): "Votre dossier de preuves",
    ("pages/cluster/binder.py", "en"): "Your evidence binder",
    ("pages/cluster/questionnaire.py", "fr"): "Le questionnaire",
    ("pages/cluster/questionnaire.py", "en"): "The questionnaire",
    ("pages/staff/evaluations.py", "fr"): "60 évaluations vérifiées, de 60 clusters",
    ("pages/staff/evaluations.py", "en"): "60 verified evaluations, of 60 clusters",
    ("pages/staff/register.py", "fr"): re.compile(r"\d+ labels? .*|Le registre des labels"),
    ("pages/staff/register.py", "en"): re.compile(r"\d+ labels? .*|The register of labels"),
    ("pages/staff/side_by_side.py", "fr"): "Des clusters côte à côte",
    ("pages/staff/side_by_side.py", "en"): "Clusters side by side",
    ("pages/staff/trends.py", "fr"): re.compile(r"\d+ évolutions? (est réelle|sont réelles), sur \d+"),
    ("pages/staff/trends.py", "en"): re.compile(r"\d+ changes? (is|are) real, of \d+"),
    ("pages/staff/comparison.py", "fr"): re.compile(r"\d+ écarts? (est réel|sont réels), sur \d+"),
    ("pages/staff/comparison.py", "en"): re.compile(r"\d+ differences? (is|are) real, of \d+"),
    ("pages/staff/data.py", "fr"): "Les données",
    ("pages/staff/data.py", "en"): "The data",
    ("pages/staff/access.py", "fr"): "Qui voit quoi",
    ("pages/staff/access.py", "en"): "Who sees what",
    ("pages/staff/sectors.py", "fr"): "Les secteurs côte à côte",
    ("pages/staff/sectors.py", "en"): "Sectors side by side",
}


@pytest.fixture
def fresh(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A visit that has not begun."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    return AppTest.from_file(APP, default_timeout=60)


@pytest.fixture
def visit(data: Path, monkeypatch: pytest.MonkeyPatch):
    """Start a visit: role, language, address."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))

    def start(role: str = "public", **address: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=60)
        app.session_state["role"] = role
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return start


@pytest.mark.parametrize("role", ["public", "cluster"])
def test_no_page_of_others_is_declared(visit, role: str) -> None:
    assert forbidden(role)
    assert refuses(visit(role), role)


@pytest.mark.parametrize("language", ["fr", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("role", "page"), ALLOWED)
def test_every_page_for_every_visitor_in_both_languages(visit, page: str, role: str, language: str) -> None:
    app = visit(role, lang=language).switch_page(page).run()
    assert not app.exception
    assert not app.error
    title = TITLES[page, language]
    assert title.fullmatch(app.title[0].value) if isinstance(title, re.Pattern) else app.title[0].value == title
    assert app.markdown[0].value.startswith("Démonstration" if language == "fr" else "Demonstration")


def drawn(app: AppTest) -> list[str]:
    """What the page draws as HTML."""
    return [str(block.proto.body) for block in app.get("html")]


def test_choosing_another_cluster_redraws_the_radar(visit) -> None:
    app = visit("staff", cluster="demo-0003", lang="en").switch_page("pages/cluster/benchmark.py").run()
    (first,) = [block for block in drawn(app) if 'class="radar"' in block]
    assert app.title[0].value == "Cluster Démo 0003"
    app.selectbox(key="choice-cluster").select("demo-0004").run()
    assert app.title[0].value == "Cluster Démo 0004"
    assert first not in drawn(app)
    assert any('class="radar"' in block for block in drawn(app))
    assert "demo-0004" in app.query_params["cluster"]


def test_a_manager_sees_the_own_cluster_only(visit) -> None:
    app = visit("cluster", cluster="demo-0003", lang="en").switch_page("pages/cluster/benchmark.py").run()
    assert app.title[0].value == "Cluster Démo 0003"
    said = words(app)
    assert "Démo 0003" in said
    assert not any(f"{i:04d}" in said for i in range(1, 121) if i != 3)


def test_the_map_page_says_what_it_shows(visit) -> None:
    app = visit(label="gold", lang="fr").switch_page("pages/public/labels.py").run()
    said = words(app)
    assert f"{HOLDERS['gold']} clusters ont reçu le label Gold" in said
    assert "75\u00a0%" in said
    app = visit(label="bronze", lang="en").switch_page("pages/public/labels.py").run()
    assert f"{HOLDERS['bronze']} clusters" in words(app)
    assert listed(app) == HOLDERS["bronze"], "a row for each cluster shown"
    assert "whose place is not known" in words(app)
    app = visit(label="silver", lang="en").switch_page("pages/public/labels.py").run()
    assert "is not known" in words(app)


def test_filters_stand_in_the_address_and_change_list_and_counts(visit) -> None:
    app = visit(lang="en", country="FR", label="gold").switch_page("pages/public/labels.py").run()
    french = listed(app)
    assert 0 < french < HOLDERS["gold"]
    assert f"{french} clusters match your choices" in words(app)
    assert app.multiselect(key="choice-country").value == ["FR"]
    app.multiselect(key="choice-sector").select("food").run()
    assert app.query_params["sector"] in ("food", ["food"])
    food = listed(app)
    assert 0 < food < french
    assert f"Gold {food}" in app.segmented_control(key="choice-label").options
    app.text_input(key="choice-q").set_value("zzzzzz").run()
    assert "No cluster in the register matches" in words(app)
    assert f"Without “the search”: {food}." in words(app)
    app.button(key="reset").click().run()
    assert "q" not in app.query_params
    assert listed(app) == HOLDERS["gold"]
    assert not app.exception


def test_an_earlier_year_shows_the_labels_of_then(visit) -> None:
    app = visit(lang="en", label="gold", year="2013").switch_page("pages/public/labels.py").run()
    then = words(app)
    assert "31 December 2013" in then
    assert "awards without a date are not counted here" in then
    assert 0 < listed(app) < 40
    app.slider(key="choice-year").set_value(2018).run()
    assert app.query_params["year"] in ("2018", ["2018"])
    assert "31 December 2018" in words(app)


def test_the_code_of_the_embedded_map_follows_height_and_theme(visit) -> None:
    app = visit(lang="en", label="gold", country="PL").switch_page("pages/public/labels.py").run()

    def code() -> str:
        (found,) = [block for block in drawn(app) if "&lt;iframe" in block]
        return found

    assert "height:520px" in code()
    assert "theme=" not in code()
    app.segmented_control(key="choice-embed-height").select(700).run()
    app.segmented_control(key="choice-embed-theme").select("dark").run()
    assert "height:700px" in code()
    assert "country=PL" in code()
    assert "theme=dark" in code()
    assert not {"embed-height", "embed-theme", "height", "theme"} & set(app.query_params)
    assert app.segmented_control(key="choice-view").options[0] == "Poland"
    app.multiselect(key="choice-country").unselect("PL").run()
    assert app.segmented_control(key="choice-view").options[0] == "Europe"
    assert "height:700px" in code(), "other choices leave it"


def test_the_page_of_open_data_names_its_addresses_and_columns(visit) -> None:
    app = visit(lang="en").switch_page("pages/public/open_data.py").run()
    said = words(app)
    for address in ("labels.csv", "labels.atom", "datapackage.json", "dcat.jsonld", "list/en", "embed"):
        assert f"/{address}" in said
    assert "No rights in the cited pages are granted" in said
    assert "cluster_label_end_kind" in said
    assert said.count('class="copy"') == 4


def test_the_public_page_of_a_cluster(visit) -> None:
    app = visit(lang="en", id="de-hamburg-aviation-e-v").switch_page("pages/public/cluster.py").run()
    said = words(app)
    assert app.title[0].value == "Hamburg Aviation e\\. V\\."
    assert "running, until 2027." in said
    assert "date unknown" in said
    assert "awarded on 6 February 2014" in said
    app = visit(lang="en", id="nobody").switch_page("pages/public/cluster.py").run()
    assert any("nobody" in warning.value for warning in app.warning)


def test_a_cluster_without_a_place_says_so(visit, register: tuple[LabelHolder, ...]) -> None:
    placeless = next(holder.cluster.cluster_id for holder in register if not holder.cluster.has_coordinates)
    said = words(visit(lang="en", id=placeless).switch_page("pages/public/cluster.py").run())
    assert "it is not on the map" in said
    assert "neither are its neighbours" in said


def test_an_error_is_reported_to_somebody(visit, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = visit(lang="en", id="de-hamburg-aviation-e-v").switch_page("pages/public/cluster.py").run()
    assert "mailto:" not in words(app)
    assert any('class="copy"' in block and "Rows of the register" in block for block in drawn(app))
    own = Path(shutil.copytree(data, tmp_path / "own"))
    (own / "contact.toml").write_text('name = "E"\nwebsite = "https://e.example"\nmail = "a@e.example"\n')
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    app.run()
    assert "mailto:a@e.example?subject=" in words(app)
    assert not any('class="copy"' in block and "Rows of the register" in block for block in drawn(app))


def test_a_wrong_contact_spoils_no_other_page(
    visit, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(data, tmp_path / "own"))
    (own / "contact.toml").write_text('website = "https://e.example"\n')
    app = visit(lang="en")
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    app.switch_page("pages/public/method.py").run()
    assert not app.exception
    assert not app.error
    app.switch_page("pages/public/guide.py").run()
    assert "Missing, wrong or unknown entries" in app.error[0].value


def test_the_figures_set_apart_what_has_no_date(visit, register: tuple[LabelHolder, ...]) -> None:
    for label in ("all", "silver"):
        said = words(visit(lang="en", label=label).switch_page("pages/public/figures.py").run())
        apart = counts.count_undated_clusters(register, Label(label) if label != "all" else None, TODAY)
        assert f"{apart} clusters without any date stand apart" in said


def test_the_home_page_draws_no_cluster(visit) -> None:
    app = visit(lang="en")
    assert "Try it with an invented cluster" in words(app)
    assert [block for block in drawn(app) if 'class="radar"' in block] == [str(example_radar("en"))]
    assert "Démo 0001" not in words(app)


def test_the_accessibility_statement_names_whom_to_tell(
    visit, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = words(visit(lang="en").switch_page("pages/public/accessibility.py").run())
    assert "not yet been audited by people" in said
    assert "](https://www.franceclusters.fr)" in said
    own = Path(shutil.copytree(data, tmp_path / "own"))
    (own / "contact.toml").write_text('name = "E"\nwebsite = "https://e.example"\nmail = "a@e.example"\n')
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    said = words(visit(lang="fr").switch_page("pages/public/accessibility.py").run())
    assert said.replace("\\", "").replace("\u2060", "").count("](mailto:a@e.example)") == 2


def test_the_guide_checks_who_may_apply(visit) -> None:
    app = visit(lang="en").switch_page("pages/public/guide.py").run()
    assert "Tick what is true" in words(app)
    assert "are missing" not in words(app)
    app.checkbox(key="eligible-staff").check()
    app.checkbox(key="eligible-participants").check().run()
    said = words(app)
    assert "Not yet: 2 conditions of 4" in said
    assert "At least two member categories are missing" in said
    assert "An accepted profile" in said
    assert "15 committed participants are missing" not in said
    app.checkbox(key="eligible-categories").check()
    app.checkbox(key="eligible-visible").check().run()
    assert "are missing" not in words(app)
    assert "all four conditions are met" in words(app)


def test_the_guide_shows_all_labels_and_marks_the_one_of_the_address(visit) -> None:
    for label, marked in (("", 0), ("gold", 1), ("platinum", 0)):
        app = visit(lang="en", **({"label": label} if label else {})).switch_page("pages/public/guide.py").run()
        (columns,) = [block for block in drawn(app) if 'class="guide"' in block]
        assert columns.count("<section") == len(Label)
        assert columns.count('guide-label chosen"><h2 class="label-heading gold"') == marked
        assert bool(app.warning) is (label == "platinum")


def test_the_label_of_another_page_is_kept_by_all_of_the_map(visit) -> None:
    app = visit(lang="en", label="gold").switch_page("pages/public/labels.py").run()
    app.switch_page("pages/public/method.py").run()
    del app.query_params["label"]
    app.switch_page("pages/public/labels.py").run()
    assert app.segmented_control(key="choice-label").value == "gold"
    assert listed(app) == HOLDERS["gold"]
    assert f"{HOLDERS['gold']} clusters have been awarded the label Gold" in words(app)


def test_a_choice_that_fits_less_says_so(visit) -> None:
    app = visit(lang="en", label="gold", state="valid").switch_page("pages/public/labels.py").run()
    assert re.search("match(es)? your choices", words(app))
    app = visit(lang="fr", country="FR", year="2018").switch_page("pages/public/labels.py").run()
    assert re.search(r"\d attributions? sans date", words(app))


@pytest.mark.parametrize(
    ("page", "role", "address", "shown"),
    [
        ("pages/public/labels.py", "public", {"label": "platinum"}, "label = “platinum”"),
        ("pages/public/labels.py", "public", {"view": "<script>"}, "view = “<script>”"),
        ("pages/cluster/benchmark.py", "staff", {"cluster": "nobody"}, "cluster = “nobody”"),
        ("pages/cluster/benchmark.py", "cluster", {"cluster": "nobody"}, "cluster = “nobody”"),
        ("pages/staff/sectors.py", "staff", {"dimension": "astrology"}, "dimension = “astrology”"),
    ],
)
def test_a_wrong_value_in_the_address_is_named(
    visit, page: str, role: str, address: dict[str, str], shown: str
) -> None:
    app = visit(role, lang="en", **address).switch_page(page).run()
    assert not app.exception
    assert any(shown in warning.value.replace("\\", "") for warning in app.warning)


def test_a_wrong_language_is_named_too(visit) -> None:
    app = visit(lang="tlh")
    assert any("tlh" in warning.value for warning in app.warning)
    assert not app.exception


def test_the_language_is_guessed_from_the_browser_and_stays(fresh: AppTest) -> None:
    app = fresh
    app.context = {"locale": "de-DE"}
    app.run()
    assert app.title[0].value == TITLES["pages/public/home.py", "en"]
    app.segmented_control(key="choice-lang").select("fr").run()
    app.switch_page("pages/public/labels.py").run()
    assert app.title[0].value == TITLES["pages/public/labels.py", "fr"]


def real_copy(sample_folder: Path, tmp_path: Path) -> Path:
    """The same files, no longer declared as invented."""
    folder = tmp_path / "real"
    shutil.copytree(sample_folder, folder)
    (folder / "edition.csv").unlink()
    data = tmp_path / "data"
    tables, problems = build.check_files([folder], data, TODAY)
    assert tables is not None, problems[:3]
    build.build_and_activate(tables, [folder], data, NOW)
    return data


@pytest.mark.slow
@pytest.mark.parametrize("role", ["cluster", "staff"])
def test_real_data_without_login_has_public_pages_only(
    fresh: AppTest, sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(real_copy(sample_folder, tmp_path)))
    app = fresh
    app.session_state["role"] = role  # as a left-over of a demonstration, or forged
    app.query_params["cluster"] = "demo-0003"
    app.run()
    assert not app.exception
    assert not app.radio, "no switch"
    assert not app.button, "no door"
    assert not app.info, "no banner"
    examples = [str(example_radar(language)) for language in LANGUAGES]
    assert all(block in examples for block in drawn(app) if 'class="radar"' in block), "no example from real data"
    for page in ("pages/cluster/benchmark.py", "pages/staff/sectors.py"):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            app.switch_page(page).run()


def test_no_switch_where_a_login_is_configured(fresh: AppTest) -> None:
    app = fresh
    app.secrets["auth"] = {"client_id": "x"}
    app.session_state["role"] = "staff"
    app.run()
    assert not app.exception
    assert not app.radio
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page("pages/staff/sectors.py").run()


def unpublish(data: Path) -> None:
    with writing(data) as connection:
        connection.execute(delete(PUBLICATION))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda data: catalog.current_path(data).unlink(), "does not exist"),
        (lambda data: catalog.current_path(data).write_bytes(b""), "is not a readable edition"),
        (lambda data: catalog.current_path(data).write_bytes(b"something else"), "is not a readable edition"),
        (unpublish, "No edition is published"),
        (lambda data: publications.add(data, Publication("2026-01-01", "../oops", "", "publish")), "does not exist"),
    ],
    ids=["missing", "empty", "foreign", "never published", "bad name"],
)
def test_a_bad_data_file_is_told_without_a_stack_trace(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Any, sentence: str
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    spoil(copy)
    monkeypatch.setenv("CLUSTERDASH_DATA", str(copy))
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["lang"] = "en"
    app.run()
    assert not app.exception
    assert sentence in app.error[0].value
    assert app.title[0].value == "The data cannot be shown"


@pytest.mark.slow
def test_the_first_visit_builds_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = sample.generate
    monkeypatch.setattr(build.sample, "generate", lambda folder, facts: original(folder, facts, clusters=20, years=1))
    monkeypatch.setenv("CLUSTERDASH_DATA", str(tmp_path))
    st.cache_resource.clear()
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception
    assert not app.error
    assert catalog.current_path(tmp_path).is_file()
    assert tmp_path != PROJECT_DATA


def test_the_method_page_computes_its_example(visit) -> None:
    """Twelve peers, of which seven do less well than 3 and two equally."""
    said = words(visit(lang="en").switch_page("pages/public/method.py").run())
    assert "7 do less well, 2 equally: counted one by one, the percentile is 66.7 [58.3–75]" in said
    assert "The rule says: **cannot tell**" in said


def test_the_page_changes_with_the_reference_and_says_its_words(visit) -> None:
    app = visit("cluster", cluster="demo-0003", lang="en").switch_page("pages/cluster/benchmark.py").run()
    first = words(app)
    assert "you are clearly above on" in first
    app.selectbox(key="choice-reference").select("all").run()
    assert "all clusters" in words(app)
    assert words(app) != first
    assert not app.exception


SECTORS = {"food": 5, "textile": 6, "energy": 11}


@pytest.fixture
def small_sectors(tmp_path: Path) -> Path:
    """Three sectors in which a cluster has 4, 5 and 10 others."""
    folder = tmp_path / "in"
    folder.mkdir()
    people = [(f"{sector}-{i}", sector, i) for sector, n in SECTORS.items() for i in range(n)]
    head = "scheme,code,dimension,name_en,name_fr,kind,direction\n"
    files = {
        "edition.csv": "title,synthetic\nTest,1\n",
        "sectors.csv": "code,name_en,name_fr\n" + "".join(f"{s},Sector {s},Secteur {s}\n" for s in SECTORS),
        "dimensions.csv": "scheme,code,name_en,name_fr\ntiny,d,D,D\n",
        "indicators.csv": f"{head}tiny,q,d,Question,Question,number,higher\n",
        "clusters.csv": "cluster_id,name,country,sector\n" + "".join(f"{c},{c},FR,{s}\n" for c, s, _ in people),
        "answers.csv": "cluster_id,assessed_on,scheme,indicator,value\n"
        + "".join(f"{c},2025-03-01,tiny,q,{10 * i}\n" for c, _, i in people),
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return publish_folder(folder, tmp_path / "data")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sector", "said", "unsaid"),
    [
        ("food", ["Nothing is shown of the group “Sector food”: it has too few"], ["4 other clusters", "(4)"]),
        (
            "textile",
            ["Nothing is shown of the group “Sector textile”: whoever subtracted it"],
            ["5 other clusters", "(5)"],
        ),
        ("energy", ["10 other clusters", "75 [50–100]", "(10)"], ["Nothing is shown of the group"]),
    ],
)
def test_too_few_others_show_no_statistic_and_say_why(
    fresh: AppTest,
    small_sectors: Path,
    monkeypatch: pytest.MonkeyPatch,
    sector: str,
    said: list[str],
    unsaid: list[str],
) -> None:
    """The best but one of each sector: with 4 others nothing; with 5 nothing, for a difference would be too small; with
    10 others figures."""
    monkeypatch.setenv("CLUSTERDASH_DATA", str(small_sectors))
    app = fresh
    app.session_state["role"] = "staff"
    address = {"cluster": f"{sector}-{SECTORS[sector] - 2}", "reference": "sector", "lang": "en"}
    for name, value in address.items():
        app.query_params[name] = value
    open_folds(app)
    app.run().switch_page("pages/cluster/benchmark.py").run()
    assert not app.exception
    text = words(app).replace("\u2060", "").replace("\xa0", " ").replace("\\", "")
    for sentence in said:
        assert sentence in text, sentence
    for sentence in unsaid:
        assert sentence not in text, sentence


def test_what_is_typed_into_the_plan_lasts_while_another_page_is_read(visit) -> None:
    app = visit("cluster", cluster="demo-0003", lang="en").switch_page("pages/cluster/plan.py").run()
    app.text_input[0].set_value("Zoé").run()
    app.switch_page("pages/cluster/benchmark.py").run()
    app.switch_page("pages/cluster/plan.py").run()
    assert app.text_input[0].value == "Zoé"
    for box in app.checkbox:
        box.uncheck()
    app.run()
    assert "Tick at least one" in words(app)
    assert not app.exception


@pytest.mark.slow
def test_clusters_of_one_name_are_told_apart(
    fresh: AppTest, sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    shutil.copytree(sample_folder, folder)
    clusters = (folder / "clusters.csv").read_text("utf-8")
    for number in ("0002", "0003"):
        clusters = clusters.replace(f"Cluster Démo {number}", "Same")
    (folder / "clusters.csv").write_text(clusters, "utf-8")
    tables, _ = build.check_files([folder], tmp_path / "data", TODAY)
    assert tables is not None
    build.build_and_activate(tables, [folder], tmp_path / "data", NOW)
    monkeypatch.setenv("CLUSTERDASH_DATA", str(tmp_path / "data"))
    app = fresh
    app.session_state["role"] = "staff"
    app.query_params["cluster"] = "demo-0002"
    app.run().switch_page("pages/cluster/benchmark.py").run()
    options = app.selectbox(key="choice-cluster").options
    assert {"Same (demo-0002)", "Same (demo-0003)"} <= set(options)
    assert len(options) == len(set(options))


def test_moving_a_level_changes_the_whole_page_and_stands_in_the_address(visit) -> None:
    app = visit("staff", cluster="demo-0003", lang="en").switch_page("pages/cluster/gold.py").run()
    before = words(app)
    assert "Provisional points and thresholds" in before
    assert "2 indicators block</b> the way: 134 of 150" in before
    app.segmented_control(key="level-3.2").select(1.0).run()
    assert app.query_params["try"] in ("3.2:1", ["3.2:1"])
    assert "**1 indicator below its threshold**: 3\\.2 Share of financial resources" in words(app)
    assert "**What if: 1 level differs" in words(app)
    app.multiselect(key="choice-fixed").select("3.2").run()
    assert "Below the threshold, and cannot change: 3\\.2" in words(app)
    app.multiselect(key="choice-fixed").unselect("3.2").run()
    assert "fixed" in app.query_params, "the scheme says that 1.2 cannot be changed at will"
    del app.query_params["fixed"]
    app.button(key="plan-0").click().run()
    assert "The points are there" in words(app)
    assert "Chance of passing with these answers: 8" in words(app)
    assert "No plan is needed for 80%: the chance of passing is already 8" in words(app)
    next(button for button in app.button if "Back to the answers" in button.label).click().run()
    assert "try" not in app.query_params
    assert words(app) == before
    assert not app.exception


@pytest.mark.slow
@pytest.mark.parametrize("wished", ["", "50", "80", "95"])
@pytest.mark.parametrize("cluster", ["demo-0001", "demo-0003", "demo-0004", "demo-0007"])
def test_one_verdict_stands_on_the_page_whatever_is_tried(visit, cluster: str, wished: str) -> None:
    """Verdict, plan and chance tell the same; and a plan that is tried has the chance for which it was wished."""
    address = {"chance": wished} if wished else {}
    app = visit("staff", cluster=cluster, lang="en", **address).switch_page("pages/cluster/gold.py").run()
    for _ in range(2):
        said = words(app).replace("\\", "")
        verdicts = re.findall(r"Chance of passing with these answers: ([^.*]*)\.\*\*", said)
        assert "nothing to do" not in said
        assert verdicts
        plan = re.search(r"gives a (\d+)% chance.*?<dt>Chance of passing</dt><dd>([^<]*)</dd>", said, re.DOTALL)
        if plan is None:
            share = re.search(r"No plan is needed for (\d+)%: the chance of passing is already (.*?)\.", said)
            assert share or "No plan reaches" in said
            if share:
                assert share[1] == (wished or "80")
                assert share[2] == verdicts[0]
            break
        assert plan[1] == (wished or "80")
        assert int(re.findall(r"\d+", plan[2])[-1]) >= int(plan[1])
        app.button(key="plan-0").click().run()
        assert f"Chance of passing with these answers: {plan[2]}." in words(app).replace("\\", "")
    assert not app.exception


def test_the_wished_chance_stands_in_the_address(visit) -> None:
    app = visit("staff", cluster="demo-0003", lang="en", chance="33").switch_page("pages/cluster/gold.py").run()
    assert "chance = “33”" in " ".join(warning.value for warning in app.warning)
    assert app.segmented_control(key="wished-chance").value == 80
    app.segmented_control(key="wished-chance").select(95).run()
    assert app.query_params["chance"] in ("95", ["95"])
    assert "gives a 95% chance" in words(app)
    assert app.multiselect(key="choice-fixed").value == ["1.2"]
    app.multiselect(key="choice-fixed").unselect("1.2").run()
    assert app.query_params["fixed"] in ("none", ["none"])
    assert app.multiselect(key="choice-fixed").value == []
    assert "cannot be changed at will" in words(app)
    assert not app.exception


def test_a_trial_is_a_link_and_belongs_to_its_cluster(visit) -> None:
    address = {"try": "3.2:1,9.9:4,2.1:77", "lower": "20", "higher": "x", "effort3": "4.5", "cluster": "demo-0003"}
    app = visit("staff", lang="en", of="demo-0003", **address).switch_page("pages/cluster/gold.py").run()
    told = " ".join(warning.value.replace("\\", "").replace("\u2060", "") for warning in app.warning)
    assert "try = “9.9:4”" in told
    assert "try = “2.1:77”" in told
    assert "higher = “x”" in told
    assert app.segmented_control(key="level-3.2").value == 1.0
    assert app.slider(key="doubt-lower").value == 20
    assert app.multiselect(key="choice-effort3").value == ["4.5"]
    app.selectbox(key="choice-cluster").select("demo-0004").run()
    assert "try" not in app.query_params, "what was tried on another cluster’s answers"
    assert "What if:" not in words(app)


def test_a_cluster_without_an_evaluation_can_try_one(visit, monkeypatch: pytest.MonkeyPatch) -> None:
    original = EditionReader.evaluation

    def unanswered(self: EditionReader, cluster_id: str, scheme: str) -> Evaluation:
        return replace(
            original(self, cluster_id, scheme), declared=None, verified=None, holder_medians=(), expert_deviation=None
        )

    monkeypatch.setattr(EditionReader, "evaluation", unanswered)
    app = visit("cluster", cluster="demo-0003", lang="en").switch_page("pages/cluster/gold.py").run()
    said = words(app)
    assert "No answers to the Gold questionnaire yet" in said
    assert "0 points" not in said
    assert "passed" not in said
    assert "are missing" not in said
    app.session_state["explore"] = True
    app.segmented_control(key="level-2.1").select(3.0).run()
    said = words(app)
    assert "only the levels that you try" in said
    assert "30 indicators without an answer" in said
    assert "No median is shown" in said
    assert "fewer than 30 evaluations" in said
    app.switch_page("pages/cluster/silver.py").run()
    assert "a self-assessment would show what is missing" in words(app)
    assert not app.exception


def test_the_way_to_silver_counts_areas_and_audited_indicators(visit) -> None:
    app = visit("cluster", cluster="demo-0003", lang="en").switch_page("pages/cluster/silver.py").run()
    said = words(app)
    assert "improve" in said
    assert "18 to 24 is usual" in said, "the sample has two years"
    assert "18 audited indicators" in app.expander[0].label
    assert "Perhaps audited" in said
    assert "Provisional points and thresholds" in said


def test_the_binder_lasts_while_another_page_is_read(visit) -> None:
    app = visit("cluster", cluster="demo-0003", lang="en").switch_page("pages/cluster/binder.py").run()
    assert "0 ready, 0 in preparation, 34 missing" in words(app)
    key = "binder-demo-0003-gold-31-D03"
    app.segmented_control(key=f"status-{key}").select("ready").run()
    app.text_input(key=f"where-{key}").set_value("shelf 2").run()
    assert "1 ready, 0 in preparation, 33 missing" in words(app)
    assert "shelf 2" in words(app)
    app.switch_page("pages/cluster/gold.py").run()
    app.switch_page("pages/cluster/binder.py").run()
    assert "1 ready, 0 in preparation, 33 missing" in words(app)
    assert app.text_input(key=f"where-{key}").value == "shelf 2"
    app.selectbox(key="choice-part").select("5").run()
    assert "33 missing" in words(app)
    assert not app.exception


def test_the_radar_is_of_the_visitors_own_choice(visit) -> None:
    address = {"axes": "governance", "lines": "top500,all,1999-01-01"}
    app = visit("cluster", cluster="demo-0003", lang="en", **address).switch_page("pages/cluster/benchmark.py").run()
    assert "lines = “1999-01-01”" in " ".join(warning.value.replace("\\", "") for warning in app.warning)
    drawn = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    assert [trace["mode"] for trace in drawn].count("lines+markers") == 2
    assert "Your percentile in each group" in words(app)
    app.multiselect(key="choice-lines").set_value([]).run()
    assert app.query_params["lines"] == "none"
    assert json.loads(app.get("plotly_chart")[0].proto.spec)["data"] == []
    app.selectbox(key="choice-axes").select("all").run()
    assert "Groups: median of the scores." in words(app)
    app.selectbox(key="choice-cluster").select("demo-0004").run()
    assert "lines" not in app.query_params, "another cluster has other groups and years"
    assert not app.exception


@pytest.mark.parametrize("page", ["plan", "binder"])
def test_a_run_does_not_set_inputs_anew_that_are_being_filled(visit, page) -> None:
    app = visit("cluster", cluster="demo-0003", lang="en").switch_page(f"pages/cluster/{page}.py").run()
    assert any(one.proto.set_value for one in app.text_input), "the first run sets them"
    app.text_input[0].set_value("Zoé").run()
    assert app.text_input[0].value == "Zoé"
    assert not any(one.proto.set_value for one in app.text_input), "what is typed meanwhile would be lost"


def test_staff_see_declared_against_verified(visit) -> None:
    app = visit("staff", lang="en").switch_page("pages/staff/evaluations.py").run()
    said = words(app)
    assert "Judged lower" in said
    assert "Provisional points and thresholds" in said
    assert not app.exception
