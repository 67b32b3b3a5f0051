"""Streamlit's scripts and styles go out compressed, each compressed once."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from clusterdash.server import static_compression
from clusterdash.server.page_metadata import PageMetadata
from clusterdash.server.request_info import SubPath
from clusterdash.server.security_headers import INDEX, SecurityHeaders, headers_for
from clusterdash.server.static_compression import StaticCompression, accepts_gzip

STATIC = INDEX.parent / "static"
SCRIPTS = sorted((STATIC / "js").glob("index.*.js"))
STYLE = next((STATIC / "css").glob("index.*.css"))
FONT = next((STATIC / "media").glob("*.woff2"))
SAME = ("content-type", "cache-control", "last-modified")


def served(subpath: str = "") -> TestClient:
    """Streamlit's own files behind our middleware, in the order of `app.py`."""
    prefix = f"/{subpath}" if subpath else ""
    middleware = [
        Middleware(SubPath, prefix=prefix),
        Middleware(SecurityHeaders, tls=True),
        Middleware(StaticCompression),
        Middleware(PageMetadata),
    ]
    return TestClient(Starlette(routes=create_streamlit_static_assets_routes(subpath), middleware=middleware))


@pytest.fixture(params=["", "dash"])
def below(request: pytest.FixtureRequest) -> Iterator[tuple[TestClient, str]]:
    subpath: str = request.param
    yield served(subpath), f"/{subpath}/static" if subpath else "/static"


def test_scripts_and_styles_are_the_same_files_in_fewer_bytes(below: tuple[TestClient, str]) -> None:
    client, root = below
    for path in (*SCRIPTS, STYLE):
        name = f"{root}/{path.relative_to(STATIC).as_posix()}"
        plain = client.get(name, headers={"Accept-Encoding": "identity"})
        answer = client.get(name, headers={"Accept-Encoding": "br, gzip"})
        assert (answer.status_code, plain.status_code) == (200, 200)
        assert answer.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert answer.content == plain.content == path.read_bytes()
        assert int(answer.headers["content-length"]) < 0.6 * int(plain.headers["content-length"])
        assert {head: answer.headers[head] for head in SAME} == {head: plain.headers[head] for head in SAME}
        assert answer.headers["etag"] != plain.headers["etag"]
        assert answer.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        for head, value in headers_for(name, tls=True).items():
            assert answer.headers[head] == value


def test_a_browser_that_holds_the_file_is_sent_nothing(below: tuple[TestClient, str]) -> None:
    client, root = below
    name = f"{root}/js/{SCRIPTS[0].name}"
    first = client.get(name)
    for condition in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = client.get(name, headers=condition)
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["etag"], again.headers["vary"]) == (first.headers["etag"], "Accept-Encoding")
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert again.headers["x-content-type-options"] == "nosniff"
    assert client.get(name, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_tells_the_headers_alone(below: tuple[TestClient, str]) -> None:
    client, root = below
    name = f"{root}/js/{SCRIPTS[0].name}"
    head, whole = client.head(name), client.get(name)
    assert (head.status_code, head.content, dict(head.headers)) == (200, b"", dict(whole.headers))


def test_parts_fonts_and_unknown_files_are_passed_on(below: tuple[TestClient, str]) -> None:
    client, root = below
    part = client.get(f"{root}/js/{SCRIPTS[0].name}", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, SCRIPTS[0].read_bytes()[:10])
    assert "content-encoding" not in part.headers
    font = client.get(f"{root}/media/{FONT.name}")
    assert font.content == FONT.read_bytes()
    assert "content-encoding" not in font.headers
    assert client.get(f"{root}/js/nothing.js", headers={"Accept": "text/html"}).status_code == 404
    assert client.post(f"{root}/js/{SCRIPTS[0].name}").status_code == 405
    if root != "/static":
        assert client.get(f"/static/js/{SCRIPTS[0].name}").status_code == 404, "nothing beside the sub-path"


def test_a_file_is_compressed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.1234.js").write_text("let a = 1;\n" * 1000)
    (tmp_path / "static" / "b.1234.js").symlink_to(tmp_path / "nothing")
    made: list[Path] = []
    once = static_compression._compress
    monkeypatch.setattr(static_compression, "_compress", lambda path: made.append(path) or once(path))
    client = TestClient(Starlette(middleware=[Middleware(StaticCompression, folder=tmp_path)]))
    answers = [client.get("/static/a.1234.js") for _ in range(5)]
    assert {answer.content for answer in answers} == {b"let a = 1;\n" * 1000}
    assert made == [tmp_path / "static" / "a.1234.js"]
    assert client.get("/static/b.1234.js").status_code == 404
    with client.stream("GET", "/static/a.1234.js") as raw:
        assert gzip.decompress(b"".join(raw.iter_raw())) == answers[0].content


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP;q=0.5", True),
        ("br, *", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip; q=x", False),
        ("br", False),
        ("x-gzipped", False),
        ("", False),
    ],
)
def test_gzip_is_used_only_where_it_is_accepted(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted
