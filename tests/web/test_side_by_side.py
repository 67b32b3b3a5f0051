"""Clusters side by side on the staff's page: the scores of their own pages, logged, at most five."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import APP
from support.sign_in import AUTH, claims

from clusterdash.editions.reader import EditionReader
from clusterdash.ingest import grants
from clusterdash.operational_database import audit_records
from clusterdash.presentation.benchmark import side_by_side

CHOSEN = ["demo-0001", "demo-0003", "demo-0005"]


@pytest.fixture
def folder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = Path(shutil.copytree(data, tmp_path / "data"))
    grants.replace(own, grants.check_rows([["anna@a.example", "staff", "", "", ""]], ())[0])
    monkeypatch.setenv("CLUSTERDASH_DATA", str(own))
    return own


def visit(*clusters: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims("anna@a.example")
    app.query_params["lang"], app.query_params["clusters"] = "en", ",".join(clusters)
    return app.switch_page("pages/staff/side_by_side.py").run()


def test_scores_are_those_of_each_clusters_own_page_and_each_look_is_logged(folder: Path, staff: EditionReader) -> None:
    app = visit(*CHOSEN)
    assert not app.exception
    (drawn,) = [str(h.proto.body) for h in app.get("html") if 'class="heat"' in str(h.proto.body)]
    results = [staff.benchmark(cluster) for cluster in CHOSEN]
    expected = [
        "–" if score.score is None else str(round(score.score))
        for scores in zip(*(one.first.scores for one in results), strict=True)
        for score in scores
    ]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", drawn)
    per_row = len(CHOSEN) + 1
    assert [cell for number, cell in enumerate(cells) if (number + 1) % per_row] == expected
    logged = [(one.who, one.what) for one in audit_records.read(folder, 10) if one.action == "look"]
    assert sorted(logged) == [("anna@a.example", cluster) for cluster in CHOSEN]


@pytest.mark.usefixtures("folder")
def test_more_than_five_and_unknown_ones_are_told() -> None:
    app = visit(*(f"demo-000{number}" for number in range(1, 8)), "nobody")
    told = " ".join(one.value for one in app.warning)
    assert "At most 5" in told
    assert "nobody" in told
    (drawn,) = [str(h.proto.body) for h in app.get("html") if 'class="heat"' in str(h.proto.body)]
    assert drawn.count('scope="col"') == 1 + 5 + 1


@pytest.mark.usefixtures("folder")
def test_without_a_choice_the_page_says_what_to_do() -> None:
    assert "Choose up to 5 clusters" in visit().info[0].value


def test_the_radar_has_a_line_for_each_cluster_with_its_scores(staff: EditionReader) -> None:
    results = [staff.benchmark(cluster) for cluster in CHOSEN]
    lines = {line.name: line for line in side_by_side.score_radar(results, "en").data if line.mode == "lines+markers"}
    assert list(lines) == ["Median, Europe", *(one.cluster.name for one in results)]
    for one in results:
        scores = [None if score.score is None else round(score.score) for score in one.first.scores]
        assert list(lines[one.cluster.name].r) == [*scores, scores[0]]
    assert len({(line.line.dash, line.marker.symbol) for line in lines.values()}) == len(lines), "not by colour alone"


def test_the_widest_dimension_is_named_with_who_is_ahead(staff: EditionReader) -> None:
    results = [staff.benchmark(cluster) for cluster in CHOSEN]
    told = side_by_side.widest_dimension(results, "en")
    widths = {}
    for scores in zip(*(one.first.scores for one in results), strict=True):
        known = [score.score for score in scores if score.score is not None]
        if len(known) > 1:
            widths[scores[0].dimension] = max(known) - min(known)
    widest = max(widths, key=widths.__getitem__)
    assert next(d.name.en for d in results[0].grid.dimensions if d.code == widest) in told
    assert side_by_side.widest_dimension(results[:1], "en") == ""
