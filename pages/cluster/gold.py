"""The way to Gold: what is missing, the shortest way there, and the chance to pass."""

import streamlit as st

from clusterdash import i18n
from clusterdash.evaluation import pass_probability, scoring
from clusterdash.presentation import html
from clusterdash.presentation.evaluation import charts, narrative, overview, tables
from clusterdash.web import session, what_if, widgets

visit = session.page_context()

st.title(visit.translate("gold.title"))
st.markdown(visit.translate("gold.lead"))
own = what_if.choose_evaluation(visit)
grid = own.grid
language = visit.language
evidence, answers = what_if.choose_answers(visit, own)
trial = what_if.read_what_if(visit, own, evidence, answers)
now = trial.applied(answers)
st.header(i18n.escape_markdown(own.cluster.name))
if not now:
    what_if.show_nothing_answered(visit, own, trial)
    st.stop()
verdict = scoring.score(grid, now)
passing = pass_probability.pass_probability(grid, now, trial.rater_error)
widgets.show_html(html.verdict_paragraph(narrative.result_sentence(verdict, language, passing)))
widgets.show_html(overview.points_gauge(verdict, language))
if trial.levels:
    st.info(narrative.what_if_note(len(trial.levels), language))
st.markdown("\n".join(f"- {line}" for line in narrative.obstacles(verdict, grid, language)))
st.caption(narrative.answers_basis(own, evidence, language))
if note := narrative.placeholder(grid, language):
    st.warning(note, icon=":material/info:")

left, right = st.columns([3, 2])
with left:
    st.subheader(visit.translate("gold.chart"))
    figure = charts.dumbbell(own, answers, trial.levels, verdict, language)
    widgets.show_chart(figure, narrative.dumbbell_alt(grid, language), key="dumbbell")
    st.caption(narrative.dumbbell_key(own, language))
with right:
    st.subheader(visit.translate("gold.levels"))
    st.caption(visit.translate("gold.levels_key"))
    what_if.try_levels(visit, own, answers, trial)
with st.expander(visit.translate("gold.figures")):
    widgets.show_table(tables.answer_table(own, answers, trial.levels, verdict, language))

st.header(visit.translate("gold.plans"))
what_if.choose_chance(visit, own, trial)
what_if.choose_limits(visit, own, trial)
what_if.show_plans(visit, own, trial, now)

st.header(visit.translate("chance.title"))
what_if.choose_rater_error(visit, own, trial)
found = pass_probability.leverages(grid, now, trial.rater_error, trial.fixed)
st.markdown(narrative.pass_probability_sentence(passing, found, grid, language))
if found:
    widgets.show_table(tables.leverage_table(found[:5], grid, language))
st.caption(f"{narrative.expert_deviation(own.expert_deviation, language)} {visit.translate('chance.key')}")
st.page_link("pages/cluster/binder.py", label=visit.translate("gold.to_binder"), icon=":material/folder_open:")
