"""The attacker's further ways: one account with many clusters, figures that were kept, earlier years, holders, parts.

As in `test_leaks`, each way has a deliberately broken copy that it must find, and must find nothing in the product.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from support.attack_model import Finding, Programme, Tally, View, print_tallies
from support.broken_copies import Attack, Broken, counted_exactly, found, rewritten
from support.editions import publish_folder
from support.leak_audit import LEVELS, Answers, Clusters, LeakAudit, drawn, solve_over_time

from clusterdash import access
from clusterdash.domain import STAFF, Audience, IndicatorPosition, Viewer
from clusterdash.editions import catalog, release_differencing
from clusterdash.editions import diff as differences
from clusterdash.editions.reader import EditionDatabase
from clusterdash.editions.release_differencing import Cell
from clusterdash.statistics import rounding, small_counts, suppression
from clusterdash.statistics.parameters import LIMITS, Limits
from clusterdash.statistics.suppression import Atom

pytestmark = pytest.mark.slow

FIGURES: dict[str, Tally] = {}


# -- one account with many clusters


def in_one_sector(seed: int, size: int, n: int = 40) -> tuple[Clusters, Answers, list[str]]:
    """A sector of exactly so many clusters, in the order in which they are granted."""
    clusters, answers = drawn(seed, n)
    members = random.Random(seed).sample(sorted(clusters), size)
    moved = {}
    for cluster, (country, sectors) in clusters.items():
        others = "|".join(sector for sector in sectors.split("|") if sector != "ict") or "food"
        moved[cluster] = (country, "ict" if cluster in members else others)
    return moved, answers, members


def alike_but_for_the_account(size: int = 12, mine: int = 9) -> tuple[Clusters, Answers, list[str]]:
    """A sector whose others all give the highest answer, as do three of the account; the rest gives the lowest."""
    clusters, answers, members = in_one_sector(3, size)
    for place, cluster in enumerate(members):
        answers[cluster] |= dict.fromkeys(LEVELS, 0 if place < mine - 3 else 4)
    return clusters, answers, members[:mine]


def by_one_account(folder: Path, _: pytest.MonkeyPatch) -> Tally:
    """All but one to five of a sector's clusters are granted to one address, which looks at all of them."""
    tally = Tally()
    attacked = [("alike", *alike_but_for_the_account())]
    for size, mine in ((6, 5), (8, 7), (12, 8)):
        clusters, answers, members = in_one_sector(100 + size, size)
        attacked.append((f"{size}-{mine}", clusters, answers, members[:mine]))
    for name, clusters, answers, account in attacked:
        arena = LeakAudit(folder / name, clusters, answers, [account])
        for code in LEVELS:
            tally.add(arena.solve(account, code))
    return tally


def grants_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "clusters_by_account", lambda *_: {})


def alike_for_three_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """All limits grow with an account, but for how many answers may differ where the others are alike."""
    original = suppression.suppressed

    def without_accounts(kinds: Mapping[int, str], atoms: Iterable[Atom], _: object, limits: Limits) -> object:
        return original(kinds, atoms, {}, limits)

    monkeypatch.setattr(suppression, "suppressed", without_accounts)


# -- figures that were kept


def one_newcomer() -> list[tuple[Clusters, Answers]]:
    clusters, answers = drawn(22)
    before = {cluster: given for cluster, given in answers.items() if cluster != "zq-0030"}
    return [({cluster: clusters[cluster] for cluster in before}, before), (clusters, answers)]


def one_question_each() -> list[tuple[Clusters, Answers]]:
    """Eight clusters correct an answer, but hardly two of them the same one."""
    clusters, answers = drawn(24)
    changing = sorted(clusters)[::4][:8]
    codes = dict(zip(changing, [*LEVELS, "N2", "P", "N1", *LEVELS], strict=False))
    corrected = {
        cluster: {**answers[cluster], code: (answers[cluster].get(code, 0) + 2) % (5 if code in LEVELS else 99)}
        for cluster, code in codes.items()
    }
    return [(clusters, answers), (clusters, {**answers, **corrected})]


def there_and_back() -> list[tuple[Clusters, Answers]]:
    """Everybody answers one question otherwise, and then all but one take it back."""
    clusters, answers = drawn(71)
    turned = {c: {**given, "L1": (given["L1"] + 2) % 5} if "L1" in given else given for c, given in answers.items()}
    return [(clusters, answers), (clusters, turned), (clusters, {**answers, "zq-0000": turned["zq-0000"]})]


def a_campaign() -> list[tuple[Clusters, Answers]]:
    """Everybody answers anew, and then half of them once more."""
    clusters, answers = drawn(26, 40)
    _, again = drawn(27, 40)
    _, third = drawn(28, 40)
    facts = {c: {code: answers[c][code] for code in ("S", "Y") if code in answers[c]} for c in answers}
    anew = {c: {**again[c], **facts[c]} for c in answers}
    once_more = {**anew, **{c: {**third[c], **facts[c]} for c in sorted(answers)[::2]}}
    return [(clusters, answers), (clusters, anew), (clusters, once_more)]


SUCCESSIONS: dict[str, Callable[[], list[tuple[Clusters, Answers]]]] = {
    "one newcomer": one_newcomer,
    "one question each": one_question_each,
    "there and back": there_and_back,
    "a campaign": a_campaign,
}


def published(folder: Path, succession: list[tuple[Clusters, Answers]]) -> list[LeakAudit]:
    editions: list[LeakAudit] = []
    for number, (clusters, answers) in enumerate(succession):
        editions.append(LeakAudit(folder / str(number), clusters, answers, after=editions[-1] if editions else None))
    return editions


def exposed_questions(editions: list[LeakAudit]) -> set[str]:
    """In which questions staff are warned before the last of the editions is published."""
    data, last = editions[-1].data, editions[-1].path
    catalog.set_current(data, editions[-2].path.stem, editions[-1].published_at, "")  # as it was when it was decided
    cells: set[Cell] = set(differences.exposed_cells(editions[-2].path, last))
    for path in catalog.previous_paths(data):
        if path != last:
            cells |= differences.exposed_cells(path, last)
    told = differences.difference(editions[-2].path, last, [p for p in catalog.previous_paths(data) if p != last])
    assert (told.groups_exposed, told.cells_exposed) == (len({group for group, _ in cells}), len(cells))
    return {item for _, item in cells}


TALKING = {"there and back": ("zq-0010", "zq-0013", "zq-0017")}
"""Who puts together what they kept, besides those that are drawn."""
ATTACKED: dict[str, tuple[list[LeakAudit], dict[str, Tally]]] = {}
"""Of each succession its editions, and who is pinned in which question: no broken copy changes either."""


def attacked(folder: Path, name: str) -> tuple[list[LeakAudit], dict[str, Tally]]:
    if name not in ATTACKED:
        editions = published(folder / name, SUCCESSIONS[name]())
        draw, pinned = random.Random(1), {}
        for code in (*LEVELS, "N2"):
            pinned[code] = Tally()
            drawn_ones = [tuple(draw.sample(sorted(editions[0].answers), size)) for size in (1, 3)]
            for coalition in [*drawn_ones, *([TALKING[name]] if name in TALKING else [])]:
                pinned[code].add(solve_over_time(editions, coalition, code))
        ATTACKED[name] = editions, pinned
    return ATTACKED[name]


def by_keeping_figures(folder: Path, _: pytest.MonkeyPatch) -> Tally:
    """Who is pinned by figures of before and after in a question that staff were not warned of."""
    tally = Tally()
    for name in SUCCESSIONS:
        editions, pinned = attacked(folder, name)
        warned = exposed_questions(editions)
        held_back = FIGURES[f"held back until confirmed, {name}"] = Tally()
        for code, found_out in pinned.items():
            (held_back if code in warned else tally).add(found_out)
    return tally


def nothing_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "exposed_cells", lambda *_: frozenset())


def counted_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters that change are counted for a group as a whole, whatever it is that they answer otherwise."""

    def few(old: Path, new: Path, limits: Limits = LIMITS) -> frozenset[Cell]:
        cells = release_differencing.exposed_cells(old, new, Limits(median_minimum=0, coalition=0, guess_ratio=0))
        before, after = _answers(old), _answers(new)
        changed = {c for c, given in after.items() if given != before.get(c)}
        return cells if len(changed) < limits.group_minimum else frozenset()

    monkeypatch.setattr(differences, "exposed_cells", few)


def _answers(path: Path) -> dict[str, dict[str, float]]:
    opened = EditionDatabase(path)
    gateway = opened.reader(STAFF)
    told = {cluster: dict(gateway.previous_assessment(cluster, "t").answers) for cluster in gateway.assessed()}
    opened.close()
    return told


def only_the_last_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "previous_paths", lambda _: [])


# -- progress, robustness, composition, holders


def a_year_before() -> tuple[Clusters, Answers, Answers]:
    """Of all those who had answered a year before, all but three had answered the same."""
    clusters, answers = drawn(31, 40)
    names = sorted(answers)
    full = {"N1": 5001.0, "N2": 3.0, "P": 40.0}  # who has an overall score is among the best
    earlier = {
        c: {**full, **answers[c], **dict.fromkeys(LEVELS, 3 if place % 13 else (0, 1, 2, 4)[place // 13])}
        for place, c in enumerate(names)
    }
    for cluster in names[::13]:
        answers[cluster] |= dict.fromkeys(LEVELS, 4)
        answers[cluster] |= {"N1": 2_000_001.0 + names.index(cluster), "N2": 4, "P": 50.0}
    return clusters, answers, earlier


def by_progress(folder: Path, _: pytest.MonkeyPatch) -> Tally:
    """What managers are told of the answers of a year before, lopsided on purpose."""
    tally = Tally()
    clusters, answers, earlier = a_year_before()
    arenas = [LeakAudit(folder / "alike", clusters, answers, earlier=earlier)]
    arenas.append(LeakAudit(folder / "drawn", *drawn(32, 40), earlier=drawn(33, 40)[1]))
    names = sorted(answers)
    for arena, coalition in ((arenas[0], names[::13][:3]), (arenas[1], names[3:6])):
        for code in LEVELS:
            (indicator,) = [i for i in arena.result(coalition[0]).grid.indicators if i.code == code]
            truth = {c: given[code] for c, given in arena.earlier.items() if code in given and c in arena.european}
            known = {c: truth[c] for c in coalition if c in truth}
            views = arena.progress(coalition, code)
            tally.add(Programme(indicator, known, views).attack(truth))
    return tally


def years_before_unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted exactly, and told where all are alike: either alone would be caught by the other."""
    counted_exactly(monkeypatch)
    suppressed = "left join suppressed_cell c on c.group_id = t.group_id and c.item = t.item"
    rewritten((suppressed, f"{suppressed} and false"))(monkeypatch)


def by_counting_in_blocks(folder: Path, _: pytest.MonkeyPatch) -> Tally:
    """Whether the span of a dimension tells a position that is not counted in steps from both ends."""
    tally = Tally()
    arena = LeakAudit(folder / "edition", *drawn(12, 38))
    for cluster in sorted(arena.answers):
        result = arena.result(cluster)
        scored = {p.dimension: p for p in result.first.scores}
        for block in result.robustness:
            n = scored[block.dimension].n
            tally.tried += 1
            for told in (block.position, block.low, block.high):
                steps = (told - 50) / 50 * n / 5
                if n < 10 or abs(steps - round(steps)) > 1e-6:
                    tally.found.append(Finding(cluster, block.dimension, told, told))
    return tally


def positions_of_blocks_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "coarsened_percentile", lambda positions, *_: positions)


def by_what_a_group_is_made_of(folder: Path, _: pytest.MonkeyPatch) -> Tally:
    """Parts of a group that are too small to be told; by country, sector, size."""
    tally = Tally()
    for seed in (8, 9):
        arena = LeakAudit(folder / str(seed), *drawn(seed))
        for cluster in sorted(arena.answers)[::3]:
            for reference in arena.result(cluster).references:
                tally.tried += len(reference.composition)
                small = [part for part in reference.composition if part.n < 6]
                tally.found += found(*((cluster, f"{part.kind} {part.key}: {part.n}") for part in small))
    return tally


def parts_of_one_country(monkeypatch: pytest.MonkeyPatch) -> None:
    original = small_counts.merge_small_categories
    monkeypatch.setattr(small_counts, "merge_small_categories", lambda counts, _: original(counts, 1))


QUESTIONS = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6")


def holding(seed: int, n: int) -> Answers:
    """Verified points of so many holders of a label; nearly all of them have nearly all points."""
    draw = random.Random(seed)
    if n == 6:  # those who talk are the only ones who have fewer
        return {f"zq-{place:04d}": dict.fromkeys(QUESTIONS, float(min(5, 2 + place))) for place in range(n)}
    return {
        f"zq-{place:04d}": {q: float(draw.choices((3, 4, 5), (1, 2, 3))[0]) for q in QUESTIONS} for place in range(n)
    }


def evaluated(folder: Path, answers: Answers) -> Path:
    """An edition with a scheme of points, whose verified answers all pass."""
    folder.mkdir(parents=True)
    tables = {
        "edition": [["title", "synthetic"], ["Attacked", "1"]],
        "dimensions": [["scheme", "code", "name_en", "name_fr"], ["g", "d", "D", "D"]],
        "indicators": [
            [
                "scheme",
                "code",
                "dimension",
                "name_en",
                "name_fr",
                "kind",
                "minimum",
                "maximum",
                "direction",
                "threshold",
            ],
            *(["g", q, "d", q, q, "points", "0", "5", "higher", "1"] for q in QUESTIONS),
        ],
        "clusters": [["cluster_id", "name", "country", "sector"], *([c, c, "FR", "food"] for c in [*answers, "out"])],
        "answers": [
            ["cluster_id", "assessed_on", "scheme", "indicator", "value", "evidence"],
            *([c, "2025-03-01", "g", q, str(v), "verified"] for c, given in answers.items() for q, v in given.items()),
        ],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return folder


def by_medians_of_holders(folder: Path, _: pytest.MonkeyPatch) -> Tally:
    """Two holders of a label and somebody who holds none put together the medians of the holders."""
    tally = Tally()
    for n in (6, 7, 8, 9, 12):
        answers = holding(n, n)
        data = publish_folder(evaluated(folder / str(n), answers), folder / f"{n}-data")
        opened = EditionDatabase(catalog.current_path(data))
        coalition = ["zq-0000", "zq-0001", "zq-0002", "out"]
        for code in QUESTIONS:
            truth = {c: given[code] for c, given in answers.items()}
            views = []
            for viewer in coalition:
                gateway = opened.reader(Viewer(Audience.CLUSTER, frozenset({viewer})))
                told = gateway.evaluation(viewer, "g")
                (indicator,) = [i for i in told.grid.indicators if i.code == code]
                for median in (median for median in told.holder_medians if median.indicator == code):
                    position = IndicatorPosition(code, None, None, None, None, median.median, None, None, median.n)
                    others = frozenset(truth) - {viewer}
                    views.append(View(others, frozenset(truth), None, position, (), 1))
            if views:
                known = {c: truth[c] for c in coalition if c in truth}
                tally.add(Programme(indicator, known, views).attack(truth))
            tally.tried += 1
        opened.close()
    return tally


def holders_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(("anti join alike using (scheme, item)\n", ""))(monkeypatch)


# -- all of them


BROKEN = [
    Broken("grants forgotten", grants_forgotten, by_one_account),
    Broken("what an account’s others share", alike_for_three_only, by_one_account),
    Broken("nothing is held back", nothing_held_back, by_keeping_figures),
    Broken("changes counted by group", counted_by_group, by_keeping_figures),
    Broken("only the last edition is compared", only_the_last_edition, by_keeping_figures),
    Broken("progress among years that are alike", years_before_unprotected, by_progress),
    Broken("positions of blocks as they are", positions_of_blocks_as_they_are, by_counting_in_blocks),
    Broken("parts of one country", parts_of_one_country, by_what_a_group_is_made_of),
    Broken("points that all holders share", holders_alike, by_medians_of_holders),
]
ATTACKS: dict[Attack, str] = {broken.attack: broken.attack.__name__ for broken in BROKEN}  # type: ignore[attr-defined]


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Iterator[None]:
    """The figures, printed when all is done."""
    yield
    print_tallies(request, FIGURES)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_copy_is_found(broken: Broken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken.breaks(monkeypatch)
    FIGURES[f"broken, {broken.name}"] = tally = broken.attack(tmp_path, monkeypatch)
    assert tally.found


@pytest.mark.parametrize("attack", list(ATTACKS), ids=list(ATTACKS.values()))
def test_the_product_withstands(attack: Attack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FIGURES[f"product, {ATTACKS[attack]}"] = tally = attack(tmp_path, monkeypatch)
    assert tally.tried
    assert tally.found == []
    assert tally.undecided == 0
