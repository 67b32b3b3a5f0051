"""One measure, one name, one number: what every place tells of a cluster is the same."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from support.editions import publish_folder
from support.shown_figures import Figures, chosen_clusters, compare

from clusterdash.benchmark import rules
from clusterdash.domain import STAFF, ClusterBenchmark, LocalizedText, PeerGroup, SuppressedGroup
from clusterdash.editions import catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.i18n import LANGUAGES, texts, translate
from clusterdash.ingest import sample
from clusterdash.presentation.benchmark import group_names, narrative, radar_chart, tables
from clusterdash.presentation.limit_texts import limit_values, translate_with_limits
from clusterdash.reports import public_summary, result_files

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KINDS = get_args(get_type_hints(PeerGroup)["kind"])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, EditionReader]]:
    """An invented edition of 120 clusters and three years, in which every property that is looked for occurs."""
    folder = tmp_path_factory.mktemp("varied")
    sample.generate(folder, PROJECT_DATA, clusters=120, years=3, seed=7)
    clusters = rows_of(folder / "clusters.csv")
    clusters[6]["country"] = "MX"
    for cluster in clusters[20:30]:
        cluster["sector"] = "textile-fashion"
    for cluster in clusters[30:48]:
        cluster["sector"] = "health"
    write_rows(folder / "clusters.csv", clusters)
    once, holed, partly = (clusters[i]["cluster_id"] for i in (4, 8, 11))
    gone = {row["indicator"] for row in rows_of(folder / "answers.csv")}
    kept = [
        row
        for row in rows_of(folder / "answers.csv")
        if not (row["cluster_id"] == once and row["assessed_on"] < "2025")
        and not (row["cluster_id"] == holed and row["indicator"] in sorted(gone)[::2])
        and not (row["cluster_id"] == partly and row["indicator"].endswith("2") and row["assessed_on"] < "2024")
    ]
    write_rows(folder / "answers.csv", kept)
    data = publish_folder(folder, tmp_path_factory.mktemp("data"))
    store = EditionDatabase(catalog.current_path(data))
    yield data, store.reader(STAFF)
    store.close()


PROPERTIES = (
    "best",
    "worst",
    "most gaps",
    "one benchmark only",
    "outside Europe",
    "sector below the limit of a percentile",
    "sector below the limit of quartiles",
    "sector withdrawn",
    "two sectors",
    "axis without a score",
    "score on other questions than now",
    "improves",
)


@pytest.fixture(scope="module")
def chosen(varied: tuple[Path, EditionReader]) -> dict[str, str]:
    return chosen_clusters(varied[1])


def test_the_twelve_are_all_there(chosen: dict[str, str]) -> None:
    assert set(chosen) == set(PROPERTIES)
    assert len(set(chosen.values())) > 9


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_place_tells_the_same_of(varied: tuple[Path, EditionReader], chosen: dict[str, str], name: str) -> None:
    data, gateway = varied
    found = compare(data, gateway, chosen[name])
    assert not found.differences()
    assert found.shared() > 300
    measures = {measure for measure, _, _ in found.told}
    assert {"score", "median_score", "value", "percentile", "median", "n"} <= measures
    if name != "one benchmark only":
        assert {"both_years before", "both_years now", "percentile then", "every_year"} <= measures


def test_a_difference_is_found(varied: tuple[Path, EditionReader], chosen: dict[str, str]) -> None:
    found = Figures(varied[1].benchmark(chosen["best"]))
    found.add("page", "score", "", "d", 29)
    found.add("json", "score", "", "d", 29)
    assert not found.differences()
    found.add("pdf", "score", "", "d", 10)
    found.add("page", "score", "", "d", 30)
    assert len(found.differences()) == 2


@pytest.fixture(scope="module")
def result(varied: tuple[Path, EditionReader], chosen: dict[str, str]) -> ClusterBenchmark:
    return varied[1].benchmark(chosen["two sectors"])


def test_the_first_sentences_the_radar_and_its_table_follow_the_chosen_reference(result: ClusterBenchmark) -> None:
    seen = set()
    for title, reference in group_names.named_references(result, "en").values():
        short = rules.score_summary(reference)
        assert short
        said = narrative.headline(result, reference, "en")
        assert re.search(rf"in {short.above} of {short.scored}", said)
        verdict = narrative.verdict_sentence(rules.findings(reference, result.grid), result, reference, "en")
        assert title.replace("-", "\\-") in verdict or title in verdict
        beside = narrative.second_reference(result, reference)
        drawn = radar_chart.radar(result, radar_chart.usual_view(result, reference), "en").data
        names = {str(trace.name) for trace in drawn}
        table = tables.score_table(result, reference, "en")
        for shown in (result.first, beside):
            assert shown
            median = translate("en", "radar.median", group=group_names.group_name(result, shown, "en", short=True))
            assert median.replace("&", "&amp;") in names
        own = [trace.r for trace in drawn if trace.name == translate("en", "radar.own")]
        assert len(set(own)) == 1
        seen.add((own[0], table.split("<tbody>")[0]))
    assert len({own for own, _ in seen}) == 1, "the own score does not depend on the reference"
    assert len({head for _, head in seen}) >= len(result.references) - 1


PLACE = r"(?i)\b(?:your |la |votre |une |the )places?\b|\bplace (?:then|now|d'|actuelle)"


def test_no_measure_of_a_dimension_is_called_place() -> None:
    families = ("benchmark", "progress", "silver", "slopes", "position_chart", "rule", "radar", "measure", "measured")
    captions = [f"{group}.{key}" for group in ("table", "column") for key in ("shifts", "moves", "robustness", "now")]
    captions += ["column.position", "column.before", "column.now_n", "column.percentile_before"]
    for key, entry in texts().items():
        if key.split(".")[0] in families or key in captions:
            for language in LANGUAGES:
                said = entry[language] if isinstance(entry[language], str) else " ".join(entry[language].values())
                assert not re.search(PLACE, said), key
    names = {translate("en", f"measure.{key}") for key in ("score", "both_years", "rank")}
    assert len(names) == 3
    said = dict(narrative.method("en"))["Three measures of a dimension"]
    assert all(f"**{name}**" in said for name in names)


def test_limits_are_filled_in_from_one_constant_each() -> None:
    named = {
        (key, blank)
        for key, entry in texts().items()
        for language in LANGUAGES
        for blank in re.findall(r"\{(\w+)\}", str(entry[language]))
        if blank in limit_values() or blank.endswith("_minimum")
    }
    assert {blank for _, blank in named} <= set(limit_values())
    assert len(named) > 20
    for key, blank in named:
        others = {name: 3 for name in re.findall(r"\{(\w+)", str(texts()[key]["en"])) if name not in limit_values()}
        for language in LANGUAGES:
            assert str(limit_values()[blank]) in translate_with_limits(language, key, **others)


def test_no_caller_fills_in_a_limit_itself() -> None:
    filled = []
    parameters = ROOT / "clusterdash" / "statistics" / "parameters.py"  # where the limits themselves are
    for path in {*(ROOT / "clusterdash").rglob("*.py"), *(ROOT / "pages").rglob("*.py")} - {parameters}:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and (node.arg or "").endswith("_minimum"):
                filled.append(path.name)
            if isinstance(node, ast.Attribute) and path.parts[-3] == "pages" and node.attr.endswith("_MINIMUM"):
                filled.append(path.name)
    assert not filled


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_group_has_a_name_of_its_own(kind: str) -> None:
    group = PeerGroup(kind, "x-1", LocalizedText("", ""))
    for language in LANGUAGES:
        name = group_names.named_group(group, language)
        assert narrative.suppressed_group(SuppressedGroup(group, "few"), language).count(name.split()[0])
        others = [group_names.named_group(replace(group, kind=other), language) for other in KINDS if other != kind]
        assert name not in others


def test_an_axis_without_a_score_says_why(varied: tuple[Path, EditionReader], chosen: dict[str, str]) -> None:
    result = varied[1].benchmark(chosen["axis without a score"])
    unscored = [profile.dimension for profile in result.first.scores if profile.score is None]
    lines = narrative.missing_scores(result, result.first, "en")
    told = {found.dimension: found for found in rules.dimension_coverage(result.first, result.grid)}
    for dimension in unscored:
        found = told[dimension]
        assert found.questions == found.compared + found.unanswered + found.few + found.alike
        assert 3 * found.compared < 2 * found.questions
        assert any(f"{found.compared} of {found.questions} " in line for line in lines)
    assert not [
        line for line in narrative.missing_scores(result, result.first, "fr") if "moins de 5 autres réponses" in line
    ]
    alone = replace(result.first, scores=tuple(replace(p, peer_median=None, n=3) for p in result.first.scores))
    few = narrative.missing_scores(replace(result, references=(alone,)), alone, "en")[-1]
    assert "Fewer than 5 other clusters" in few
    alike = replace(alone, scores=tuple(replace(p, n=40) for p in alone.scores))
    assert "too much alike" in narrative.missing_scores(replace(result, references=(alike,)), alike, "en")[-1]


def test_the_page_to_publish_names_the_group_and_how_many_answered(
    varied: tuple[Path, EditionReader], chosen: dict[str, str]
) -> None:
    result = varied[1].benchmark(chosen["best"])
    strength = public_summary.strengths(result)[0]
    shown = public_summary.PublicSummary(
        result, [strength.indicator.code], [], "https://x.example/", result.assessed_on, "en"
    )
    ((_, said),) = public_summary.content(shown)["strengths"]
    assert said == f"clearly above the median (European clusters; {strength.position.n} others answered)"
    whole = replace(result.first, n=499)
    crowd = replace(result, references=(whole, *result.references[1:]))
    ((_, said),) = public_summary.content(replace(shown, result=crowd))["strengths"]
    assert "500 best European clusters" in said


def test_files_hold_numbers_as_they_are_told(result: ClusterBenchmark) -> None:
    made = result_files.as_json(result).decode()
    assert not re.search(r":\s-?\d+\.\d{3,}", made.replace("0.0", ""))


def test_who_evaluated_agrees_with_what_was_evaluated() -> None:
    for evidence in ("declared", "verified"):
        assert translate("fr", f"evidence.{evidence}").startswith("réponses ")
        assert translate("en", f"evidence.{evidence}").startswith("answers ")
