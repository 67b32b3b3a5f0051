"""The recommendations as a plan of one's own: who does what by when, in files to keep and to upload again."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash.benchmark import rules
from clusterdash.i18n import escape_markdown
from clusterdash.presentation.benchmark import narrative, overview
from clusterdash.reports import action_plan as reports_action_plan
from clusterdash.reports import action_plan_file, brief
from clusterdash.spreadsheets import XLSX
from clusterdash.web import action_plan, components, session, url_state, widgets

visit = session.page_context()
language = visit.language

st.title(visit.translate("plan.title"))
result = url_state.choose_benchmark(visit)
left, right = st.columns([3, 2], gap="large")
with right:
    _, reference = url_state.choose_reference(visit, result)
left.caption(escape_markdown(result.cluster.name))
found = rules.findings(reference, result.grid)
head, tasks = st.container(key="plan-head"), st.container(key="plan-tasks")
with st.expander(visit.translate("plan.load")):
    taken = widgets.upload(visit, visit.translate("plan.load"), ["csv", "xlsx"], key="plan-upload")
    action_plan.upload_plan(visit, result, taken)
with st.expander(visit.translate("plan.why")):
    st.markdown(dict(narrative.method(language, ["lists"])).popitem()[1])
    st.markdown(visit.translate("plan.dates"))
before = action_plan_file.outcomes(action_plan.plan_state(result).before, result)
with tasks:
    if before:
        st.markdown(action_plan_file.summary(before, language))
        widgets.show_table(action_plan_file.outcome_table(before, language))
        st.caption(visit.translate("plan.progress_key"))
    chosen = action_plan.edit_tasks(visit, result, found)
whole = action_plan.all_lines(visit, result, chosen)
left, right = head.columns([2, 3], gap="large", vertical_alignment="center")
with left:
    if found.recommendations:
        widgets.show_html(overview.plan_verdict(len(found.recommendations), len(chosen), language))
    else:
        st.markdown(visit.translate("plan.none"))
if not whole:
    if found.recommendations:
        right.info(visit.translate("plan.nothing_chosen"))
    st.stop()


def offer(label: str, suffix: str, media: str, make: Callable[[], bytes]) -> None:
    """A button for one file; the plan is then remembered as downloaded."""
    kind = visit.translate("plan.file")
    name = brief.file_name(kind, result.cluster.cluster_id, result.edition, language, suffix)
    components.private_download(visit.translate(label), name, make, media, key=suffix)


def saved(write: Callable[..., bytes]) -> bytes:
    """The plan as a file, remembered as downloaded."""
    return action_plan.mark_saved(result, whole, write(whole, language))


with right, st.container(horizontal=True, key="plan-files"):
    make_calendar = partial(reports_action_plan.calendar, chosen, result, language, visit.now)
    offer("plan.to_calendar", "ics", "text/calendar", make_calendar)
    offer("plan.to_table", "csv", "text/csv", partial(saved, action_plan_file.to_csv))
    offer("plan.to_workbook", "xlsx", XLSX, partial(saved, action_plan_file.to_xlsx))
with tasks:
    st.caption(visit.translate("plan.key"))
    action_plan.warn_of_leaving(visit, result, whole)
