"""The scripts of our own components: at an address that changes with their content, kept by browsers."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.pages import ROOT

from clusterdash.server import component_scripts
from clusterdash.server.routes import routes


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def address(name: str) -> str:
    """Where the loader of a component fetches its script."""
    found = re.search(r"new URL\('([^']+)', document.baseURI\)", component_scripts.loader(name))
    assert found
    return f"/{found[1]}"


def test_a_component_loads_a_script_that_browsers_keep(client: TestClient) -> None:
    answer = client.get(address("answer_sheet.js"))
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == (ROOT / "clusterdash" / "web" / "assets" / "answer_sheet.js").read_bytes()


def test_what_a_script_imports_lies_beside_it_and_is_kept_as_well(client: TestClient) -> None:
    script = client.get(address("answer_sheet.js")).text
    imported = re.findall(r'^import .* from "\./([\w.]+)";', script, re.MULTILINE)
    assert imported
    for name in imported:
        answer = client.get(address("answer_sheet.js").replace("answer_sheet.js", name))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_another_content_has_another_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = address("answer_sheet.js")
    made = (component_scripts._contents, component_scripts._version)
    monkeypatch.setattr(component_scripts, "_FILES", ("answer_sheet.js",))
    for one in made:
        one.cache_clear()
    try:
        assert address("answer_sheet.js") != before
        assert client.get(before).headers["cache-control"] == "no-cache", "not kept under the address of another"
    finally:
        monkeypatch.undo()
        for one in made:
            one.cache_clear()


def test_other_files_are_not_handed_out(client: TestClient) -> None:
    for name in ("style.css", "..%2Fanswer_sheet.py", "%2e%2e%2fanswer_sheet.py"):
        assert client.get(f"/assets/scripts/0/{name}").status_code == 404
