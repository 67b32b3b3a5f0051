"""The recommendations as a plan of one's own: who does what by when, to take away."""

from functools import partial

import streamlit as st

from clusterdash import benchmark
from clusterdash.benchmarking import words
from clusterdash.desk import ui
from clusterdash.paper import plan, report

visit = ui.visit()

st.title(visit.say("plan.title"))
result = ui.choose_benchmark(visit)
group, reference = ui.choose_reference(visit, result)
advice = benchmark.findings(reference, result.grid).recommendations
st.header(ui.plain(result.cluster.name))
if not advice:
    st.info(visit.say("plan.none"))
    st.stop()
st.markdown(visit.say("plan.lead", n=len(advice), group=group))
names = {indicator.code: indicator.name.in_(visit.language) for indicator in result.grid.indicators}
tasks = []
for recommendation in advice:
    with st.container(border=True):
        key = f"{result.cluster.cluster_id}-{recommendation.indicator}"
        name = ui.plain(f"{recommendation.indicator} {names[recommendation.indicator]}")
        wanted = st.checkbox(name, value=True, key=f"wanted-{key}", persist_state="session")
        st.markdown(ui.plain(recommendation.action.in_(visit.language)))
        st.caption(words.aim(recommendation, visit.language))
        left, right = st.columns(2)
        owner = left.text_input(visit.say("column.owner"), key=f"owner-{key}", max_chars=100, persist_state="session")
        due = right.date_input(
            visit.say("column.due"),
            value=plan.proposed_day(recommendation, visit.now.date()),
            key=f"due-{key}",
            format="DD/MM/YYYY",
            persist_state="session",
        )
    if wanted:
        tasks.append(plan.Task(recommendation, owner, due))
if not tasks:
    st.info(visit.say("plan.nothing_chosen"))
    st.stop()
about = (visit.say("plan.file"), result.cluster.cluster_id, result.edition, visit.language)
left, right = st.columns(2)
with left:
    name = report.file_name(*about, "csv")
    ui.offer(
        visit.say("plan.to_table"), name, partial(plan.table, tasks, result, visit.language), "text/csv", key="csv"
    )
with right:
    name = report.file_name(*about, "ics")
    made = partial(plan.calendar, tasks, result, visit.language, visit.now)
    ui.offer(visit.say("plan.to_calendar"), name, made, "text/calendar", key="ics")
st.caption(visit.say("plan.key"))
