"""Places against a pack, beside those that plain Python counts from everybody's answers."""

from __future__ import annotations

import pytest

from bench import reference_positions

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("clusters", "members", "seed"), [(300, 40, 1), (150, 60, 2)])
def test_a_place_against_a_pack_contains_the_exact_one(clusters: int, members: int, seed: int) -> None:
    tallies, scores, ranks = reference_positions.main(clusters, members, seed)
    assert {"top500", "sector", "size"} <= tallies.keys()
    for tally in tallies.values():
        assert tally.cells > 50
        assert tally.outside == 0
        assert tally.contradicting == 0, "a word of the pack is that of all answers, or that it cannot tell"
    for tally in (scores, ranks):
        assert tally.cells > 50
        assert tally.outside == 0
