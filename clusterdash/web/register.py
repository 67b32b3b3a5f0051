"""The register of labels on the staff's page: what to check, changes by form and by list, history, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from ..admin.register import MAX_REASON, RegisterAdmin
from ..domain import ClusterdashError, Label, LabelHolder, Problem
from ..domain.label_change import NewChange, undone
from ..i18n import explain
from ..ingest import label_list
from ..ingest.label_changes import KnownRegister
from ..ingest.label_list import ListComparison, compare_list
from ..labels import freshness, search, status
from ..labels.freshness import LabelToCheck
from ..labels.status import HELD
from ..open_data import register_files
from ..presentation.admin import register as texts
from ..presentation.labels import cluster_page
from ..reports import calendars
from ..spreadsheets import as_csv
from . import url_state, widgets
from .admin import staff_admin
from .context import PageContext
from .messages import show_error
from .register_forms import FORMS, change_fields, choose_award, new_cluster_fields

SHOWN = 40
"""Rows of the list of labels to check; the file has all."""
SHOWN_CHANGES = 50
MAX_ENTRIES = 2_000
"""Differences between a list and the register that are shown to be chosen from."""


def register_admin(visit: PageContext) -> RegisterAdmin:
    """Return the administration of the register, and show the result of the last action.

    Raises ClusterdashError if the viewer is not staff.
    """
    if done := st.session_state.pop("register-done", ""):
        st.success(visit.translate(done))
    return staff_admin(RegisterAdmin, visit)


def labels_to_check(visit: PageContext) -> list[LabelToCheck]:
    """Return what of the register is to be checked today."""
    return freshness.labels_to_check(visit.reader.label_register(), visit.now.date())


def show_part(visit: PageContext, desk: RegisterAdmin, found: Sequence[LabelToCheck]) -> None:
    """Show the part of the page that the address names."""
    parts: Mapping[str, Callable[[], None]] = {
        "check": lambda: _show_checks(visit, found),
        "change": lambda: _show_changes(visit, desk),
        "list": lambda: _show_list(visit, desk),
        "history": lambda: _show_history(visit, desk),
        "files": lambda: _show_files(visit),
    }
    names = {part: visit.translate(f"register_part.{part}") for part in parts}
    chosen = url_state.choose(
        "part", visit.translate("register.part"), names, language=visit.language, how="buttons", compact=True
    )
    parts[chosen]()


def _show_checks(visit: PageContext, found: Sequence[LabelToCheck]) -> None:
    """The labels to check, with filters by reason."""
    reasons = {reason: visit.translate(f"check_reason.{reason}") for reason in freshness.REASONS}
    asked = url_state.named_options(visit, "why", reasons, (), nothing="")
    url_state.choose_many("why", visit.translate("register.why"), reasons, asked, visit.translate("filter.all"))
    chosen = freshness.with_reasons(found, asked)
    st.markdown(visit.translate("register.counted", n=len(chosen)))
    widgets.show_table(texts.check_table(chosen[:SHOWN], visit.language))
    made = partial(
        as_csv, texts.check_headings(visit.language), texts.check_rows(chosen, visit.language), visit.language
    )
    widgets.download_row(
        visit, ("register.checks_file", "register.checks_use"), "labels-to-check.csv", made, "text/csv", key="checks"
    )


def _show_changes(visit: PageContext, desk: RegisterAdmin) -> None:
    """One cluster: what the register says of it, and a form for each kind of change."""
    register = visit.reader.label_register()
    names = search.cluster_names(register)
    url_state.follow_merged_cluster(visit)
    chosen = url_state.choose_page_subject(
        "id", visit.translate("cluster.choose"), names, language=visit.language, first=False
    )
    with st.expander(visit.translate("register.new_cluster")):
        save_form(visit, desk, "new", lambda: new_cluster_fields(visit))
    if chosen is None:
        return
    holder = next(holder for holder in register if holder.cluster.cluster_id == chosen)
    today = visit.now.date()
    widgets.show_html(cluster_page.label_verdict(status.label_statuses([holder], today, today), visit.language))
    widgets.show_html(cluster_page.award_list(holder, visit.language))
    kinds = {kind: visit.translate(f"change.{kind}") for kind in FORMS}
    kind = url_state.choose("change", visit.translate("register.change"), kinds, language=visit.language)
    st.caption(visit.translate(f"change_key.{kind}"))
    award = choose_award(visit, holder) if FORMS[kind].of_award else None
    save_form(visit, desk, f"{kind}-{chosen}", lambda: [change_fields(visit, kind, holder, award, names)])
    if of_cluster := desk.changes(chosen):
        over, sectors = undone(desk.changes()), visit.reader.sectors()
        widgets.show_table(texts.change_table(of_cluster, over, names, sectors, visit.language))


def save_form(
    visit: PageContext, desk: RegisterAdmin, key: str, fields: Callable[[], list[NewChange]], reason: str = ""
) -> None:
    """Show a form with a reason, which is `reason` at first, and make its changes when it is sent."""
    with st.form(f"form-{key}"):
        changes = [change for change in fields() if change.details]
        reason = _reason(visit, key, reason)
        sent = st.form_submit_button(visit.translate("register.save"), type="primary", key=f"save-{key}")
    if not sent:
        return
    if not changes:
        st.info(visit.translate("register.nothing"))
        return
    _run(visit, lambda: desk.record(changes, _known(visit), reason, visit.now), "register.saved")


def _reason(visit: PageContext, key: str, at_first: str = "") -> str:
    saved = st.session_state.get("register-saved", 0)
    label = visit.translate("register_field.reason")
    return st.text_input(label, at_first, key=f"reason-{key}-{saved}", max_chars=MAX_REASON)


def _run(visit: PageContext, deed: Callable[[], list[Problem]], told: str) -> None:
    """Run an action and then the page again, which shows the text `told`; or show here what is wrong."""
    try:
        problems = deed()
    except ClusterdashError as error:
        show_error(visit.language, error)
        return
    if problems:
        lines = (
            visit.translate(
                "table.labelled", name=visit.translate(f"register_field.{p.column}"), value=explain(visit.language, p)
            )
            for p in problems
        )
        st.error("\n".join(f"- {line}" for line in dict.fromkeys(lines)))
        return
    st.session_state["register-done"] = told
    st.session_state["register-saved"] = st.session_state.get("register-saved", 0) + 1
    st.rerun()


def _known(visit: PageContext) -> KnownRegister:
    """What changes are checked against."""
    return KnownRegister(
        {holder.cluster.cluster_id: holder for holder in visit.reader.label_register()},
        visit.reader.assessed(evaluated=True).keys(),
        visit.reader.sectors().keys(),
        visit.now.date(),
    )


def _show_list(visit: PageContext, desk: RegisterAdmin) -> None:
    """A list of the awarding body: what it says differently, to be chosen from and entered."""
    st.caption(visit.translate("register.list_lead"))
    kinds = ["csv", "tsv", "txt", "xlsx"]
    taken = widgets.upload(visit, visit.translate("register.list_file"), kinds, key="label-list")
    if not taken:
        return
    register, today = visit.reader.label_register(), visit.now.date()
    found, problems = compare_list(taken[1], register, _held(register, today), today)
    if found is None:
        _show_list_problems(visit, problems)
        return
    st.markdown(texts.list_summary(found, visit.language))
    if not found.entries:
        st.success(visit.translate("register.list_same"))
        return
    _enter_list(visit, desk, found, f"{taken[0]}-{visit.reader.correction()}")


def _show_list_problems(visit: PageContext, problems: Sequence[Problem]) -> None:
    lines = []
    for problem in problems[:20]:
        row = visit.translate("command.row", row=str(problem.row)) if problem.row else ""
        place = ", ".join(part for part in (problem.table, row, problem.column) if part)
        told = explain(visit.language, problem)
        lines.append(visit.translate("table.labelled", name=place, value=told) if place else told)
    st.error("\n".join(f"- {line}" for line in lines))


def _held(register: Sequence[LabelHolder], today: date) -> dict[str, list[Label]]:
    """The labels that the register takes as held today, by cluster."""
    held: dict[str, list[Label]] = {}
    for one in status.label_statuses(register, today, today):
        if one.state in HELD:
            held.setdefault(one.cluster.cluster_id, []).append(one.label)
    return held


def _enter_list(visit: PageContext, desk: RegisterAdmin, found: ListComparison, key: str) -> None:
    """Boxes to tick for the differences, those that are sure ticked already, and the form that enters them."""
    names = search.cluster_names(visit.reader.label_register())
    entries = found.entries[:MAX_ENTRIES]
    with st.form(f"list-{key}"):
        ticked = [
            entry
            for number, entry in enumerate(entries)
            if st.checkbox(
                visit.translate("register.entry", text=texts.entry_text(entry, names, visit.language)),
                entry.finding not in ("similar", "gone"),
                key=f"entry-{key}-{number}",
            )
        ]
        source = st.text_input(visit.translate("register_field.list_source"), key=f"list-source-{key}", max_chars=500)
        reason = _reason(visit, "list")
        sent = st.form_submit_button(visit.translate("register.enter"), type="primary", key="enter-list")
    if sent:
        changes = label_list.with_source([change for entry in ticked for change in entry.changes], source.strip())
        expected = visit.reader.correction()
        _run(visit, lambda: desk.record(changes, _known(visit), reason, visit.now, expected=expected), "register.saved")


def _show_history(visit: PageContext, desk: RegisterAdmin) -> None:
    """The latest changes, and a form that takes one back."""
    changes = desk.changes()
    st.markdown(texts.last_change(changes, visit.language))
    over, sectors = undone(changes), visit.reader.sectors()
    names = search.cluster_names(visit.reader.label_register())
    open_changes = {
        change.change_id: f"{change.change_id}: {texts.change_text(change, names, sectors, visit.language)}"
        for change in changes
        if change.change_id not in over
    }
    if not open_changes:
        return
    with st.form("undo"):
        chosen: int = st.selectbox(
            visit.translate("register.undo_which"),
            list(open_changes),
            format_func=open_changes.__getitem__,
            key="undo-which",
        )
        reason = _reason(visit, "undo")
        sent = st.form_submit_button(visit.translate("register.undo"), key="save-undo")
    if sent:
        _run(visit, lambda: desk.undo(chosen, reason, visit.now), "register.undone_now")
    widgets.show_table(texts.change_table(changes[:SHOWN_CHANGES], over, names, sectors, visit.language))


def _show_files(visit: PageContext) -> None:
    """The register as the files that the repository keeps, and the ends of labels as a calendar."""
    register, today = visit.reader.label_register(), visit.now.date()
    archive = partial(register_files.register_archive, register)
    widgets.download_row(
        visit,
        ("register.archive", "register.archive_use"),
        "labels-register.zip",
        archive,
        "application/zip",
        key="register",
    )
    held = status.label_statuses(register, today, today)
    ends = partial(calendars.labels_calendar, held, visit.reader.validity_rules(), visit.language, visit.now)
    widgets.download_row(
        visit, ("register.calendar", "register.calendar_use"), "labels.ics", ends, "text/calendar", key="ends"
    )
