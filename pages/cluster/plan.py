"""The recommendations as a plan of one's own: who does what by when, to take away and to take up again."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash import benchmark
from clusterdash.desk import tasks, ui
from clusterdash.paper import plan, plan_file, report
from clusterdash.spreadsheets import XLSX

visit = ui.visit()

st.title(visit.translate("plan.title"))
result = ui.choose_benchmark(visit)
group, reference = ui.choose_reference(visit, result)
advice = benchmark.findings(reference, result.grid).recommendations
st.header(ui.escape_markdown(result.cluster.name))
with st.expander(visit.translate("plan.load")):
    taken = ui.take_in(visit, visit.translate("plan.load"), ["csv", "xlsx"], key="plan-upload")
tasks.take_up(visit, result, taken)
before = plan_file.progress(tasks.kept(result).before, result)
if before:
    st.markdown(plan_file.summary(before, visit.language))
    ui.show_table(plan_file.progress_table(before, visit.language))
    st.caption(visit.translate("plan.progress_key"))
if advice:
    st.markdown(visit.translate("plan.lead", n=len(advice), group=group))
else:
    st.info(visit.translate("plan.none"))
chosen = tasks.tell_tasks(visit, result, advice)
whole = tasks.whole(visit, result, chosen)
if not whole:
    if advice:
        st.info(visit.translate("plan.nothing_chosen"))
    st.stop()


def offer(label: str, suffix: str, media: str, make: Callable[[], bytes]) -> None:
    """A button for one file; the plan is then remembered as taken away."""
    kind = visit.translate("plan.file")
    name = report.file_name(kind, result.cluster.cluster_id, result.edition, visit.language, suffix)
    ui.offer(visit.translate(label), name, make, media, key=suffix)


def taken_away(write: Callable[..., bytes]) -> bytes:
    """The plan as a file, remembered as taken away."""
    return tasks.saved(result, whole, write(whole, visit.language))


left, middle, right = st.columns(3)
with left:
    offer("plan.to_table", "csv", "text/csv", partial(taken_away, plan_file.to_csv))
with middle:
    offer("plan.to_workbook", "xlsx", XLSX, partial(taken_away, plan_file.to_xlsx))
with right:
    offer("plan.to_calendar", "ics", "text/calendar", partial(plan.calendar, chosen, result, visit.language, visit.now))
st.caption(visit.translate("plan.key"))
tasks.warn_of_leaving(visit, result, whole)
