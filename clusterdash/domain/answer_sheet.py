"""What a browser sends of an answer sheet, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentChange:
    """A change of one field, as typed.

    `change_id`: given by the browser; sent again, it is the same change. `question`: an indicator's code, or "story-1".
    `base`: the stored version that it was typed upon.
    """

    change_id: str
    question: str
    field: str
    value: str
    base: int


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of a change: the version that the field has thereby.

    `overtaken`: the text that was replaced without having been seen, None if there is none; `overtaken_by`: whose it
    was.
    """

    change_id: str
    version: int
    overtaken: str | None = None
    overtaken_by: str = ""
