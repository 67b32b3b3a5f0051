"""Administration on the staff's pages: check files, show the result, publish, roll back, edit grants.

Streamlit runs callbacks before the viewer is known, so no action is done in a callback: it only records for which
served edition somebody decided.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

import pandas as pd
import streamlit as st

from ..admin.editions import DRAFT_HOURS, LARGEST_UPLOAD_MEGABYTES, EditionAdmin
from ..admin.grants import AccessAdmin, ConflictError
from ..admin.jobs import JobAdmin
from ..admin.staff_admin import StaffAdmin
from ..domain import ClusterdashError, Edition, Grant, Problem, Viewer
from ..editions.confirmations import ConfirmationKind
from ..editions.publication_effects import PublicationEffect
from ..i18n import escape_markdown, translate
from ..ingest import grants
from ..presentation.admin.narrative import confirmation_sentence, difference_lines, served_sentence
from ..presentation.admin.reference_packs import stored_table
from ..presentation.admin.tables import grant_table, problem_headings, problem_rows, problem_table, source_table
from ..presentation.html import verdict_paragraph
from ..server import edition_cache, upload_limits
from ..settings import settings
from ..spreadsheets import as_csv
from . import demo, sign_in, understanding
from .components import private_download
from .context import PageContext
from .messages import show_error
from .widgets import show_html, show_table

Admin = TypeVar("Admin", bound=StaffAdmin)


def staff_admin(kind: Callable[..., Admin], visit: PageContext) -> Admin:
    """Return the administration of one kind, for this visit. Raises ClusterdashError if the viewer is not staff."""
    return kind(
        visit.viewer,
        edition_cache.data_dir(),
        demonstration=visit.demonstration,
        by=visit.translate("data.by_demonstration") if visit.demonstration else visit.user_email,
        viewer_now=partial(current_viewer, demonstration=visit.demonstration),
    )


def edition_admin(visit: PageContext) -> EditionAdmin:
    """Return the administration of editions, and show the result of the last action; ClusterdashError if not staff."""
    if done := st.session_state.pop("done", ""):
        st.success(visit.translate(done))
    if refused := st.session_state.pop("refused", None):
        show_error(visit.language, refused)
    return staff_admin(EditionAdmin, visit)


def job_admin(visit: PageContext) -> JobAdmin:
    """Return the administration of jobs: of all staff, in a demonstration of this visit. Raises ClusterdashError."""
    return staff_admin(partial(JobAdmin, visitor=demo.visitor_id()), visit)


def access_admin(visit: PageContext) -> AccessAdmin:
    """Return the administration of access. Raises ClusterdashError if not staff, and in a demonstration."""
    return staff_admin(AccessAdmin, visit)


def current_viewer(*, demonstration: bool) -> Viewer:
    """Return the viewer of this session at this moment. Raises ClusterdashError if the sign-in has ended."""
    if demonstration:
        synthetic = edition_cache.public_reader().edition().synthetic
        return demo.current_viewer(login_configured=bool(sign_in.auth()), synthetic=synthetic)
    return sign_in.current_viewer(edition_cache.data_dir(), datetime.now(UTC))[0]


def show_edition(visit: PageContext, desk: EditionAdmin) -> None:
    """Show which edition is served, and since when."""
    show_html(
        verdict_paragraph(served_sentence(visit.edition, _served_since(visit.edition, desk), visit.language), "up")
    )
    if visit.edition.synthetic:
        st.caption(visit.translate("data.invented"))


def _served_since(edition: Edition, desk: EditionAdmin) -> date:
    """The day on which an edition was last published; that on which it was built, if it never was."""
    latest = next((change.at for change in desk.history() if change.edition == edition.edition_id), None)
    return (datetime.fromisoformat(latest) if latest else edition.created_at).date()


def show_sources(visit: PageContext) -> None:
    """Show, in a fold, when and from which files the served edition was built."""
    edition = visit.edition
    with st.expander(visit.translate("data.made_of")):
        told = {"day": edition.created_at.date(), "by": edition.built_by or "–", "assessments": edition.assessments}
        st.markdown(visit.translate("data.built", hash=edition.content_hash[:12], **told))
        if edition.completed:
            st.markdown(visit.translate("data.completes", edition=edition.completed))
        schemes = [f"{g.scheme.code} ({g.scheme.family}, {g.scheme.version})" for g in visit.reader.schemes()]
        st.markdown(visit.translate("data.schemes", schemes=", ".join(schemes)))
        show_table(source_table(visit.reader.sources(), visit.language))
        if packs := visit.reader.reference_packs():
            pinned = settings(edition_cache.data_dir()).reference_keys
            show_table(stored_table(packs, pinned, visit.language))


def upload_files(visit: PageContext, desk: EditionAdmin) -> None:
    """Show an uploader for files that extend an edition or replace the served one, and start their check on request.

    Files that are not in a documented form are understood first (`understanding`).
    """
    jobs = job_admin(visit)
    present = jobs.latest()
    busy = present is not None and present.state == "running"
    if found := understanding.open_files():
        problems = jobs.problems(present) if present else ()

        def check(uploads: Sequence[tuple[str, bytes]], complete: str) -> None:
            _run_and_report(lambda: jobs.check(uploads, complete=complete))

        understanding.show(visit, found, problems, check, busy=busy)
        return
    upload_limits.allow_uploads()
    files = st.file_uploader(
        visit.translate("data.upload", megabytes=LARGEST_UPLOAD_MEGABYTES),
        type=["csv", "tsv", "txt", "xlsx", "toml", "zip"],
        accept_multiple_files=True,
        key="files",
    )
    ways = ("keep", "replace")
    way = st.radio(
        visit.translate("data.how"),
        ways,
        format_func=lambda way: visit.translate(f"data.{way}"),
        captions=[visit.translate(f"data.{way}_key") for way in ways],
        key="way",
    )
    complete = _choose_completed(visit, desk) if way == "keep" else ""
    if st.button(visit.translate("data.check"), disabled=not files or busy, type="primary"):
        uploads = [(file.name, file.getvalue()) for file in files]
        _run_and_report(lambda: _understand_or_check(visit, desk, uploads, complete))


def _understand_or_check(
    visit: PageContext, desk: EditionAdmin, uploads: Sequence[tuple[str, bytes]], complete: str
) -> None:
    """Start the check of files, unless a choice is needed before they can be read."""
    if not understanding.begin(visit, desk, uploads, complete):
        job_admin(visit).check(uploads, complete=complete)


def _choose_completed(visit: PageContext, desk: EditionAdmin) -> str:
    """Return the id of the edition to extend: the served one, or a choice if others are unpublished."""
    names = _edition_labels(visit, desk, desk.extendable())
    if len(names) < 2:
        return visit.edition.edition_id
    chosen: str = st.selectbox(
        visit.translate("data.completed"), list(names), format_func=names.__getitem__, key="completed"
    )
    st.caption(visit.translate("data.completed_key"))
    return chosen


def _edition_labels(visit: PageContext, desk: EditionAdmin, editions: Sequence[Edition]) -> dict[str, str]:
    """Return the labels of editions by id; a label says so if its edition is superseded."""
    names = {}
    for edition in editions:
        told = {"title": edition.title, "id": edition.edition_id, "clusters": edition.clusters}
        name = translate(visit.language, "data.edition", **told)
        if desk.superseded_by(edition.edition_id):
            name = translate(visit.language, "data.is_overtaken", edition=name)
        names[edition.edition_id] = name
    return names


def edit_grants(visit: PageContext, desk: AccessAdmin) -> None:
    """Show the grants for editing; changes are saved against the list shown, even if others change it meanwhile."""
    told, problems = st.session_state.pop("grants-saved", ("", []))
    if problems:
        show_problem_list(visit, problems)
    if told:
        st.success(visit.translate(told))
    shown = _shown_grants(visit, desk)
    headings = [visit.translate(f"access.{column}") for column in grants.COLUMNS]
    table = pd.DataFrame(grants.grant_rows(shown), columns=headings, dtype=str)
    edited = st.data_editor(table, num_rows="dynamic", hide_index=True, key=_editor(shown), width="stretch")
    if not st.button(visit.translate("access.save"), type="primary", key="save-grants"):
        return
    rows = edited.fillna("").astype(str).to_numpy().tolist()
    try:
        problems = desk.replace(rows, visit.reader.assessed(), visit.now, shown=shown)
    except ConflictError as conflict:
        st.error(visit.translate("access.conflict"))
        for key, found in (("access.in_force", conflict.in_force), ("access.yours", conflict.yours)):
            show_table(grant_table(found, visit.translate(key), visit.language))
        st.button(visit.translate("access.take_theirs"), on_click=_forget_edits, key="take-theirs")
        return
    if any(problem.severity == "error" for problem in problems):
        show_problem_list(visit, problems)
        return
    merged = desk.grants() != grants.check_rows(rows, ())[0]
    st.session_state["grants-saved"] = "access.saved_merged" if merged else "access.saved", problems
    _forget_edits()
    st.rerun()


def _shown_grants(visit: PageContext, desk: AccessAdmin) -> tuple[Grant, ...]:
    """Return the list being edited: the grants that were in force when its first change was made."""
    in_force = desk.grants()
    shown: tuple[Grant, ...] = st.session_state.setdefault("grants-shown", in_force)
    if shown == in_force:
        return shown
    if any(st.session_state.get(_editor(shown), {}).values()):
        st.info(visit.translate("access.changed"))
        return shown
    st.session_state["grants-shown"] = in_force
    return in_force


def _editor(shown: tuple[Grant, ...]) -> str:
    """Return the key of the editor of a list: each list has its own, so edits do not move to another one."""
    return f"grants-{hash(shown)}"


def _forget_edits() -> None:
    st.session_state.pop("grants-shown", None)


def show_problem_list(visit: PageContext, problems: Sequence[Problem]) -> None:
    """Show the list of problems, with a download."""
    rows = problem_rows(problems, visit.language)
    errors = sum(problem.severity == "error" for problem in problems)
    st.markdown(visit.translate("data.problems", n=errors, warnings=len(rows) - errors))
    show_table(problem_table(problems, visit.language))
    made = partial(as_csv, problem_headings(visit.language), rows, visit.language)
    private_download(visit.translate("data.take_problems"), "problems.csv", made, "text/csv", key="problems")


def show_effect(visit: PageContext, found: PublicationEffect) -> None:
    """Show what an edition changes, one line each; nothing if the served edition cannot be read."""
    if found.changes:
        st.markdown("\n".join(f"- {escape_markdown(line)}" for line in difference_lines(found.changes, visit.language)))


def choose_edition(visit: PageContext, desk: EditionAdmin) -> None:
    """Show the choice of a stored edition to serve, and the rollback to the previous one."""
    names = _edition_labels(visit, desk, desk.stored())
    chosen = st.selectbox(visit.translate("data.choose"), list(names), format_func=names.__getitem__, key="edition")
    if chosen and chosen != visit.edition.edition_id:
        show_publication(visit, desk, chosen, key="-stored")
    if before := desk.previous():

        def go_back(decided_on: str, accept: Sequence[ConfirmationKind]) -> None:
            desk.rollback(visit.now, decided_on=decided_on, accept=accept)

        _publish_button(
            visit, visit.translate("data.rollback"), desk.rollback_effect(), before, go_back, key="rollback"
        )
    else:
        st.caption(visit.translate("data.no_rollback"))


def show_publication(visit: PageContext, desk: EditionAdmin, edition_id: str, *, key: str = "") -> None:
    """Show what an edition changes, and the actions possible: publish, keep unpublished, rebase, discard."""
    found = desk.effect(edition_id)
    show_effect(visit, found)
    if completed := desk.superseded_by(edition_id):
        st.warning(visit.translate("data.overtaken", completed=completed))
        if st.button(visit.translate("data.rebase"), key=f"rebase{key}"):
            _run_and_report(lambda: job_admin(visit).rebase(edition_id))
    else:

        def publish(decided_on: str, accept: Sequence[ConfirmationKind]) -> None:
            desk.publish(edition_id, visit.now, decided_on=decided_on, accept=accept)

        _publish_button(visit, visit.translate("data.publish"), found, edition_id, publish, key=f"publish{key}")
    if desk.is_draft(edition_id):
        st.caption(visit.translate("data.draft", hours=DRAFT_HOURS))
        if st.button(visit.translate("data.keep_waiting"), key=f"keep{key}"):
            _run_and_report(lambda: desk.keep(edition_id, visit.now), "data.kept")
    if desk.may_discard(edition_id):
        with st.popover(visit.translate("data.discard"), icon=":material/delete:"):
            st.markdown(visit.translate("data.discard_sure", edition=edition_id))
            if st.button(visit.translate("data.discard_now"), key=f"discard{key}"):
                _run_and_report(lambda: desk.discard(edition_id, visit.now), "data.discarded")


def _publish_button(
    visit: PageContext,
    label: str,
    found: PublicationEffect,
    edition_id: str,
    deed: Callable[[str, Sequence[ConfirmationKind]], None],
    *,
    key: str,
) -> None:
    """Show a button that serves an edition, enabled once every effect is confirmed.

    The action is called with the id of the edition that was served when the button was drawn.
    """
    confirmed = []
    for safeguard in found.confirmations:
        st.warning(escape_markdown(confirmation_sentence(safeguard, visit.language)))
        asked = f"{key}-{safeguard.kind}-{edition_id}-{found.served}"
        if st.checkbox(visit.translate(f"confirm.{safeguard.kind}"), key=asked):
            confirmed.append(safeguard.kind)

    def decide_on() -> None:
        st.session_state[f"{key}-on"] = edition_id, found.served

    pressed = st.button(label, key=key, on_click=decide_on, disabled=len(confirmed) < len(found.confirmations))
    decided, decided_on = st.session_state.pop(f"{key}-on", ("", ""))  # a repeated run does nothing twice
    if pressed and decided == edition_id:
        _run_and_report(lambda: deed(decided_on, confirmed), "data.published")


def _run_and_report(deed: Callable[[], None], told: str = "") -> None:
    """Run an action and then the page again, which shows the text `told` on success, or why it was refused."""
    try:
        deed()
    except ClusterdashError as error:
        st.session_state["refused"] = error
    else:
        st.session_state["done"] = told
        if told:
            understanding.close_files()
    st.rerun()
