"""The way to Gold: what is missing, the shortest way there, and the chance to pass."""

import streamlit as st

from clusterdash.desk import trials, ui
from clusterdash.gold import chance, gold_charts, gold_tables, gold_words, pathway

visit = ui.visit()

st.title(visit.translate("gold.title"))
st.markdown(visit.translate("gold.lead"))
own = trials.choose_evaluation(visit)
grid = own.grid
language = visit.language
evidence, answers = trials.choose_answers(visit, own)
trial = trials.read_trial(visit, own, evidence, answers)
now = trial.applied(answers)
st.header(ui.escape_markdown(own.cluster.name))
if not now:
    trials.unanswered(visit, own, trial)
    st.stop()
verdict = pathway.judge(grid, now)
passing = chance.passing(grid, now, trial.doubt)
st.markdown(gold_words.verdict(verdict, language, passing))
if trial.levels:
    st.info(gold_words.tried(len(trial.levels), language))
st.markdown("\n".join(f"- {line}" for line in gold_words.obstacles(verdict, grid, language)))
st.caption(gold_words.basis(own, evidence, language))
if note := gold_words.placeholder(grid, language):
    st.warning(note, icon=":material/info:")

left, right = st.columns([3, 2])
with left:
    st.subheader(visit.translate("gold.chart"))
    figure = gold_charts.dumbbell(own, answers, trial.levels, verdict, language)
    ui.show_figure(figure, gold_words.dumbbell_in_words(grid, language), key="dumbbell")
    st.caption(gold_words.dumbbell_key(own, language))
with right:
    st.subheader(visit.translate("gold.levels"))
    st.caption(visit.translate("gold.levels_key"))
    trials.try_levels(visit, own, answers, trial)
with st.expander(visit.translate("gold.figures")):
    ui.show_table(gold_tables.answer_table(own, answers, trial.levels, verdict, language))

st.header(visit.translate("gold.plans"))
trials.choose_chance(visit, own, trial)
trials.choose_limits(visit, own, trial)
trials.show_plans(visit, own, trial, now)

st.header(visit.translate("chance.title"))
trials.choose_doubt(visit, own, trial)
found = chance.levers(grid, now, trial.doubt, trial.fixed)
st.markdown(gold_words.chance_in_words(passing, found, grid, language))
if found:
    ui.show_table(gold_tables.lever_table(found[:5], grid, language))
st.caption(f"{gold_words.experts_in_words(own.experts, language)} {visit.translate('chance.key')}")
st.page_link("pages/cluster/binder.py", label=visit.translate("gold.to_binder"), icon=":material/folder_open:")
