"""The documents: links lead somewhere, commands exist, and the architecture is described as it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"]


def test_every_link_leads_to_a_file() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8"))
        if not target.startswith("https://") and not (document.parent / target).exists()
    ]
    assert not broken


def test_the_architecture_fits_on_a_few_pages() -> None:
    assert len((ROOT / "docs" / "architecture.md").read_text("utf-8").splitlines()) <= 120


def test_every_package_is_described() -> None:
    described = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    packages = [path.parent.name for path in (ROOT / "clusterdash").glob("*/__init__.py")]
    assert not [name for name in packages if f"`{name}/`" not in described]


def test_every_command_of_the_readme_exists() -> None:
    told = set(re.findall(r"-m clusterdash (\w+)", (ROOT / "README.md").read_text("utf-8")))
    command = [sys.executable, "-m", "clusterdash", "--help"]
    offered = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert told
    assert not {name for name in told if not re.search(rf"^    {name}\b", offered, re.MULTILINE)}


def test_each_direct_dependency_has_a_reason() -> None:
    described = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = re.findall(r'^  "([\w-]+)(?:\[auth\])?==', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert len(listed) > 30
    assert not [name for name in listed if name not in described and not name.startswith("types-")]
