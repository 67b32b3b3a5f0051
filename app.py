"""The site map: who visits, which pages exist for them, run the one asked for.

Streamlit runs this file for every visit, as `__main__`; the server imports it once at its start, as `app`, to learn
what it answers besides the pages.
"""

import streamlit as st

from clusterdash import site_map
from clusterdash.domain import ClusterdashError


def visit() -> None:
    """Declare the pages that this visitor may enter, and run the one asked for."""
    # Components must register with the server, so after its start.
    from clusterdash.web import messages, navigation, page_runs, session  # noqa: PLC0415

    with page_runs.observed() as run:
        visit = session.open_session()
        if visit is None:
            return
        entered = st.navigation(navigation.declared_pages(visit), position="top")
        page = site_map.page_at(entered.url_path)
        run.page = page.name
        session.open_page(page, visit.translate(f"{page.name}.menu"))
        try:
            navigation.sub_navigation(visit, page)
            entered.run()
        except ClusterdashError as error:
            messages.show_error(visit.language, error)
        finally:
            navigation.footer(visit)
            session.complete_address()


def unforeseen(error: Exception) -> bool:
    """Tell a visitor in their language that something has gone wrong; the log has the details."""
    from clusterdash.web import messages  # noqa: PLC0415 - as above

    messages.show_unexpected_error(error)
    return True


if __name__ == "__main__":
    visit()
else:
    import logging
    import os

    from starlette.middleware import Middleware
    from streamlit import config
    from streamlit.runtime.pages_manager import PagesManager

    from clusterdash import files, i18n
    from clusterdash.auth import startup_checks
    from clusterdash.server import (
        edition_cache,
        edition_prefetch,
        request_metrics,
        startup,
        theme_message,
        upload_addresses,
    )
    from clusterdash.server.connection_limits import ConnectionLimits
    from clusterdash.server.icon_font import IconFont
    from clusterdash.server.internal_endpoints import InternalEndpoints
    from clusterdash.server.login_redirect import LoginRedirect
    from clusterdash.server.page_metadata import PageMetadata
    from clusterdash.server.request_ids import RequestIds
    from clusterdash.server.request_info import QueryLimits, SubPath, prefix_of
    from clusterdash.server.request_metrics import RequestMetrics
    from clusterdash.server.routes import routes
    from clusterdash.server.security_headers import SecurityHeaders
    from clusterdash.server.sign_out import SignOut
    from clusterdash.server.static_compression import StaticCompression
    from clusterdash.server.upload_limits import MEGABYTE, UploadLimits
    from clusterdash.server.xsrf_cookie import StableXsrfCookie

    files.set_private_umask()
    operator = startup.begin_logging()
    request_metrics.begin()
    theme_message.work_out_once()
    upload_addresses.keep()
    for line in edition_cache.upgrade_stored(i18n.language_of_environment(os.environ)):
        logging.getLogger("clusterdash").info("%s", line)
    edition_prefetch.start(edition_cache.data_dir())
    # Streamlit takes a folder named pages/ for its older kind of navigation until the first visit has run, and tells a
    # visitor who comes by a deep link that the page does not exist.
    PagesManager.uses_pages_directory = False
    prefix = prefix_of(config.get_option("server.baseUrlPath"))
    startup.check(operator)
    app = st.App(
        __file__,
        secrets=startup_checks.secrets(operator),
        routes=[*routes(prefix), request_metrics.route(prefix)],
        middleware=[
            Middleware(SubPath, prefix=prefix),
            Middleware(RequestMetrics),
            Middleware(RequestIds),
            Middleware(SecurityHeaders, tls=operator.behind_tls),
            Middleware(QueryLimits),
            Middleware(StaticCompression),
            Middleware(IconFont),
            Middleware(InternalEndpoints),
            Middleware(ConnectionLimits, most=operator.sessions, by_address=not operator.behind_tls),
            Middleware(UploadLimits, largest=config.get_option("server.maxUploadSize") * MEGABYTE),
            Middleware(StableXsrfCookie),
            Middleware(PageMetadata),
            Middleware(LoginRedirect),
            Middleware(SignOut),
        ],
        on_script_error=unforeseen,
    )
