"""A font of the icons that are in use, in the place of Streamlit's whole one, which has 375 kB.

Streamlit's page asks for its own address, and its routes cannot be replaced. Their names are in `tests/data/icons/`.
"""

from __future__ import annotations

import re

from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import STATIC_ASSET_CACHE_MAX_AGE_SECONDS

from ..locations import SITE
from .request_info import path_below_prefix

_WHOLE = re.compile(r"/static/media/MaterialSymbols-Rounded\.[\w-]+\.woff2")
_USED = SITE / "static" / "clusterdash-icons.woff2"


class IconFont:
    """ASGI middleware: answers with the smaller font where a browser asks for the whole one; passes on the rest."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _WHOLE.fullmatch(path_below_prefix(scope)):
            await self.app(scope, receive, send)
            return
        kept = {"cache-control": f"public, immutable, max-age={STATIC_ASSET_CACHE_MAX_AGE_SECONDS}"}
        await FileResponse(_USED, media_type="font/woff2", headers=kept)(scope, receive, send)
