"""The image: the steps of the Dockerfile make one that serves, as another user, with nothing writable but its data.

Not tried, for want of Docker: the base image, its Python and that it has no compiler; that the pinned packages can be
fetched (`make run` does); the services of `compose.yaml` together.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.dockerfile import Image, build, context_files, needs_namespaces, remove, steps
from support.tls_proxy import free_port

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
SUBPATH = "STREAMLIT_SERVER_BASE_URL_PATH"


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    # Not below pytest's folders, which only the user of the tests may enter.
    folder = Path(tempfile.mkdtemp(prefix="clusterdash-image-"))
    folder.chmod(0o755)
    try:
        yield build(DOCKERFILE, ROOT, folder, {"VERSION": "7.8.9"})
    finally:
        remove(folder)


def run(image: Image, *command: str, folder: str | None = None, **given: str) -> subprocess.CompletedProcess[str]:
    line = image.command_line(list(command), folder=folder, given=given, writable=False)
    return subprocess.run(line, capture_output=True, text=True, check=False)


def said(image: Image, *command: str, folder: str | None = None, **given: str) -> str:
    done = run(image, *command, folder=folder, **given)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def filled(image: Image) -> Image:
    """The image with results in its data folder."""
    # Where no variable names the data folder, it is `data` in the working directory.
    said(image, "clusterdash", "sample", "--clusters", "40", "--years", "1", folder="/data", CLUSTERDASH_DATA="")
    said(image, "clusterdash", "import", "/data/data/sample")
    return image


@contextmanager
def served(image: Image) -> Iterator[tuple[str, list[str]]]:
    """A server that runs CMD at a free port; its address, and HEALTHCHECK for that port."""
    port = str(free_port())
    command, health = ([text.replace("8501", port) for text in line] for line in (image.command, image.health))
    assert command != image.command
    assert health != image.health
    given = {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
    server = subprocess.Popen(image.command_line(command, given=given, writable=False))
    try:
        yield f"http://127.0.0.1:{port}", health
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) in (0, -signal.SIGTERM)


def wait_for(address: str) -> None:
    """Wait until something answers."""
    end = time.monotonic() + 120
    while True:
        try:
            fetch(f"{address}/_stcore/health")
            return
        except OSError:
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.1)


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as response:
        return str(response.read().decode())


@needs_namespaces
@pytest.mark.slow
def test_commands_of_the_image_work_without_the_checkout(filled: Image) -> None:
    assert said(filled, "clusterdash", "--version") == "clusterdash 7.8.9\n", "the argument of the build"
    assert said(filled, "id", "-u").strip() == "10001"
    said(filled, "clusterdash", "report", "demo-0012", "--lang", "en", "-o", "/data/brief.pdf")
    assert (filled.root / "data" / "brief.pdf").read_bytes()[:5] == b"%PDF-"


@needs_namespaces
@pytest.mark.slow
def test_the_image_serves_and_says_whether_it_is_healthy(filled: Image) -> None:
    with served(filled) as (address, health):
        wait_for(address)
        asked = run(filled, *health)
        assert asked.returncode == 0, asked.stderr
        below = run(filled, *health, **{SUBPATH: "/below/"})
        assert below.returncode != 0, "asked below the sub-path, where nothing is here"
        assert "404" in below.stderr
        assert fetch(f"{address}/readyz") == "ok"
        assert "Berlin" in fetch(f"{address}/labels.csv")
        assert 'lang="fr"' in fetch(f"{address}/method?lang=fr")
    assert run(filled, *health).returncode != 0, "nobody answers any more"


@needs_namespaces
@pytest.mark.slow
def test_nothing_but_the_data_can_be_written(image: Image) -> None:
    assert image.volumes == ["/data"]
    for folder in ("/", "/srv/clusterdash", "/opt/clusterdash", "/etc"):
        assert "Read-only" in run(image, "touch", f"{folder}/x").stderr or run(image, "test", "-w", folder).returncode
    said(image, "touch", "/data/x", "/tmp/x")
    owner = (image.root / "data").stat()
    assert owner.st_mode & 0o777 == 0o700
    if os.geteuid() == 0:
        assert (owner.st_uid, owner.st_gid) == (10001, 10001)


def test_the_image_is_made_of_the_program_alone() -> None:
    files = context_files(ROOT)
    assert {name.split("/")[0] for name in files} == {
        ".streamlit", "LICENSE", "README.md", "app.py", "clusterdash", "data", "pages", "pyproject.toml",
        "requirements-build.txt", "requirements.txt", "static",
    }  # fmt: skip
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    assert [name for name in files if name.startswith(("data/", ".streamlit/")) and name not in tracked] == []


def test_base_images_have_a_tag_and_no_step_runs_as_root_at_the_end() -> None:
    found = steps(DOCKERFILE)
    bases = [text.split()[0] for instruction, text in found if instruction == "FROM"]
    assert all(re.fullmatch(r"python:3\.11-slim-\w+", base) for base in bases)
    assert len(bases) == 2
    assert [text for instruction, text in found if instruction == "USER"] == ["10001:10001"]
    assert [text for instruction, text in found if instruction == "EXPOSE"] == ["8501"]
