"""The complete access policy: who may see what. Pure; what is not allowed here is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Literal

from .domain import PUBLIC, Audience, ClusterdashError, Grant, GrantRole, Viewer

DemoRole = Literal["public", "cluster", "expert", "second_expert", "staff"]
"""The roles that a visitor of the demonstration may view as."""
DEMONSTRATION_DOMAIN = "invented.invalid"
"""The domain of the addresses of the demonstration's roles: nobody can sign in with one (RFC 2606)."""
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def demonstration_offered(*, login_configured: bool, synthetic: bool) -> bool:
    """Whether anyone may view as a manager or as staff: never with real data."""
    return synthetic and not login_configured


def demonstration_viewer(
    *, login_configured: bool, synthetic: bool, role: DemoRole, clusters: frozenset[str] = frozenset()
) -> Viewer:
    """The viewer of a session; the public unless the demonstration is offered.

    `clusters`: those that a manager manages, or that an expert assesses.
    """
    if not demonstration_offered(login_configured=login_configured, synthetic=synthetic):
        return PUBLIC
    email = demonstration_email(role)
    if role == "staff":
        return Viewer(Audience.STAFF, email=email)
    if role == "cluster":
        return Viewer(Audience.CLUSTER, clusters, email=email, manages=clusters)
    if role in ("expert", "second_expert"):
        return Viewer(Audience.EXPERT, clusters, email=email, assesses=clusters)
    return PUBLIC


def demonstration_email(role: DemoRole) -> str:
    """The address under which a role of the demonstration takes part in cases."""
    return f"{role.replace('_', '-')}@{DEMONSTRATION_DOMAIN}"


def normalize_email(address: str) -> str:
    """An e-mail address as grants and sign-ins are compared: ASCII letters in lower case, all else unchanged.

    No Unicode equivalence is applied: lower case turns the Kelvin sign into a k, and so does canonical composition, so
    that either would let the owner of such an address in as somebody else.
    """
    return address.translate(_ASCII_LOWER)


def granted_viewer(grants: Iterable[Grant], email: str, today: date) -> Viewer | None:
    """The viewer for a signed-in address; None if nothing is granted to it today."""
    theirs = [
        grant
        for grant in grants
        if grant.email == email and (grant.valid_from or today) <= today <= (grant.valid_until or today)
    ]
    manages, assesses = (
        frozenset(cluster for grant in theirs if grant.role is role for cluster in grant.clusters)
        for role in (GrantRole.MANAGER, GrantRole.EXPERT)
    )
    if any(grant.role is GrantRole.STAFF for grant in theirs):
        return Viewer(Audience.STAFF, email=email, manages=manages, assesses=assesses)
    if not manages | assesses:
        return None
    audience = Audience.CLUSTER if manages else Audience.EXPERT
    return Viewer(audience, manages | assesses, email=email, manages=manages, assesses=assesses)


def clusters_by_account(grants: Iterable[Grant], today: date) -> dict[str, frozenset[str]]:
    """The ids of the clusters that each address sees today or will see; without staff, who see all of them."""
    found: dict[str, set[str]] = {}
    staff = set()
    for grant in grants:
        if grant.valid_until is None or grant.valid_until >= today:
            found.setdefault(grant.email, set()).update(grant.clusters)
            if grant.role is GrantRole.STAFF:
                staff.add(grant.email)
    return {email: frozenset(clusters) for email, clusters in found.items() if email not in staff}


def edition_visible(*, demonstration: bool, synthetic: bool) -> bool:
    """Whether an edition exists for staff on a page: to be listed, compared, extended, published, ...

    In a demonstration, where anyone may view as staff, only invented ones do.
    """
    return synthetic or not demonstration


def may_open_pages(viewer: Viewer, audience: Audience) -> bool:
    """Whether the viewer may open pages for an audience.

    Public pages are for all, those for experts for who assesses a cluster, whose results they see; staff open all
    others.
    """
    if audience is Audience.PUBLIC:
        return True
    if audience is Audience.EXPERT:
        return viewer.audience is Audience.EXPERT or (viewer.audience is not Audience.PUBLIC and bool(viewer.assesses))
    if audience is Audience.CLUSTER:
        return viewer.audience in (Audience.CLUSTER, Audience.STAFF) or (
            viewer.audience is Audience.EXPERT and bool(viewer.clusters)
        )
    return viewer.audience is audience


def may_read_results(viewer: Viewer, cluster_id: str) -> bool:
    """Whether the viewer may see one cluster's results."""
    return viewer.audience is Audience.STAFF or (
        viewer.audience in (Audience.CLUSTER, Audience.EXPERT) and cluster_id in viewer.clusters
    )


def require_staff(viewer: Viewer) -> None:
    """Raise ClusterdashError unless the viewer is staff."""
    if viewer.audience is not Audience.STAFF:
        raise ClusterdashError("access.staff_only")
