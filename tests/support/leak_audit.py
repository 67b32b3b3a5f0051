"""Where attacks take place: small, difficult editions; what a coalition fetches from them; all that travels."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest

from clusterdash.domain import Audience, ClusterBenchmark, Grant, GrantRole, IndicatorPosition, LevelShare, Viewer
from clusterdash.editions import catalog, reference_export
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.ingest import grants
from clusterdash.reference_packs import archive
from clusterdash.reference_packs.content import ReferencePack
from clusterdash.statistics.frequencies import Frequency
from clusterdash.statistics.parameters import LIMITS, ROUNDING_BASE
from support.attack_model import Programme, Tally, View
from support.editions import NOW, laid_bare, publish_folder
from support.pages import open_folds

APP = str(Path(__file__).parents[2] / "app.py")
LEVELS = ("L1", "L2", "L3")
SCORED = (*LEVELS, "N1", "N2", "P")
_GRID = {
    "edition.csv": "title,synthetic\nAttacked,1\n",
    "dimensions.csv": "scheme,code,name_en,name_fr\nt,d,D,D\nt,e,E,E\n",
    "indicators.csv": "scheme,code,dimension,name_en,name_fr,kind,minimum,maximum,direction,threshold\n"
    "t,L1,d,L1,L1,level,0,4,higher,\nt,L2,d,L2,L2,level,0,4,higher,\nt,L3,e,L3,L3,level,0,4,higher,\n"
    "t,N1,d,N1,N1,number,0,9999999,higher,9999999\nt,N2,e,N2,N2,number,0,100,lower,\nt,P,e,P,P,share,0,100,higher,\n"
    "t,S,d,S,S,number,0,9999999,none,\nt,Y,d,Y,Y,number,0,100,none,\n",
    "recommendations.csv": "scheme,indicator,limit,effort,action_fr,action_en,good_fr,good_en,evidence_fr,evidence_en\n"
    "t,N1,,1,Agir,Act,Bon,Good,Preuve,Proof\n",
    "bands.csv": "scheme,kind,key,indicator,low,high,name_fr,name_en\n"
    "t,size,small,S,,3000000,p,s\nt,size,large,S,3000000,,g,l\nt,age,young,Y,,6,j,y\nt,age,old,Y,6,,v,o\n",
}
Answers = dict[str, dict[str, float]]
Clusters = dict[str, tuple[str, str]]
"""Of each cluster its country, and its sectors with | between them."""


def drawn(seed: int, n: int = 36) -> tuple[Clusters, Answers]:
    """Clusters of few sectors and countries, with lopsided answers: many extremes, many at the same level.

    Numbers are odd, have seven digits and come once each: wherever one turns up, it is known whose it is.
    """
    rng = np.random.default_rng(seed)
    tilt = {code: rng.dirichlet(np.ones(5) * 0.7) for code in LEVELS}
    needles = iter(2 * rng.choice(np.arange(550_000, 4_500_000), 2 * n, replace=False) + 1)
    clusters: Clusters = {}
    answers: Answers = {}
    for i in range(n):
        cluster = f"zq-{i:04d}"
        sectors = list(rng.choice(["food", "health", "ict"], 2, replace=False, p=[0.5, 0.3, 0.2]))
        country = str(rng.choice(["FR", "DE", "ES", "SE", "PL", "MX"], p=[0.35, 0.2, 0.2, 0.12, 0.08, 0.05]))
        clusters[cluster] = (country, "|".join(sectors[: 2 if rng.random() < 0.2 else 1]))
        given: dict[str, float] = {code: int(rng.choice(5, p=tilt[code])) for code in LEVELS}
        given |= {"N1": int(next(needles)), "N2": int(rng.poisson(4)), "P": round(float(rng.beta(2, 1) * 100), 4)}
        given |= {"S": int(next(needles)), "Y": int(rng.integers(1, 15))}
        answers[cluster] = {code: value for code, value in given.items() if rng.random() > 0.05}
    return clusters, answers


def written(
    folder: Path, clusters: Clusters, answers: Answers, day: str = "2025-03-01", earlier: Answers | None = None
) -> Path:
    """The files of an edition in the grid of the arena; `earlier`: what was answered a year before."""
    folder.mkdir(parents=True)
    for name, text in _GRID.items():
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "clusters.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "name", "country", "sector"])
        writer.writerows([c, f"Zqcluster {c[3:]}", country, sectors] for c, (country, sectors) in clusters.items())
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "assessed_on", "scheme", "indicator", "value"])
        for told, given_on in ((answers, day), (earlier or {}, "2024-03-01")):
            writer.writerows([c, given_on, "t", code, v] for c, given in told.items() for code, v in given.items())
    with (folder / "remarks.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["cluster_id", "assessed_on", "scheme", "indicator", "notes", "proof"])
        writer.writerows([c, day, "t", "N1", f"Zqcluster {c[3:]} said so", "seen"] for c in answers)
    return folder


class LeakAudit:
    """One edition, published by the code as it is now, broken or not; and who attacks it."""

    limits = LIMITS

    def __init__(
        self,
        folder: Path,
        clusters: Clusters,
        answers: Answers,
        accounts: Iterable[Collection[str]] = (),
        *,
        earlier: Answers | None = None,
        after: LeakAudit | None = None,
    ) -> None:
        """`accounts`: of each address the clusters that were granted to it before the edition was built.

        `earlier`: what was answered a year before. `after`: the edition that is served in the same place until then.
        """
        self.answers, self.earlier = answers, earlier or {}
        self.data = after.data if after else folder / "data"
        self.published_at: datetime = after.published_at + timedelta(minutes=1) if after else NOW
        granted = [
            Grant(f"account-{place}@a.example", GrantRole.MANAGER, tuple(sorted(mine)), None, None)
            for place, mine in enumerate(accounts)
        ]
        grants.replace(self.data, granted)
        incoming = written(folder / "in", clusters, answers, earlier=earlier)
        publish_folder(incoming, self.data, self.limits, self.published_at)
        self.path = catalog.current_path(self.data)
        with laid_bare(self.data) as connection:
            rows = connection.execute(
                "select kind, key, cluster_id from peer_group join peer_group_member using (group_id)"
            ).fetchall()
            self.step = {
                (kind, key): coalition + ROUNDING_BASE - LIMITS.coalition
                for kind, key, coalition in connection.execute("select kind, key, coalition from peer_group").fetchall()
            }
            self.wave = {c for (c,) in connection.execute("select cluster_id from wave_member").fetchall()}
            europe = {c for (c,) in connection.execute("select country from european_country").fetchall()}
        self.members: dict[tuple[str, str], set[str]] = defaultdict(set)
        for kind, key, cluster in rows:
            self.members[kind, key].add(cluster)
        self.european = {c for c, (country, _) in clusters.items() if country in europe}
        self.store = EditionDatabase(self.path)
        self._fetched: dict[str, ClusterBenchmark] = {}

    def gateway(self, cluster: str) -> EditionReader:
        return self.store.reader(Viewer(Audience.CLUSTER, frozenset({cluster})))

    def result(self, cluster: str) -> ClusterBenchmark:
        """What a manager fetches."""
        if cluster not in self._fetched:
            self._fetched[cluster] = self.gateway(cluster).benchmark(cluster)
        return self._fetched[cluster]

    def views(self, coalition: Collection[str], code: str, *, knows_best: bool = False) -> list[View]:
        """What a coalition is told in one indicator."""
        views = []
        answered = {c for c, given in self.answers.items() if code in given}
        for viewer in coalition:
            result = self.result(viewer)
            (indicator,) = [i for i in result.grid.indicators if i.code == code]
            for reference in result.references:
                whole = frozenset(self.members[reference.group.kind, reference.group.key] & answered)
                (position,) = [p for p in reference.positions if p.indicator == code]
                secret = reference.group.kind == "top500" and not knows_best
                views.append(
                    View(
                        others=whole - {viewer},
                        whole=whole,
                        own=position.value,
                        position=position,
                        practices=tuple(p for p in reference.level_shares if p.indicator == code),
                        better=-1 if indicator.direction == "lower" else 1,
                        possible=frozenset(self.european & answered - set(coalition)) if secret else None,
                        step=self.step[reference.group.kind, reference.group.key],
                    )
                )
        return views

    def pack(self, earlier: Sequence[Path] | None = None) -> ReferencePack:
        """The reference pack of the edition, as it would be published now; written and read again."""
        before = tuple(catalog.previous_paths(self.data) if earlier is None else earlier)
        made = reference_export.reference_pack(
            self.path, "t", "Publisher", "CC-BY-4.0", NOW.date(), before, limits=self.limits
        )
        return archive.read(archive.write(made.pack))

    def pack_views(
        self, pack: ReferencePack, code: str, coalition: Collection[str] = (), *, knows_best: bool = False
    ) -> list[View]:
        """What the pack tells everybody in one indicator."""
        answered = {c for c, given in self.answers.items() if code in given}
        (about,) = [row for row in pack.rows("indicators") if row["code"] == code]
        views = []
        for row in pack.rows("figures"):
            if (row["subject"], row["code"]) != ("indicator", code):
                continue
            group = (row["kind"], row["key"])
            whole = frozenset(self.members[group] & answered)
            figures = (row["median"], row["lower_quartile"], row["upper_quartile"], row["n"])
            secret = row["kind"] == "top500" and not knows_best
            told = [one for one in pack.rows("frequencies") if one["subject"] == "indicator" and one["code"] == code]
            shares = [one for one in pack.rows("shares") if (one["kind"], one["key"], one["code"]) == (*group, code)]
            views.append(
                View(
                    others=whole,
                    whole=whole,
                    own=None,
                    position=IndicatorPosition(code, None, None, None, None, *figures),
                    practices=tuple(LevelShare(code, one["low"], one["high"], one["share"]) for one in shares),
                    better=-1 if about["direction"] == "lower" else 1,
                    possible=frozenset(self.european & answered - set(coalition)) if secret else None,
                    step=self.step[group],
                    frequencies=tuple(
                        Frequency(one["value"], one["at_least"], one["at_most"])
                        for one in told
                        if (one["kind"], one["key"]) == group
                    ),
                )
            )
        return views

    def progress(self, coalition: Collection[str], code: str) -> list[View]:
        """What a coalition is told of the answers of a year before: its own ones then, and of now, among those."""
        views = []
        answered = frozenset(c for c, given in self.earlier.items() if code in given)
        possible = frozenset(self.european & answered - set(coalition))
        for viewer in coalition:
            result = self.result(viewer)
            (indicator,) = [i for i in result.grid.indicators if i.code == code]
            whole = frozenset(self.wave & answered)
            better = -1 if indicator.direction == "lower" else 1
            for move in (move for earlier in result.past for move in earlier.changes if move.indicator == code):
                for own, middle in (
                    (move.value_before, move.percentile_then),
                    (move.value_now, move.percentile_counterfactual),
                ):
                    position = IndicatorPosition(code, own, None, None, None, None, None, None, move.n)
                    others = whole - {viewer}
                    views.append(View(others, whole, own, position, (), better, possible, middle=middle))
        return views

    def solve(
        self, coalition: Collection[str], code: str, *, knows_best: bool = False, more: Iterable[View] = ()
    ) -> Tally:
        """Whom a coalition pins in one indicator; `more`: what it was told elsewhere."""
        reader = min(coalition, default=min(self.answers))
        (indicator,) = [i for i in self.result(reader).grid.indicators if i.code == code]
        truth = {c: given[code] for c, given in self.answers.items() if code in given}
        known = {c: truth[c] for c in coalition if c in truth}
        views = [*self.views(coalition, code, knows_best=knows_best), *more]
        return Programme(indicator, known, views).attack(truth)

    def figures(self, cluster: str, code: str) -> list[tuple[object, ...]]:
        """All that is told of others in one indicator, without the own place."""
        found: list[tuple[object, ...]] = []
        for reference in self.result(cluster).references:
            (p,) = [p for p in reference.positions if p.indicator == code]
            found.append((reference.group.kind, reference.group.key, p.n, p.peer_median, p.peer_lower, p.peer_upper))
        return found

    def positions(self, cluster: str) -> Iterator[tuple[str, IndicatorPosition, int]]:
        """Every position that a manager is told, with its group and how many others are in it."""
        for reference in self.result(cluster).references:
            for position in reference.positions:
                yield reference.group.kind, position, reference.n


def solve_over_time(editions: Sequence[LeakAudit], coalition: Collection[str], code: str) -> Tally:
    """Whom a coalition pins that has kept the figures of several editions, given in their order.

    An answer that changes is another unknown: it is named after the edition in which it was told last.
    """
    last = editions[-1]
    (indicator,) = [i for i in last.result(min(coalition)).grid.indicators if i.code == code]
    truth: dict[str, float] = {}
    known: dict[str, float] = {}
    views: list[View] = []
    for number, edition in reversed(list(enumerate(editions))):
        names: dict[str, str] = {}
        for cluster, given in edition.answers.items():
            if code in given:
                same = [n for n in (cluster, *(f"{cluster}@{k}" for k in range(len(editions)))) if n in truth]
                held = [name for name in same if truth[name] == given[code]]
                names[cluster] = held[0] if held else f"{cluster}@{number}" if same else cluster
                truth[names[cluster]] = given[code]
                if cluster in coalition:
                    known[names[cluster]] = given[code]
        viewers = [cluster for cluster in coalition if cluster in edition.answers]
        for view in edition.views(viewers, code):
            others, whole = (frozenset(names[c] for c in clusters) for clusters in (view.others, view.whole))
            possible = view.possible and frozenset(names[c] for c in view.possible - set(coalition))
            views.append(replace(view, others=others, whole=whole, possible=possible))
    return Programme(indicator, known, views).attack(truth)


@contextmanager
def recorded_messages() -> Iterator[list[bytes]]:
    """Everything that a page sends to the browser while this is open: each message as it goes onto the wire."""
    sent: list[bytes] = []
    original = ForwardMsgQueue.enqueue

    def enqueue(self: ForwardMsgQueue, msg: Any) -> None:
        sent.append(msg.SerializeToString())
        original(self, msg)

    ForwardMsgQueue.enqueue = enqueue  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        ForwardMsgQueue.enqueue = original  # type: ignore[method-assign]


def visit(role: str, **address: str) -> AppTest:
    """A visit of the demonstration that has begun."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["role"] = role
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def open_all_parts(app: AppTest, files: Iterable[str]) -> None:
    """Let the next run draw the folded parts too, as if the buttons of the files on offer had been pressed."""
    for key in files:
        app.session_state[f"offer-{key}-asked"] = "now"
    open_folds(app)


def sent_by(app: AppTest, page: str, files: Iterable[str], sent: list[bytes]) -> None:
    """Open a page and its folded parts as if the buttons of the files on offer had been pressed; nothing may fail."""
    open_all_parts(app, files)
    app.switch_page(page).run()
    assert not app.exception
    assert len(sent) > 10


_ENCODED = re.compile(rb'"bdata": ?"([A-Za-z0-9+/=\\]+)"')
_OFFERED = re.compile(rb'"content": ?"([A-Za-z0-9+/=\\]{8,})"')


def unpacked(sent: Iterable[bytes]) -> list[bytes]:
    """What was sent, with what is packed inside it: Plotly's arrays, files on offer and what is in those."""
    found = list(sent)
    for message in list(found):
        for pattern in (_ENCODED, _OFFERED):
            found += [base64.b64decode(json.loads(b'"' + packed + b'"')) for packed in pattern.findall(message)]
    for file in [part for part in found if part.startswith(b"PK")]:
        with ZipFile(io.BytesIO(file)) as archive:
            found += [archive.read(name) for name in archive.namelist()]
    return found


def spellings(value: float) -> set[bytes]:
    """How a number could travel: as text in either language, and as the bytes of an array."""
    texts = {f"{value:.15g}", f"{value:,.15g}", f"{value:.15g}".replace(".", ",")}
    if value == int(value):
        grouped = f"{int(value):,}"
        texts |= {grouped.replace(",", space) for space in (" ", "\u202f", "\u00a0", ".")}
        texts |= {text.encode("unicode_escape").decode() for text in list(texts)}
    packed = {struct.pack(form, value) for form in ("<d", "<f", ">d")}
    if value == int(value):
        packed |= {struct.pack(form, int(value)) for form in ("<q", "<i")}
    return packed | {text.encode() for text in texts}


def answers_leaked(sent: Iterable[bytes], answers: Mapping[str, Mapping[str, float]], own: Collection[str]) -> set[str]:
    """Whose unmistakable answers are among what was sent: numbers of seven digits, shares of four decimals."""
    everything = b"\0".join(unpacked(sent))
    found = set()
    for cluster, given in answers.items():
        needles = [v for code, v in given.items() if code in ("N1", "S") or (code == "P" and v * 100 % 1 > 1e-6)]
        if cluster not in own and any(s in everything for v in needles for s in spellings(v)):
            found.add(cluster)
    return found


def named(sent: Iterable[bytes], clusters: Iterable[str], own: Collection[str]) -> set[str]:
    """Which foreign clusters are named among what was sent, by id or by name."""
    everything = b"\0".join(unpacked(sent))
    return {
        c
        for c in clusters
        if c not in own and (c.encode() in everything or f"Zqcluster {c[3:]}".encode() in everything)
    }
