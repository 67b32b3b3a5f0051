"""Reference packs as files: what is written is read again, and anything else is refused with a sentence."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.reference_packs import draw, pack_of, small_pack

from clusterdash.domain import ClusterdashError
from clusterdash.i18n import explain
from clusterdash.reference_packs import archive, signing
from clusterdash.reference_packs.content import TABLES

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PACK = pack_of(draw(codes=("G1", "A1", "G4")))
Members = dict[str, bytes]


def unpacked(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def repacked(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def with_described(members: Members) -> Members:
    """The members with the hashes of their tables, as a careless publisher would write them; unsigned."""
    told = json.loads(members["datapackage.json"])
    for resource in told["resources"]:
        resource["hash"] = f"sha256:{archive._hash(members[resource['path']])}"
    return {"datapackage.json": json.dumps(told).encode(), **{k: v for k, v in members.items() if k.endswith(".csv")}}


def edited(table: str, change: Callable[[list[list[str]]], object]) -> bytes:
    """A pack, not signed, in which the rows of one table are changed and described again."""
    members = unpacked(archive.write(PACK))
    rows = list(csv.reader(io.StringIO(members[f"{table}.csv"].decode())))
    change(rows)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return repacked(with_described({**members, f"{table}.csv": out.getvalue().encode()}))


def refusal(content: bytes) -> str:
    with pytest.raises(ClusterdashError) as refused:
        archive.read(content)
    sentence = explain("en", refused.value)
    assert explain("fr", refused.value) != sentence
    return sentence


@pytest.mark.parametrize("key", [None, KEY])
def test_what_is_written_is_read_again(key: Ed25519PrivateKey | None) -> None:
    pack = small_pack()
    content = archive.write(pack, key)
    assert archive.write(pack, key) == content, "the same content gives the same bytes"
    read = archive.read(content)
    assert read == pack
    assert bool(read.public_key) == (key is not None)
    assert len(read.pack_id) == 16


def test_the_description_is_a_data_package_whose_schemas_hold_for_the_tables() -> None:
    members = unpacked(archive.write(PACK, KEY))
    told = json.loads(members["datapackage.json"])
    assert told["profile"] == "tabular-data-package"
    assert [resource["name"] for resource in told["resources"]] == list(TABLES)
    for resource in told["resources"]:
        content = members[resource["path"]]
        assert resource["bytes"] == len(content)
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert list(rows[0] if rows else fields) == list(fields)
        for row in rows:
            for name, cell in row.items():
                rules = fields[name].get("constraints", {})
                assert cell or not rules.get("required")
                assert not cell or cell in rules.get("enum", [cell])
                if cell and fields[name]["type"] in ("integer", "number"):
                    assert float(cell) >= rules.get("minimum", float("-inf"))
                    assert float(cell) <= rules.get("maximum", float("inf"))


def test_a_changed_pack_is_refused() -> None:
    members = unpacked(archive.write(PACK, KEY))
    table = members["frequencies.csv"]
    changed = repacked({**members, "frequencies.csv": table.replace(b",6,10\n", b",1,5\n", 1)})
    assert b",6,10\n" in table, "else nothing is changed"
    assert "frequencies.csv is not as its publisher described it" in refusal(changed)


def test_a_forged_pack_is_refused() -> None:
    members = unpacked(archive.write(PACK, KEY))
    other = members["datapackage.json"].replace(b"A European body", b"Somebody else..")
    assert "signature of the pack is not valid" in refusal(repacked({**members, "datapackage.json": other}))
    foreign = unpacked(archive.write(PACK, Ed25519PrivateKey.generate()))["signature.json"]
    told = json.loads(foreign) | {"publicKey": json.loads(members["signature.json"])["publicKey"]}
    forged = repacked({**members, "signature.json": json.dumps(told).encode()})
    assert "signature of the pack is not valid" in refusal(forged)
    other = json.dumps(json.loads(members["signature.json"]) | {"algorithm": "none"}).encode()
    for nonsense in (
        other,
        b"[" * 100_000,
        b"",
        b"[]",
        b"{}",
        b'{"publicKey": 3, "signature": 4}',
        b'{"publicKey": "AAAA", "signature": "AAAA"}',
    ):
        assert "signature of the pack is not valid" in refusal(repacked({**members, "signature.json": nonsense}))


@pytest.mark.parametrize("kept", [0, 10, 0.3, 0.9, 0.999])
def test_a_truncated_pack_is_refused(kept: float) -> None:
    content = archive.write(PACK, KEY)
    cut = content[: int(kept if kept >= 1 else kept * len(content))]
    assert "no ZIP file, or it is cut off" in refusal(cut)


def test_other_files_are_refused() -> None:
    members = unpacked(archive.write(PACK, KEY))
    assert "no ZIP file" in refusal(b"cluster_id,value\na,1\n")
    assert "datapackage.json is missing" in refusal(repacked({"answers.csv": b"cluster_id\n"}))
    assert "holds extra.csv" in refusal(repacked({**members, "extra.csv": b""}))
    assert "lacks shares.csv" in refusal(repacked({k: v for k, v in members.items() if k != "shares.csv"}))
    for wrong in (b"", b"{}", b"[1]", b"\xff", b'{"clusterdash": 1}', b"[" * 100_000):
        unsigned = {k: v for k, v in members.items() if k.endswith(".csv")}
        assert "datapackage.json does not describe" in refusal(repacked({**unsigned, "datapackage.json": wrong}))
    told = json.loads(members["datapackage.json"])
    told["clusterdash"]["last_year"] = 2001
    backwards = repacked({**unsigned, "datapackage.json": json.dumps(told).encode()})
    assert "datapackage.json does not describe" in refusal(backwards)
    told["clusterdash"]["format"] = 99
    later = repacked({**unsigned, "datapackage.json": json.dumps(told).encode()})
    assert "has format 99; this program reads format 1" in refusal(later)


def test_a_pack_of_ten_million_rows_is_refused_without_reading_them() -> None:
    def ten_million(rows: list[list[str]]) -> None:
        rows[:] = rows[:2]

    members = unpacked(edited("frequencies", ten_million))
    line = members["frequencies.csv"].splitlines(keepends=True)[1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("datapackage.json", members["datapackage.json"])
        with packed.open("frequencies.csv", "w", force_zip64=True) as file:
            for _ in range(100):
                file.write(line * 100_000)
    assert "larger than 50 MB when it is unpacked" in refusal(out.getvalue())


def test_a_pack_that_lies_about_its_size_is_not_unpacked_further() -> None:
    content = bytearray(archive.write(PACK))
    place = content.find(b"PK\x01\x02")
    while place >= 0:  # the uncompressed size of each file in the central directory
        content[place + 24 : place + 28] = (100).to_bytes(4, "little")
        place = content.find(b"PK\x01\x02", place + 1)
    assert "no ZIP file, or it is cut off" in refusal(bytes(content))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAXIMUM_ROWS", 50)
    assert "more than 50 rows" in refusal(archive.write(PACK))


CELLS = [
    ("figures", 1, "n", "many", "figures.csv, row 2, n: “many” cannot be read"),
    ("figures", 1, "n", "5", "figures.csv, row 2, n: “5” cannot be read"),
    ("figures", 1, "n", "9999999999", "figures.csv, row 2, n: “9999999999” cannot be read"),
    ("figures", 1, "n", "1_000", "figures.csv, row 2, n: “1_000” cannot be read"),
    ("figures", 1, "n", "٥٠", "figures.csv, row 2, n: “٥٠” cannot be read"),
    ("figures", 1, "median", "1e300", "figures.csv, row 2, median: “1e300” cannot be read"),
    ("indicators", 1, "maximum", "1e300", "indicators.csv, row 2, maximum: “1e300” cannot be read"),
    ("shares", 1, "high", "-9999999999", "shares.csv, row 2, high: “-9999999999” cannot be read"),
    ("frequencies", 3, "value", "", "frequencies.csv, row 4, value: “” cannot be read"),
    ("frequencies", 3, "value", "nan", "frequencies.csv, row 4, value: “nan” cannot be read"),
    ("groups", 1, "kind", "best", "groups.csv, row 2, kind: “best” cannot be read"),
    ("indicators", 1, "whole_numbers", "yes", "indicators.csv, row 2, whole_numbers: “yes” cannot be read"),
    ("shares", 1, "share", "101", "shares.csv, row 2, share: “101” cannot be read"),
    ("groups", 1, "name_en", "a\nb", "groups.csv, row 2, name_en: “a\nb” cannot be read"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "told"), CELLS)
def test_a_wrong_cell_is_told_with_its_place(table: str, row: int, column: str, value: str, told: str) -> None:
    place = list(TABLES[table]).index(column)

    def change(rows: list[list[str]]) -> None:
        rows[row][place] = value

    assert refusal(edited(table, change)) == told


CONTRADICTIONS: list[tuple[str, str, Callable[[list[list[str]]], object]]] = [
    ("frequencies", "at most below at least", lambda rows: rows[1].__setitem__(6, "0") or rows[1].__setitem__(5, "3")),
    ("frequencies", "falling", lambda rows: rows.__setitem__(slice(1, 3), [rows[2], rows[1]])),
    ("frequencies", "more than answered", lambda rows: rows[1].__setitem__(6, "99999")),
    ("figures", "more than members", lambda rows: rows[1].__setitem__(4, "99999")),
    ("figures", "a median that nobody can answer", lambda rows: rows[1].__setitem__(7, "9000")),
    ("frequencies", "a value that nobody can answer", lambda rows: rows[-1].__setitem__(5, "400")),
    ("figures", "quartiles", lambda rows: rows[1].__setitem__(5, "99999")),
    ("figures", "unknown group", lambda rows: rows[1].__setitem__(1, "nowhere")),
    ("figures", "unknown indicator", lambda rows: rows[1].__setitem__(3, "X9")),
    ("figures", "twice", lambda rows: rows.append(rows[1])),
    ("shares", "of more than all", lambda rows: rows[1].__setitem__(5, "99")),
    ("shares", "high below low", lambda rows: rows[1].__setitem__(3, "9")),
    ("groups", "a band without an indicator", lambda rows: rows[-1].__setitem__(0, "size")),
    ("groups", "no countries", lambda rows: rows[-1].__setitem__(0, "country_group")),
]


@pytest.mark.parametrize(("table", "what", "change"), CONTRADICTIONS, ids=[what for _, what, _ in CONTRADICTIONS])
def test_tables_that_contradict_each_other_are_refused(
    table: str, what: str, change: Callable[[list[list[str]]], object]
) -> None:
    sentence = refusal(edited(table, change))
    assert "it contradicts another row" in sentence, what


def test_a_pack_that_tells_nothing_is_refused() -> None:
    nothing = {table: () if table != "groups" else rows for table, rows in PACK.tables.items()}
    assert "tells nothing of any group" in refusal(archive.write(replace(PACK, tables=nothing)))


def test_a_key_is_private_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    public = signing.create_key(path)
    assert path.stat().st_mode & 0o077 == 0
    assert archive.read(archive.write(PACK, signing.read_key(path))).public_key == public
    with pytest.raises(ClusterdashError) as refused:
        signing.create_key(path)
    assert "there already" in explain("en", refused.value)
    for content in (b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        path.write_bytes(content)
        with pytest.raises(ClusterdashError) as refused:
            signing.read_key(path)
        assert "no private key for Ed25519" in explain("en", refused.value)
