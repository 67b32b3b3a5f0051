"""The staff's desk on a page: files in, what came of them, publish, go back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from ..benchmarking.words import difference_in_words
from ..editions.difference import Difference
from ..i18n import plain, say
from ..model import ClusterdashError, Edition, Problem
from ..server import serving
from ..spreadsheets import as_csv
from ..staff.granting import AccessDesk
from ..staff.importing import Checked, Desk
from ..staff.staff_tables import problem_headings, problem_rows, source_table
from .ui import offer, show_table, tell
from .visits import Visit


def desk(visit: Visit) -> Desk:
    """The staff's desk for editions, and what came of the last deed. Raises ClusterdashError for anybody else."""
    if done := st.session_state.pop("done", ""):
        st.success(visit.say(done))
    if refused := st.session_state.pop("refused", None):
        tell(visit.language, refused)
    by = visit.say("data.by_demonstration") if visit.demonstration else visit.who
    return Desk(visit.viewer, serving.folder(), demonstration=visit.demonstration, by=by)


def access_desk(visit: Visit) -> AccessDesk:
    """The staff's desk for access. Raises ClusterdashError for anybody else, and in a demonstration."""
    return AccessDesk(visit.viewer, serving.folder(), demonstration=visit.demonstration, by=visit.who)


def show_edition(visit: Visit) -> None:
    """Say which edition is served."""
    edition = visit.edition
    told = {"clusters": edition.clusters, "assessments": edition.assessments, "hash": edition.content_hash[:12]}
    by = edition.built_by or "–"
    st.markdown(visit.say("data.served", title=edition.title, day=edition.created_at.date(), by=by, **told))
    if edition.synthetic:
        st.caption(visit.say("data.invented"))
    with st.expander(visit.say("data.made_of")):
        if edition.completed:
            st.markdown(visit.say("data.completes", edition=edition.completed))
        schemes = [f"{g.scheme.code} ({g.scheme.family}, {g.scheme.version})" for g in visit.gateway.grids()]
        st.markdown(visit.say("data.schemes", schemes=", ".join(schemes)))
        show_table(source_table(visit.gateway.sources(), visit.language))


def bring_in(visit: Visit, desk: Desk) -> None:
    """Take in files, to complete the edition that is served or to replace it, and check them when asked to."""
    files = st.file_uploader(
        visit.say("data.upload"), type=["csv", "tsv", "xlsx"], accept_multiple_files=True, key="files"
    )
    ways = ("keep", "replace")
    way = st.radio(
        visit.say("data.how"),
        ways,
        format_func=lambda way: visit.say(f"data.{way}"),
        captions=[visit.say(f"data.{way}_key") for way in ways],
        key="way",
    )
    complete = _choose_completed(visit, desk) if way == "keep" else ""
    if st.button(visit.say("data.check"), disabled=not files, type="primary"):
        uploads = [(file.name, file.getvalue()) for file in files]
        _check_files(visit, desk, uploads, complete)


def _choose_completed(visit: Visit, desk: Desk) -> str:
    """The edition that is completed: the one served, or where others wait to be published, one of these."""
    names = _named(visit, desk.to_complete())
    if len(names) < 2:
        return visit.edition.edition_id
    chosen: str = st.selectbox(visit.say("data.completed"), list(names), format_func=names.__getitem__, key="completed")
    st.caption(visit.say("data.completed_key"))
    return chosen


def _named(visit: Visit, editions: Sequence[Edition]) -> dict[str, str]:
    """Editions by id, as they are chosen."""
    return {
        edition.edition_id: say(
            visit.language, "data.edition", title=edition.title, id=edition.edition_id, clusters=edition.clusters
        )
        for edition in editions
    }


def _check_files(visit: Visit, desk: Desk, uploads: list[tuple[str, bytes]], complete: str) -> None:
    """Check files, telling how far it has come; what came of it stays for the visit."""
    bar = st.progress(0.0, visit.say("data.reading"))

    def tell_progress(key: str, done: float) -> None:
        bar.progress(done, visit.say(key))

    st.session_state["checked"] = desk.check(uploads, visit.now, tell_progress, complete=complete)
    bar.empty()


def checked() -> Checked | None:
    """What came of the files that were checked last in this visit."""
    found: Checked | None = st.session_state.get("checked")
    return found


def show_problems(visit: Visit, problems: Sequence[Problem]) -> None:
    """The list of problems, to read and to take away."""
    rows, headings = problem_rows(problems, visit.language), problem_headings(visit.language)
    errors = sum(problem.severity == "error" for problem in problems)
    st.markdown(visit.say("data.problems", n=errors, warnings=len(rows) - errors))
    st.dataframe(pd.DataFrame(rows, columns=headings), hide_index=True)
    made = partial(as_csv, headings, rows, visit.language)
    offer(visit.say("data.take_problems"), "problems.csv", made, "text/csv", key="problems")


def show_difference(visit: Visit, found: Difference | None) -> None:
    """What an edition changes, a line each; nothing where what is served cannot be read."""
    if found:
        st.markdown("\n".join(f"- {plain(line)}" for line in difference_in_words(found, visit.language)))


def choose_edition(visit: Visit, desk: Desk) -> None:
    """Serve an edition that is there, or the one before."""
    names = _named(visit, desk.stored())
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        chosen = st.selectbox(visit.say("data.choose"), list(names), format_func=names.__getitem__, key="edition")
    with right:
        if chosen and chosen != visit.edition.edition_id:
            act(visit.say("data.publish"), partial(desk.publish, chosen, visit.now), key="publish-stored")
    if chosen:
        if chosen != visit.edition.edition_id and st.button(visit.say("data.compare"), key="compare"):
            show_difference(visit, desk.compared(chosen))
        _may_discard(visit, desk, chosen, key="discard-stored")
    if desk.before():
        act(visit.say("data.rollback"), partial(desk.rollback, visit.now), key="rollback")
    else:
        st.caption(visit.say("data.no_rollback"))


def decide(visit: Visit, desk: Desk, edition_id: str) -> None:
    """What to do with the edition that was built of the files checked last: publish or discard it."""
    act(visit.say("data.publish"), partial(desk.publish, edition_id, visit.now), key="publish")
    _may_discard(visit, desk, edition_id, key="discard")


def _may_discard(visit: Visit, desk: Desk, edition_id: str, *, key: str) -> None:
    """A way to discard an edition that was never served, asked once more; nothing for others."""
    if desk.may_discard(edition_id):
        with st.popover(visit.say("data.discard"), icon=":material/delete:"):
            st.markdown(visit.say("data.discard_sure", edition=edition_id))
            deed = partial(desk.discard, edition_id, visit.now)
            act(visit.say("data.discard_now"), deed, key=key, done="data.discarded")


def act(label: str, deed: Callable[[], None], *, key: str, done: str = "data.published") -> None:
    """A button that changes what is served or kept; a refusal is told on the next run, so is success by `done`."""

    def run() -> None:
        try:
            deed()
        except ClusterdashError as error:
            st.session_state["refused"] = error
        else:
            st.session_state.pop("checked", None)
            st.session_state["done"] = done

    st.button(label, on_click=run, key=key)
