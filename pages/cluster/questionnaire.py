"""The questionnaire for the next interview: what was answered and noted last time, to take away filled in."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash import i18n
from clusterdash.ingest import questionnaire_writer
from clusterdash.presentation.benchmark import tables
from clusterdash.spreadsheets import XLSX
from clusterdash.web import session, url_state, widgets

visit = session.page_context()

st.title(visit.translate("questionnaire.title"))
cluster_id = url_state.choose_cluster(visit, evaluated=True)
if cluster_id is None:
    st.stop()
grids = {grid.scheme.code: grid for grid in visit.reader.schemes()}
names = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
heading = st.container()
scheme = url_state.choose("scheme", visit.translate("sectors.scheme"), names, language=visit.language, compact=True)
grid, last = grids[scheme], visit.reader.previous_assessment(cluster_id, scheme)

cluster = i18n.escape_markdown(last.cluster.name)
with heading:
    day = last.assessed_on
    st.caption(visit.translate("questionnaire.of", cluster=cluster, day=day) if day else cluster)
    st.markdown(visit.translate("questionnaire.lead"))


def offer(kind: str, of: str, make: Callable[[], bytes], *, primary: bool = False) -> None:
    """A row for one workbook."""
    name = f"{visit.translate('questionnaire.file')}-{scheme}{of}-{visit.language}.xlsx"
    texts = f"questionnaire.{kind}", f"questionnaire.{kind}_use"
    widgets.download_row(visit, texts, name, make, XLSX, key=kind, primary=primary)


workbook = partial(questionnaire_writer.questionnaire, grid, visit.language)
offer("take", f"-{cluster_id}", partial(workbook, last), primary=True)
offer("take_blank", "", partial(workbook, None))
if last.assessed_on:
    with st.expander(visit.translate("questionnaire.previous")):
        widgets.show_table(tables.previous_answers_table(last, grid, visit.language))
if last.stories:
    with st.expander(visit.translate("questionnaire.stories")):
        widgets.show_table(tables.story_table(last.stories, visit.language))
with st.expander(visit.translate("questionnaire.content")):
    st.markdown(visit.translate("questionnaire.content_key"))
if not last.assessed_on:
    st.caption(visit.translate("questionnaire.first"))
if grid.scheme.illustrative:
    st.caption(visit.translate("benchmark.illustrative"))
