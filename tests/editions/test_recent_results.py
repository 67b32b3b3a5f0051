"""Results kept in memory: the same for who may see them, nothing for anybody else, and not without end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterdash.domain import PUBLIC, STAFF, Audience, ClusterdashError, Viewer
from clusterdash.editions import catalog
from clusterdash.editions.reader import EditionDatabase, EditionReader
from clusterdash.editions.recent_results import RecentResults

READS = ("benchmark", "latest_evaluation")


@pytest.fixture
def edition(data: Path) -> Iterator[EditionDatabase]:
    """The edition, opened anew: nothing is kept yet."""
    opened = EditionDatabase(catalog.current_path(data))
    yield opened
    opened.close()


def manager(cluster: str) -> Viewer:
    return Viewer(Audience.CLUSTER, frozenset({cluster}))


@pytest.mark.parametrize("read", READS)
def test_what_staff_or_its_manager_have_read_is_refused_to_others(edition: EditionDatabase, read: str) -> None:
    own, other, *_ = edition.reader(STAFF).assessed()
    for who in (STAFF, manager(own)):
        assert getattr(edition.reader(who), read)(own)
    for who in (manager(other), PUBLIC):
        with pytest.raises(ClusterdashError) as refused:
            getattr(edition.reader(who), read)(own)
        assert refused.value.key == "access.refused"


def test_each_viewer_gets_the_list_of_their_own_clusters(edition: EditionDatabase) -> None:
    everybody = list(edition.reader(STAFF).assessed())
    for cluster in everybody[:3]:
        assert list(edition.reader(manager(cluster)).assessed()) == [cluster]
    assert list(edition.reader(Viewer(Audience.CLUSTER, frozenset(everybody[:2]))).assessed()) == everybody[:2]
    assert edition.reader(PUBLIC).assessed() == {}
    listed = edition.reader(STAFF).assessed()
    listed.clear()
    assert list(edition.reader(STAFF).assessed()) == everybody, "who changes a list changes their own"


def test_each_access_is_told_also_where_the_result_is_kept(edition: EditionDatabase) -> None:
    told: list[str] = []
    own = next(iter(edition.reader(STAFF).assessed()))
    for _ in range(3):
        edition.reader(manager(own), told.append).benchmark(own)
    assert told == [own] * 3


@pytest.mark.parametrize("read", READS)
def test_a_second_reading_runs_no_query(edition: EditionDatabase, read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = next(iter(edition.reader(STAFF).assessed()))
    first = getattr(edition.reader(manager(own)), read)(own)

    def refuse(*_: object) -> None:
        raise AssertionError("a query")

    monkeypatch.setattr(EditionReader, "_rows", refuse)
    assert getattr(edition.reader(manager(own)), read)(own) is first


def test_the_least_recently_used_goes_first() -> None:
    recent, read = RecentResults(2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        assert recent.get(key, lambda key=key: read.append(key) or key.upper()) == key.upper()  # type: ignore[misc, func-returns-value]
    assert read == ["a", "b", "c", "b"], "b was the one that had to go for c"


def test_many_at_once_get_what_they_ask_for() -> None:
    recent, wrong = RecentResults(3), []

    def ask(number: int) -> None:
        wrong.extend(key for key in range(number, number + 200) if recent.get(key % 7, lambda k=key % 7: k) != key % 7)  # type: ignore[misc]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
