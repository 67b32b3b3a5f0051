"""An installation to measure: a data folder with an invented edition, and managers who are signed in to it."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from clusterdash.editions import build
from clusterdash.ingest import grants, sample

COOKIE_SECRET = "only-for-measuring-0123456789abcdef"
SECRETS = f"""
[auth]
redirect_uri = "{{address}}/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
client_id = "clusterdash"
client_secret = "only-for-measuring"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
client_kwargs = {{{{ prompt = "login" }}}}
"""
SESSION_COOKIE = "_streamlit_user"
STAFF = "staff"
"""In the place of a cluster's id: a member of staff."""


def secrets(address: str) -> str:
    """The `secrets.toml` of a server at an address."""
    return SECRETS.format(address=address)


def build_data(data: Path, clusters: int = 1300, years: int = 3) -> list[str]:
    """Publish an invented edition in a new folder, with a manager for each cluster and `STAFF`; returns the ids."""
    folder, now = data / "sample", datetime.now(UTC)
    data.mkdir(parents=True, exist_ok=True)
    sample.generate(folder, build.PROJECT_DATA, clusters=clusters, years=years)
    tables, problems = build.check_files([folder], data, now.date())
    assert tables is not None, problems
    ids = sorted(tables.frames["cluster"]["cluster_id"][lambda ids: ids.str.startswith("demo-")])
    build.build_and_activate(tables, [folder], data, now)
    rows = [[manager_of(cluster), "manager", cluster, "", ""] for cluster in ids]
    rows.append([manager_of(STAFF), "staff", "", "", ""])
    grants.replace(data, grants.check_rows(rows, ())[0])
    return ids


def manager_of(cluster: str) -> str:
    """The e-mail address of a cluster's manager."""
    return f"{cluster}@m.example"


def sign_in(address: str, cluster: str) -> str:
    """The cookie `SESSION_COOKIE` of a cluster's manager who is signed in to the server at an address."""
    return session_cookie(address, manager_of(cluster))


def session_cookie(address: str, email: str) -> str:
    """The cookie `SESSION_COOKIE` of somebody who is signed in to the server at an address."""
    claims = {
        "is_logged_in": True,
        "provider": "default",
        "iss": "https://id.example",
        "aud": "clusterdash",
        "origin": address,
        "sub": email,
        "iat": time.time() - 60,
        "email": email,
        "email_verified": True,
    }
    return create_signed_value(COOKIE_SECRET, SESSION_COOKIE, json.dumps(claims)).decode()


def write_streamlit_app(folder: Path, script: str) -> None:
    """Write a Streamlit application of one page into a folder, with settings that ask nobody and watch nothing."""
    (folder / ".streamlit").mkdir(parents=True, exist_ok=True)
    (folder / "app.py").write_text(script)
    (folder / ".streamlit" / "config.toml").write_text(
        '[server]\nheadless = true\nfileWatcherType = "none"\n[browser]\ngatherUsageStats = false\n'
    )


def free_port() -> int:
    """A port of this machine that nobody listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answers(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until something listens to a port. Raises AssertionError if the process ends, or it takes too long."""
    until = time.monotonic() + seconds
    while True:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "the server has stopped"
        assert time.monotonic() < until, "the server does not answer"
        time.sleep(0.05)
