"""The preparation of a case, without a sign-in: the address says who looks at it (`who`) and which case it is (`case`).

`tests/support/answer_sheet.py` starts it as a server; cases, texts and the store are those of the program.
"""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st


def show() -> None:
    """One run of the page."""
    # Components must register with the server, so after its start.
    from clusterdash import access  # noqa: PLC0415
    from clusterdash.cases.open_case import Cases  # noqa: PLC0415
    from clusterdash.domain import PUBLIC, STAFF, Viewer  # noqa: PLC0415
    from clusterdash.domain.case import Sheet  # noqa: PLC0415
    from clusterdash.i18n import language_of  # noqa: PLC0415
    from clusterdash.ingest import grants  # noqa: PLC0415
    from clusterdash.server import edition_cache, stylesheet  # noqa: PLC0415
    from clusterdash.web import case_sheets, cases  # noqa: PLC0415
    from clusterdash.web.context import PageContext  # noqa: PLC0415

    st.set_page_config(page_title="Preparation", layout="wide")
    st.html(f"<style>{stylesheet.stylesheet('').body.decode()}</style>")
    st.session_state["pending"] = {}
    who, case_id = st.query_params["who"], st.query_params["case"]
    language, data, now = language_of(st.query_params.get("lang")) or "en", edition_cache.data_dir(), datetime.now(UTC)

    def viewer_now() -> Viewer:
        return access.granted_viewer(grants.read_grants(data), who, now.date()) or PUBLIC

    opened = Cases(data, viewer_now).open(case_id)
    reader = edition_cache.current_edition().reader(STAFF)
    visit = PageContext(language, viewer_now(), reader, reader.edition(), demonstration=False, now=now)
    st.title(visit.translate("preparation.title"))
    if st.toggle("Another page"):
        return
    case_sheets.show_answers(visit, opened, cases.scheme_of(visit, opened.case), Sheet.PREPARATION, writable=True)


if __name__ == "__main__":
    show()
else:
    from starlette.middleware import Middleware

    from clusterdash.server.routes import routes
    from clusterdash.server.security_headers import SecurityHeaders

    app = st.App(__file__, routes=routes(), middleware=[Middleware(SecurityHeaders, tls=False)])
