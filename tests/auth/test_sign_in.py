"""Who may come in: claims, grants, sign-outs, settings, and what keeps the server from starting."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.editions import NOW, TODAY
from support.sign_in_settings import AUTH, CLAIMS, ISSUER, OPTIONS

from clusterdash import access
from clusterdash.admin.grants import AccessAdmin
from clusterdash.auth import audit_log, revocation, startup_checks
from clusterdash.auth.oidc import Identity, Provider, identity, providers
from clusterdash.cli.main import main
from clusterdash.domain import PUBLIC, STAFF, Audience, ClusterdashError, Grant, GrantRole, Viewer
from clusterdash.editions import build, catalog
from clusterdash.i18n import explain
from clusterdash.ingest import grants
from clusterdash.operational_database import audit_records
from clusterdash.operational_database import grants as stored_grants
from clusterdash.settings import Environment, Settings

KNOWN = (
    Provider("default", (ISSUER,), "clusterdash", verifies_emails=False),
    Provider("house", ("https://h", "https://h2/"), "c", verifies_emails=True),
)


def reason(**changed: object) -> str:
    """Why claims are refused, "" where they are believed; a value of ... takes a claim away."""
    claims = {name: value for name, value in {**CLAIMS, **changed}.items() if value is not ...}
    try:
        identity(claims, KNOWN, NOW, Settings())
    except ClusterdashError as error:
        assert explain("fr", error) != explain("en", error)
        return error.key.removeprefix("login.")
    return ""


def test_believable_claims_tell_a_checked_address_in_small_letters() -> None:
    found = identity(CLAIMS, KNOWN, NOW, Settings())
    assert (found.email, found.issuer, found.subject) == ("anna@example.org", ISSUER, "7")
    assert found.since == NOW - timedelta(seconds=60)
    assert not reason(aud=["other", "clusterdash"])
    assert not reason(iss=ISSUER + "/")
    assert not reason(iat=NOW.timestamp() + 30), "a clock may go a little ahead"
    assert not reason(email_verified="true"), "as Amazon Cognito says it"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"provider": ...}, "not_for_us"),
        ({"provider": "other"}, "not_for_us"),
        ({"provider": "house"}, "not_for_us"),
        ({"iss": "https://evil.example"}, "not_for_us"),
        ({"iss": ISSUER + ".evil.example"}, "not_for_us"),
        ({"iss": ...}, "not_for_us"),
        ({"aud": []}, "other_audience"),
        ({"aud": "clusterdash2"}, "other_audience"),
        ({"aud": ...}, "other_audience"),
        ({"aud": {"clusterdash": 1}}, "other_audience"),
        ({"sub": ""}, "not_for_us"),
        ({"sub": ...}, "not_for_us"),
        ({"iat": ...}, "not_for_us"),
        ({"iat": "now"}, "not_for_us"),
        ({"iat": True}, "not_for_us"),
        ({"iat": 1e300}, "not_for_us"),
        ({"iat": float("nan")}, "not_for_us"),
        ({"iat": NOW.timestamp() - 8 * 3600 - 1}, "too_old"),
        ({"iat": NOW.timestamp() + 61}, "clock_ahead"),
        ({"email": ...}, "no_address"),
        ({"email": None}, "no_address"),
        ({"email": "anna"}, "no_address"),
        ({"email_verified": False}, "unverified"),
        ({"email_verified": "false"}, "unverified"),
        ({"email_verified": "True"}, "verification_unclear"),
        ({"email_verified": 1}, "verification_unclear"),
        ({"email_verified": None}, "verification_unclear"),
        ({"email_verified": ["true"]}, "verification_unclear"),
        ({"email_verified": ...}, "verification_missing"),
    ],
)
def test_what_cannot_be_believed_is_refused_with_its_reason(changed: dict[str, object], why: str) -> None:
    assert reason(**changed) == why


def test_a_provider_that_vouches_may_leave_the_claim_out_but_not_deny_it() -> None:
    house = {"provider": "house", "iss": "https://h", "aud": "c"}
    assert not reason(**house, email_verified=...)
    assert reason(**house, email_verified=False) == "unverified"
    assert not reason(**{**house, "iss": "https://h2"}, email_verified=...), "one of its issuers"
    assert reason(**{**house, "iss": ISSUER}, email_verified=...) == "not_for_us"


def test_a_clock_that_is_ahead_is_told_as_that_with_both_numbers() -> None:
    with pytest.raises(ClusterdashError) as refusal:
        identity({**CLAIMS, "iat": NOW.timestamp() + 90}, KNOWN, NOW, Settings())
    for language, ahead in (("en", "90 s ahead"), ("fr", "avance de 90 s")):
        told = explain(language, refusal.value)  # type: ignore[arg-type]
        assert ahead in told
        assert "60 s" in told
        assert "8" not in told, "no word of hours"


LOOKALIKES = (
    "aAkKsSiI\u212a\u212b\u0130\u0131\u017f\uff41\uff2b\u1e9e\u00df\u03c2\ufb01\u2160\u00e9e\u0301\u200b\u00adc"
)
"""Letters that lower case, folding, NFC or NFKC turn into another: Kelvin, Angstrom, dotless i, long s, wide ones."""
LETTERS = st.sampled_from(LOOKALIKES) | st.characters(exclude_categories=["Cs"])
ADDRESSES = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: f"{text}@example.org")


def ascii_key(address: str) -> str:
    """The same said otherwise: byte by byte, and of bytes lower case knows ASCII only."""
    return address.encode("utf-8").lower().decode("utf-8")


@given(ADDRESSES, ADDRESSES | st.sampled_from(["kaki@example.org", "KAKI@EXAMPLE.ORG"]))
def test_two_addresses_are_the_same_only_where_the_case_of_ascii_letters_differs(one: str, other: str) -> None:
    same = access.normalize_email(one) == access.normalize_email(other)
    assert same == (ascii_key(one) == ascii_key(other))
    for form in ("NFC", "NFKC"):
        for alike in (one.lower(), one.casefold(), one.upper(), unicodedata.normalize(form, one)):
            if ascii_key(alike) != ascii_key(one):
                assert access.normalize_email(alike) != access.normalize_email(one)


@given(st.lists(st.sampled_from(LOOKALIKES), min_size=1, max_size=6).map("".join), st.booleans())
def test_only_the_very_address_opens_what_is_granted_to_it(letters: str, in_domain: bool) -> None:
    claimed = f"anna@{letters}.org" if in_domain else f"{letters}@example.org"
    email = identity({**CLAIMS, "email": claimed}, KNOWN, NOW, Settings()).email
    for form in ("NFC", "NFKC", "NFKD"):
        folded = unicodedata.normalize(form, claimed.casefold()).encode("ascii", "ignore").decode().lower()
        rows = [[folded, "manager", "a", "", ""]]
        found, problems = grants.check_rows(rows, {"a"})
        allowed = not problems and access.granted_viewer(found, email, TODAY) is not None
        assert not allowed or claimed.isascii()
        assert allowed or not claimed.isascii() or problems


@pytest.mark.parametrize("email", ["\u212aaki@example.org", "kak\u0131@example.org", "kaki@example.or\uff47"])
def test_the_kelvin_sign_and_its_like_are_nobody(email: str) -> None:
    found, _ = grants.check_rows([["kaki@example.org", "manager", "a", "", ""]], {"a"})
    assert access.granted_viewer(
        found, identity({**CLAIMS, "email": "KAKI@example.org"}, KNOWN, NOW, Settings()).email, TODAY
    )
    assert (
        access.granted_viewer(found, identity({**CLAIMS, "email": email}, KNOWN, NOW, Settings()).email, TODAY) is None
    )


def test_providers_are_read_from_the_secrets() -> None:
    own = {"client_id": "a", "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration", "client_kwargs": {}}
    named = {"client_id": "b", "server_metadata_url": "https://x/.well-known/openid-configuration"}
    settled = Settings(vouching=("house",), issuers={"house": ("https://elsewhere",)})
    assert providers({**own, "house": named, "cookie_secret": "s"}, settled) == (
        Provider("default", (ISSUER,), "a", verifies_emails=False),
        Provider("house", ("https://elsewhere",), "b", verifies_emails=True),
    )
    assert [one.name for one in providers({"house": named, "redirect_uri": "r"}, settled)] == ["house"]


def viewer_of(audience: Audience, manages: str = "", assesses: str = "") -> Viewer:
    """The viewer who has signed in as a@b.c; each letter is a cluster."""
    clusters = frozenset() if audience is Audience.STAFF else frozenset(manages + assesses)
    return Viewer(audience, clusters, "a@b.c", frozenset(manages), frozenset(assesses))


@pytest.mark.parametrize(
    ("given", "viewer"),
    [
        ([], None),
        ([("staff", "", None, None)], viewer_of(Audience.STAFF)),
        ([("staff", "", None, None), ("expert", "b", None, None)], viewer_of(Audience.STAFF, assesses="b")),
        ([("manager", "a", None, None)], viewer_of(Audience.CLUSTER, "a")),
        ([("manager", "a", None, None), ("expert", "b", None, None)], viewer_of(Audience.CLUSTER, "a", "b")),
        ([("expert", "b", None, None)], viewer_of(Audience.EXPERT, assesses="b")),
        ([("manager", "a", None, TODAY)], viewer_of(Audience.CLUSTER, "a")),
        ([("manager", "a", TODAY, None)], viewer_of(Audience.CLUSTER, "a")),
        ([("manager", "a", None, TODAY - timedelta(days=1))], None),
        ([("manager", "a", TODAY + timedelta(days=1), None)], None),
        (
            [("staff", "", None, date(2000, 1, 1)), ("manager", "a", None, None)],
            viewer_of(Audience.CLUSTER, "a"),
        ),
        ([("manager", "", None, None)], None),
    ],
)
def test_a_grant_counts_on_its_days_only(given: list[Any], viewer: Viewer | None) -> None:
    mine = [Grant("a@b.c", GrantRole(role), tuple(own), since, until) for role, own, since, until in given]
    others = [Grant("x@b.c", GrantRole.STAFF, (), None, None)]
    assert access.granted_viewer([*mine, *others], "a@b.c", TODAY) == viewer
    assert access.granted_viewer(mine, "A@B.C", TODAY) is None, "addresses come in small letters"


def test_signing_out_ends_what_was_signed_in_before_and_nothing_else(tmp_path: Path) -> None:
    person = Identity("a@b.c", ISSUER, "7", NOW)
    assert not revocation.is_revoked(tmp_path, person)
    revocation.record_sign_out(tmp_path, person, NOW + timedelta(minutes=5), 8)
    assert revocation.is_revoked(tmp_path, person)
    assert revocation.is_revoked(tmp_path, Identity("other@b.c", ISSUER, "7", NOW + timedelta(minutes=5)))
    assert not revocation.is_revoked(tmp_path, Identity("a@b.c", ISSUER, "7", NOW + timedelta(minutes=6))), "came again"
    assert not revocation.is_revoked(tmp_path, Identity("a@b.c", ISSUER, "8", NOW))
    assert not revocation.is_revoked(tmp_path, Identity("a@b.c", "https://other", "7", NOW))
    revocation.record_sign_out(tmp_path, Identity("z@b.c", ISSUER, "9", NOW), NOW + timedelta(hours=9), 8)
    assert not revocation.is_revoked(tmp_path, person), "too old to matter: the sign-in has ended by itself"
    assert revocation.is_revoked(tmp_path, Identity("z@b.c", ISSUER, "9", NOW + timedelta(hours=9)))


@pytest.fixture(scope="module")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database is there already: to make one takes longer than an example."""
    return tmp_path_factory.mktemp("used")


@given(
    ahead=st.integers(-60, 60),
    sign_ins=st.lists(st.integers(0, 600), min_size=1, max_size=4),
    out_by=st.integers(0, 3),
    out_after=st.integers(0, 600),
)
def test_no_sign_in_outlives_signing_out_whatever_the_providers_clock_says(
    used_folder: Path, ahead: int, sign_ins: list[int], out_by: int, out_after: int
) -> None:
    """Sign-ins of one person in several browsers, seconds after one another; one of them signs out."""
    folder, subject = used_folder, uuid.uuid4().hex
    people = [Identity("a@b.c", ISSUER, subject, NOW + timedelta(seconds=at + ahead)) for at in sign_ins]
    for at, person in zip(sign_ins, people, strict=True):
        revocation.record_sign_in(folder, person, NOW + timedelta(seconds=at))
    out = NOW + timedelta(seconds=max(sign_ins) + out_after)
    revocation.record_sign_out(folder, people[out_by % len(people)], out, 8)
    assert all(revocation.is_revoked(folder, person) for person in people)
    again = Identity("a@b.c", ISSUER, subject, out + timedelta(seconds=1 + max(ahead, 0)))
    assert not revocation.is_revoked(folder, again), "and whoever signs in again is let in at once"


GRANTS = st.builds(
    Grant,
    st.from_regex(r"[a-z0-9]{1,8}@[a-z]{1,8}\.[a-z]{2}", fullmatch=True),
    st.just(GrantRole.MANAGER),
    st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), min_size=1, max_size=3, unique=True).map(tuple),
    st.none() | st.dates(date(2000, 1, 1), date(2020, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)


@pytest.mark.slow
@given(st.lists(GRANTS, max_size=8, unique=True))
def test_grants_are_read_as_they_were_written(used_folder: Path, given: list[Grant]) -> None:
    grants.replace(used_folder, given)
    assert grants.read_grants(used_folder) == tuple(given)
    for email in {grant.email for grant in given}:
        assert grants.read_grants(used_folder, email) == tuple(grant for grant in given if grant.email == email)
    assert {path.stat().st_mode & 0o077 for path in used_folder.iterdir()} == {0}, "only the server reads them"


def test_wrong_grants_are_told_cell_by_cell() -> None:
    rows = [
        ["anna", "manager", "a", "", ""],
        ["b@b.org", "king", "a", "", ""],
        ["c@b.org", "manager", "", "", ""],
        ["d@b.org", "staff", "a", "", ""],
        ["e@b.org", "expert", "a|b", "2025-02-01", "2025-01-31"],
        ["=1@b.org", "manager", "a", "soon", ""],
        ["", "", "", "", ""],
        ["f@b.org", "manager", "zzz", "", ""],
    ]
    _, problems = grants.check_rows(rows, {"a", "b"})
    assert {(p.row, p.column, p.key) for p in problems} == {
        (2, "email", "cell.email"),
        (3, "role", "cell.choice"),
        (4, "cluster_id", "grant.of_none"),
        (5, "cluster_id", "grant.staff_of_all"),
        (6, "valid_until", "grant.ends_before"),
        (7, "email", "cell.email"),
        (7, "valid_from", "cell.day"),
        (9, "cluster_id", "grant.cluster"),
    }
    for problem in problems:
        assert explain("fr", problem) != explain("en", problem)
    assert [p.severity for p in problems if p.key == "grant.cluster"] == ["warning"]


def test_a_damaged_list_lets_nobody_in(tmp_path: Path) -> None:
    stored_grants.replace(tmp_path, [("a@b.org", "staff", "", "", ""), ("x", "manager", "", "", "")])
    with pytest.raises(ClusterdashError, match="damaged"):
        grants.read_grants(tmp_path)


@pytest.mark.slow
def test_grants_come_in_by_the_import_and_belong_to_no_edition(
    sample_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, incoming = tmp_path / "data", tmp_path / "in"
    incoming.mkdir()
    (incoming / "access.csv").write_text("email;role;cluster_id;valid_until\nA@b.org;manager;demo-0001;31/12/2030\n")
    told = ["import", str(sample_folder), str(incoming), "--data", str(data), "--lang", "en"]
    assert main([*told, "--stage"]) == 0
    assert grants.read_grants(data) == (), "nothing comes into force"
    assert main(told) == 0
    expected = (Grant("a@b.org", GrantRole.MANAGER, ("demo-0001",), None, date(2030, 12, 31)),)
    assert grants.read_grants(data) == expected
    before = catalog.history(data)
    (incoming / "access.csv").write_text("email,role\nb@b.org,staff\n")
    assert main(["import", str(incoming), "--data", str(data)]) == 0
    assert catalog.history(data) == before, "grants alone make no edition"
    assert [grant.email for grant in grants.read_grants(data)] == ["b@b.org"]
    (incoming / "access.csv").write_text("email,role\nb@b.org,god\n")
    assert main(["import", str(incoming), "--data", str(data)]) == 1
    assert [grant.email for grant in grants.read_grants(data)] == ["b@b.org"]
    assert [entry.action for entry in audit_records.read(data, 9)] == ["grants", "grants", "publish"], (
        "latest first; grants come last, once the edition is served"
    )
    capsys.readouterr()


def test_staff_change_grants_and_cannot_shut_themselves_out(tmp_path: Path) -> None:
    own = ["me@b.org", "staff", "", "", ""]
    grants.replace(tmp_path, grants.check_rows([own], ())[0])
    desk = AccessAdmin(STAFF, tmp_path, demonstration=False, by="me@b.org")
    assert desk.replace([own, ["a@b.org", "manager", "a", "", ""]], {"a": "A"}, NOW) == []
    assert len(desk.grants()) == 2
    assert [p.key for p in desk.replace([["a@b.org", "staff", "", "", ""]], {}, NOW)] == ["grant.yourself"]
    assert [p.key for p in desk.replace([own, ["x", "staff", "", "", ""]], {}, NOW)] == ["cell.email"]
    assert len(desk.grants()) == 2
    assert [(entry.who, entry.action, entry.what) for entry in desk.log()] == [("me@b.org", "grants", "2")]
    for viewer, demonstration in ((PUBLIC, False), (Viewer(Audience.CLUSTER, frozenset("a")), False), (STAFF, True)):
        with pytest.raises(ClusterdashError):
            AccessAdmin(viewer, tmp_path, demonstration=demonstration, by="x")


def test_the_log_only_grows_until_records_are_too_old(tmp_path: Path) -> None:
    hostile = 'x"}\n{"at": "", "who": "forged", "did": "publish", "what": ""}'
    for days, who in ((0, "a@b.org"), (1, hostile), (40, "c@b.org")):
        audit_log.record(tmp_path, NOW + timedelta(days=days), who, "look", "a")
    assert [entry.who for entry in audit_records.read(tmp_path, 9)] == ["c@b.org", hostile, "a@b.org"], (
        "a line an entry"
    )
    assert [entry.who for entry in audit_records.read(tmp_path, 2)] == ["c@b.org", hostile]
    assert [entry.who for entry in audit_records.read(tmp_path, 9, words=["A@B"])] == ["a@b.org"]
    assert [entry.who for entry in audit_records.read(tmp_path, 9, words=["2026-06", "c@"])] == []
    assert [entry.who for entry in audit_records.read(tmp_path, 9, words=["%", "_"])] == [], "no wildcards"
    assert audit_records.read(tmp_path, 9, action="publish") == []
    (tmp_path / "access.toml").write_text("log_days = 30\n")
    audit_log.record(tmp_path, NOW + timedelta(days=100), "d@b.org", "look", "a")
    assert [entry.who for entry in audit_records.read(tmp_path, 9)] == ["d@b.org"]


def refused(
    options: dict[str, Any], auth: dict[str, Any], *, real: bool = True, settled: Settings | None = None
) -> list[str]:
    found = startup_checks.refusals({**OPTIONS, **options}.__getitem__, auth, settled or Settings(), real=real)
    assert all(explain("fr", reason) != explain("en", reason) for reason in found)
    return [reason.key.removeprefix("start.") for reason in found]


def test_a_good_production_and_a_demonstration_start() -> None:
    assert refused({}, AUTH) == []
    assert refused({}, {}) == [], "real data without a login: public pages only"
    everywhere = {"server.address": "0.0.0.0", "client.showErrorDetails": "full"}
    assert refused(everywhere, {}, real=False) == []
    assert refused({"server.address": "0.0.0.0"}, AUTH, settled=Settings(behind_tls=True)) == []
    local = {**AUTH, "redirect_uri": "http://localhost:8501/oauth2callback"}
    assert refused({"server.allowedHosts": []}, local) == []


@pytest.mark.parametrize(
    ("options", "auth", "why"),
    [
        ({"server.trustedUserHeaders": {"X-User": "email"}}, {}, "trusted_headers"),
        ({"server.enableAgentApi": True}, {}, "agent"),
        ({"server.enableXsrfProtection": False}, {}, "xsrf"),
        ({"client.showErrorDetails": "full"}, {}, "details"),
        ({"server.address": "0.0.0.0"}, {}, "without_tls"),
        ({"server.address": None}, {}, "without_tls"),
        ({}, {"server_metadata_url": "https://login.example/common/v2.0/.well-known/openid-configuration"}, "tenants"),
        ({}, {"server_metadata_url": "https://login.example/{tenant}/v2.0"}, "tenants"),
        ({"server.address": "::"}, {}, "without_tls"),
        ({}, {"cookie_secret": "xxx"}, "cookie_secret"),
        ({}, {"cookie_secret": "x" * 64}, "cookie_secret"),
        ({}, {"redirect_uri": "http://dash.example/oauth2callback"}, "redirect"),
        ({}, {"redirect_uri": "https://dash.example/"}, "redirect"),
        ({"server.allowedHosts": []}, {}, "hosts"),
        ({}, {"server_metadata_url": "http://id.example/x"}, "metadata"),
        ({}, {"client_secret": ""}, "client"),
        ({}, {"client_kwargs": {}}, "prompt"),
    ],
)
def test_what_would_put_results_at_risk_does_not_start(options: dict[str, Any], auth: dict[str, Any], why: str) -> None:
    assert refused(options, {**AUTH, **auth}) == [why]


def test_a_login_without_a_provider_does_not_start() -> None:
    shared = {name: AUTH[name] for name in ("redirect_uri", "cookie_secret")}
    assert refused({}, shared) == ["no_provider"]


def test_secrets_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "COOKIE_SECRET", "METADATA_URL", "REDIRECT_URI", "PROMPT"):
        monkeypatch.delenv(f"CLUSTERDASH_{name}", raising=False)
    assert startup_checks.secrets(Environment()) is None
    monkeypatch.setenv("CLUSTERDASH_PROMPT", "login")
    monkeypatch.setenv("CLUSTERDASH_COOKIE_SECRET", "")
    assert startup_checks.secrets(Environment()) is None, "a prompt alone names no provider, an empty variable nothing"
    monkeypatch.setenv("CLUSTERDASH_CLIENT_ID", "c")
    told = startup_checks.secrets(Environment())
    assert told == {"auth": {"client_id": "c", "client_kwargs": {"prompt": "login"}}}


def test_uploads_do_not_change_grants(sample_folder: Path, tmp_path: Path) -> None:
    from clusterdash.admin.editions import EditionAdmin  # noqa: PLC0415 - only here

    desk = EditionAdmin(STAFF, tmp_path, demonstration=False, by="me")
    found = desk.check([("grants.csv", b"email,role\na@b.org,staff\n")], datetime.now(UTC), lambda _key, _done: None)
    assert [problem.key for problem in found.problems] == ["grant.elsewhere"]
    assert grants.read_grants(tmp_path) == ()
    tables, _ = build.check_files([sample_folder], tmp_path, TODAY)
    assert tables
    assert tables.grants is None


@pytest.mark.slow
def test_the_server_does_not_start_and_says_why(data: Path) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"]
    run = subprocess.run(
        [*command, "--server.enableXsrfProtection", "false"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "CLUSTERDASH_DATA": str(data), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode != 0
    assert "clusterdash: server.enableXsrfProtection is off: set it to true." in run.stderr
