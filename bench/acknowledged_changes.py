"""A writer that publishes, grants and corrects is killed at random moments: is all that it acknowledged there?

Prints the counts. Run it with `.venv/bin/python -m bench.acknowledged_changes`; with `CLUSTERDASH_DATABASE` set to an
empty database it runs against that one.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from clusterdash.admin.grants import AccessAdmin
from clusterdash.admin.register import RegisterAdmin
from clusterdash.domain import STAFF, ClusterdashError
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.editions import build, catalog
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase
from clusterdash.ingest import grants, sample
from clusterdash.ingest.label_changes import KnownRegister
from clusterdash.operational_database import audit_records, label_changes

KILLS = 50
ROOT = Path(__file__).parent.parent
ME = "staff@example.org"
KINDS = ("publish", "grants", "labels")


@dataclass
class Outcome:
    """What was counted: kills, acknowledged changes, lost ones, and changes of which only a part is there."""

    kills: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)


def prepare(data: Path) -> None:
    """Two small editions to publish in turn, and a member of staff."""
    folder = data.parent / "in"
    sample.generate(folder, PROJECT_DATA, clusters=24, years=1, seed=7)
    for minute in range(2):
        tables, _ = build.check_files([folder], data, date(2026, 6, 1))
        assert tables is not None
        build.build_and_activate(tables, [folder], data, datetime(2026, 6, 1, 12, minute, tzinfo=UTC), ME)
    grants.replace(data, grants.check_rows([[ME, "staff", "", "", ""]], ())[0])


def write(data: Path, first: int) -> None:
    """Change something for ever, and print the number of each change once it is made."""
    editions = [path.stem for path in catalog.edition_paths(data)]
    opened = EditionDatabase(catalog.edition_path(data, editions[0]))
    holders = {holder.cluster.cluster_id: holder for holder in opened.reader(STAFF).label_register()}
    opened.close()
    known = KnownRegister(holders, (), (), date(2026, 6, 1))
    cluster, holder = next((one, holder) for one, holder in holders.items() if holder.awards)
    cells = {"checked_on": "2026-06-01", "award_ids": holder.awards[0].award_id}
    for number in count(first):
        kind, now = KINDS[number % len(KINDS)], datetime.now(UTC)
        try:
            if kind == "publish":
                served = catalog.current_id(data)
                other = next(edition for edition in editions if edition != served)
                build.activate(data, other, now, f"{number}")
            elif kind == "grants":
                rows = [[ME, "staff", "", "", ""], [f"{number}@example.org", "manager", "demo-0001", "", ""]]
                assert AccessAdmin(STAFF, data, demonstration=False, by=ME).replace(rows, (), now) == []
            else:
                changes = [NewChange(ChangeAction.CHECK, cluster, cells)] * 3
                register = RegisterAdmin(STAFF, data, demonstration=False, by=ME)
                assert register.record(changes, known, f"{number}", now) == []
        except ClusterdashError:
            return  # the database is gone
        print(number, kind, flush=True)


def run(data: Path, kills: int, seed: int, first: int = 0, crash: Callable[[], None] | None = None) -> Outcome:
    """Kill the writer, and by `crash` what it writes to, `kills` times; look at what is there each time.

    `first`: the number of the first change; no number may be used twice.
    """
    draw, outcome, number = random.Random(seed), Outcome(), first
    for _ in range(kills):
        command = [sys.executable, "-m", "bench.acknowledged_changes", "write", str(data), str(number)]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert writer.stdout
        assert writer.stderr
        lines = [writer.stdout.readline() for _ in range(len(KINDS) * 2)]  # what is compared first is read from then on
        assert lines[-1], writer.stderr.read()
        time.sleep(draw.uniform(0, 0.1))  # the moment is meant to be random
        if crash:
            crash()
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
        writer.wait()
        whole = [line.split() for line in lines if line.endswith("\n")]
        outcome.kills += 1
        outcome.acknowledged += len(whole)
        number = _compare(data, [(int(at), kind) for at, kind in whole], outcome)
    return outcome


def _compare(data: Path, acknowledged: list[tuple[int, str]], outcome: Outcome) -> int:
    """Add to the outcome what is lost or torn; returns the number for the next change."""
    published = {entry.by for entry in catalog.history(data)}
    corrected = Counter(change.reason for change in label_changes.read(data))
    granted = [grant.email for grant in grants.read_grants(data) if grant.email != ME]
    logged = Counter(record.action for record in audit_records.read(data, 100_000))
    last = {kind: max((at for at, done in acknowledged if done == kind), default=-1) for kind in KINDS}
    for at, kind in acknowledged:
        if (kind == "publish" and str(at) not in published) or (kind == "labels" and not corrected[str(at)]):
            outcome.lost.append(f"{at} {kind}")
    # The list of grants is replaced as a whole: the latest acknowledged one is in force, or one that followed.
    if last["grants"] >= 0 and (not granted or int(granted[0].split("@")[0]) < last["grants"]):
        outcome.lost.append(f"{last['grants']} grants")
    outcome.torn += [reason for reason, changes in corrected.items() if changes != 3]
    if len(granted) > 1:
        outcome.torn.append("grants")
    # Each publication and each correction has its record in the log; two publications prepared the ground.
    if len(catalog.history(data)) - 2 != logged["publish"] or len(corrected) != logged["labels"]:
        outcome.torn.append(f"log: {logged}")
    catalog.current_path(data)
    return max(at for at, _ in acknowledged) + 2 * len(KINDS)


def main() -> None:
    """Kill, read, count."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        prepare(data)
        outcome = run(data, KILLS, seed=1)
        print(f"killed {outcome.kills} times, {outcome.acknowledged} changes acknowledged")
        print(f"lost {len(outcome.lost)}, torn {len(outcome.torn)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
