"""The checks of an installation: each finds what is wrong with real files and servers, and says what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from oidc_provider_mock import run_server_in_thread
from support.browser import serve
from support.tls_proxy import SCHEME, WEBSOCKET, free_port, needs_nginx, tls_proxy, write_certificate

from clusterdash.cli.main import main
from clusterdash.doctor import data_folder, versions, web_requests
from clusterdash.doctor.finding import Finding
from clusterdash.doctor.login import LoginProvider, check_clock, check_provider, check_redirect
from clusterdash.doctor.public_address import check_certificate, check_public_address
from clusterdash.editions import catalog
from clusterdash.i18n import LANGUAGES
from clusterdash.settings import PREFIX, Settings

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
Found = list[tuple[str, str]]


def told(*findings: Finding) -> Found:
    """Subject and severity of each finding, whose sentences exist in each language and differ."""
    for one in findings:
        assert len({one.text(language) for language in LANGUAGES}) == len(LANGUAGES), one
        assert all(one.subject_name(language) for language in LANGUAGES)
    return [(one.subject, one.severity) for one in findings]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


@pytest.fixture
def own(data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(data, tmp_path / "own"))


def test_a_data_folder_that_is_in_order(own: Path) -> None:
    assert told(*data_folder.check_folder(own)) == [
        ("folder", "ok"),
        ("permissions", "ok"),
        ("file_system", "ok"),
        ("disk", "ok"),
    ]
    assert told(data_folder.check_settings(own)) == [("settings", "ok")]
    (own / "settings.toml").write_text("hours = 2\n")
    assert told(data_folder.check_settings(own)) == [("settings", "ok")]
    assert told(data_folder.check_database(own)) == [("database", "ok")]
    assert told(data_folder.check_edition(own)) == [("edition", "ok")]


def test_a_data_folder_that_cannot_be_used(tmp_path: Path) -> None:
    assert told(*data_folder.check_folder(tmp_path / "missing")) == [("folder", "error")]
    found = dict(told(*data_folder.check_folder(Path("/proc"))))
    assert found["folder"] == found["disk"] == "error", "nothing can be written there, and nothing is free"
    assert told(data_folder.check_edition(tmp_path)) == [("edition", "warning")]
    assert told(data_folder.check_database(tmp_path)) == [("database", "ok")], "made by the first change"


def test_files_that_cannot_be_read_are_errors(own: Path) -> None:
    catalog.current_path(own).write_bytes(b"no edition" * 1000)
    assert told(data_folder.check_edition(own)) == [("edition", "error")]
    for file in own.glob("clusterdash.sqlite*"):
        file.unlink()
    (own / "clusterdash.sqlite").write_bytes(b"no database" * 1000)
    assert [finding.severity for finding in [data_folder.check_database(own)]] == ["error"]
    (own / "settings.toml").write_text("hours = 0\n")
    assert told(data_folder.check_settings(own)) == [("settings", "error")]


@pytest.mark.parametrize(
    ("free", "largest", "severity"),
    [
        (10**9, 10**6, "ok"),
        (499_999_999, 0, "error"),
        (3 * 10**9, 10**9, "ok"),
        (3 * 10**9 - 1, 10**9, "error"),
    ],
)
def test_a_build_needs_three_times_the_largest_edition(free: int, largest: int, severity: str) -> None:
    assert told(data_folder.check_space(free, largest)) == [("disk", severity)]


def test_packages_are_compared_with_the_pins(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(
        "duckdb==2.0.0 \\\n    --hash=sha256:0\nno-such-package==1.0 ; sys_platform == 'win32' \\\n"
        "streamlit[auth]==1.67.0 \\\n    # via x\n"
    )
    assert versions.pins(tmp_path) == {"duckdb": "2.0.0", "streamlit": "1.67.0"}
    assert told(*versions.check_versions(tmp_path)) == [("versions", "ok")]
    (tmp_path / "requirements.txt").write_text("duckdb==1.0.0\nno-such-package==1.0\n")
    (found,) = versions.check_versions(tmp_path)
    assert told(found) == [("versions", "error")]
    assert "duckdb 2.0.0 (→ 1.0.0), no-such-package – (→ 1.0)" in found.text("en")


@pytest.mark.parametrize(("days", "severity"), [(30, "ok"), (14, "ok"), (13.9, "error"), (-1, "error")])
def test_a_certificate_must_be_valid_for_two_weeks(days: float, severity: str) -> None:
    assert told(check_certificate(NOW + timedelta(days=days), NOW)) == [("certificate", severity)]


@pytest.mark.parametrize(
    ("date", "severity"),
    [
        (format_datetime(NOW + timedelta(seconds=59)), "ok"),
        (format_datetime(NOW - timedelta(seconds=59)), "ok"),
        (format_datetime(NOW + timedelta(seconds=60)), "error"),
        (format_datetime(NOW - timedelta(hours=1)), "error"),
        ("yesterday", "warning"),
        (None, "warning"),
    ],
)
def test_clocks_may_differ_by_less_than_a_minute(date: str | None, severity: str) -> None:
    assert told(check_clock({"date": date} if date else {}, NOW)) == [("clock", severity)]


def test_the_way_back_is_the_public_address() -> None:
    way = "https://dash.example/x/oauth2callback"
    for url, severity in ((None, "ok"), ("https://dash.example/x/", "ok"), ("https://dash.example", "error")):
        assert told(check_redirect(way, url)) == [("redirect", severity)]


def test_a_provider_is_asked_for_its_issuer_and_its_time() -> None:
    with run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        metadata = f"{issuer}/.well-known/openid-configuration"
        good = told(*check_provider(LoginProvider("default", metadata, [issuer]), datetime.now(UTC)))
        other = told(*check_provider(LoginProvider("default", metadata, ["https://id.example"]), datetime.now(UTC)))
        late = told(
            *check_provider(LoginProvider("default", metadata, [issuer]), datetime.now(UTC) + timedelta(minutes=2))
        )
        nothing = told(*check_provider(LoginProvider("default", f"{issuer}/x", [issuer]), datetime.now(UTC)))
    assert good == [("provider", "ok"), ("clock", "ok")]
    assert other == [("provider", "error"), ("clock", "ok")]
    assert late == [("provider", "ok"), ("clock", "error")]
    assert nothing == [("provider", "error")]
    gone = LoginProvider("default", metadata, [issuer])
    assert told(*check_provider(gone, NOW)) == [("provider", "error")]
    for address in ("", "ftp://x/y", "http://[", "http://localhost:99999/"):
        assert told(*check_provider(LoginProvider("default", address, []), NOW)) == [("provider", "error")]


@contextmanager
def proxied(
    folder: Path,
    backend: str,
    *,
    days: float = 30,
    directives: str = f"{WEBSOCKET} {SCHEME}",
    trusted: bool = True,
) -> Iterator[Found]:
    """What is found of a server behind a proxy."""
    folder.mkdir()
    certificate = write_certificate(folder / "certificate.pem", days)
    with (
        tls_proxy(folder / "nginx", backend, certificate, free_port(), directives) as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        if trusted:
            patch.setenv("SSL_CERT_FILE", str(certificate))
        yield told(*check_public_address(url, datetime.now(UTC), behind_tls=True))


@needs_nginx
@pytest.mark.slow
def test_each_fault_of_a_proxy_is_found(own: Path, tmp_path: Path) -> None:
    good = ["certificate", "public_address", "proxy_headers", "websocket"]
    with serve(own) as backend:
        with proxied(tmp_path / "good", backend) as found:
            assert found == [(subject, "ok") for subject in good]
        with proxied(tmp_path / "late", backend, days=10) as found:
            assert found == [("certificate", "error"), *((subject, "ok") for subject in good[1:])]
        with proxied(tmp_path / "scheme", backend, directives=WEBSOCKET) as found:
            assert dict(found) == {**dict.fromkeys(good, "ok"), "proxy_headers": "error"}
        with proxied(tmp_path / "upgrade", backend, directives=SCHEME) as found:
            assert dict(found) == {**dict.fromkeys(good, "ok"), "websocket": "error"}
        with proxied(tmp_path / "untrusted", backend, trusted=False) as found:
            assert found == [("public_address", "error")]
        with proxied(tmp_path / "path", f"{backend}/elsewhere/") as found:
            assert found == [("certificate", "ok"), ("public_address", "error")]
        assert told(*check_public_address(backend, NOW, behind_tls=False)) == [
            ("public_address", "ok"),
            ("websocket", "ok"),
        ]
    assert told(*check_public_address(f"https://localhost:{free_port()}", NOW, behind_tls=True)) == [
        ("public_address", "error")
    ]


@needs_nginx
@pytest.mark.slow
def test_the_command_checks_a_whole_installation(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate, port = write_certificate(tmp_path / "certificate.pem", 30), free_port()
    (own / "settings.toml").write_text("behind_tls = true\n")
    with run_server_in_thread() as provider:
        issuer = f"http://localhost:{provider.server_port}"
        for name, value in {
            "URL": f"https://localhost:{port}",
            "REDIRECT_URI": f"https://localhost:{port}/oauth2callback",
            "COOKIE_SECRET": "4b1f0c7a92d83e65b1f0c7a92d83e654",
            "CLIENT_ID": "clusterdash",
            "CLIENT_SECRET": "only-for-tests",
            "METADATA_URL": f"{issuer}/.well-known/openid-configuration",
            "PROMPT": "login",
        }.items():
            monkeypatch.setenv(PREFIX + name, value)
        with serve(own) as backend, tls_proxy(tmp_path / "nginx", backend, certificate, port):
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            status = main(["doctor", "--data", str(own), "--format", "json"])
            lines = json.loads(capsys.readouterr().out)
            assert [line for line in lines if line["severity"] != "ok"] == []
            assert status == 0
            assert [line["check"] for line in lines] == [
                *("versions", "folder", "permissions", "file_system", "disk", "settings", "database", "edition"),
                *("start", "redirect", "provider", "clock"),
                *("certificate", "public_address", "proxy_headers", "websocket"),
            ]
            monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")
            assert main(["doctor", "--data", str(own), "--lang", "en"]) == 1
            assert "client.showErrorDetails" in capsys.readouterr().out, "variables of Streamlit count as at the start"
            monkeypatch.delenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS")
            monkeypatch.setenv("CLUSTERDASH_COOKIE_SECRET", "guessable")
            assert main(["doctor", "--data", str(own), "--lang", "en"]) == 1
            text = capsys.readouterr().out
    assert "ERROR    start of the server: auth.cookie_secret can be guessed" in text
    assert text.count("\n") == len(lines)
    assert "guessable" not in text
    assert "only-for-tests" not in text


def test_invalid_settings_end_the_checks(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "settings.toml").write_text("hour = 1\n")
    assert main(["doctor", "--data", str(own), "--lang", "en"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("ERROR    settings: Unknown setting “hour”")


def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket  # noqa: PLC0415 - only here

    monkeypatch.setattr(web_requests, "TIMEOUT_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert told(*check_provider(LoginProvider("default", address, []), NOW)) == [("provider", "error")]
