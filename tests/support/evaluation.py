"""Small schemes of evaluation, with cases drawn at random."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Mapping

from clusterdash.domain import Grid, Indicator, LocalizedText, Scheme
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.evaluation.scoring import Plan

NAME = LocalizedText("n", "n")


Values = dict[str, float]


def scheme(indicators: list[Indicator], share: float | None = 80) -> Grid:
    return Grid(Scheme("s", "s", "1", NAME, "evaluation", True, share), (), tuple(indicators), (), ())


def indicator(code: str, kind: str, low: float | None, high: float | None, threshold: float | None) -> Indicator:
    return Indicator("s", code, "d", NAME, kind, NAME, low, high, "higher", threshold, "")  # type: ignore[arg-type]


def gold() -> Grid:
    """The scheme that comes with the project, as its files say."""
    with (PROJECT_DATA / "scheme" / "indicators.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["scheme"] == "gold-31"]
    with (PROJECT_DATA / "scheme" / "schemes.csv").open(encoding="utf-8") as file:
        share = next(float(row["pass_share"]) for row in csv.DictReader(file) if row["scheme"] == "gold-31")
    known = [
        indicator(row["code"], row["kind"], float(row["minimum"]), float(row["maximum"]), float(row["threshold"]))
        for row in rows
    ]
    return scheme(known, share)


GOLD = gold()


def with_sum(total: int) -> Values:
    """All gates met and so many points, spread evenly."""
    scored = [i.code for i in GOLD.indicators if i.kind == "points"]
    each, more = divmod(total, len(scored))
    values = {i.code: 1.0 for i in GOLD.indicators if i.kind == "gate"}
    return values | {code: float(each + (place < more)) for place, code in enumerate(scored)}


def reachable(question: Indicator, start: float | None) -> list[float | None]:
    """The present value and all that steps lead to, told anew."""
    if question.kind in ("share", "number"):
        enough = question.threshold is None or (start is not None and start >= question.threshold)
        begin = start if start is not None else question.minimum
        return [begin] if enough else [begin, question.threshold]
    begin = question.minimum if start is None else start
    if begin is None:
        begin = 0.0
    assert question.maximum is not None
    higher = [float(n) for n in range(100) if begin < n <= question.maximum]
    if question.maximum > begin and question.maximum not in higher:
        higher.append(question.maximum)
    return [begin, *higher]


def values_of(grid: Grid, answers: Mapping[str, float], plan: Plan) -> tuple[float | None, ...]:
    targets = {step.indicator: step.target for step in plan.steps}
    return tuple(targets.get(i.code, reachable(i, answers.get(i.code))[0]) for i in grid.indicators)


def random_case(seed: int, most: int = 4000) -> tuple[Grid, Values, dict[str, int], set[str]]:
    """A small scheme of up to 8 indicators of all kinds with `most` combinations, answers, efforts, what is fixed."""
    draw = random.Random(seed)
    questions, answers, combinations = [], {}, 1
    for k in range(draw.randint(1, 8)):
        kind = draw.choices(["points", "gate", "level", "number"], [8, 1, 1, 1])[0]
        low = float(draw.choice([0, 0, 0, 1])) if kind == "points" else 0.0
        high = {"gate": 1.0, "number": 100.0}.get(kind) or low + draw.choice([1, 2, 3, 4, 5, 2.5])
        if kind == "level":
            high = math.floor(high)
        threshold = draw.choice([None, float(draw.randint(int(low), math.floor(high)))])
        question = indicator(f"i{k}", kind, low, high, threshold)
        value: float | None = float(draw.randint(int(low), math.floor(high)))
        if kind == "points" and draw.random() < 0.15:
            value = min(high, round(low + draw.random() * (high - low), draw.choice([1, 2])))
        if draw.random() < 0.15:
            value = None
        options = len(reachable(question, value))
        if combinations * options > most:
            break
        combinations *= options
        questions.append(question)
        if value is not None:
            answers[f"i{k}"] = value
    efforts = {q.code: draw.randint(1, 3) for q in questions if draw.random() < 0.7}
    fixed = {q.code for q in questions if draw.random() < 0.12}
    return scheme(questions, draw.choice([None, 50, 60, 75, 80, 80, 90, 100])), answers, efforts, fixed
