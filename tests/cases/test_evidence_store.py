"""Contents of evidence are stored once, whole or not at all, and read only as they were handed in."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clusterdash import files
from clusterdash.cases import evidence_store
from clusterdash.domain import ClusterdashError
from clusterdash.i18n import LANGUAGES, explain

CONTENT = b"the minutes of a meeting"
HASH = hashlib.sha256(CONTENT).hexdigest()


def refusal(data: Path, sha256: str) -> str:
    with pytest.raises(ClusterdashError) as raised:
        evidence_store.read(data, sha256)
    assert len({explain(language, raised.value) for language in LANGUAGES}) == len(LANGUAGES)
    return raised.value.key


def everything(data: Path) -> set[Path]:
    return {found for found in data.rglob("*") if found.is_file()}


def test_what_is_put_is_read_listed_and_removed(tmp_path: Path) -> None:
    assert evidence_store.stored(tmp_path) == ()
    assert evidence_store.put(tmp_path, CONTENT) == HASH
    assert evidence_store.read(tmp_path, HASH) == CONTENT
    assert evidence_store.stored(tmp_path) == (HASH,)
    assert everything(tmp_path) == {tmp_path / "evidence" / HASH[:2] / HASH}
    evidence_store.remove(tmp_path, HASH)
    evidence_store.remove(tmp_path, HASH)
    assert everything(tmp_path) == set()
    assert refusal(tmp_path, HASH) == "evidence_file.absent"


def test_the_same_content_is_one_file_however_many_put_it(tmp_path: Path) -> None:
    large = CONTENT * 100_000
    with ThreadPoolExecutor(8) as threads:
        hashes = set(threads.map(lambda _: evidence_store.put(tmp_path, large), range(40)))
    assert len(hashes) == 1
    assert len(everything(tmp_path)) == 1
    assert evidence_store.read(tmp_path, hashes.pop()) == large


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    assert evidence_store.put(tmp_path / "data", CONTENT) == HASH
    for made in (tmp_path / "data").rglob("*"):
        assert not stat.S_IMODE(made.stat().st_mode) & 0o077
    assert "evidence" in files._MADE


def test_a_damaged_file_is_not_handed_out_and_is_replaced_by_the_next_one(tmp_path: Path) -> None:
    evidence_store.put(tmp_path, CONTENT)
    evidence_store.path(tmp_path, HASH).write_bytes(CONTENT[:-1] + b"!")
    assert refusal(tmp_path, HASH) == "evidence_file.damaged"
    evidence_store.put(tmp_path, CONTENT)
    assert evidence_store.read(tmp_path, HASH) == CONTENT


@pytest.mark.parametrize(
    "foreign", ["", "../../settings.toml", f"{HASH}/..", f"../{HASH}", HASH.upper(), HASH[:-1], f"{HASH}\n", "é" * 64]
)
def test_a_foreign_id_leads_nowhere(foreign: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("hours = 1\n")
    evidence_store.put(tmp_path, CONTENT)
    before = everything(tmp_path)
    assert refusal(tmp_path, foreign) == "evidence_file.absent"
    for deed in (evidence_store.remove, evidence_store.quarantine):
        with pytest.raises(ClusterdashError):
            deed(tmp_path, foreign)
    assert everything(tmp_path) == before


KILLED = """
import os, sys
from pathlib import Path
from clusterdash import files
from clusterdash.cases import evidence_store

def killed(*_):
    print("before the rename", flush=True)
    sys.stdin.read()

files.publish_file = killed
evidence_store.put(Path(sys.argv[1]), sys.argv[2].encode())
"""


def test_a_process_killed_before_the_rename_leaves_no_content_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), CONTENT.decode()]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"before the rename\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.communicate()
    (left,) = everything(tmp_path)
    assert left.name.startswith(f".{HASH}"), "it was killed with a file beside"
    assert evidence_store.stored(tmp_path) == ()
    assert refusal(tmp_path, HASH) == "evidence_file.absent"
    assert evidence_store.put(tmp_path, CONTENT) == HASH
    assert everything(tmp_path) == {evidence_store.path(tmp_path, HASH)}


def test_a_file_that_no_row_names_is_removed_after_a_day(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    hashes = [evidence_store.put(tmp_path, bytes([number])) for number in range(4)]
    old = (now - evidence_store.KEPT_UNREFERENCED - timedelta(minutes=1)).timestamp()
    for sha256 in hashes[:3]:
        os.utime(evidence_store.path(tmp_path, sha256), (old, old))
    evidence_store.put(tmp_path, bytes([2]))  # somebody hands it in again, and its row is yet to come
    assert evidence_store.remove_unreferenced(tmp_path, {hashes[0]}, now) == (hashes[1],)
    assert evidence_store.stored(tmp_path) == tuple(sorted({*hashes} - {hashes[1]}))
    assert evidence_store.remove_unreferenced(tmp_path / "none", (), now) == ()


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "publish_file", full)
    with pytest.raises(ClusterdashError) as raised:
        evidence_store.put(tmp_path, CONTENT)
    assert "No space left" in explain("en", raised.value)
    assert everything(tmp_path) == set()
