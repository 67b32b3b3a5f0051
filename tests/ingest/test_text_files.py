"""Text files: in which encoding they are written, and what separates their cells."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdash.i18n import LANGUAGES, explain
from clusterdash.ingest import readers
from clusterdash.ingest.text_encodings import ENCODINGS
from clusterdash.ingest.text_files import sniff_delimiter

HEADINGS = ("cluster_id", "name", "country", "assessed_on", "F1")
NAMES = {
    "fr": [
        "Pôle Numérique Île-de-France",
        "Cluster Créatif",
        "Société d'Été",
        "Forêt et bois de Franche-Comté",
        "Évry",
    ],
    "de": ["Netzwerk für Gebäudetechnik", "München", "Größe", "Förderung Köln", "Straße"],
    "es": ["Clúster de Automoción", "España", "A Coruña", "Energía y Años", "Cádiz"],
    "pl": ["Łódzki Klaster Żywności", "Śląski", "Dąbrowa Górnicza", "Wrocław", "Kraków, Małopolska"],
    "cs": ["Český klastr", "Třebíč", "Plzeň", "Jihočeský dřevařský", "Ústí nad Labem"],
    "hu": ["Győri Járműipari Klaszter", "Székesfehérvár", "Hűtőipar", "Pécs", "Kőszeg"],
    "bg": ["Клъстер Мехатроника", "София", "Пловдив", "Зелена енергия", "Варна"],
    "el": ["Συνεργασία Αθήνας", "Θεσσαλονίκη", "Πάτρα", "Ενέργεια", "Ηράκλειο"],
    "tr": ["Şişli Kümelenme Ağı", "İstanbul", "Eskişehir", "Gıda Kümesi", "Muğla"],
}
WRITTEN = [
    *((language, "cp1252") for language in ("fr", "de", "es")),
    *((language, "mac_roman") for language in ("fr", "de", "es")),
    *((language, "cp1250") for language in ("pl", "cs", "hu")),
    ("pl", "iso8859_2"),
    ("pl", "mac_latin2"),
    ("fr", "cp850"),
    ("bg", "cp1251"),
    ("el", "cp1253"),
    ("tr", "cp1254"),
]


def read(content: bytes, name: str = "file.csv") -> tuple[list[tuple[str, ...]], list[readers.Problem]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        grids, problems = readers.read_grids([path])
        return list(grids[0].rows) if grids else [], problems


def written(rows: list[tuple[str, ...]], delimiter: str, **options: object) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, **options).writerows(rows)  # type: ignore[arg-type]
    return buffer.getvalue()


@pytest.mark.parametrize(("language", "encoding"), WRITTEN)
def test_letters_are_read_right_and_the_encoding_is_told(language: str, encoding: str) -> None:
    rows = [HEADINGS, *(("xx-1", name, "FR", "2025-03-27", "45") for name in NAMES[language])]
    found, problems = read(written(rows, ";").encode(encoding))
    assert found == rows
    (told,) = problems
    assert told.severity == "warning"
    words = [word for name in NAMES[language] for word in name.split() if not word.isascii()]
    for spoken in LANGUAGES:
        assert any(label in explain(spoken, told) for label in ENCODINGS.values())
        assert any(word in explain(spoken, told) for word in words)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("name", ["Pôle", "Orléans", "Logistik Köln", "Coruña"])
def test_one_word_is_read_right_and_others_that_fit_are_named(name: str, encoding: str) -> None:
    found, problems = read(written([HEADINGS, ("xx-1", name, "FR", "2025-03-27", "45")], ",").encode(encoding))
    assert found[1][1] == name
    assert [problem.severity for problem in problems] == ["warning"]


@given(st.text(min_size=1, max_size=20), st.sampled_from(["cp1252", "cp1250", "mac_roman", "cp1251", "cp850"]))
def test_no_letter_is_guessed_silently(text: str, encoding: str) -> None:
    content = b"cluster_id;name\nxx-1;" + text.encode(encoding, "ignore") + b"\n"
    try:
        content.decode("utf-8")
    except UnicodeError:
        if b"\x00" not in content:
            assert read(content)[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "ascii"])
def test_a_file_that_says_how_it_is_written_is_not_doubted(encoding: str) -> None:
    rows = [HEADINGS, ("xx-1", "Pole" if encoding == "ascii" else "Pôle Łódź Клъстер", "FR", "2025-03-27", "45")]
    assert read(written(rows, ";").encode(encoding)) == (rows, [])


CELLS = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp", "M"], exclude_characters="\u3164\uffa0\u115f\u1160"), max_size=12
)


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
def test_a_table_comes_back_from_every_dialect(
    rows: list[tuple[str, ...]], delimiter: str, encoding: str, end: str, quoting: int, declared: bool
) -> None:
    table = [("cluster_id", "name", "city"), *rows]
    text = written(table, delimiter, lineterminator=end, quoting=quoting)
    found, problems = read(((f"sep={delimiter}{end}" if declared else "") + text).encode(encoding))
    assert [problem.key for problem in problems if problem.severity == "error"] == []
    assert found == table


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1,5;2,5;3\n1,6;2,7;4\n", ";"),
        ("id;v\n1;1.234,5\n2;2.345,6\n", ";"),
        ('name;note\nA;"one, two\nthree, four"\nB;x\n', ";"),
        ('a;"comment, if any, on F1, S2"\n1;fine\n', ";"),
        ("Results, 2025, all\n\na;b\n1;2,5\n3;4\n", ";"),
        ("Title\nby us\nfor you\nin 2025\na;b\n1;2\n", ";"),
        ("x\ty\n1,5\t2;3\n", "\t"),
        ("cluster_id,label\na,gold\n", ","),
        ("a,b\n", ","),
        ("a|b|c\n1|2|3\n", "|"),
        ('a,b\n"x;y;z",1\n"x;y",2\n', ","),
    ],
)
def test_the_separator_is_what_cuts_the_rows_evenly(text: str, delimiter: str) -> None:
    assert sniff_delimiter(text.splitlines(keepends=True)) == delimiter


def test_a_text_document_in_a_folder_is_passed_over_and_told(tmp_path: Path) -> None:
    (tmp_path / "clusters.csv").write_text("cluster_id,name,country\nxx-1,A,FR\n")
    (tmp_path / "README.txt").write_text("Please read this.\n")
    grids, problems = readers.read_grids([tmp_path])
    assert [grid.name for grid in grids] == ["clusters"]
    assert [(Path(problem.file).name, problem.key) for problem in problems] == [("README.txt", "sheet.passed_over")]
