"""The results to keep and to show: brief, annex, all numbers; and a page that the cluster may publish."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash import i18n
from clusterdash.labels import status
from clusterdash.presentation.benchmark import narrative
from clusterdash.reports import annex, brief, public_summary, result_files
from clusterdash.spreadsheets import XLSX
from clusterdash.web import session, url_state, widgets

MEDIA = {"pdf": "application/pdf", "png": "image/png", "json": "application/json", "xlsx": XLSX}
visit = session.page_context()

st.title(visit.translate("brief.title"))
result = url_state.choose_benchmark(visit)
cluster = i18n.escape_markdown(result.cluster.name)
st.caption(visit.translate("brief.of", cluster=cluster, day=result.assessed_on))
st.markdown(visit.translate("brief.lead"))
st.markdown(narrative.compared_with(result, visit.language))


def offer(key: str, stem: str, suffix: str, make: Callable[[], bytes], *, primary: bool = False) -> None:
    """A row for one file, with a bar while it is made."""
    name = brief.file_name(
        visit.translate(f"brief.{stem}"), result.cluster.cluster_id, visit.edition, visit.language, suffix
    )
    made = partial(widgets.with_progress, visit.translate("brief.making"), make)
    widgets.download_row(
        visit, (f"brief.{key}", f"brief.{key}_use"), name, made, MEDIA[suffix], key=key, primary=primary
    )


st.header(visit.translate("brief.private"))
st.caption(visit.translate("brief.private_lead"))
evaluation = visit.reader.latest_evaluation(result.cluster.cluster_id)
offer("brief", "file", "pdf", partial(brief.brief, result, visit.language, evaluation), primary=True)
offer("annex", "annex_file", "pdf", partial(annex.annex, result, visit.language))
offer("xlsx", "file", "xlsx", partial(result_files.workbook, result, visit.language))
offer("json", "file", "json", partial(result_files.as_json, result))

st.header(visit.translate("brief.public"))
st.caption(visit.translate("brief.public_lead"))
today = visit.now.date()
own = [holder for holder in visit.reader.label_register() if holder.cluster.cluster_id == result.cluster.cluster_id]
names = {
    judged.indicator.code: judged.indicator.name.get(visit.language) for judged in public_summary.strengths(result)
}
with st.container(key="strengths"):
    chosen = widgets.checkbox_group(
        visit.translate("brief.strengths"), names, public_summary.MAX_STRENGTHS, f"shown-{result.cluster.cluster_id}"
    )
shown = public_summary.PublicSummary(
    result, chosen, status.label_statuses(own, today, today), session.base_url(), today, visit.language
)
offer("public_pdf", "public_file", "pdf", partial(public_summary.as_pdf, shown))
offer("public_png", "public_file", "png", partial(public_summary.as_png, shown))
with st.expander(visit.translate("brief.reading")):
    st.markdown(visit.translate("brief.public_key"))
if not names:
    st.caption(visit.translate("brief.no_strengths"))
if not own:
    st.caption(visit.translate("brief.unregistered"))
