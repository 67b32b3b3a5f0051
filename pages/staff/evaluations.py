"""Evaluations: two experts side by side from their workbook; what was declared against what was verified."""

from functools import partial

import streamlit as st

from clusterdash.desk import trials, ui
from clusterdash.gold import appraisal, gold_tables, gold_words
from clusterdash.i18n import LANGUAGES
from clusterdash.intake import template
from clusterdash.spreadsheets import XLSX

visit = ui.visit()

st.title(visit.translate("evaluations.title"))
st.markdown(visit.translate("evaluations.lead"))
grid = trials.choose_scheme(visit)
if note := gold_words.placeholder(grid, visit.language):
    st.warning(note, icon=":material/info:")
name = f"{visit.translate('evaluations.blank_file')}-{grid.scheme.code}-{visit.language}.xlsx"
blank = partial(template.questionnaire, grid, visit.language)
ui.offer(visit.translate("evaluations.blank"), name, blank, XLSX, key="blank")
taken = ui.take_in(visit, visit.translate("evaluations.load"), ["xlsx"], key="appraisal")
st.caption(visit.translate("evaluations.load_key"))
if taken:
    found, problems = appraisal.read(taken[1], {g.scheme.code: g for g in visit.gateway.evaluations()})
    ui.show_trouble(visit, problems)
    if found:
        st.markdown(gold_words.appraised(found, visit.language))
        lines = gold_words.appraisal_lines(found, visit.language)
        st.markdown("\n".join(f"- {line}" for line in lines))
        ui.show_table(gold_tables.appraisal_table(found, visit.language))
        both = "\n".join(gold_words.statement(found, language) for language in LANGUAGES)
        name = f"{visit.translate('appraisal.file')}.txt"
        ui.offer(
            visit.translate("appraisal.take"), name, partial(both.encode, "utf-8-sig"), "text/plain", key="statement"
        )

st.header(visit.translate("evaluations.pairs"))
pairings = visit.gateway.pairings(grid.scheme.code)
if pairings:
    ui.show_table(gold_tables.pairing_table(pairings, grid, visit.language))
    st.caption(visit.translate("evaluations.pairs_key"))
else:
    st.info(visit.translate("evaluations.no_pairs"))
