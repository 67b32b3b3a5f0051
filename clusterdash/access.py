"""Who may see what: the whole policy in one module. Pure; what is not allowed here is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Literal

from .domain import PUBLIC, STAFF, Audience, Grant, GrantRole, Viewer

DemoRole = Literal["public", "cluster", "staff"]
"""The roles in which a visitor may view a demonstration."""
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def demonstration_offered(*, login_configured: bool, synthetic: bool) -> bool:
    """Whether the switch exists that lets anyone look as a manager or as staff: never with real data."""
    return synthetic and not login_configured


def demonstration_viewer(*, login_configured: bool, synthetic: bool, role: DemoRole, cluster_id: str | None) -> Viewer:
    """The viewer of a demonstration. Outside of one everybody is the public."""
    if not demonstration_offered(login_configured=login_configured, synthetic=synthetic):
        return PUBLIC
    if role == "staff":
        return STAFF
    if role == "cluster":
        return Viewer(Audience.CLUSTER, frozenset({cluster_id} if cluster_id else ()))
    return PUBLIC


def normalize_email(address: str) -> str:
    """An e-mail address as grants and sign-ins are compared: ASCII letters in lower case, all else as it is.

    Nothing that Unicode holds for alike is made alike: lower case turns the Kelvin sign into a k, and canonical
    composition does so too, so that either would let its owner in as somebody else.
    """
    return address.translate(_ASCII_LOWER)


def granted_viewer(grants: Iterable[Grant], email: str, today: date) -> Viewer | None:
    """The viewer that a signed-in address is; None where nothing is granted to the address today."""
    theirs = [
        grant
        for grant in grants
        if grant.email == email and (grant.valid_from or today) <= today <= (grant.valid_until or today)
    ]
    if any(grant.role is GrantRole.STAFF for grant in theirs):
        return STAFF
    clusters = frozenset(cluster for grant in theirs for cluster in grant.clusters)
    return Viewer(Audience.CLUSTER, clusters) if clusters else None


def clusters_by_account(grants: Iterable[Grant], today: date) -> dict[str, frozenset[str]]:
    """The clusters that each address sees today or will see, by id; without staff, who see all of them anyway."""
    found: dict[str, set[str]] = {}
    staff = set()
    for grant in grants:
        if grant.valid_until is None or grant.valid_until >= today:
            found.setdefault(grant.email, set()).update(grant.clusters)
            if grant.role is GrantRole.STAFF:
                staff.add(grant.email)
    return {email: frozenset(clusters) for email, clusters in found.items() if email not in staff}


def edition_visible(*, demonstration: bool, synthetic: bool) -> bool:
    """Whether an edition exists for who looks as staff on a page: to be listed, compared, completed, published, ...

    In a demonstration, where anyone may view pages as staff, only an invented one does.
    """
    return synthetic or not demonstration


def may_open_pages(viewer: Viewer, audience: Audience) -> bool:
    """Whether pages for an audience exist for the viewer: the public's for all, everything for staff."""
    return audience is Audience.PUBLIC or viewer.audience in (audience, Audience.STAFF)


def may_read_results(viewer: Viewer, cluster_id: str) -> bool:
    """Whether the viewer may see one cluster's results."""
    return viewer.audience is Audience.STAFF or (viewer.audience is Audience.CLUSTER and cluster_id in viewer.clusters)
