"""Grants that come in by the command line: what is added, what ends, and that `check` foretells what `import` does."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdash import access
from clusterdash.cli.main import main
from clusterdash.domain import Audience, Grant, GrantRole
from clusterdash.editions import catalog
from clusterdash.ingest import grant_changes, grants
from clusterdash.operational_database import grants as stored_grants

HEADER = "email,role,cluster_id,valid_from,valid_until\n"
LIST = (
    HEADER + "me@b.org,staff,,,\na@b.org,manager,fr-0,,\nb@b.org,expert,fr-0|fr-1,,2099-12-31\nc@b.org,manager,fr-2,,\n"
)
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which real results are served, with four grants in force, and the files of another import."""
    folder = tmp_path_factory.mktemp("served")
    data, incoming = folder / "data", folder / "in"
    incoming.mkdir()
    clusters = "".join(f"fr-{i},Cluster {i},FR\n" for i in range(8))
    answers = "".join(f"fr-{i},2025-01-01,benchmark-36,G1,{i % 5}\n" for i in range(8))
    files = {
        "clusters": "cluster_id,name,country\n" + clusters,
        "answers": "cluster_id,assessed_on,scheme,indicator,value\n" + answers,
    }
    for name, content in files.items():
        (incoming / f"{name}.csv").write_text(content)
    (folder / "grants.csv").write_text(LIST)
    assert main(["import", str(incoming), str(folder / "grants.csv"), "--data", str(data)]) == 0
    assert len(grants.read_grants(data)) == 4
    return folder


@pytest.fixture
def data(served: Path, tmp_path: Path) -> Path:
    """A copy of that data folder."""
    return Path(shutil.copytree(served / "data", tmp_path / "data"))


def bring_in(data: Path, content: str, *options: str, command: str = "import") -> int:
    """Bring in one list of grants."""
    file = data.parent / "grants.csv"
    file.write_text(content)
    return main([command, str(file), *options, "--data", str(data), "--lang", "en"])


def test_one_line_is_added_and_nothing_else_ends(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = grants.read_grants(data)
    assert bring_in(data, HEADER + "new@b.org,manager,fr-3,,\n", "--add") == 0
    new = Grant("new@b.org", GrantRole.MANAGER, ("fr-3",), None, None)
    assert grants.read_grants(data) == (*before, new)
    told = capsys.readouterr().out
    assert "Grants in force: 5, 1 of them from these files; those of other addresses and roles stay." in told
    assert "end" not in told
    assert "not known" not in told, "clusters that are served are known"


def test_added_grants_take_the_place_of_those_of_the_same_address_and_role(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring_in(data, HEADER + "b@b.org,expert,fr-1|fr-5,,\n", "--add") == 0
    assert [grant.clusters for grant in grants.read_grants(data) if grant.email == "b@b.org"] == [("fr-1", "fr-5")]
    assert len(grants.read_grants(data)) == 4
    assert "warning: 1 right ends: b@b.org (fr-0)" in capsys.readouterr().out


def test_a_list_replaces_the_list_and_says_whose_rights_end(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring_in(data, HEADER + "me@b.org,staff,,,\na@b.org,manager,fr-0,,\n") == 0
    assert [grant.email for grant in grants.read_grants(data)] == ["me@b.org", "a@b.org"]
    told = capsys.readouterr().out
    assert "warning: 3 rights end: b@b.org (fr-0, fr-1), c@b.org (fr-2)" in told
    assert "Grants in force: 2; the previous list no longer applies." in told


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "a@b.org,manager,fr-0,,\n",
        HEADER + "me@b.org,staff,,,2020-01-01\n",
        HEADER + "me@b.org,staff,,2099-01-01,\n",
        HEADER + "me@b.org,manager,fr-0,,\n",
    ],
)
def test_somebody_stays_staff_unless_it_is_said(
    data: Path, content: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = grants.read_grants(data)
    for command in ("check", "import"):
        assert bring_in(data, content, command=command) == 1
        assert "nobody would be staff any more" in capsys.readouterr().out
    assert grants.read_grants(data) == before
    for answer, code in (("no\n", 1), ("yes\n", 0)):
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", Terminal(answer))
            patched.setattr(sys, "stdout", Terminal())
            assert bring_in(data, content) == code
    shutil.copy(data.parent / "grants.csv", data / "wanted.csv")
    grants.replace(data, before)
    assert bring_in(data, content, "--no-staff") == 0
    assert len(grants.read_grants(data)) == 1


def test_nobody_who_will_be_staff_is_lost_either() -> None:
    tomorrow = Grant("me@b.org", GrantRole.STAFF, (), TODAY + timedelta(1), None)
    manager = Grant("me@b.org", GrantRole.MANAGER, ("fr-0",), None, None)
    staff = Grant("you@b.org", GrantRole.STAFF, (), None, None)
    for before, after, keys in (
        ([tomorrow], [manager], {"grant.ended", "grant.no_staff"}),
        ([tomorrow, staff], [tomorrow], {"grant.ended", "grant.no_staff"}),
        ([tomorrow, staff], [staff], {"grant.ended"}),
        ([manager], [staff], {"grant.ended"}),
        ([], [manager], set()),
    ):
        assert {problem.key for problem in grant_changes.change_problems(before, after, TODAY, "f")} == keys


def test_a_right_that_goes_on_in_another_line_does_not_end() -> None:
    def managing(since: int, until: int) -> Grant:
        return Grant("a@b.org", GrantRole.MANAGER, ("fr-0",), TODAY + timedelta(since), TODAY + timedelta(until))

    assert grant_changes.rights_ended([managing(0, 9)], [managing(0, 4), managing(5, 9)], TODAY) == []
    assert grant_changes.rights_ended([managing(0, 9)], [managing(0, 4), managing(6, 9)], TODAY) == [
        ("a@b.org", "fr-0")
    ]
    assert grant_changes.rights_ended([managing(-9, -1)], [], TODAY) == [], "it is over already"


class Terminal:
    """A person at a terminal, who gives one answer."""

    def __init__(self, answer: str = "") -> None:
        self.answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self.answer

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


def test_a_list_that_cannot_be_read_is_mended_by_a_new_one_and_not_added_to(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored_grants.replace(data, [("x", "god", "", "", "")])
    assert bring_in(data, LIST, "--add") == 1
    assert "cannot be read" in capsys.readouterr().err
    assert bring_in(data, LIST) == 0
    assert len(grants.read_grants(data)) == 4


def test_a_list_of_grants_is_no_edition_without_results(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the README says it: the list comes in alone, whatever is served."""
    served = catalog.current_path(data)
    assert bring_in(data, LIST.replace("fr-2", "fr-7"), command="check") == 0
    assert bring_in(data, LIST.replace("fr-2", "fr-7")) == 0
    assert catalog.current_path(data) == served
    told = capsys.readouterr().out
    assert "not known" not in told
    assert bring_in(data, LIST.replace("fr-2", "fr-99")) == 0
    assert "“fr-99”: warning: cluster not known yet" in capsys.readouterr().out


FILES = {
    "one grant": {"grants": HEADER + "a@b.org,manager,fr-4,,\n"},
    "no staff left": {"grants": HEADER + "a@b.org,manager,fr-0,,\n"},
    "all grants": {"grants": LIST},
    "a cluster that is not known": {"grants": LIST.replace("fr-2", "fr-77")},
    "a bad grant": {"grants": HEADER + "nobody,staff,,,\n"},
    "results": {"answers": "cluster_id,assessed_on,scheme,indicator,value\nfr-1,2025-01-01,benchmark-36,G1,2\n"},
    "results, whole": {
        "clusters": "cluster_id,name,country\nfr-1,Cluster 1,FR\n",
        "answers": "cluster_id,assessed_on,scheme,indicator,value\nfr-1,2025-01-01,benchmark-36,G1,2\n",
        "grants": LIST,
    },
    "awards alone": {
        "clusters": "cluster_id,name,country\nfr-1,Cluster 1,FR\n",
        "awards": "cluster_id,label,awarded_on\nfr-1,gold,2024\n",
    },
    "nothing": {"clusters": "cluster_id,name,country\n"},
    "an unlikely answer": {
        "clusters": "cluster_id,name,country\nfr-9,Cluster 9,FR\n",
        "answers": "cluster_id,assessed_on,scheme,indicator,value\nfr-9,2025-01-01,benchmark-36,S2,1.234\n",
    },
}


def content_of(data: Path) -> list[tuple[Path, int]]:
    """All files of a data folder, with when they were last written."""
    files = [path for path in data.rglob("*") if path.is_file() and path.name != ".lock"]
    return sorted((path, path.stat().st_mtime_ns) for path in files)


WAYS = [
    *((name, way) for name in FILES for way in ((), ("--add",))),
    *product(
        ("one grant", "no staff left", "an unlikely answer"), (("--to", "served"), ("--strict",), ("--no-staff",))
    ),
    ("results, whole", ("--accept", "removal,disclosure")),
    ("results, whole", ("--accept", "removal")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda told: told if isinstance(told, str) else " ".join(told))
def test_check_says_what_import_does(
    data: Path,
    tmp_path: Path,
    name: str,
    way: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same problems and the same exit code, whatever comes in and however; and `check` changes nothing."""
    incoming = tmp_path / "in"
    incoming.mkdir()
    for table, content in FILES[name].items():
        (incoming / f"{table}.csv").write_text(content)
    edition = catalog.current_path(data).stem
    options = [edition if option == "served" else option for option in way]
    outcomes = []
    before = content_of(data)
    for command in ("check", "import"):
        code = main([command, str(incoming), *options, "--data", str(data), "--format", "json"])
        told = capsys.readouterr().out
        problems, _ = json.JSONDecoder().raw_decode(told[re.search(r"^\[", told, re.MULTILINE).start() :])
        for problem in problems:
            if problem["key"].startswith("safeguard."):
                problem["value"] = ""  # the edition that waits now
        outcomes.append((code, problems))
        if command == "check":
            assert content_of(data) == before
    assert outcomes[0] == outcomes[1]


def days() -> st.SearchStrategy[date | None]:
    return st.none() | st.integers(-3, 6).map(lambda days: TODAY + timedelta(days))


def lists() -> st.SearchStrategy[list[Grant]]:
    """Lists of a few grants to two addresses."""
    managing = st.lists(st.sampled_from("xyz"), min_size=1, max_size=2, unique=True).map(tuple)
    some = st.tuples(st.sampled_from([GrantRole.MANAGER, GrantRole.EXPERT]), managing) | st.just((GrantRole.STAFF, ()))
    return st.lists(
        st.builds(
            lambda email, what, since, until: Grant(email, what[0], what[1], since, until),
            st.sampled_from(["a@b.org", "b@b.org"]),
            some,
            days(),
            days(),
        ),
        max_size=5,
    )


def seen(found: list[Grant], day: date) -> Iterator[tuple[str, str]]:
    """What each address may see on a day, by the policy itself; "" for all."""
    for email in {grant.email for grant in found}:
        viewer = access.granted_viewer(found, email, day)
        if viewer and viewer.audience is Audience.STAFF:
            yield from ((email, cluster) for cluster in ("", "x", "y", "z"))
        elif viewer:
            yield from ((email, cluster) for cluster in viewer.clusters)


@given(lists(), lists())
def test_rights_that_end_are_those_that_the_policy_takes_away(before: list[Grant], after: list[Grant]) -> None:
    ended = set(grant_changes.rights_ended(before, after, TODAY))
    horizon = [TODAY + timedelta(days) for days in range(12)]
    lost = {right for day in horizon for right in set(seen(before, day)) - set(seen(after, day))}
    staff = {email for email, cluster in lost if not cluster}
    assert {right for right in lost if right[0] not in staff or not right[1]} <= ended
    assert ended <= lost


@given(lists(), lists())
def test_whoever_is_added_takes_nothing_from_others(before: list[Grant], found: list[Grant]) -> None:
    after = grant_changes.combine(before, found, add=True)
    named = {(grant.email, grant.role) for grant in found}
    assert [grant for grant in after if (grant.email, grant.role) not in named] == [
        grant for grant in before if (grant.email, grant.role) not in named
    ]
    assert [grant for grant in after if (grant.email, grant.role) in named] == found


@pytest.mark.parametrize("cell", ["n.d.", "-", "unknown", "k.A."])
def test_an_end_that_nobody_knows_gives_no_right_without_end(cell: str) -> None:
    found, problems = grants.check_rows([["a@b.example", "staff", "", "", cell]], ())
    assert found == ()
    assert [(problem.column, problem.key) for problem in problems if problem.severity == "error"] == [
        ("valid_until", "cell.day")
    ]
