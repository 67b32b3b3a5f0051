"""A manager's action plan on a page: who does what by when, uploaded from a file and downloaded again.

It stays in the session's memory; nothing is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from ..benchmark.rules import BenchmarkFindings, Comparison
from ..domain import ClusterBenchmark
from ..i18n import escape_markdown
from ..ingest.readers import Sheet
from ..presentation.benchmark.narrative import aim
from ..presentation.benchmark.overview import comparison_strip
from ..presentation.formatting import whole_number
from ..reports import action_plan_file
from ..reports.action_plan import Task, proposed_days
from ..reports.action_plan_file import Line
from .context import PageContext

_LONGEST_OWNER, _LONGEST_NOTES = 100, 500


@dataclass(slots=True)
class PlanState:
    """A plan in this session: tasks by indicator, indicators left out, uploaded lines, lines downloaded last.

    `file` identifies the uploaded file, `fresh` means that it was uploaded in this run.
    """

    tasks: dict[str, Task] = field(default_factory=dict)
    unwanted: set[str] = field(default_factory=set)
    before: list[Line] = field(default_factory=list)
    saved: Sequence[Line] | None = None
    file: str = ""
    fresh: bool = False


def plan_state(result: ClusterBenchmark) -> PlanState:
    """Return the plan of a cluster in this session."""
    name = f"plan-{result.cluster.cluster_id}-{result.grid.scheme.code}"
    found: PlanState = st.session_state.setdefault(name, PlanState())
    return found


def upload_plan(visit: PageContext, result: ClusterBenchmark, taken: tuple[str, Sequence[Sheet]] | None) -> None:
    """Load the lines of an uploaded file, once; show how many there are, or that they are another cluster's."""
    if taken is None:
        return
    identity, sheets = taken
    lines = action_plan_file.read_plan(sheets)
    others = action_plan_file.other_clusters(lines, result.cluster.cluster_id)
    if others:
        st.error(visit.translate("plan.of_another", clusters=", ".join(others)))
        return
    mine = plan_state(result)
    if mine.file != identity:
        mine.file, mine.before, mine.fresh = identity, lines, True
        mine.tasks.clear()
        mine.unwanted.clear()
    st.success(visit.translate("plan.loaded", n=len(lines)))


def edit_tasks(visit: PageContext, result: ClusterBenchmark, found: BenchmarkFindings) -> list[Task]:
    """Show each recommendation with owner, date and status; returns the tasks that are wanted."""
    advice = found.recommendations
    compared = {one.indicator.code: one for one in found.comparisons}
    mine, days = plan_state(result), proposed_days(advice, visit.now.date())
    values = {position.indicator: position.value for position in result.first.positions}
    before = action_plan_file.by_indicator(mine.before)
    tasks = []
    for recommendation in advice:
        code = recommendation.indicator
        fresh = Task(recommendation, "", days[code], value=values.get(code), assessed_on=result.assessed_on)
        known = mine.tasks.get(code) or (action_plan_file.apply_line(before[code], fresh) if code in before else fresh)
        mine.tasks[code] = replace(known, recommendation=recommendation)
        with st.container(key=f"task-{code}"):
            _edit_task(visit, result, mine, compared[code])
        if code not in mine.unwanted:
            tasks.append(mine.tasks[code])
    return tasks


def _edit_task(visit: PageContext, result: ClusterBenchmark, mine: PlanState, compared: Comparison) -> None:
    """Show one recommendation; its inputs are written into `mine` as soon as they change."""
    indicator, language = compared.indicator, visit.language
    code = indicator.code
    task = mine.tasks[code]
    key = f"{result.cluster.cluster_id}-{code}"
    names = {name: f"{name}-{key}" for name in ("wanted", "owner", "due", "done", "notes")}
    inputs: dict[str, Any] = {"wanted": code not in mine.unwanted, "owner": task.owner, "due": task.due}
    # Set once: an input that each run sets anew would undo what is entered while a run is still drawing.
    for name, value in {**inputs, "done": task.done, "notes": task.notes}.items():
        if mine.fresh or names[name] not in st.session_state:
            st.session_state[names[name]] = value

    def write() -> None:
        entered = {name: st.session_state[key] for name, key in names.items() if key in st.session_state}
        (mine.unwanted.discard if entered.pop("wanted") else mine.unwanted.add)(code)
        mine.tasks[code] = replace(mine.tasks[code], **entered)

    what, where, who = st.columns([5, 2, 5], gap="medium")
    with what:
        st.checkbox(f"**{escape_markdown(indicator.name.get(language))}**", key=names["wanted"], on_change=write)
        st.markdown(escape_markdown(task.recommendation.action.get(language)))
        st.caption(aim(task.recommendation, language))
    with where:
        st.html(comparison_strip(compared, language))
        percentile = whole_number(language, compared.position.percentile)
        st.caption(f"{visit.translate('plan.position', percentile=percentile)} · {code}")
    effort = visit.translate(f"effort.{task.recommendation.effort}")
    if code in mine.unwanted:
        who.caption(visit.translate("plan.when", effort=effort, day=task.due) if task.due else effort)
        return
    left, right = who.columns(2)
    left.text_input(visit.translate("column.owner"), key=names["owner"], max_chars=_LONGEST_OWNER, on_change=write)
    right.date_input(visit.translate("column.due"), key=names["due"], format="DD/MM/YYYY", on_change=write)
    left.text_input(visit.translate("column.notes"), key=names["notes"], max_chars=_LONGEST_NOTES, on_change=write)
    right.checkbox(visit.translate("plan.done"), key=names["done"], on_change=write)
    right.caption(effort)


def all_lines(visit: PageContext, result: ClusterBenchmark, tasks: Sequence[Task]) -> list[Line]:
    """Return the plan as lines for download: the tasks, then uploaded lines about other indicators."""
    mine = plan_state(result)
    return action_plan_file.merge_lines(
        action_plan_file.plan_lines(tasks, result, visit.language), mine.before, sorted(mine.unwanted)
    )


def mark_saved(result: ClusterBenchmark, plan: Sequence[Line], content: bytes) -> bytes:
    """Remember that a plan is downloaded in a file; returns the content of the file."""
    plan_state(result).saved = plan
    return content


def warn_of_leaving(visit: PageContext, result: ClusterBenchmark, plan: Sequence[Line]) -> None:
    """Let the browser ask before a page is left if its plan has entries that are not downloaded yet."""
    mine = plan_state(result)
    if mine.fresh:
        mine.saved, mine.fresh = plan, False
    has_entries = any(task.owner or task.done or task.notes for task in mine.tasks.values())
    open_ = has_entries and plan != mine.saved
    _leave_warning()(data=open_, key="leaving")
    if open_:
        st.warning(visit.translate("plan.unsaved"), icon=":material/save:")


@cache
def _leave_warning() -> ComponentRenderer:
    js = """export default ({ data }) => {
      window.onbeforeunload = data ? (event) => { event.preventDefault(); return ""; } : null;
    }"""
    return component("clusterdash_leaving", js=js)
