"""The questionnaire for the next interview: what was answered and noted last time, to take away filled in."""

from functools import partial

import streamlit as st

from clusterdash import i18n
from clusterdash.ingest import questionnaire_writer
from clusterdash.presentation.benchmark import tables
from clusterdash.spreadsheets import XLSX
from clusterdash.web import components, session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("questionnaire.title"))
cluster_id = url_state.choose_cluster(visit, evaluated=True)
if cluster_id is None:
    st.stop()
grids = {grid.scheme.code: grid for grid in visit.reader.schemes()}
names = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
scheme = url_state.choose("scheme", visit.translate("sectors.scheme"), names, language=visit.language)
grid, last = grids[scheme], visit.reader.previous_assessment(cluster_id, scheme)

st.header(i18n.escape_markdown(last.cluster.name))
st.markdown(visit.translate("questionnaire.lead"))
for place, (offered, of, before) in zip(
    st.columns(2), (("take", f"-{cluster_id}", last), ("take_blank", "", None)), strict=True
):
    with place:
        name = f"{visit.translate('questionnaire.file')}-{scheme}{of}-{visit.language}.xlsx"
        make = partial(questionnaire_writer.questionnaire, grid, visit.language, before)
        components.private_download(visit.translate(f"questionnaire.{offered}"), name, make, XLSX, key=offered)
if grid.scheme.illustrative:
    st.caption(visit.translate("benchmark.illustrative"))

if last.assessed_on:
    widgets.show_table(tables.previous_answers_table(last, grid, visit.language))
    if last.stories:
        widgets.show_table(tables.story_table(last.stories, visit.language))
else:
    st.info(visit.translate("questionnaire.first"))
