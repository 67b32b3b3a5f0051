"""Kinds of requests, for metrics and logs: few, and never part of an address that a visitor chose."""

from __future__ import annotations

from starlette.types import Scope

from ..site_map import is_page
from .request_info import path_below_prefix

OTHER = "other"
_BY_NAME = {
    "labels": "register",
    "datapackage": "register",
    "dcat": "register",
    "list": "list",
    "embed": "embed",
    "badge": "badge",
    "calendar": "calendar",
    "assets": "static",
    "static": "static",
    "app": "static",
    "media": "media",
    "component": "component",
    "_stcore": "internal",
    "auth": "login",
    "oauth2callback": "login",
    "health": "health",
    "healthz": "health",
    "readyz": "health",
    "metrics": "metrics",
    "robots": "robots",
    "sitemap": "robots",
}
"""By the first part of the path below the sub-path, up to a full stop."""


def route_class(scope: Scope) -> str:
    """Return the kind of a request: "page", "connection" of a visit, one of the table above, or "other"."""
    if scope["type"] == "websocket":
        return "connection"
    path = path_below_prefix(scope).strip("/")
    if is_page(path):
        return "page"
    return _BY_NAME.get(path.partition("/")[0].partition(".")[0], OTHER)
