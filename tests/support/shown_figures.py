"""What every place tells of one cluster, by measure, reference and subject; and where two places disagree.

A figure is known by its measure (the score of a dimension, the percentile of an indicator, ...), the reference or the
days that it is told against, and the dimension or indicator. Places are the pages in both languages, the brief as PDF,
the workbook, JSON, and the command `show`. As a script: `python tests/support/shown_figures.py DATA [CLUSTER ...]`.
"""

from __future__ import annotations

import html
import io
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from clusterdash.benchmark import progress, rules
from clusterdash.domain import STAFF, ClusterBenchmark, Language
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.i18n import LANGUAGES, bold_runs, escape_markdown, format_date, translate
from clusterdash.presentation.benchmark import group_names, narrative
from clusterdash.reports import brief, result_files
from clusterdash.statistics.parameters import LIMITS
from support.pages import open_folds

APP = str(Path(__file__).parents[2] / "app.py")
LOOKED_AT = 300
"""So many clusters of an edition are looked through for those that are special."""
Value = float | str | None
Key = tuple[str, str, str]
"""Measure; reference, or days; dimension or indicator ("" for a sentence)."""


@dataclass
class Figures:
    """What the places tell: figure -> place -> value; and in how many a figure was found."""

    result: ClusterBenchmark
    told: dict[Key, dict[str, Value]] = field(default_factory=lambda: defaultdict(dict))
    contradicted: list[str] = field(default_factory=list)

    def add(self, place: str, measure: str, against: str, subject: str, value: Value) -> None:
        """Note a figure; a place that tells it twice must tell the same."""
        known = self.told[measure, against, subject]
        if place in known and known[place] != value:
            self.contradicted.append(f"{place} tells {measure} {against} {subject} as {known[place]} and {value}")
        known[place] = value

    def differences(self) -> list[str]:
        """One line for each figure that two places tell differently."""
        apart = [
            f"{self.result.cluster.cluster_id} {' '.join(key)}: {dict(places)}"
            for key, places in self.told.items()
            if len(set(places.values())) > 1
        ]
        return [*self.contradicted, *apart]

    def shared(self) -> int:
        """How many figures are told in more than one place."""
        return sum(len(places) > 1 for places in self.told.values())


def compare(data: Path, gateway: EditionReader, cluster: str) -> Figures:
    """All that the places tell of one cluster."""
    result = gateway.benchmark(cluster)
    found = Figures(result)
    _read_json(found)
    for language in LANGUAGES:
        _read_workbook(found, language)
        _read_show(found, language)
        _read_paper(found, language)
        _read_screen(found, data, language)
    return found


def figure_of(text: str, language: Language) -> float | None:
    """The first number of a text as the language writes it; None for a dash."""
    text = re.sub(r"(?<=\d)[\u202f\u00a0](?=\d{3})" if language == "fr" else r"(?<=\d),(?=\d{3})", "", text)
    number = re.search(r"-?\d+(?:[.,]\d+)?", text.replace("\u2212", "-"))
    return float(number.group().replace(",", ".")) if number else None


def cell(text: str, language: Language) -> list[float | None]:
    """The figures of a cell "figure [low–high] (n)": four of them, None where one is missing."""
    parts = re.fullmatch(r"(.*?)(?:\s\[(.*?)–(.*?)\])?(?:\s\((.*?)\))?", text.replace("\u2060", ""))
    assert parts, text
    return [None if part is None else figure_of(part, language) for part in parts.groups()]


class _Names:
    """What a language calls dimensions, indicators and groups, back to their codes."""

    def __init__(self, result: ClusterBenchmark, language: Language) -> None:
        self.dimensions = {d.name.get(language): d.code for d in result.grid.dimensions}
        self.indicators = {i.code for i in result.grid.indicators}
        self.references = group_names.named_references(result, language)
        self.result, self.language = result, language

    def subject(self, text: str) -> str:
        """The code of a dimension by its name, of an indicator by its code before the name."""
        return self.dimensions.get(text) or text.split(" ", maxsplit=1)[0]

    def against(self, heading: str, column: str) -> str | None:
        """The reference that a heading names, if it is the heading of that column."""
        for key, (_, reference) in self.references.items():
            name = group_names.group_name(self.result, reference, self.language, short=True)
            if heading == translate(self.language, f"column.{column}", group=name):
                return key
        return None


def _position(add: Callable[..., None], against: str, code: str, percentile: str, median: str, lang: Language) -> None:
    middle, low, high, _ = cell(percentile, lang)
    values = (("percentile", middle), ("percentile_low", low), ("percentile_high", high))
    for name, value in values:
        if name == "percentile" or low is not None:
            add(name, against, code, value)
    middle, low, high, n = cell(median, lang)
    for name, value in (("median", middle), ("lower", low), ("upper", high), ("n", n)):
        add(name, against, code, value)


def _table(  # noqa: PLR0912 - one table after another
    found: Figures, place: str, language: Language, caption: str, rows: Sequence[Sequence[str]], ref: str, since: str
) -> None:
    """The figures of a table by its caption and the headings in its first row."""
    names = _Names(found.result, language)
    headings, *body = rows

    def add(measure: str, against: str, subject: str, value: Value) -> None:
        found.add(place, measure, against, subject, value)

    group = group_names.group_name(found.result, names.references[ref][1], language)
    for first, *others in (row for row in body if len(row) == len(headings)):
        code = names.subject(first)
        if caption == translate(language, "table.profile"):
            add("score", "", code, figure_of(others[0], language))
            for heading, text in zip(headings[2:], others[1:], strict=True):
                against = names.against(heading, "group_median")
                assert against, heading
                median, _, _, n = cell(text, language)
                add("median_score", against, code, median)
                add("median_score_n", against, code, n)
        elif caption == translate(language, "table.positions"):
            add("value", "", code, figure_of(others[0], language))
            for heading, *texts in zip(headings[2::2], others[1::2], others[2::2], strict=True):
                against = names.against(heading, "group_percentile")
                assert against, heading
                _position(add, against, code, *texts, language)
        elif caption == narrative.against(group, language):
            add("value", "", code, figure_of(others[0], language))
            _position(add, ref, code, *others[1:], language)
        elif caption == translate(language, "table.robustness"):
            _rank(add, code, others, language)
        elif caption == translate(language, "table.shifts"):
            before, own, peers, now, trend = others
            start, (end, _, _, n) = figure_of(before, language), cell(now, language)
            add("both_years before", since, code, start)
            add("both_years own_answers", since, code, (start or 0) + (figure_of(own, language) or 0))
            add("both_years now", since, code, end)
            add("both_years questions", since, code, n)
            add("both_years trend", since, code, _trend(trend, language))
            assert (start or 0) + (figure_of(own, language) or 0) + (figure_of(peers, language) or 0) == end
        elif caption == translate(language, "table.moves"):
            numbers = [figure_of(text, language) for text in others]
            for name, value in zip(
                ("value then", "value", "percentile then", "", "", "percentile"), numbers, strict=True
            ):
                if name in ("value", "percentile"):
                    add(name, "top500" if name == "percentile" else "", code, value)
                elif name:
                    add(name, since, code, value)
            if None not in (numbers[2], numbers[3]):
                add("percentile own_answers", since, code, (numbers[2] or 0) + (numbers[3] or 0))
        elif caption == translate(language, "table.block_slopes"):
            days = headings[1:]
            for heading, text in zip(days, others, strict=True):
                add(
                    "every_year",
                    heading if language == "en" else _english(found, heading),
                    code,
                    figure_of(text, language),
                )
        elif caption == translate(language, "table.context"):
            add("value", "", code, figure_of(others[0], language))


def _english(found: Figures, heading: str) -> str:
    days = [earlier.assessed_on for earlier in found.result.past] + [found.result.assessed_on]
    return next(format_date("en", one) for one in days if format_date("fr", one) == heading)


def _rank(add: Callable[..., None], code: str, others: Sequence[str], language: Language) -> None:
    low, high = others[1].replace("\u2060", "").split("–") if "–" in others[1][1:] else ("–", "–")
    figures = (("rank", others[0]), ("rank_low", low), ("rank_high", high), ("rank_same_side", others[2]))
    for name, text in figures:
        value = figure_of(text, language)
        if value is not None:
            add(name, "", code, value)


def _trend(text: str, language: Language) -> str:
    return next(key for key in ("better", "same", "worse", "unsure") if translate(language, f"trend.{key}") == text)


def _read_json(found: Figures) -> None:  # noqa: PLR0912 - one part after another
    told = json.loads(result_files.as_json(found.result))
    assert not re.search(
        r"\d\.\d{3}", json.dumps({k: v for k, v in told.items() if k != "edition_hash"}).replace("0.0", "")
    )

    def add(*key: str, value: Value) -> None:
        found.add("json", key[0], key[1], key[2], value)

    for code, value in told["context"].items():
        add("value", "", code, value=value)
    for row in told["scores"]:
        add("score", "", row["dimension"], value=row["score"])
    for row in told["ranks"]:
        for name, column in (
            ("rank", "rank"),
            ("rank_low", "low"),
            ("rank_high", "high"),
            ("rank_same_side", "same_side"),
        ):
            add(name, "", row["dimension"], value=row[column])
    for since in told["progress"]:
        for row in since["both_years"]:
            for name in ("before", "own_answers", "now", "questions", "trend"):
                add(f"both_years {name}", since["since"], row["dimension"], value=row[name])
        for row in since["percentiles"]:
            add("value then", since["since"], row["indicator"], value=row["value_before"])
            add("percentile then", since["since"], row["indicator"], value=row["before"])
            if None not in (row["before"], row["own_answers"]):
                add("percentile own_answers", since["since"], row["indicator"], value=row["own_answers"])
            add("value", "", row["indicator"], value=row["value_now"])
            add("percentile", "top500", row["indicator"], value=row["now"])
    for key, reference in told["references"].items():
        if reference:
            for dimension, median in reference["median_scores"].items():
                add("median_score", key, dimension, value=median)
                add("median_score_n", key, dimension, value=reference["median_score_n"][dimension])
            for row in reference["positions"]:
                _json_position(add, key, row)


def _json_position(add: Callable[..., None], key: str, row: dict[str, Value]) -> None:
    code = str(row["indicator"])
    add("value", "", code, value=row["value"])
    low, high = row["percentile_low"], row["percentile_high"]
    add("percentile", key, code, value=row["percentile"])
    if low != high:
        add("percentile_low", key, code, value=low)
        add("percentile_high", key, code, value=high)
    lower, upper = row["peer_lower"], row["peer_upper"]
    for name, value in (("median", row["peer_median"]), ("lower", lower), ("upper", upper), ("n", row["n"])):
        add(name, key, code, value=value)


def _read_workbook(found: Figures, language: Language) -> None:
    place, result = f"xlsx {language}", found.result
    names = _Names(result, language)
    book = openpyxl.load_workbook(io.BytesIO(result_files.workbook(result, language)))

    def sheet(key: str) -> list[list[Value]]:
        title = translate(language, key)[:31]
        return [list(row) for row in book[title].values] if title in book.sheetnames else [[]]

    (_, *about) = sheet("export.about")
    for name, row in zip(("verdict", "headline"), about, strict=False):
        found.add(place, f"sentence {name} {language}", "top500", "", str(row[0]))
    groups = ["top500", *(["sector"] if result.sector else [])]
    for row in sheet("paper.profile")[1:]:
        code = names.subject(str(row[0]))
        found.add(place, "score", "", code, row[1])
        for i, key in enumerate(groups):
            found.add(place, "median_score", key, code, row[2 + 2 * i])
            found.add(place, "median_score_n", key, code, row[3 + 2 * i])
        for name, value in zip(
            ("rank", "rank_low", "rank_high", "rank_same_side"), row[2 + 2 * len(groups) :], strict=True
        ):
            if value is not None:
                found.add(place, name, "", code, value)
    for row in sheet("paper.indicators")[1:]:
        code = names.subject(str(row[1]))
        found.add(place, "value", "", code, row[2])
        for i, key in enumerate(groups):
            middle, low, high, median, lower, upper, n = row[5 + 7 * i : 12 + 7 * i]
            told = {"percentile": middle, "median": median, "lower": lower, "upper": upper, "n": n}
            told |= {"percentile_low": low, "percentile_high": high} if low != high else {}
            for name, value in told.items():
                found.add(place, name, key, code, value)
    for since, dimension, *figures in (row for row in sheet("paper.both_years")[1:] if row):
        for name, value in zip(("before", "own_answers", "now", "questions"), figures, strict=False):
            found.add(place, f"both_years {name}", str(since), names.subject(str(dimension)), value)
        trend = _trend(str(figures[-1]), language)
        found.add(place, "both_years trend", str(since), names.subject(str(dimension)), trend)
    for since, name, then, now, before, held, percentile, _ in (row for row in sheet("paper.moves")[1:] if row):
        code = names.subject(str(name))
        found.add(place, "value then", str(since), code, then)
        found.add(place, "percentile then", str(since), code, before)
        if None not in (before, held):
            found.add(place, "percentile own_answers", str(since), code, held)
        found.add(place, "value", "", code, now)
        found.add(place, "percentile", "top500", code, percentile)


def _read_show(found: Figures, language: Language) -> None:
    place, names = f"show {language}", _Names(found.result, language)

    def add(measure: str, against: str, subject: str, value: Value) -> None:
        found.add(place, measure, against, subject, value)

    titles = {f"{title} (N": key for key, (title, _) in names.references.items()}
    against = ""
    for line in result_files.as_text(found.result, language).splitlines():
        if line.split(" = ")[0] in titles:
            against = titles[line.split(" = ")[0]]
            continue
        name, *texts = re.split(r" {2,}", line.strip())
        code = names.subject(name)
        if code in names.dimensions.values() and not against and len(texts) == 4:
            add("score", "", code, figure_of(texts[0], language))
            _rank(add, code, texts[1:], language)
        elif code in names.dimensions.values() and against:
            add("median_score", against, code, figure_of(texts[0], language))
            add("median_score_n", against, code, figure_of(texts[1], language))
        elif code in names.indicators and against:
            add("value", "", code, figure_of(texts[0], language))
            _position(add, against, code, *texts[1:], language)


def squeezed(text: str) -> str:
    """A text without its spaces and hyphens: a PDF breaks lines where it likes."""
    return re.sub(r"[\s\u2060\u00ad\u2011-]", "", text)


def _read_paper(found: Figures, language: Language) -> None:
    """What the brief says in its tables and sentences; each of them must stand in the text of the PDF."""
    place, result = f"pdf {language}", found.result
    content = brief.brief_content(result, language)
    pages = PdfReader(io.BytesIO(brief.brief(result, language))).pages
    said = squeezed("".join(page.extract_text() for page in pages))

    def read(caption: str, rows: Sequence[Sequence[str]]) -> None:
        whole = [*rows[0], *("".join(row) for row in rows[1:])]  # between headings stands that of a drawing
        found.contradicted += [f"not in the PDF: {text}" for text in whole if squeezed(text) not in said]
        _table(found, place, language, caption, rows, "top500", "")

    for name in ("verdict", "headline"):
        sentence = "".join(text for text, _ in content[name])
        found.add(place, f"sentence {name} {language}", "top500", "", sentence)
        found.contradicted += [] if squeezed(sentence) in said else [f"not in the PDF: {sentence}"]
    read(translate(language, "table.profile"), [content["profile"]["headings"], *content["profile"]["rows"]])
    chart = content["position_chart"]
    rows = [row["cells"] for _, group in chart["groups"] for row in group]
    read(translate(language, "table.positions"), [chart["headings"], *rows])
    firm = content["robustness"]
    read(translate(language, "table.robustness"), [firm["headings"], *firm["rows"]])
    for which in ("strengths", "margins"):
        group = narrative.against(group_names.top_name(result, language), language)
        if content[which]["rows"]:
            read(group, [content[which]["headings"], *content[which]["rows"]])
    for series in content["radar"]["series"]:
        _radar(found, f"{place} radar", series["name"], content["radar"]["axes"], series["values"], language)


def _radar(found: Figures, place: str, name: str, axes: Sequence[str], values: Sequence[Value], lang: Language) -> None:
    names = _Names(found.result, lang)
    keys = {
        translate(lang, "radar.median", group=group_names.group_name(found.result, r, lang, short=True)): key
        for key, (_, r) in names.references.items()
    }
    for axis, value in zip(axes, values, strict=True):
        if name in keys:
            found.add(place, "median_score", keys[name], names.dimensions[axis], value)
        else:
            found.add(place, "score", "", names.dimensions[axis], value)


def tables_of(app: AppTest) -> Iterator[tuple[str, list[list[str]]]]:
    """The tables of a page: caption, and rows of texts, the headings first."""
    for block in app.get("html"):
        for table in re.findall(r"(?s)<table.*?</table>", str(block.proto.body)):
            caption = re.search(r"<caption>(.*?)</caption>", table)
            rows = [re.findall(r"(?s)<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"(?s)<tr.*?</tr>", table)]
            texts = [[html.unescape(re.sub(r"<.*?>", "", text)) for text in row] for row in rows]
            yield html.unescape(caption.group(1)) if caption else "", texts


def _read_screen(found: Figures, data: Path, language: Language) -> None:
    os.environ["CLUSTERDASH_DATA"] = str(data)
    result = found.result
    names = _Names(result, language)
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["role"] = "staff"
    app.query_params["lang"], app.query_params["cluster"] = language, result.cluster.cluster_id
    app.run()
    others = list(names.references)[1:]
    chosen = others[sum(map(ord, result.cluster.cluster_id)) % len(others)] if others else "top500"
    for reference in dict.fromkeys(("top500", chosen)):
        open_folds(app)
        _visit(app, "benchmark", reference=reference)
        assert app.title[0].value == escape_markdown(result.cluster.name)
        _tables(found, app, f"page {reference} {language}", language, reference, "")
        _rows(found, app, f"rows {reference} {language}", language, reference)
        said = [str(part.value) for part in app.markdown]
        said += [html.unescape(re.sub("<.*?>", "", str(part.proto.body))) for part in app.get("html")]
        for name, sentence in (
            ("verdict", _verdict(result, names, reference)),
            ("headline", narrative.headline(result, names.references[reference][1], language)),
        ):
            plain = "".join(text for text, _ in bold_runs(sentence))
            assert sentence in said or plain in said, f"{name} does not follow {reference}"
            found.add("page", f"sentence {name} {language}", reference, "", plain)
        _figure_radar(found, app, f"page radar {reference} {language}", language)
    for earlier in result.past:
        since = earlier.assessed_on.isoformat()
        app.session_state["indicators"] = True
        _visit(app, "progress", since=since)
        _page(found, app, f"progress {language}", language, "top500", since)
        _visit(app, "silver", first=since)
        _page(found, app, f"silver {language}", language, "top500", since)


def _verdict(result: ClusterBenchmark, names: _Names, reference: str) -> str:
    _, against = names.references[reference]
    return narrative.verdict_sentence(rules.findings(against, result.grid), result, against, names.language)


def _visit(app: AppTest, page: str, **address: str) -> None:
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page(f"pages/cluster/{page}.py").run()
    assert not app.exception, app.exception
    assert not app.error, app.error


def _page(found: Figures, app: AppTest, place: str, language: Language, reference: str, since: str) -> None:
    assert any(caption.value.startswith(escape_markdown(found.result.cluster.name)) for caption in app.caption)
    _tables(found, app, place, language, reference, since)
    _changes(found, app, f"{place} rows", language, since)


def _changes(found: Figures, app: AppTest, place: str, language: Language, since: str) -> None:
    """The rows of progress: the own effect, and where the marks of both scores stand."""
    names = _Names(found.result, language)
    pattern = r'(?s)<th scope="row">(.*?) <small>.*?<td class="own (\w+)"><b[^>]*>(.*?)</b>(.*?)</tr>'
    for block in app.get("html"):
        for name, trend, own, rest in re.findall(pattern, str(block.proto.body)):
            code = names.subject(html.unescape(name))
            before, now = (re.search(rf'class="{mark}[^"]*" style="--p:(\d+)"', rest) for mark in ("before", "mark"))
            assert before
            assert now
            found.add(place, "both_years before", since, code, float(before[1]))
            found.add(place, "both_years own_answers", since, code, float(before[1]) + (figure_of(own, language) or 0))
            found.add(place, "both_years now", since, code, float(now[1]))
            found.add(place, "both_years trend", since, code, trend)


def _tables(found: Figures, app: AppTest, place: str, language: Language, reference: str, since: str) -> None:
    for caption, rows in tables_of(app):
        _table(found, place, language, caption, rows, reference, since)


def _rows(found: Figures, app: AppTest, place: str, language: Language, reference: str) -> None:
    """The rows of dimensions, strengths and margins: the figure, the median beside it, and where the mark stands."""
    names = _Names(found.result, language)
    read = 0
    for block in app.get("html"):
        for row in re.findall(r'(?s)<div class="row">.*?(?=<div class="row">|$)', str(block.proto.body)):
            name, figure = (
                html.unescape(re.sub("<.*?>", "", re.sub("(?s)<small>.*?</small>", "", part)))
                for part in re.findall(r"(?s)<span>(.*?)</span>\s*<b>(.*?)</b>", row)[0]
            )
            code = names.subject(name)
            value = figure_of(figure, language)
            mark = re.search(r'class="mark [a-z]*" style="--p:([\d.]+)"', row)
            if code in names.dimensions.values():
                found.add(place, "score", "", code, value)
                assert (mark is None) == (value is None)
                assert mark is None or round(float(mark[1])) == value
            else:
                median = re.search(r"<small>(.*?)</small>", row)
                assert mark
                assert median
                found.add(place, "value", "", code, value)
                found.add(place, "median", reference, code, figure_of(html.unescape(median[1]), language))
                found.add(place, "percentile", reference, code, round(float(mark[1])))
            read += 1
    assert read >= len(found.result.first.scores)


def _figure_radar(found: Figures, app: AppTest, place: str, language: Language) -> None:
    drawn = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    for trace in drawn:
        if trace.get("customdata"):
            axes, values = trace["customdata"][:-1], trace["r"][:-1]
            _radar(found, place, html.unescape(trace["name"]), axes, values, language)


def chosen_clusters(gateway: EditionReader) -> dict[str, str]:
    """Clusters by what makes them special: property -> id; a property that nobody has is absent."""
    results = [gateway.benchmark(cluster) for cluster in list(gateway.assessed())[:LOOKED_AT]]
    europe = set(gateway.country_groups())

    def score(result: ClusterBenchmark) -> float:
        known = [p.score for p in result.first.scores if p.score is not None]
        return sum(known) / len(known) if known else 50

    def gaps(result: ClusterBenchmark) -> int:
        return sum(position.value is None for position in result.first.positions)

    def sector(low: int, high: int) -> Callable[[ClusterBenchmark], bool]:
        return lambda result: result.sector is not None and low <= result.sector.n < high

    wanted: list[tuple[str, Callable[[ClusterBenchmark], bool]]] = [
        ("one benchmark only", lambda r: not r.past),
        ("outside Europe", lambda r: r.cluster.country not in europe),
        ("sector below the limit of a percentile", sector(0, LIMITS.percentile_minimum)),
        ("sector below the limit of quartiles", sector(LIMITS.percentile_minimum, LIMITS.quartile_minimum)),
        ("sector withdrawn", lambda r: any(w.group.kind == "sector" for w in r.suppressed)),
        ("two sectors", lambda r: sum(x.group.kind == "sector" for x in r.references) > 1),
        ("axis without a score", lambda r: any(p.score is None for p in r.first.scores)),
        ("score on other questions than now", lambda r: any(s.n < 4 for s in _shifts(r))),
        ("improves", lambda r: any(s.trend == "better" for s in _shifts(r))),
    ]
    ranked = sorted(results, key=score)
    found = {"best": ranked[-1], "worst": ranked[0], "most gaps": max(results, key=gaps)}
    for name, holds in wanted:
        free = [r for r in results if holds(r) and r not in found.values()] or [r for r in results if holds(r)]
        if free:
            found[name] = free[0]
    return {name: result.cluster.cluster_id for name, result in found.items()}


def _shifts(result: ClusterBenchmark) -> Iterable[progress.DimensionChange]:
    return (shift for earlier in result.past for shift in progress.dimension_changes(earlier.changes, result.grid))


def main(arguments: Sequence[str]) -> int:
    """Compare twelve clusters of a data folder, or those named; 1 where places disagree."""
    data, *asked = arguments
    store = EditionDatabase(catalog.current_path(Path(data)))
    gateway = store.reader(STAFF)
    chosen = {cluster: cluster for cluster in asked} or chosen_clusters(gateway)
    different = 0
    for name, cluster in chosen.items():
        found = compare(Path(data), gateway, cluster)
        apart = found.differences()
        different += len(apart)
        sys.stdout.write(f"{name}: {cluster}, {found.shared()} shared figures, {len(apart)} differences\n")
        sys.stdout.write("".join(f"  {line}\n" for line in apart))
        sys.stdout.flush()
    store.close()
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
