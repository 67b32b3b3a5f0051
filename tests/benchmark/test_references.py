"""A benchmark against the clusters of the edition, a reference pack, or both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.editions import NOW, TODAY
from support.reference_packs import draw, pack_of, small_pack

from clusterdash.benchmark.references import opened_against, reference_choices, seen_against
from clusterdash.benchmark.rules import confidence_interval, findings
from clusterdash.domain import STAFF, ClusterBenchmark
from clusterdash.editions import build, catalog
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.presentation.benchmark import group_names, narrative, overview, radar_chart, tables
from clusterdash.reference_packs import archive
from clusterdash.reports import brief, result_files

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LAST = {"publisher": "A national body", "last_year": 2024, "title": "Reference of a national body"}


@pytest.fixture(scope="module")
def reader(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EditionReader]:
    """The edition of 24 clusters with two packs."""
    folder = tmp_path_factory.mktemp("packs")
    (folder / "one.zip").write_bytes(archive.write(small_pack(), KEY))
    national = pack_of(draw(4, {("sector", "food"): 40, ("all", ""): 70}), combined=("One", "Two"), **LAST)
    (folder / "two.zip").write_bytes(archive.write(national))
    paths = [small_folder, folder / "one.zip", folder / "two.zip"]
    checked, problems = build.check_files(paths, folder / "data", TODAY)
    assert checked is not None, problems[:3]
    build.build_and_activate(checked, paths, folder / "data", NOW)
    database = EditionDatabase(catalog.current_path(folder / "data"))
    yield database.reader(STAFF)
    database.close()


@pytest.fixture
def result(reader: EditionReader) -> ClusterBenchmark:
    """A cluster whose main sector is one of the first pack, and too small in the edition."""
    return next(
        found
        for cluster in reader.assessed()
        for found in [reader.benchmark(cluster)]
        if found.cluster.sectors[0] in ("food", "health") and found.sector is None
    )


def test_the_setting_decides_which_comes_first(result: ClusterBenchmark) -> None:
    assert reference_choices(result, "pack") == ["pack", "pack-2", "own", "both", "both-2"]
    assert reference_choices(result, "own") == ["own", "pack", "pack-2", "both", "both-2"]
    assert reference_choices(result, "both") == ["both", "both-2", "pack", "pack-2", "own"]
    without = replace(result, packs=())
    assert reference_choices(without, "pack") == ["own"]
    assert opened_against(without, "both") == without


def test_against_a_pack_the_scale_is_that_of_its_best(result: ClusterBenchmark) -> None:
    seen = seen_against(result, "pack")
    assert (seen.first.group.kind, seen.first.n) == ("top500", 500)
    assert seen.first.group.source and seen.first.group.source.publisher == "A European body"
    assert seen.first.group.source.signed
    assert seen.second and seen.second.group.kind == "sector" and seen.second.group.source
    scores = {score.dimension: score.score for score in seen.first.scores}
    for reference in seen.references:
        if reference.group.source == seen.first.group.source or reference.group.source is None:
            assert {score.dimension: score.score for score in reference.scores} == scores, reference.group
    assert seen.own == replace(result.own, scores=seen.own.scores)
    assert seen.own.scores != result.own.scores, "on another scale"


def test_a_pack_without_the_best_is_told_against_all_its_clusters(result: ClusterBenchmark) -> None:
    seen = seen_against(result, "pack-2")
    assert (seen.first.group.kind, seen.first.n) == ("all", 70)
    assert all(score.peer_median is not None for score in seen.first.scores)
    assert "all clusters, reference of A national body, 2024" in narrative.reference_basis(seen, "en").replace("\\", "")
    assert "made of several" in narrative.reference_basis(seen, "en")
    assert "not signed" in narrative.reference_basis(seen, "en")
    combined = replace(seen.first, scores=tuple(replace(score, peer_median=None, n=0) for score in seen.first.scores))
    without = replace(seen, references=(combined, *seen.references[1:]))
    assert "no medians" in narrative.headline(without, combined, "en")
    assert not any("Fewer than" in line for line in narrative.missing_scores(without, combined, "en"))


def test_the_name_of_a_publisher_is_no_markup(result: ClusterBenchmark) -> None:
    hostile = "[click](https://evil.example) **big** <b>"
    seen = seen_against(result, "pack")
    source = replace(seen.packs[0].source, publisher=hostile)
    references = tuple(
        replace(one, group=replace(one.group, source=source)) if one.group.source else one for one in seen.references
    )
    seen = replace(seen, references=references)
    markdown = [
        narrative.radar_key(seen, "en"),
        narrative.reference_basis(seen, "en"),
        narrative.groups(seen, seen.first, "en"),
        narrative.compared_with(seen, "en"),
        narrative.facing(seen, seen.first, "en"),
        narrative.facing(seen, seen.references[1], "en"),
        *narrative.missing_scores(seen, seen.first, "en"),
    ]
    for text in markdown:
        assert "[click](" not in text
        assert "**big**" not in text


def test_two_groups_of_one_kind_have_lines_of_two_looks(result: ClusterBenchmark) -> None:
    seen = seen_against(result, "both")
    lines = radar_chart.radar_lines(seen, radar_chart.usual_view(seen, seen.first), "en")
    assert [line.role for line in lines] == ["top", "sector", "own"]


def test_a_sector_is_called_what_the_edition_calls_it(reader: EditionReader, result: ClusterBenchmark) -> None:
    seen = seen_against(result, "pack")
    assert seen.sector
    assert seen.sector.group.name == reader.sectors()[seen.sector.group.key].name


def test_both_show_the_clusters_of_the_edition_beside(result: ClusterBenchmark) -> None:
    seen = seen_against(result, "both")
    assert seen.second and seen.second.group.source is None
    assert seen.second.group.kind in ("all", "top500")
    assert any(score.peer_median is not None for score in seen.second.scores)
    names = [name for name, _ in group_names.named_references(seen, "en").values()]
    assert len(set(names)) == len(names) == len(seen.references), "every group can be told from the others"


def test_a_sector_that_is_too_small_is_that_of_the_pack_and_named_so(result: ClusterBenchmark) -> None:
    assert result.sector is None
    seen = seen_against(result, "own")
    assert seen.first == result.first
    assert seen.sector and seen.sector.group.source
    assert "reference of A European body, 2025" in group_names.group_name(seen, seen.sector, "en")
    assert all(score.peer_median is None for score in seen.sector.scores), "on another scale"
    assert any(position.percentile is not None for position in seen.sector.positions)
    assert "on another scale" in narrative.groups(seen, seen.first, "en")


def test_a_pack_of_sectors_alone_only_stands_in_for_sectors(result: ClusterBenchmark) -> None:
    sectors = tuple(replace(one, scores=()) for one in result.packs[0].references if one.group.kind == "sector")
    alone = replace(result, packs=(replace(result.packs[0], references=sectors), result.packs[1]))
    assert reference_choices(alone, "pack") == ["pack-2", "own", "both-2"]
    assert seen_against(alone, "own").sector
    only = replace(alone, packs=alone.packs[:1])
    assert reference_choices(only, "both") == ["own"]
    assert opened_against(only, "both").sector


def test_the_words_use_the_wider_range(result: ClusterBenchmark) -> None:
    seen = seen_against(result, "pack")
    assert seen.sector
    compared = 0
    for one in findings(seen.sector, seen.grid).comparisons:
        position = one.position
        if position.middle_low is None or position.middle_high is None:
            continue
        compared += 1
        assert one.interval_low == confidence_interval(position.middle_low, position.n - 1)[0]
        assert one.interval_high == confidence_interval(position.middle_high, position.n - 1)[1]
        assert position.percentile_low is not None and position.percentile_high is not None
        assert position.percentile_low <= position.middle_low <= position.middle_high <= position.percentile_high
        if one.classification == "above":
            assert min(position.percentile_low, one.interval_low) > 60
        if one.classification == "below":
            assert max(position.percentile_high, one.interval_high) < 40
    assert compared > 20


@pytest.mark.parametrize("choice", ["pack", "pack-2", "both", "both-2", "own"])
def test_pages_and_files_name_the_reference(result: ClusterBenchmark, choice: str) -> None:
    """Everything that can be shown is made for each choice, and says where its figures come from."""
    seen = seen_against(result, choice)
    source = seen.first.group.source
    for language in ("fr", "en"):
        found = findings(seen.first, seen.grid)
        sentence = narrative.verdict_sentence(found, seen, seen.first, language)
        written = [
            sentence,
            overview.radar_chart(seen, seen.first, language),
            tables.position_table(seen, seen.first, language),
            tables.score_table(seen, seen.first, language),
            result_files.as_text(seen, language),
            str(brief.brief_content(seen, language)),
        ]
        for text in written:
            assert not source or source.publisher in text.replace("\\", "")
        view = radar_chart.usual_view(seen, seen.first)
        assert radar_chart.radar_lines(seen, view, language)
        assert result_files.workbook(seen, language)
    assert result_files.as_json(seen)


def test_the_provisional_report_compares_with_the_first_pack(reader: EditionReader) -> None:
    found = reader.quartiles(next(iter(reader.assessed())), "benchmark-36", "health")
    sources = [group.group.source.publisher for group in found if group.group.source]
    assert sources
    assert set(sources) == {"A European body"}
