"""The first screen of the evidence checklist."""

from __future__ import annotations

import pytest

from clusterdash.evaluation.evidence_checklist import Status
from clusterdash.presentation.evaluation import checklist_overview


@pytest.mark.parametrize(
    ("ready", "drafted", "french", "english"),
    [
        (0, 1, "Aucun des 34 documents demandés n’est encore", "None of the 34 documents is ready"),
        (1, 2, '<b class="up">1</b> document sur 34 est prêt.', '<b class="up">1</b> document out of 34 is ready.'),
        (
            3,
            0,
            '<b class="up">3</b> documents sur 34 sont prêts.',
            '<b class="up">3</b> documents out of 34 are ready.',
        ),
        (34, 0, "Les 34 documents demandés sont prêts.", "All 34 documents are ready."),
    ],
)
def test_the_verdict_says_how_many_documents_are_ready(ready: int, drafted: int, french: str, english: str) -> None:
    counted: dict[Status, int] = {"missing": 34 - ready - drafted, "drafted": drafted, "ready": ready}
    assert french in checklist_overview.checklist_verdict(counted, "fr")
    assert english in checklist_overview.checklist_verdict(counted, "en")
    drawn = checklist_overview.checklist_cells(counted, "en")
    assert [drawn.count(f'<i class="{state}">') for state in counted] == list(counted.values())
    assert f'aria-label="{ready} ready, {drafted} in preparation, {34 - ready - drafted} missing"' in drawn
