"""A file of evidence is what its name says and nothing else besides, small enough, without macros or a password."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import documents
from support.documents import archive, open_document, open_xml, override

from clusterdash.cases import evidence_kinds, office_documents
from clusterdash.cases.evidence_kinds import MAX_BYTES, MAX_CASE_BYTES, MAX_CASE_FILES, MAX_NAME, FileKind, accept
from clusterdash.domain import ClusterdashError
from clusterdash.i18n import LANGUAGES, explain

DOCUMENTS = documents.documents()
OFFICE = ("docx", "xlsx", "pptx", "odt", "ods")
VBA = "application/vnd.ms-office.vbaProject"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"
ENCRYPTED = '<manifest:file-entry><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'


def refused(name: str, content: bytes) -> str:
    """The key of the sentence with which a file is refused; it is one in each language."""
    with pytest.raises(ClusterdashError) as raised:
        accept(name, content)
    sentences = {explain(language, raised.value) for language in LANGUAGES}
    assert len(sentences) == len(LANGUAGES)
    assert not any("{" in sentence for sentence in sentences)
    return raised.value.key.partition(".")[2]


@pytest.mark.parametrize("ending", DOCUMENTS)
def test_each_kind_is_accepted_under_its_own_ending(ending: str) -> None:
    assert accept(f"Rapport 2025.{ending.upper()}", DOCUMENTS[ending]) == evidence_kinds.Accepted(
        f"Rapport 2025.{ending.upper()}", FileKind(ending)
    )
    assert set(DOCUMENTS) == set(FileKind) == set(evidence_kinds.MEDIA_TYPES)


def test_a_jpeg_has_two_endings() -> None:
    assert accept("a.jpeg", DOCUMENTS["jpg"]).kind is FileKind.JPG


@pytest.mark.parametrize("ending", DOCUMENTS)
@pytest.mark.parametrize("real", DOCUMENTS)
def test_a_wrong_ending_is_refused(ending: str, real: str) -> None:
    if ending != real and {ending, real} != {"txt", "csv"}:
        assert refused(f"a.{ending}", DOCUMENTS[real]) in ("another", "not_text", "two_kinds")


@pytest.mark.parametrize("name", ["a.exe", "a.docm", "a.svg", "a.html", "pdf", "a", "", ".pdf", "a.pdf.", "a.pdf/x"])
def test_other_endings_are_refused(name: str) -> None:
    assert refused(name, DOCUMENTS["pdf"]) == "unknown"


def test_the_limit_of_a_file_is_exact() -> None:
    head, end = DOCUMENTS["png"], MAX_BYTES - len(DOCUMENTS["png"])
    assert accept("a.png", head + bytes(end)).kind is FileKind.PNG
    assert refused("a.png", head + bytes(end + 1)) == "too_large"
    assert refused("a.txt", b"") == "empty"


def test_the_limits_of_a_case_are_exact() -> None:
    evidence_kinds.require_within_limits(MAX_CASE_FILES - 1, MAX_CASE_BYTES - 5, 5)
    for full in ((MAX_CASE_FILES, 0, 1), (1, MAX_CASE_BYTES - 5, 6)):
        with pytest.raises(ClusterdashError) as raised:
            evidence_kinds.require_within_limits(*full)
        assert len({explain(language, raised.value) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("ending", ["pdf", "png", "jpg"])
def test_a_file_that_is_an_archive_as_well_is_refused(ending: str) -> None:
    hidden = archive({"run.exe": b"MZ"})
    assert refused(f"a.{ending}", DOCUMENTS[ending] + hidden) == "two_kinds"
    in_comment = hidden[:-2] + struct.pack("<H", 6) + b"%%EOF\n"
    assert refused(f"a.{ending}", DOCUMENTS[ending] + in_comment) == "two_kinds"
    behind = DOCUMENTS[ending] + hidden + b"\0" * 99 + b"PK\x05\x06" + b"\xff" * 18 + b"%%EOF\n"
    assert refused(f"a.{ending}", behind) == "two_kinds", "a false end behind the real one"
    assert zipfile.is_zipfile(io.BytesIO(DOCUMENTS[ending] + hidden))


def in_64_bits(content: bytes, before: int = 0) -> bytes:
    """An archive whose real size stands before its end, as in archives of more than 4 GB."""
    end = len(content) - 22
    entries, size, offset = struct.unpack_from("<HLL", content, end + 10)
    record = struct.pack("<LQHHLLQQQQ", 0x06064B50, 44, 45, 45, 0, 0, entries, entries, size, before + offset)
    locator = struct.pack("<LLQL", 0x07064B50, 0, before + end, 1)
    return content[:end] + record + locator + b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2)


def test_an_archive_in_64_bits_is_found_too() -> None:
    hidden = in_64_bits(archive({"run.exe": b"MZ"}), len(DOCUMENTS["pdf"]))
    with zipfile.ZipFile(io.BytesIO(DOCUMENTS["pdf"] + hidden)) as found:
        assert found.namelist() == ["run.exe"]
    assert refused("a.pdf", DOCUMENTS["pdf"] + hidden) == "two_kinds"
    assert refused("a.docx", in_64_bits(DOCUMENTS["docx"])) == "too_much_inside"


@pytest.mark.parametrize("ending", OFFICE)
def test_an_archive_with_something_before_or_behind_it_is_refused(ending: str) -> None:
    content = DOCUMENTS[ending]
    assert refused(f"a.{ending}", content + b"%PDF-1.7\n%%EOF") == "two_kinds"
    assert refused(f"a.{ending}", archive({"x": b"PK"}) + content) == "damaged"
    assert refused(f"a.{ending}", content[:-3]) == "damaged"
    assert refused(f"a.{ending}", content[:4] + b"\xff" * 40 + content[44:]) in ("damaged", "encrypted", "another")


def test_an_office_document_with_the_head_of_a_pdf_is_refused() -> None:
    both = archive({"%PDF-1.7": b"1 0 obj", "[Content_Types].xml": "<Types/>"}, zipfile.ZIP_STORED)
    assert refused("a.docx", both) == "another"
    valid = {"mimetype": "application/vnd.oasis.opendocument.text", "%PDF-1.7": "x", "META-INF/manifest.xml": "<a/>"}
    assert refused("a.odt", archive(valid, zipfile.ZIP_STORED)) == "two_kinds"


def test_one_office_kind_is_not_another() -> None:
    for ending in OFFICE:
        for other in OFFICE:
            if ending != other:
                assert refused(f"a.{ending}", DOCUMENTS[other]) == "another"
    assert refused("a.docx", archive({"a.txt": b"a"})) == "another"
    listed_only = open_xml("docx").replace(b"word/document.xml", b"word/elsewhere.xm")
    assert refused("a.docx", listed_only) in ("another", "damaged")


def bomb(size: int) -> bytes:
    return open_xml("docx", {"word/media/bomb": bytes(size)})


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    content = bomb(office_documents.MAX_UNPACKED + 1)
    assert len(content) < 1024**2
    tracemalloc.start()
    assert refused("a.docx", content) == "too_much_inside"
    assert refused("a.docx", bomb(40 * 1024**2)) == "too_much_inside", "a thousand times larger than packed"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 1024**2
    assert accept("a.docx", bomb(900 * 1024)).kind is FileKind.DOCX


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    content, size = bomb(900 * 1024), struct.pack("<L", 900 * 1024)
    assert content.count(size) >= 2
    for told in (1000, 900 * 1024 - 1):
        assert refused("a.docx", content.replace(size, struct.pack("<L", told))) == "damaged"


def test_the_number_of_entries_is_bounded() -> None:
    few = {f"word/{number}": b"" for number in range(office_documents.MAX_ENTRIES - 2)}
    assert accept("a.docx", open_xml("docx", few)).kind is FileKind.DOCX
    assert refused("a.docx", open_xml("docx", {**few, "one": b""})) == "too_much_inside"
    many = {f"{number:060}": b"" for number in range(12_000)}
    assert refused("a.docx", open_xml("docx", many)) == "too_much_inside", "a list of more than a megabyte"


@pytest.mark.parametrize(
    "content",
    [
        open_xml("docx", types=override("word/vbaProject.bin", VBA)),
        open_xml("docx", {"word/vbaProject.bin": b"x"}),
        open_xml("docx", types=override("word/other.xml", MACRO_WORD)),
        open_xml("docx", types=override("xl/macrosheets/1.xml", "application/vnd.ms-excel.macrosheet+xml")),
    ],
)
def test_macros_are_refused(content: bytes) -> None:
    assert refused("a.docx", content) == "macros"
    assert refused("a.ods", open_document("ods", {"Basic/script-lc.xml": "<a/>"})) == "macros"


def test_what_needs_a_password_is_refused() -> None:
    assert refused("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "encrypted"
    assert refused("a.odt", open_document("odt", manifest=ENCRYPTED)) == "encrypted"
    flagged = bytearray(open_xml("docx"))
    for place in range(len(flagged)):
        if flagged.startswith(b"PK\x01\x02", place):
            flagged[place + 8] |= 1
    assert refused("a.docx", bytes(flagged)) == "encrypted"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_expanded(encoding: str) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;">]><Types>&c;</Types>'
    assert refused("a.docx", archive({"[Content_Types].xml": laughs.encode(encoding)})) == "damaged"


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "word\\..\\evil", "a/../../b"])
def test_an_entry_that_leads_elsewhere_is_refused(name: str) -> None:
    assert refused("a.docx", open_xml("docx", {name: b"x"})) == "damaged"


def test_a_pdf_that_is_cut_off_is_refused() -> None:
    assert refused("a.pdf", DOCUMENTS["pdf"][:-20]) == "damaged"


@pytest.mark.parametrize(
    ("content", "accepted"),
    [
        ("é ü €".encode(), True),
        (b"\xef\xbb\xbfa;b", True),
        ("é ü €".encode("utf-16"), True),
        ("é ü €".encode("cp1252"), True),
        (b"a\x00b", False),
        (b"\x1b[2J", False),
        (b"MZ\x90\x00", False),
        (b"\x81\x8d", False),
        ("a\0".encode("utf-16"), False),
    ],
)
def test_a_text_is_text(content: bytes, accepted: bool) -> None:
    if accepted:
        assert accept("a.csv", content).kind is FileKind.CSV
    else:
        assert refused("a.csv", content) == "not_text"


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("C:\\Users\\me\\Rapport.pdf", "Rapport.pdf"),
        ("../../etc/a.pdf", "a.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\r\nX-Header: b.pdf", "aX-Header b.pdf"),
        ("..\u200bhidden.pdf", "hidden.pdf"),
        ("x" * 400 + ".pdf", "x" * (MAX_NAME - 5) + "….pdf"),
    ],
)
def test_a_name_misleads_nobody(given_name: str, shown: str) -> None:
    assert accept(given_name, DOCUMENTS["pdf"]).name == shown
    assert len(shown) <= MAX_NAME


@given(st.sampled_from(OFFICE), st.data())
def test_a_changed_document_is_accepted_or_refused_with_a_sentence(ending: str, data: st.DataObject) -> None:
    content = bytearray(DOCUMENTS[ending])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert accept(f"a.{ending}", bytes(content)).kind == ending
    except ClusterdashError as error:
        assert explain("fr", error)


@given(st.binary(max_size=2000), st.sampled_from(sorted(DOCUMENTS)))
def test_bytes_of_any_kind_raise_nothing_else(content: bytes, ending: str) -> None:
    head = DOCUMENTS[ending][:30]
    for tried in (content, head + content):
        try:
            accept(f"a.{ending}", tried)
        except ClusterdashError as error:
            assert error.key.startswith("evidence_kind.")
