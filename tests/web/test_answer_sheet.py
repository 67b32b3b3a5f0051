"""What a browser sends of an answer sheet, and what it is answered: nothing that is refused stops the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clusterdash.domain import ClusterdashError, DataFailureError
from clusterdash.domain.answer_sheet import Offered, SaveResult, SentChange, SheetField
from clusterdash.web.answer_sheet import _read_changes, _save_each, _without_blanks

CHANGES = some.fixed_dictionaries(
    {"base": some.integers() | some.text()},
    optional={name: some.text() | some.integers() for name in ("change_id", "question", "field", "value")},
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner | CHANGES) | some.dictionaries(some.text(), inner),
)


def change(change_id: str, value: str = "x") -> SentChange:
    return SentChange(change_id, "S1", "note", value, 0)


class Store:
    """Saves changes together or not at all, except those with a certain text."""

    def __init__(self, error: ClusterdashError) -> None:
        self.error, self.saved, self.asked = error, list[str](), 0

    def save(self, changes: Sequence[SentChange]) -> list[SaveResult]:
        self.asked += 1
        if any(one.value == "refused" for one in changes):
            raise self.error
        self.saved += [one.change_id for one in changes]
        return [SaveResult(one.change_id, 4) for one in changes]


def test_changes_are_saved_together_and_each_is_acknowledged_with_its_version() -> None:
    store = Store(ClusterdashError("case.closed"))
    assert _save_each(store.save, [change("a"), change("b")]) == ({"a": 4, "b": 4}, (), None)
    assert store.asked == 1


def test_a_change_that_is_refused_does_not_keep_the_others_back() -> None:
    store = Store(error := ClusterdashError("case.closed"))
    made = _save_each(store.save, [change("a"), change("b", "refused"), change("c")])
    assert made == ({"a": 4, "c": 4}, ("b",), error)
    assert store.saved == ["a", "c"]


def test_a_database_that_is_away_is_asked_once() -> None:
    store = Store(error := DataFailureError("operational.failed"))
    assert _save_each(store.save, [change("a"), change("b", "refused")]) == ({}, ("a", "b"), error)
    assert store.asked == 1


def test_what_a_browser_sends_is_read_as_it_was_typed() -> None:
    sent = {"change_id": "a", "question": "story-1", "field": "what", "value": " é “’\n ", "base": 3}
    assert _read_changes([sent]) == [SentChange("a", "story-1", "what", " é “’\n ", 3)]


@given(JSON)
def test_whatever_a_browser_sends_becomes_changes_that_every_database_takes(sent: object) -> None:
    for found in (*_read_changes(sent), *_read_changes([sent])):
        text = found.change_id + found.question + found.field + found.value
        assert "\0" not in text.encode().decode()
        assert 0 <= found.base < 2**31


@pytest.mark.parametrize(("typed", "kept"), [("a\0b", "ab"), ("half \ud83d", "half ?"), ("x" * 20_000, "x" * 10_000)])
def test_texts_that_no_database_takes_are_mended(typed: str, kept: str) -> None:
    assert _read_changes([{"value": typed}])[0].value == kept


def test_more_changes_than_are_saved_at_once_are_left_for_the_next_message() -> None:
    assert len(_read_changes([{"change_id": str(number)} for number in range(500)])) == 200


def test_what_is_empty_does_not_travel() -> None:
    field = SheetField("note", "Notes", "text", offered=Offered("Last time", "", "a"))
    offered = {"text": "Last time", "value": "a"}
    record = {"name": "note", "label": "Notes", "kind": "text", "offered": offered}

    assert _without_blanks(asdict(field)) == record
