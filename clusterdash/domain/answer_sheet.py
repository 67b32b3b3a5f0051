"""An answer sheet: questions whose fields save themselves, what a browser sends of them, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["choice", "number", "text"]


@dataclass(frozen=True, slots=True)
class Offered:
    """A text that can be entered with one click: what is said of it, the button, and the text."""

    text: str
    button: str
    value: str


@dataclass(frozen=True, slots=True)
class SheetField:
    """A field: its label, the stored text and version, and what is said below it.

    `choices`: values with their labels, none where it is typed. `problem`: why the stored text cannot be read.
    `overtaken`: a text that somebody replaced unseen; it can be put back.
    """

    name: str
    label: str
    kind: FieldKind
    value: str = ""
    version: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    read_only: bool = False
    offered: Offered | None = None
    problem: str = ""
    overtaken: Offered | None = None


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """A question: an indicator's code, or "story-1"; its title, lines that explain it, and its fields."""

    code: str
    title: str
    lines: tuple[str, ...]
    fields: tuple[SheetField, ...]


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
