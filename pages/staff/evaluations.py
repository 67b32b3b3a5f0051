"""Evaluations: two experts side by side from their workbook; what was declared against what was verified."""

from functools import partial

import streamlit as st

from clusterdash.evaluation import expert_review
from clusterdash.i18n import LANGUAGES
from clusterdash.ingest import questionnaire_writer
from clusterdash.presentation.evaluation import narrative, tables
from clusterdash.spreadsheets import XLSX
from clusterdash.web import components, messages, session, what_if, widgets

visit = session.page_context()

heading = st.container()
grid = what_if.choose_scheme(visit)
evaluations, clusters = visit.reader.verified_evaluations(grid.scheme.code)
with heading:
    title = visit.translate("evaluations.title", n=evaluations, clusters=clusters)
    st.title(title if evaluations else visit.translate("evaluations.none"))
    st.markdown(visit.translate("evaluations.lead"))
name = f"{visit.translate('evaluations.blank_file')}-{grid.scheme.code}-{visit.language}.xlsx"
blank = partial(questionnaire_writer.questionnaire, grid, visit.language)
widgets.download_row(
    visit, ("evaluations.blank", "evaluations.blank_use"), name, blank, XLSX, key="blank", primary=True
)
taken = widgets.upload(visit, visit.translate("evaluations.load"), ["xlsx"], key="appraisal")
st.caption(visit.translate("evaluations.load_key"))
if taken:
    found, problems = expert_review.read_review(taken[1], {g.scheme.code: g for g in visit.reader.evaluation_schemes()})
    messages.show_problems(visit, problems)
    if found:
        st.markdown(narrative.review_summary(found, visit.language))
        lines = narrative.review_issues(found, visit.language)
        st.markdown("\n".join(f"- {line}" for line in lines))
        widgets.show_table(tables.review_table(found, visit.language))
        both = "\n".join(narrative.statement(found, language) for language in LANGUAGES)
        name = f"{visit.translate('appraisal.file')}.txt"
        components.private_download(
            visit.translate("appraisal.take"), name, partial(both.encode, "utf-8-sig"), "text/plain", key="statement"
        )

pairings = visit.reader.pairings(grid.scheme.code)
with st.expander(visit.translate("evaluations.pairs")):
    st.caption(visit.translate("evaluations.pairs_key" if pairings else "evaluations.no_pairs"))
    if pairings:
        widgets.show_table(tables.declared_versus_verified_table(pairings, grid, visit.language))
if note := narrative.placeholder(grid, visit.language):
    st.caption(note)
