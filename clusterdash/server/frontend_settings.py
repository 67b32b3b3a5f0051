"""Settings that Streamlit's page reads before it connects, as a script for the head of every page. Pure.

Left to itself, the page first asks whether there is a server, at an address like /labels twice, since it takes that for
a sub-path at first; then which other sites may send it messages. With these settings it connects at once, and accepts
messages of its own site alone. The part of the address above the page's name is the path of the server.
"""

from __future__ import annotations

from markupsafe import Markup

SCRIPT = (
    "{const page='/'+document.currentScript.dataset.page;let path=location.pathname.replace(/[/]+$/,'');"
    "if(page!='/'&&path.endsWith(page))path=path.slice(0,-page.length);"
    "window.__streamlit={BACKEND_BASE_URL:location.origin+path+'/',"
    "HOST_CONFIG:{allowedOrigins:[location.origin],useExternalAuthToken:false}}}"
)
"""The content policy names it by its hash, so it is the same on every page."""


def script(page: str) -> Markup:
    """Return the script element for a page; `page`: its name in the address, "" at the root."""
    return Markup('<script data-page="{}">{}</script>').format(page, Markup(SCRIPT))
