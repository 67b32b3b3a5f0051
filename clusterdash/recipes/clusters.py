"""Which cluster a row is about: by its id or its name, a known one or a new one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from ..ingest import cell_parsers
from ..ingest.cell_parsers import CellError
from .columns import MAXIMUM_OPTIONS
from .questions import Place, Question
from .recipe import NEW, OPEN
from .vocabulary import KnownCluster, Vocabulary
from .words import slug, telling_words

ALIKE, WORDS_ALIKE, ALIKE_IN_ONE_SHEET = 75, 80, 95
"""Likeness of two names, and of each word of the shorter one, from 0 to 100, from which on they are asked about; and of
two names in one sheet, which is more likely to name two clusters."""
MAXIMUM_COMPARED = 5_000
"""Named clusters that are compared with all others; further ones are known by the same id or name only."""
SHORT_WORD = 4
"""Letters of a word that is compared as a whole."""


@dataclass(frozen=True, slots=True)
class NamedCluster:
    """A cluster as a row names it: id, name and country as written, "" where it says nothing, and where that is."""

    written_id: str
    name: str
    country: str
    sheet: str
    place: Place

    @property
    def key(self) -> str:
        """What it is called in the recipe: its name, else its id."""
        return self.name or self.written_id


@dataclass(slots=True)
class ClusterIds:
    """The id of each cluster that the rows name.

    `ids` are by key; `questions` are about names that are almost those of others.
    """

    ids: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    _by_written: dict[str, str] = field(default_factory=dict)

    def of(self, written_id: str, name: str) -> str:
        """The id of the cluster of a row; "" if the row names none."""
        if name and name in self.ids:
            return self.ids[name]
        return self._by_written.get(written_id, "") if written_id else ""

    def add(self, named: NamedCluster, cluster_id: str) -> None:
        """Note the id of a named cluster; rows that give only its written id find it, too."""
        self.ids[named.key] = cluster_id
        if named.written_id:
            self._by_written.setdefault(named.written_id, cluster_id)


def identify(rows: Iterable[NamedCluster], vocabulary: Vocabulary, choices: Mapping[str, str]) -> ClusterIds:
    """Match the clusters of the rows with known ones and with each other; new ones get an id.

    In this order: by a choice, by the id, by the same name, by a name that differs in case, accents or small words. A
    name that is almost that of another cluster is asked about.
    """
    found = ClusterIds()
    known = _Known(vocabulary.clusters.values())
    for named in _once(rows):
        choice = choices.get(named.key, OPEN)
        certain = known.certain(named)
        options = () if (choice == OPEN and certain) or len(found.ids) > MAXIMUM_COMPARED else known.alike(named)
        if options:
            answer = choice if choice in (NEW, *options) else ""
            options = (*options, NEW)
            key, place = f"cluster:{named.key}", (named.place,)
            found.questions.append(Question("cluster", "", key, named.key, options, answer, count=1, places=place))
        if choice in known.by_id:
            certain = choice
        if certain and choice != NEW:
            found.add(named, certain)
            known.also(named, certain)
        else:
            new_id = known.new_id(named, vocabulary.country)
            found.add(named, new_id)
            known.add(KnownCluster(new_id, named.name, named.country), named)
    return found


def _once(rows: Iterable[NamedCluster]) -> list[NamedCluster]:
    """Each named cluster once, with the id and the country that any of its rows gives."""
    merged: dict[str, NamedCluster] = {}
    for row in rows:
        before = merged.get(row.key)
        if before is None:
            merged[row.key] = row
        elif (row.written_id and not before.written_id) or (row.country and not before.country):
            written, country = before.written_id or row.written_id, before.country or row.country
            merged[row.key] = NamedCluster(written, before.name, country, before.sheet, before.place)
    return sorted(merged.values(), key=lambda named: (not named.name, not named.written_id))


class _Known:
    """The clusters that are known so far: those of the vocabulary, then those of the rows."""

    def __init__(self, clusters: Iterable[KnownCluster]) -> None:
        self.by_id: dict[str, KnownCluster] = {}
        self._by_name: dict[str, dict[str, str]] = {}
        self._by_lower: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._sheet: dict[str, tuple[str, str]] = {}
        for cluster in clusters:
            self.add(cluster)

    def add(self, cluster: KnownCluster, named: NamedCluster | None = None) -> None:
        self.by_id.setdefault(cluster.cluster_id, cluster)
        self._by_lower.setdefault(cluster.cluster_id.lower(), cluster.cluster_id)
        if named:
            self._sheet[cluster.cluster_id] = named.sheet, named.written_id
            if named.written_id:
                self._written.setdefault(named.written_id, cluster.cluster_id)
        if cluster.name:
            self._by_name.setdefault(telling_words(cluster.name), {})[cluster.cluster_id] = cluster.country

    def also(self, named: NamedCluster, cluster_id: str) -> None:
        """Know a cluster by another name and id, too."""
        if named.name:
            self._by_name.setdefault(telling_words(named.name), {})[cluster_id] = named.country
        if named.written_id:
            self._written.setdefault(named.written_id, cluster_id)

    def certain(self, named: NamedCluster) -> str:
        """The cluster that is meant: of this id, else the only one of this name (in this country); "" if none."""
        if named.written_id in self.by_id:
            return named.written_id
        if named.written_id in self._written and not named.name:
            return self._written[named.written_id]
        same = self._by_name.get(telling_words(named.name), {}) if named.name else {}
        here = [one for one, country in same.items() if not (named.country and country) or country == named.country]
        return here[0] if len(here) == 1 else ""

    def alike(self, named: NamedCluster) -> tuple[str, ...]:
        """The clusters that may be meant, the most alike first: of an id in other letters, of almost the same name."""
        found = [self._by_lower[lower]] if (lower := named.written_id.lower()) and lower in self._by_lower else []
        words = telling_words(named.name)
        near = process.extract(
            words, self._by_name.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=2 * MAXIMUM_OPTIONS
        )
        for name, likeness, _ in near if words else ():
            if name != words and not _words_alike(words, name):
                continue
            for one, country in self._by_name[name].items():
                if named.country and country and country != named.country:
                    continue
                if likeness >= self._needed(named, one):
                    found.append(one)
        return tuple(dict.fromkeys(found))[:MAXIMUM_OPTIONS]

    def _needed(self, named: NamedCluster, other: str) -> float:
        """How alike a name must be to that of another cluster to be asked about; beyond 100 if it never is."""
        sheet, written_id = self._sheet.get(other, ("", ""))
        if sheet != named.sheet:
            return ALIKE
        return 101 if named.written_id and written_id else ALIKE_IN_ONE_SHEET

    def new_id(self, named: NamedCluster, country: str) -> str:
        """An id for a new cluster: its own if it is one, else made of country and name."""
        try:
            own = cell_parsers.code(named.written_id) if named.written_id else ""
        except CellError:
            own = ""
        base = own or "-".join(filter(None, ((named.country or country).lower(), slug(named.key)))) or "cluster"
        made, number = base[:90], 1
        while made in self.by_id:
            number += 1
            made = f"{base[:90]}-{number}"
        return made


def _words_alike(name: str, other_name: str) -> bool:
    """Whether each word of the shorter name is almost one of the other name."""
    shorter, longer = sorted((name.split(), other_name.split()), key=len)
    return all(
        word in longer or (len(word) > SHORT_WORD and max(fuzz.ratio(word, other) for other in longer) >= WORDS_ALIKE)
        for word in shorter
    )
