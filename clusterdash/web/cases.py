"""The cases of a visit: opened for whoever looks at the page, and asked anew at each save."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from ..cases.open_case import Cases, OpenCase
from ..cases.silver_improvements import grid_of_case
from ..domain import ClusterdashError, Grid, PreviousAssessment
from ..domain.case import Case, CaseAction, CaseKind
from ..i18n import escape_markdown, format_date, translate
from ..presentation.cases.overview import waiting_first
from ..server import edition_cache
from . import demo
from .admin import current_viewer
from .context import PageContext
from .query_params import get
from .url_state import choose_page_subject


def cases_of(visit: PageContext) -> Cases:
    """Return the cases that this visit may reach; in a demonstration those of the visitor alone."""
    visitor = demo.visitor_id() if visit.demonstration else ""
    return Cases(edition_cache.data_dir(), partial(current_viewer, demonstration=visit.demonstration), visitor)


def case_of_page(
    visit: PageContext, action: CaseAction, not_yet: str, *, kind: CaseKind | None = None, judged: bool = False
) -> OpenCase:
    """Return the case in the page's address, else the first one, with a choice where there are several.

    `kind`: of this kind only; `judged`: only those in which experts judge.

    Stops the page, with a sentence, if there is none, or with the text `not_yet` while the action is not allowed in it.
    """
    found = cases_of(visit)
    offered = [
        case
        for case in waiting_first(found.all())
        if kind in (None, case.kind) and not (judged and case.kind is CaseKind.BENCHMARKING)
    ]
    if not offered:
        st.info(visit.translate("case.none"))
        st.stop()
    names = {case.case_id: case_name(visit, case) for case in offered}
    if len(names) > 1 or get("case") not in (None, *names):
        chosen = choose_page_subject("case", visit.translate("case.one"), names, language=visit.language, first=True)
    else:
        (chosen,) = names
        st.caption(escape_markdown(names[chosen]))
    if chosen is None:
        st.stop()
    opened = found.open(chosen)
    if not opened.may(action):
        st.info(visit.translate(not_yet))
        st.stop()
    return opened


def case_name(visit: PageContext, case: Case) -> str:
    """Return how a case is called: cluster, kind, and the day on which it was opened."""
    day = format_date(visit.language, date.fromisoformat(case.opened_at[:10]))
    kind = translate(visit.language, f"case_kind.{case.kind}")
    return translate(visit.language, "case.name", cluster=case.cluster_name, kind=kind, day=day)


def scheme_of(visit: PageContext, case: Case) -> Grid:
    """Return what a case asks. Raises ClusterdashError if the served edition does not have its scheme."""
    grids = {grid.scheme.code: grid for grid in visit.reader.schemes()}
    if case.scheme not in grids:
        raise ClusterdashError("case.no_scheme", scheme=case.scheme)
    return grid_of_case(case.kind, grids[case.scheme])


def schemes_of(visit: PageContext, kind: CaseKind) -> dict[str, Grid]:
    """Return the schemes that a case of a kind can have, by code."""
    purpose = "benchmark" if kind is CaseKind.BENCHMARKING else "evaluation"
    return {grid.scheme.code: grid for grid in visit.reader.schemes() if grid.scheme.purpose == purpose}


def previous_assessment(visit: PageContext, case: Case) -> PreviousAssessment | None:
    """Return the cluster's latest assessment under the case's scheme; None if it has none, as a newcomer."""
    try:
        return visit.reader.previous_assessment(case.cluster_id, case.scheme)
    except ClusterdashError:
        return None
