"""The page of open data: its addresses answer, its columns are those of the files, its examples run."""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.editions import AWARDS, HOLDERS, LABELLED

from clusterdash.domain import LabelHolder
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES, country_name, format_partial_date, translate
from clusterdash.open_data import documentation
from clusterdash.open_data.data_package import FIELDS, FORMAT_VERSION
from clusterdash.open_data.label_files import ABOUT, LABEL_COLUMNS
from clusterdash.server.routes import routes


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    yield TestClient(Starlette(routes=routes()))


@contextmanager
def served() -> Iterator[str]:
    """Our routes at an address of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        free.listen()
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes()), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]})
        thread.start()
        try:
            until = time.monotonic() + 30
            while not server.started:
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{free.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_finding_comes_first(register: tuple[LabelHolder, ...], staff: EditionReader, language: str) -> None:
    title = documentation.title(register, language)  # type: ignore[arg-type]
    assert {str(AWARDS), str(LABELLED)} <= set(re.findall(r"\d+", title))
    source = staff.provenance()
    assert source
    lead = documentation.lead(source, language)  # type: ignore[arg-type]
    licence = translate(language, "export.licence")  # type: ignore[arg-type]
    assert licence in lead
    assert format_partial_date(language, source.as_of) in lead.removesuffix(licence)  # type: ignore[arg-type]
    for unstated in (None, replace(source, as_of="")):
        assert documentation.lead(unstated, language).startswith(licence)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_of_the_page_answers(client: TestClient, language: str) -> None:
    page = documentation.address_table("http://testserver/", language)  # type: ignore[arg-type]
    page += documentation.filter_example("http://testserver/", language)  # type: ignore[arg-type]
    found = [unescape(address) for address in re.findall(r'href="([^"]+)"', page)]
    assert len(found) == 10
    for address in found:
        parts = urlsplit(address)
        assert client.get(f"{parts.path}?{parts.query}".rstrip("?")).status_code == 200, address


def test_every_filter_is_one_that_the_files_take(client: TestClient) -> None:
    told = re.findall(r'<th scope="row"><code>(\w+)</code></th>', documentation.filter_table("en"))
    assert told == ["label", "country", "sector", "state", "year", "q", "lang"]
    values = {"label": "gold", "country": "FR", "sector": "food", "state": "expired", "year": "2018", "lang": "fr"}
    for name in told:
        assert client.get(f"/labels.csv?{name}={values.get(name, 'bio')}").status_code == 200
        refused = client.get(f"/labels.atom?{name}={values.get(name, 'bio')}").status_code == 400
        assert refused == ("not for the feed" in translate("en", f"filter_use.{name}"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_columns_are_those_of_the_file(client: TestClient, language: str) -> None:
    page = documentation.column_table(language)  # type: ignore[arg-type]
    *names, last = re.findall(r'<th scope="row"><code>([^<]+)</code></th>', page)
    assert (names, last) == (list(LABEL_COLUMNS), f"{ABOUT}…")
    repeated = re.findall(rf"\b{ABOUT}\w+", page)
    (header, *_) = csv.reader(io.StringIO(client.get("/labels.csv").content.decode("utf-8-sig")))
    assert [*names, *repeated] == header == list(FIELDS)
    package = client.get(f"/datapackage.json?lang={language}").json()
    assert package["version"] == FORMAT_VERSION
    for field in package["resources"][0]["schema"]["fields"]:
        if not field["name"].startswith(ABOUT):
            assert field["description"] in unescape(page)
            allowed = [f"<code>{value}</code>" for value in field.get("constraints", {}).get("enum", ())]
            assert ", ".join(allowed) in page


# -- The examples, as a visitor copies them


def copied(program: str, server: str) -> str:
    """The code of an example, as a visitor copies it from the page."""
    page = documentation.examples(server, "en")
    codes = [unescape(code) for code in re.findall(r"<code>(.*?)</code>", page, flags=re.DOTALL)]
    (code,) = [code for code in codes if code == documentation.example_code(program, server, "en")]
    return code


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_the_example_for_curl_downloads_the_file(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    with served() as server:
        command = [*shlex.split(copied("curl", server)), "--silent", "--noproxy", "*"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
        rows = list(csv.DictReader(io.StringIO((tmp_path / "labels-gold.csv").read_text("utf-8-sig"))))
    assert {row["label"] for row in rows} == {"gold"}
    assert len({row["cluster_id"] for row in rows}) == HOLDERS["gold"]


def test_the_example_for_python_counts_clusters_by_country(
    data: Path, register: tuple[LabelHolder, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERDASH_DATA", str(data))
    monkeypatch.setenv("no_proxy", "*")
    with served() as server:
        program = tmp_path / "example.py"
        program.write_text(copied("python", server), "utf-8")
        answer = subprocess.run(
            [sys.executable, str(program)], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120
        )
    printed = dict(re.findall(r"^(\S.*?)\s+(\d+)$", answer.stdout, flags=re.MULTILINE))
    gold = [holder.cluster for holder in register if any(award.label == "gold" for award in holder.awards)]
    counted = Counter(country_name("en", cluster.country) for cluster in gold)
    assert {name: int(n) for name, n in printed.items()} == counted
    assert [int(n) for n in printed.values()] == sorted(counted.values(), reverse=True)


@pytest.mark.parametrize(
    ("program", "parts"), [("r", ("read.csv(", '"UTF-8-BOM"')), ("excel", ("Web.Contents(", "65001"))]
)
def test_the_other_examples_read_the_same_address(program: str, parts: tuple[str, ...]) -> None:
    code = copied(program, "https://labels.example/")
    assert '"https://labels.example/labels.csv?label=gold&lang=en"' in code
    assert all(part in code for part in parts)
    for opened, closed in ("()", "[]"):
        assert code.count(opened) == code.count(closed)
    assert code.count('"') % 2 == 0
