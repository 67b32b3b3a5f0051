"""What the server answers outside the pages: Leaflet from its own package, and the outlines of the countries.

Only public files: nothing here asks who is there.
"""

from __future__ import annotations

from pathlib import Path

import xstatic.pkg.leaflet
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from .editions import PROJECT_DATA

ASSETS = "/assets"


def routes() -> list[BaseRoute]:
    """The routes to mount beside the pages."""
    leaflet = Path(xstatic.pkg.leaflet.BASE_DIR)
    return [
        Mount(f"{ASSETS}/leaflet", StaticFiles(directory=leaflet)),
        Mount(f"{ASSETS}/geo", StaticFiles(directory=PROJECT_DATA / "geo")),
    ]
