"""Tests of the sentences on the first page about progress, Silver and Gold."""

from __future__ import annotations

from dataclasses import replace

from clusterdash.benchmark import progress
from clusterdash.editions.reader import EditionReader
from clusterdash.evaluation import silver
from clusterdash.evaluation.scoring import score
from clusterdash.presentation.evaluation.outlook import outlook


def test_the_first_page_tells_what_the_other_pages_tell(staff: EditionReader) -> None:
    told = set()
    for cluster in list(staff.assessed())[:30]:
        result, own = staff.benchmark(cluster), staff.latest_evaluation(cluster)
        moved, on_silver, on_gold = outlook(result, own, "en")
        assert [one.page for one in (moved, on_silver, on_gold)] == ["progress", "silver", "gold"]
        better = len(silver.improvements(progress.dimension_changes(result.past[0].changes, result.grid)))
        assert moved.sentence.startswith(f"**{better} dimension")
        assert on_silver.sentence.startswith(f"**{better} dimension"), "the sample has two years"
        answers = (own.verified or own.declared) if own else None
        if own is None or answers is None:
            assert "No answers" in on_gold.sentence
            told.add("none")
            continue
        found = score(own.grid, answers.answers)
        assert found.needed is not None
        if found.passes:
            assert "Everything is met" in on_gold.sentence
            told.add("passes")
        elif found.points < found.needed:
            assert f"{found.needed - found.points:g} point" in on_gold.sentence
            told.add("lacking")
        else:
            assert "block" in on_gold.sentence
            told.add("blocked")
    assert {"lacking", "blocked"} <= told


def test_who_has_one_benchmark_and_no_answers_is_told_so(staff: EditionReader) -> None:
    alone = replace(staff.benchmark("demo-0003"), past=())
    sentences = [one.sentence for one in outlook(alone, None, "en")]
    assert sentences == ["No second benchmark yet."] * 2 + ["No answers to the questionnaire yet."]
