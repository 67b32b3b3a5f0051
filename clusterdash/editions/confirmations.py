"""What an import or a publication would do that a person must confirm first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from .diff import Difference

ConfirmationKind = Literal["removal", "invented", "disclosure"]
KINDS: tuple[ConfirmationKind, ...] = get_args(ConfirmationKind)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One thing to be confirmed. `values` fill the text `safeguard.<kind>`.

    removal: results that are served now would be gone. invented: invented results would take the place of real ones.
    disclosure: so few clusters of a group change that whoever kept the figures of before can work out their answers.
    """

    kind: ConfirmationKind
    values: tuple[tuple[str, object], ...] = ()


def required_confirmations(
    *, served_synthetic: bool, synthetic: bool, changes: Difference | None, rollback: bool = False
) -> tuple[Confirmation, ...]:
    """What must be confirmed before an edition takes the place of the one that is served.

    `changes` is None where what is served cannot be read. Between what is real and what is invented there is nothing to
    compare. Going back brings nothing that was not told before.
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
