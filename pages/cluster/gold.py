"""The way to Gold: what is missing, the shortest way there, and the chance to pass."""

import streamlit as st

from clusterdash.evaluation import pass_probability, scoring
from clusterdash.presentation.evaluation import charts, narrative, overview, tables
from clusterdash.web import session, what_if, widgets

visit = session.page_context()
language = visit.language

st.title(visit.translate("gold.title"))
own = what_if.choose_evaluation(visit)
grid = own.grid
evidence, answers = what_if.choose_answers(visit, own)
trial = what_if.read_what_if(visit, own, evidence, answers)
now = trial.applied(answers)
st.caption(narrative.answers_date(own, evidence, language))
if not now:
    what_if.show_nothing_answered(visit, own, trial)
    st.stop()
verdict = scoring.score(grid, now)
passing = pass_probability.pass_probability(grid, now, trial.rater_error)
leverages = pass_probability.leverages(grid, now, trial.rater_error, trial.fixed)
widgets.show_html(overview.gold_verdict(verdict, language))
widgets.show_html(overview.points_gauge(verdict, language))
if trial.levels:
    st.info(narrative.what_if_note(len(trial.levels), language))
st.markdown("\n".join(f"- {line}" for line in overview.other_obstacles(verdict, grid, language)))
st.markdown(narrative.pass_probability_sentence(passing, leverages, grid, language))

st.header(visit.translate("gold.plans"))
plans = what_if.find_plans(own, trial, now)
what_if.show_plans(visit, own, trial, plans, verdict.maximum)
with st.container(horizontal=True, key="next-steps-plain"):
    st.page_link("pages/cluster/binder.py", label=visit.translate("gold.to_binder"), icon=":material/folder_open:")
with st.expander(visit.translate("gold.settings")):
    what_if.choose_chance(visit, own, trial)
    what_if.choose_limits(visit, own, trial)
if plans.search.plans:
    with st.expander(visit.translate("gold.compare")):
        st.caption(visit.translate("gold.plans_key"))
        widgets.show_html(tables.plan_table(plans.search.plans, plans.chances, verdict, grid, language))

st.header(visit.translate("gold.answers"))
st.markdown(visit.translate("gold.levels_key"))
what_if.try_levels(visit, own, answers, trial)
with widgets.fold(visit.translate("gold.indicators"), key="explore") as opened:
    if opened:
        st.caption(narrative.answers_basis(own, evidence, language))
        figure = charts.dumbbell(own, answers, trial.levels, verdict, language)
        widgets.show_chart(figure, narrative.dumbbell_alt(grid, language), key="dumbbell")
        st.caption(narrative.dumbbell_key(own, language))
        widgets.show_table(tables.answer_table(own, answers, trial.levels, verdict, language))
with st.expander(visit.translate("chance.title")):
    what_if.choose_rater_error(visit, own, trial)
    if leverages:
        widgets.show_table(tables.leverage_table(leverages[:5], grid, language))
    st.caption(f"{narrative.expert_deviation(own.expert_deviation, language)} {visit.translate('chance.key')}")
if note := narrative.placeholder(grid, language):
    st.caption(note)
