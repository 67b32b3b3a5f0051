"""The forms with which staff change the register of labels: one for each kind of change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from ..domain import Audience, Award, Cluster, Label, LabelHolder
from ..domain.label_change import ChangeAction, NewChange
from ..i18n import collation_key, country_codes, country_name
from ..ingest.label_list import new_cluster_id
from ..ingest.table_reader import as_cell
from ..presentation.admin.register import award_text
from .context import PageContext

_FACTS = ("name", "website", "city", "region", "latitude", "longitude", "sector", "activity")
_AWARD = ("label", "awarded_on", "valid_until", "valid_months", "source_url", "confidence")
_PARTIAL = ("awarded_on", "valid_until", "seen_on", "checked_on", "dissolved_on")
_LISTED = ("label", "confidence", "state", "country", "into", "successor")


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of change: its action, its fields, and whether it is about one award that is chosen first."""

    action: ChangeAction
    fields: tuple[str, ...]
    of_award: bool = False


FORMS: Mapping[str, Form] = {
    "edit_cluster": Form(ChangeAction.EDIT_CLUSTER, _FACTS),
    "add_award": Form(ChangeAction.ADD_AWARD, _AWARD),
    "fix_award": Form(ChangeAction.ADD_AWARD, _AWARD, of_award=True),
    "remove_award": Form(ChangeAction.REMOVE_AWARD, (), of_award=True),
    "add_observation": Form(ChangeAction.ADD_OBSERVATION, ("label", "state", "seen_on", "source_url", "confidence")),
    "check": Form(ChangeAction.CHECK, ("checked_on",)),
    "dissolve": Form(ChangeAction.DISSOLVE, ("dissolved_on", "successor")),
    "merge": Form(ChangeAction.MERGE, ("into",)),
}
"""By the word that names the kind of change in the address."""
_NEW_CLUSTER = ("name", "country", "city", "region", "latitude", "longitude", "website", "sector")


def link_to_changes(visit: PageContext, holder: LabelHolder) -> None:
    """Show staff where to correct what the register says of a cluster; nothing to others."""
    if visit.viewer.audience is Audience.STAFF:
        asked = {"part": "change", "id": holder.cluster.cluster_id, "lang": visit.language}
        label = visit.translate("register.correct")
        st.page_link("pages/staff/register.py", label=label, icon=":material/edit:", query_params=asked)


def choose_award(visit: PageContext, holder: LabelHolder) -> Award:
    """Return the award that a change is about."""
    texts = {award.award_id: award_text(award, visit.language) for award in holder.awards}
    awards = {award.award_id: award for award in holder.awards}
    chosen: str = st.selectbox(
        visit.translate("register_field.award"),
        list(texts),
        format_func=texts.__getitem__,
        key=f"award-{holder.cluster.cluster_id}",
    )
    return awards[chosen]


def change_fields(
    visit: PageContext, kind: str, holder: LabelHolder, award: Award | None, names: Mapping[str, str]
) -> NewChange:
    """Show the fields of a change within its form, with what the register knows; return the change as filled in.

    Of the facts of a cluster only those that differ from the register's are part of the change.
    """
    form, cluster = FORMS[kind], holder.cluster
    known = _known_cells(visit, form, holder, award)
    key = f"{kind}-{cluster.cluster_id}-{award.award_id if award else ''}-{st.session_state.get('register-saved', 0)}"
    others = {other: name for other, name in names.items() if other != cluster.cluster_id}
    cells = _show_fields(visit, form.fields, known, others, key)
    if form.action is ChangeAction.EDIT_CLUSTER:
        cells = {name: text for name, text in cells.items() if text.strip() != known[name]}
    elif form.action is ChangeAction.ADD_AWARD:
        cells |= {"date_basis": award.date_basis if award else "stated", "replaces": award.award_id if award else ""}
    elif form.action is ChangeAction.REMOVE_AWARD and award is not None:
        cells = {"award_id": award.award_id}
    elif form.action is ChangeAction.CHECK:
        cells |= {"award_ids": "|".join(one.award_id for one in holder.awards)}
    return NewChange(form.action, cluster.cluster_id, cells)


def new_cluster_fields(visit: PageContext) -> list[NewChange]:
    """Show the fields of a cluster that the register does not know, and of its first award; return both changes."""
    key = f"new-{st.session_state.get('register-saved', 0)}"
    facts = _show_fields(visit, _NEW_CLUSTER, {}, {}, key)
    award = _show_fields(visit, _AWARD, {"confidence": "high"}, {}, f"{key}-award")
    cluster_id = new_cluster_id(facts["country"], facts["name"])
    return [
        NewChange(ChangeAction.ADD_CLUSTER, cluster_id, facts),
        NewChange(ChangeAction.ADD_AWARD, cluster_id, {**award, "date_basis": "stated"}),
    ]


def award_fields(visit: PageContext, cluster: Cluster, known: Mapping[str, str]) -> list[NewChange]:
    """Show the fields of an award of a cluster of the served edition, with what is known; return the changes.

    Its place is asked for too where the cluster has none on the map yet.
    """
    key = f"award-{cluster.cluster_id}-{st.session_state.get('register-saved', 0)}"
    changes = []
    if cluster.latitude is None:
        place = _show_fields(visit, ("city", "latitude", "longitude"), {"city": cluster.city}, {}, key)
        changes.append(NewChange(ChangeAction.EDIT_CLUSTER, cluster.cluster_id, {**place, "country": cluster.country}))
    award = _show_fields(visit, _AWARD, {"confidence": "high", **known}, {}, key)
    changes.append(NewChange(ChangeAction.ADD_AWARD, cluster.cluster_id, {**award, "date_basis": "stated"}))
    return changes


def _known_cells(visit: PageContext, form: Form, holder: LabelHolder, award: Award | None) -> dict[str, str]:
    """What the fields show at first."""
    if form.action is ChangeAction.EDIT_CLUSTER:
        cluster = holder.cluster
        return {name: as_cell(cluster.sectors if name == "sector" else getattr(cluster, name)) for name in form.fields}
    if award is not None:
        return {name: as_cell(getattr(award, name)) for name in form.fields}
    if form.action is ChangeAction.CHECK:
        return {"checked_on": visit.now.date().isoformat()}
    return {"confidence": "high"}


def _show_fields(
    visit: PageContext, fields: Sequence[str], known: Mapping[str, str], others: Mapping[str, str], key: str
) -> dict[str, str]:
    """Show fields in two columns, row by row; return their texts by name."""
    shown = {}
    for pair in (fields[start : start + 2] for start in range(0, len(fields), 2)):
        for column, name in zip(st.columns(2), pair, strict=False):
            with column:
                shown[name] = _show_field(visit, name, known.get(name, ""), others, f"{key}-{name}")
    return shown


def _show_field(visit: PageContext, name: str, value: str, others: Mapping[str, str], key: str) -> str:
    """Show one field; return its text as a file of the register has it."""
    label = visit.translate(f"register_field.{name}")
    if name in _LISTED:
        options = _options(visit, name, others)
        place = list(options).index(value) if value in options else None if name in ("into", "successor") else 0
        chosen: str | None = st.selectbox(
            label, list(options), place, format_func=options.__getitem__, key=key, placeholder="…"
        )
        return chosen or ""
    if name == "sector":
        names = {code: sector.name.get(visit.language) for code, sector in visit.reader.sectors().items()}
        picked = st.multiselect(
            label,
            list(names),
            [code for code in value.split("|") if code in names],
            format_func=names.__getitem__,
            key=key,
        )
        return "|".join(picked)
    example = visit.translate("field_example.date") if name in _PARTIAL else ""
    return st.text_input(label, value, key=key, placeholder=example, max_chars=500)


def _options(visit: PageContext, name: str, others: Mapping[str, str]) -> dict[str, str]:
    """The values of a field that is a list, with their texts."""
    texts: Mapping[str, Callable[[], dict[str, str]]] = {
        "label": lambda: {label.value: visit.translate(f"label.{label}") for label in Label},
        "confidence": lambda: {level: visit.translate(f"confidence.{level}") for level in ("high", "medium")},
        "state": lambda: {state: visit.translate(f"seen.{state}") for state in ("held", "lapsed")},
        "country": lambda: dict(
            sorted(
                ((code, country_name(visit.language, code)) for code in country_codes()),
                key=lambda entry: collation_key(entry[1]),
            )
        ),
    }
    return texts[name]() if name in texts else dict(others)
