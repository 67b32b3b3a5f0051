"""The wheel brings all that the program needs, where `test_container.py` cannot make an image with it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from contextlib import closing
from pathlib import Path

import pytest
from support.dockerfile import needs_namespaces

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has nothing of this checkout, and its packages from this environment."""
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = made.glob("clusterdash-*.whl")
    environment = made / "venv"
    venv.create(environment)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    python = str(environment / "bin" / "python")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True)
    return environment / "bin" / "clusterdash"


def fetch(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=10) as response:
        return response.status, response.read().decode()


@pytest.mark.slow
@pytest.mark.skipif(not needs_namespaces.args[0], reason="tests/deployment/test_container.py tries it")
def test_an_installed_wheel_prepares_shows_and_serves(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    for name in ("CLUSTERDASH_DATA", "PYTHONPATH"):
        environment.pop(name, None)

    def run(*arguments: str) -> str:
        command = [str(installed), *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout

    assert re.fullmatch(r"clusterdash \d+\.\d+\.\d+\S*\n", run("--version"))
    run("sample", "--clusters", "40", "--years", "1")
    run("import", "data/sample")
    assert (tmp_path / "data" / "clusterdash.sqlite").is_file(), "data lie in the working directory"
    assert json.loads(run("show", "demo-0012", "--format", "json"))["cluster_id"] == "demo-0012"
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([installed, "serve", "--port", str(port)], cwd=tmp_path, env=environment)
    try:
        for _ in range(120):
            try:
                assert fetch(f"http://127.0.0.1:{port}/health")[0] == 200
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.5)
        assert "Berlin" in fetch(f"http://127.0.0.1:{port}/labels.csv")[1]
        status, page = fetch(f"http://127.0.0.1:{port}/method?lang=fr")
        assert (status, 'lang="fr"' in page) == (200, True)
    finally:
        server.terminate()
        server.wait(timeout=30)
