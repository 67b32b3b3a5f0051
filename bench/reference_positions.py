"""Places against a reference pack beside those computed from everybody's answers.

    python -m bench.reference_positions [--clusters 1300] [--members 60] [--seed 1]

An invented edition is split: its reference pack is all that an edition of some of its clusters knows of the others. For
each of these clusters, group and indicator, the place that the pack gives is compared with the one that plain Python
counts from all answers. Prints in how many cells the place is contained, and how often the word differs.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from clusterdash.benchmark.rules import classify, confidence_interval, findings
from clusterdash.domain import STAFF, Indicator, Reference
from clusterdash.editions import build, catalog, reference_export
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.reader import EditionDatabase
from clusterdash.ingest import sample
from clusterdash.reference_packs import archive
from clusterdash.statistics.parameters import LIMITS

SLACK = 1e-9
Answers = Mapping[str, Mapping[str, float]]
"""By indicator and cluster."""


@dataclass
class Tally:
    """Cells of one kind of groups: all, those of which the pack tells no place, places outside, words that contradict,
    and words that are other ones, "cannot tell" where no place is told.
    """

    cells: int = 0
    untold: int = 0
    outside: int = 0
    contradicting: int = 0
    other: int = 0
    widths: list[float] = field(default_factory=list)


def main(clusters: int, members: int, seed: int) -> tuple[dict[str, Tally], Tally, Tally]:
    """Compare all places, the scores and their ranks; prints the counts and returns them, places by kind of group."""
    with tempfile.TemporaryDirectory(prefix="clusterdash-references-") as place:
        folder = Path(place)
        sample.generate(folder / "all", PROJECT_DATA, clusters=clusters, years=1, seed=seed)
        whole = published(folder / "all", folder / "europe")
        pack = reference_export.reference_pack(
            whole, reference_export.most_used_scheme(whole), "Publisher", "CC-BY-4.0", datetime.now(UTC).date()
        ).pack
        (folder / "pack.zip").write_bytes(archive.write(pack))
        chosen = frozenset(
            random.Random(seed).sample([row["cluster_id"] for row in read(folder / "all/clusters.csv")], members)
        )
        split(folder / "all", folder / "some", chosen)
        part = published(folder / "some", folder / "national", folder / "pack.zip")
        groups, answers = everything(whole, pack.header.scheme)
        tallies, scores = compare(part, sorted(chosen), groups, answers)
        ranks = compare_ranks(part, whole, sorted(chosen))
    print(
        f"{clusters} clusters, {members} of them compared with the pack of all"
        f" ({len(pack.tables['frequencies'])} counts)"
    )
    headings = f"{'not told':>10}{'outside':>9}{'contradict':>12}{'other word':>12}{'width, median':>15}"
    print(f"{'group':<16}{'cells':>8}{headings}")
    for kind, tally in [
        *tallies.items(),
        ("all together", total(tallies)),
        ("score, top500", scores),
        ("rank of score", ranks),
    ]:
        width = sorted(tally.widths)[len(tally.widths) // 2]
        share = f"{tally.other / tally.cells:.1%}"
        print(
            f"{kind:<16}{tally.cells:>8}{tally.untold:>10}{tally.outside:>9}{tally.contradicting:>12}{share:>12}{width:>15.1f}"
        )
    return tallies, scores, ranks


def total(tallies: Mapping[str, Tally]) -> Tally:
    """All kinds together."""
    found = Tally()
    for tally in tallies.values():
        for name in ("cells", "untold", "outside", "contradicting", "other", "widths"):
            setattr(found, name, getattr(found, name) + getattr(tally, name))
    return found


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def split(source: Path, target: Path, chosen: Collection[str]) -> None:
    """Write the files of an edition with some of its clusters only."""
    target.mkdir()
    for path in source.glob("*.csv"):
        rows = [row for row in read(path) if row.get("cluster_id", "") in ("", *chosen)]
        with (target / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def published(folder: Path, data: Path, *more: Path) -> Path:
    """Import files that have no errors; returns the file of the edition."""
    now = datetime.now(UTC)
    tables, problems = build.check_files([folder, *more], data, now.date())
    if tables is None:
        raise SystemExit(str(problems[:3]))
    build.build_and_activate(tables, [folder, *more], data, now)
    return catalog.current_path(data)


def everything(path: Path, scheme: str) -> tuple[dict[tuple[str, str], set[str]], Answers]:
    """Who is in which group, and all answers."""
    with duckdb.connect(str(path), read_only=True) as connection:
        groups: dict[tuple[str, str], set[str]] = defaultdict(set)
        for kind, key, cluster in connection.execute(
            "select kind, key, cluster_id from peer_group join peer_group_member using (group_id) where scheme = ?",
            [scheme],
        ).fetchall():
            groups[kind, key].add(cluster)
        answers: dict[str, dict[str, float]] = defaultdict(dict)
        for code, cluster, value in connection.execute(
            """select indicator, cluster_id, value
               from latest_benchmark join answer using (assessment_id) where scheme = ?""",
            [scheme],
        ).fetchall():
            answers[code][cluster] = value
    return groups, answers


def compare(
    path: Path, clusters: Collection[str], groups: Mapping[tuple[str, str], Collection[str]], answers: Answers
) -> tuple[dict[str, Tally], Tally]:
    """The tallies by kind of group, and that of the scores."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    scores = Tally()
    database = EditionDatabase(path)
    reader = database.reader(STAFF)
    for cluster in clusters:
        result = reader.benchmark(cluster)
        indicators = {indicator.code: indicator for indicator in result.grid.indicators}
        for reference in result.packs[0].references:
            members = groups[reference.group.kind, reference.group.key]
            tally = tallies[reference.group.kind]
            for one in findings(reference, result.grid).comparisons:
                low, high, code = one.position.percentile_low, one.position.percentile_high, one.indicator.code
                if one.position.value is None or len(answers[code].keys() & members) <= LIMITS.percentile_minimum:
                    continue
                exact = place(cluster, members, answers[code], indicators[code])
                word = exact_word(exact, reference)
                tally.cells += 1
                if low is None or high is None:
                    tally.untold += 1
                    tally.other += word != "unsure"
                    continue
                tally.outside += not (low <= exact[0] + SLACK and exact[1] <= high + SLACK)
                tally.contradicting += one.classification not in (word, "unsure")
                tally.other += one.classification != word
                tally.widths.append(high - low - (exact[1] - exact[0]))
        compare_scores(scores, cluster, result.packs[0].references[0], groups["top500", ""], answers, indicators)
    database.close()
    return dict(sorted(tallies.items())), scores


def compare_scores(
    tally: Tally,
    cluster: str,
    reference: Reference,
    best: Collection[str],
    answers: Answers,
    indicators: Mapping[str, Indicator],
) -> None:
    """Whether the score of each dimension is where the pack says, over the questions that the pack tells of."""
    told = Counter[str]()
    sums: dict[str, float] = defaultdict(float)
    for position in reference.positions:
        if position.percentile is not None:
            indicator = indicators[position.indicator]
            low, high, _ = place(cluster, best, answers[indicator.code], indicator)
            told[indicator.dimension] += 1
            sums[indicator.dimension] += (low + high) / 2
    for score in reference.scores:
        if score.score_low is not None and score.score_high is not None:
            exact = sums[score.dimension] / told[score.dimension]
            tally.cells += 1
            tally.outside += not score.score_low - SLACK <= exact <= score.score_high + SLACK
            tally.widths.append(score.score_high - score.score_low)


def compare_ranks(part: Path, whole: Path, clusters: Collection[str]) -> Tally:
    """Whether the rank of each score is where the pack says, among the scores that the edition of all has computed."""
    with duckdb.connect(str(whole), read_only=True) as connection:
        rows = connection.execute(
            """select dimension, p.cluster_id, score, m.cluster_id is not null
               from profile p
               join peer_group g using (group_id)
               left join peer_group_member m on m.group_id = p.group_id and m.cluster_id = p.cluster_id
               where g.kind = 'top500' and score is not null"""
        ).fetchall()
    own = {(dimension, cluster): score for dimension, cluster, score, _ in rows}
    best: dict[str, dict[str, float]] = defaultdict(dict)
    for dimension, cluster, score, inside in rows:
        if inside:
            best[dimension][cluster] = score
    tally = Tally()
    database = EditionDatabase(part)
    for cluster in clusters:
        for score in database.reader(STAFF).benchmark(cluster).packs[0].references[0].scores:
            mine = own.get((score.dimension, cluster))
            if score.rank_low is None or score.rank_high is None or mine is None:
                continue
            others = [value for other, value in best[score.dimension].items() if other != cluster]
            exact = 100 * sum(value < mine for value in others) / len(others)
            tally.cells += 1
            tally.outside += not score.rank_low - SLACK <= exact <= score.rank_high + SLACK
            tally.widths.append(score.rank_high - score.rank_low)
    database.close()
    return tally


def place(
    cluster: str, members: Collection[str], answered: Mapping[str, float], indicator: Indicator
) -> tuple[float, float, int]:
    """The tie range of a cluster among the others of a group, in per cent, and how many they are."""
    own, others = answered[cluster], [answered[one] for one in members if one != cluster and one in answered]
    worse = sum(value > own if indicator.direction == "lower" else value < own for value in others)
    same = sum(value == own for value in others)
    return 100 * worse / len(others), 100 * (worse + same) / len(others), len(others)


def exact_word(exact: tuple[float, float, int], reference: Reference) -> str:
    """The word by the rule of the product: of a group that is a sample with the interval."""
    low, high, n = exact
    if reference.group.kind == "top500":
        return classify(low, high)
    interval_low, interval_high = confidence_interval((low + high) / 2, n)
    return classify(min(low, interval_low), max(high, interval_high))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clusters", type=int, default=1300)
    parser.add_argument("--members", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    main(asked.clusters, asked.members, asked.seed)
