"""The results to keep and to show: brief, annex, all numbers; and a page that the cluster may publish."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from clusterdash import i18n
from clusterdash.labels import status
from clusterdash.reports import annex, brief, public_summary, result_files
from clusterdash.spreadsheets import XLSX
from clusterdash.web import components, session, url_state, widgets

MEDIA = {"pdf": "application/pdf", "png": "image/png", "json": "application/json", "xlsx": XLSX}
visit = session.page_context()

st.title(visit.translate("brief.title"))
st.markdown(visit.translate("brief.lead"))
result = url_state.choose_benchmark(visit)
st.header(i18n.escape_markdown(result.cluster.name))


def offer(key: str, stem: str, suffix: str, make: Callable[[], bytes]) -> None:
    """A button for one file, with a bar while it is made."""
    name = brief.file_name(
        visit.translate(f"brief.{stem}"), result.cluster.cluster_id, visit.edition, visit.language, suffix
    )
    made = partial(widgets.with_progress, visit.translate("brief.making"), make)
    components.private_download(visit.translate(f"brief.{key}"), name, made, MEDIA[suffix], key=key)


st.subheader(visit.translate("brief.private"))
left, right = st.columns(2)
with left:
    evaluation = visit.reader.latest_evaluation(result.cluster.cluster_id)
    offer("brief", "file", "pdf", partial(brief.brief, result, visit.language, evaluation))
    offer("annex", "annex_file", "pdf", partial(annex.annex, result, visit.language))
with right:
    offer("xlsx", "file", "xlsx", partial(result_files.workbook, result, visit.language))
    offer("json", "file", "json", partial(result_files.as_json, result))

st.subheader(visit.translate("brief.public"))
st.markdown(visit.translate("brief.public_lead"))
today = visit.now.date()
own = [holder for holder in visit.reader.label_register() if holder.cluster.cluster_id == result.cluster.cluster_id]
if not own:
    st.info(visit.translate("brief.unregistered"))
names = {
    judged.indicator.code: judged.indicator.name.get(visit.language) for judged in public_summary.strengths(result)
}
chosen = widgets.checkbox_group(
    visit.translate("brief.strengths"), names, public_summary.MAX_STRENGTHS, f"shown-{result.cluster.cluster_id}"
)
if not names:
    st.caption(visit.translate("brief.no_strengths"))
shown = public_summary.PublicSummary(
    result, chosen, status.label_statuses(own, today, today), session.base_url(), today, visit.language
)
left, right = st.columns(2)
with left:
    offer("public_pdf", "public_file", "pdf", partial(public_summary.as_pdf, shown))
with right:
    offer("public_png", "public_file", "png", partial(public_summary.as_png, shown))
