"""The way to Silver: three areas of improvement between two benchmarks, and what the auditor looks at."""

import streamlit as st

from clusterdash import benchmark
from clusterdash.benchmarking import tables
from clusterdash.desk import trials, ui
from clusterdash.gold import gold_tables, gold_words, silver
from clusterdash.i18n import format_date

visit = ui.visit()

st.title(visit.translate("silver.title"))
st.markdown(visit.translate("silver.lead"))
result = ui.choose_benchmark(visit)
st.header(ui.escape_markdown(result.cluster.name))

st.subheader(visit.translate("silver.areas"))
if result.earlier:
    known = {
        earlier.assessed_on.isoformat(): earlier for earlier in silver.by_fitness(result.earlier, result.assessed_on)
    }
    days = {key: format_date(visit.language, earlier.assessed_on) for key, earlier in known.items()}
    first = known[ui.choose("first", visit.translate("silver.first"), days, language=visit.language)]
    moved = benchmark.shifts(first.moves, result.grid)
    st.markdown(gold_words.silver_areas(moved, first.assessed_on, result, visit.language))
    if moved:
        ui.show_table(tables.shift_table(moved, result.grid, visit.language))
    st.caption(visit.translate("silver.areas_key"))
else:
    st.info(visit.translate("silver.none"))

st.subheader(visit.translate("silver.audit"))
grid = trials.choose_scheme(visit)
own = visit.gateway.evaluation(result.cluster.cluster_id, grid.scheme.code)
evidence, answers = trials.choose_answers(visit, own)
audited = silver.audited(grid, answers)
if not audited:
    st.info(visit.translate("silver.audit_none"))
    st.stop()
if answers:
    st.markdown(gold_words.audit_count(audited, visit.language))
    st.caption(gold_words.basis(own, evidence, visit.language))
else:
    st.info(visit.translate("silver.no_answers"))
if note := gold_words.placeholder(grid, visit.language):
    st.warning(note, icon=":material/info:")
ui.show_table(gold_tables.audit_table(audited, visit.language))
