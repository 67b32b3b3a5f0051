"""Accessibility of what a page shows, by axe-core."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
UPSTREAM = {("target-size", "spinbutton")}
"""What Streamlit's own widgets do: the parts of a date (React Aria's segments) are narrower than 24 px."""


def violations(page: Page, only: tuple[str, ...] = ()) -> list[str]:
    """The serious and critical violations of a page that are ours; `only`: of these rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    rules = {"type": "rule", "values": only} if only else {"type": "tag", "values": LEVELS}
    # What else axe looked at and found sound is as long as the page.
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [
        f"{page.url} {violation['id']} {node['html'][:120]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if not any(violation["id"] == rule and part in node["html"] for rule, part in UPSTREAM)
    ]
