"""What Streamlit's page needs to connect at once: settings, as a script for the head of every page, and a cookie.

Left to itself, the page first asks whether there is a server, at an address like /labels twice, since it takes that for
a sub-path at first; then which other sites may send it messages. With these settings it connects at once, and accepts
messages of its own site alone. It opens no dialog of its own when the server is away for a while: that would stop
whoever is typing, and tell visitors to restart the server "in your terminal". The part of the address above the page's
name is the path of the server.

Who is signed in counts only for a connection that shows the token of the cookie against request forgery. The answer to
the first question would bring that cookie, so the page itself brings it.
"""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from streamlit.web.server.starlette import starlette_routes

SCRIPT = (
    "{const page='/'+document.currentScript.dataset.page;let path=location.pathname.replace(/[/]+$/,'');"
    "if(page!='/'&&path.endsWith(page))path=path.slice(0,-page.length);"
    "window.__streamlit={BACKEND_BASE_URL:location.origin+path+'/',"
    "HOST_CONFIG:{allowedOrigins:[location.origin],useExternalAuthToken:false,blockErrorDialogs:true}}}"
)
"""The content policy names it by its hash, so it is the same on every page."""


def script(page: str) -> Markup:
    """Return the script element for a page; `page`: its name in the address, "" at the root."""
    return Markup('<script data-page="{}">{}</script>').format(page, Markup(SCRIPT))


def forgery_cookie(request: Request) -> str | None:
    """Return the header that sets Streamlit's cookie against request forgery; None where that protection is off."""
    answer = Response()
    starlette_routes._ensure_xsrf_cookie(request, answer)
    return answer.headers.get("set-cookie")
