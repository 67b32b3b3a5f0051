"""A list of strengths or margins that is empty says why: nothing stands out, or nothing could be compared at all."""

from __future__ import annotations

from typing import Any

import pytest

from clusterdash.benchmark.rules import BenchmarkFindings, Comparison
from clusterdash.presentation.benchmark.narrative import empty_list


@pytest.mark.parametrize(
    ("classification", "said"), [("similar", "clearly"), ("above", "clearly"), (None, "Nothing can be compared")]
)
def test_comfort_is_given_only_where_something_was_compared(classification: Any, said: str) -> None:
    one: Any = Comparison(None, None, None, None, classification)  # type: ignore[arg-type]  # the class alone counts
    for name in ("strengths", "margins"):
        assert said in empty_list(BenchmarkFindings((one,), (), (), ()), name, "en")  # type: ignore[arg-type]
        assert "Nothing can be compared" in empty_list(BenchmarkFindings((), (), (), ()), name, "en")  # type: ignore[arg-type]
