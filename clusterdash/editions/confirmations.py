"""Effects of an import or a publication that a person must confirm first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from .diff import Difference

ConfirmationKind = Literal["removal", "invented", "disclosure"]
KINDS: tuple[ConfirmationKind, ...] = get_args(ConfirmationKind)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One effect to be confirmed. `values` fill the text `safeguard.<kind>`.

    removal: results that are served now would be removed. invented: invented results would replace real ones.
    disclosure: so few clusters of a group change that anyone with the earlier figures can infer their answers.
    """

    kind: ConfirmationKind
    values: tuple[tuple[str, object], ...] = ()


def required_confirmations(
    *, served_synthetic: bool, synthetic: bool, changes: Difference | None, rollback: bool = False
) -> tuple[Confirmation, ...]:
    """Return what must be confirmed before an edition replaces the served one.

    `changes` is None if the served edition cannot be read. Real and invented editions are not compared. A rollback
    publishes nothing that was not published before.
    """
    if synthetic != served_synthetic:
        return (Confirmation("invented"),) if synthetic else ()
    if changes is None or rollback:
        return ()
    found = []
    gone = {"clusters": len(changes.clusters_gone), "answers": changes.answers_gone, "notes": changes.notes_gone}
    if any(gone.values()):
        found.append(Confirmation("removal", (*gone.items(), ("names", changes.clusters_gone))))
    if changes.groups_exposed:
        found.append(Confirmation("disclosure", (("n", changes.groups_exposed),)))
    return tuple(found)
