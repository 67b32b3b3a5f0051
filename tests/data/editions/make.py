"""Make the small editions of one schema version, by that version's own program: see README.md beside this file.

Run it as `python make.py CHECKOUT OUT.tar.gz` with a Python that has the dependencies; nothing of this project is
imported here, for CHECKOUT may be older.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

CLUSTERS = 24
REAL = {f"demo-{i:04d}": f"own-{i:04d}" for i in range(1, CLUSTERS + 1)}
"""The results of the sample, as those of clusters that are not called invented."""
ADDED = "own-0003"


def main(checkout: Path, out: Path) -> None:
    """Make two data folders, `real` and `demonstration`, and pack them."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        sample = folder / "sample"
        _run(checkout, folder / "none", "sample", "--clusters", str(CLUSTERS), "--years", "2", "--out", str(sample))
        _run(checkout, folder / "demonstration", "import", str(sample))
        real = folder / "real"
        _write_real(sample, folder / "in")
        _run(checkout, real, "import", str(folder / "in"))
        for day, options in (("2026-03-02", ()), ("2026-04-01", ("--stage",))):
            book = folder / f"questionnaire-{day}.xlsx"
            _run(checkout, real, "template", "--scheme", "benchmark-36", "--cluster", ADDED, "--out", str(book))
            _fill_in(book, day)
            _run(checkout, real, "import", "--add", *options, str(book), "--accept", "disclosure")
        with tarfile.open(out, "w:gz") as packed:
            for name in ("real", "demonstration"):
                for path in sorted((folder / name).rglob("*")):
                    if path.is_file() and path.name != ".lock" and "audit" not in path.parts:
                        packed.add(path, path.relative_to(folder), filter=_anonymous)


def _run(checkout: Path, data: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "clusterdash", *arguments, "--data", str(data), "--lang", "en"]
    environment = {**os.environ, "LOGNAME": "operator", "PYTHONPATH": str(checkout)}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    if done.returncode and "unrecognized arguments: --accept" in done.stderr:
        _run(checkout, data, *arguments[: arguments.index("--accept")])
    elif done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _write_real(sample: Path, folder: Path) -> None:
    """What an organisation hands in: answers, a sector of its own, awards, remarks, stories, a corrected cluster."""
    folder.mkdir()
    for name in ("clusters.csv", "answers.csv"):
        with (sample / name).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        at = header.index("cluster_id")
        kept = [[*row[:at], REAL[row[at]], *row[at + 1 :]] for row in rows]
        if name == "clusters.csv":
            place = header.index("name")
            kept = [[*row[:place], f"Cluster {row[at]}", *row[place + 1 :]] for row in kept]
            kept[0][header.index("sector")] = "bells|food"
        _write(folder / name, [header, *kept])
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    told = [first[name] for name in ("cluster_id", "assessed_on", "scheme")]
    who = ("cluster_id", "assessed_on", "scheme")
    noted = (*told, first["indicator"], "- vu sur place, « oui »", "contrat ; n° 7")
    _write(folder / "remarks.csv", [(*who, "indicator", "notes", "proof"), noted])
    _write(folder / "stories.csv", [(*who, "story", "what", "result"), (*told, "1", "A fair", "Three members more")])
    _write(folder / "sectors.csv", [("code", "name_en", "name_fr"), ("bells", "Bell founding", "Fonderie de cloches")])
    _write(folder / "grants.csv", [("email", "role", "cluster_id"), ("a@example.org", "staff", "")])
    award = ("cluster_id", "label", "awarded_on", "valid_until", "source_url")
    _write(folder / "awards.csv", [award, (REAL["demo-0002"], "silver", "2025-05", "2028", "https://a.example/award")])


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _fill_in(path: Path, day: str) -> None:
    """The questionnaire with the last answers confirmed, a note at the first and a story."""
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"] = day
    sheet = book.worksheets[1]
    sheet["G2"], sheet["H2"] = sheet["G2"].value or 3, f"seen on {day}"
    book.save(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
