"""The recommendations as a plan of one's own: who does what by when, to take away and to take up again."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash import i18n
from clusterdash.benchmark import rules
from clusterdash.reports import action_plan as reports_action_plan
from clusterdash.reports import action_plan_file, brief
from clusterdash.spreadsheets import XLSX
from clusterdash.web import action_plan, components, session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("plan.title"))
result = url_state.choose_benchmark(visit)
group, reference = url_state.choose_reference(visit, result)
advice = rules.findings(reference, result.grid).recommendations
st.header(i18n.escape_markdown(result.cluster.name))
with st.expander(visit.translate("plan.load")):
    taken = widgets.upload(visit, visit.translate("plan.load"), ["csv", "xlsx"], key="plan-upload")
action_plan.upload_plan(visit, result, taken)
before = action_plan_file.outcomes(action_plan.plan_state(result).before, result)
if before:
    st.markdown(action_plan_file.summary(before, visit.language))
    widgets.show_table(action_plan_file.outcome_table(before, visit.language))
    st.caption(visit.translate("plan.progress_key"))
if advice:
    st.markdown(visit.translate("plan.lead", n=len(advice), group=group))
else:
    st.info(visit.translate("plan.none"))
chosen = action_plan.edit_tasks(visit, result, advice)
whole = action_plan.all_lines(visit, result, chosen)
if not whole:
    if advice:
        st.info(visit.translate("plan.nothing_chosen"))
    st.stop()


def offer(label: str, suffix: str, media: str, make: Callable[[], bytes]) -> None:
    """A button for one file; the plan is then remembered as taken away."""
    kind = visit.translate("plan.file")
    name = brief.file_name(kind, result.cluster.cluster_id, result.edition, visit.language, suffix)
    components.private_download(visit.translate(label), name, make, media, key=suffix)


def taken_away(write: Callable[..., bytes]) -> bytes:
    """The plan as a file, remembered as taken away."""
    return action_plan.mark_saved(result, whole, write(whole, visit.language))


left, middle, right = st.columns(3)
with left:
    offer("plan.to_table", "csv", "text/csv", partial(taken_away, action_plan_file.to_csv))
with middle:
    offer("plan.to_workbook", "xlsx", XLSX, partial(taken_away, action_plan_file.to_xlsx))
with right:
    offer(
        "plan.to_calendar",
        "ics",
        "text/calendar",
        partial(reports_action_plan.calendar, chosen, result, visit.language, visit.now),
    )
st.caption(visit.translate("plan.key"))
action_plan.warn_of_leaving(visit, result, whole)
