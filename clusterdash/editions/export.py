"""Export of the tables that an edition was made of, besides the facts, in the form in which they are imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb

from .. import files
from ..domain import ClusterdashError
from ..ingest import readers as files_of
from ..ingest.extend import ExtendedEdition
from ..ingest.readers import Sheet
from ..ingest.table_reader import table_of
from ..ingest.table_schemas import TABLES
from ..spreadsheets import neutralize_formula
from .database_errors import OLDEST_SCHEMA_VERSION, read_failure
from .reader import EditionDatabase

BATCH_SIZE = 5_000
"""Most rows, or assessments whose answers, are in memory at once."""
READ_AT_ONCE = 1_000
"""The rows, or assessments, up to which a table is read at once: opening a file anew takes longer than reading them."""
PART_SIZE = 8 * 1024 * 1024
"""Bytes of a file that are in memory at once."""
_ASSESSMENT = "cluster_id, scheme, assessed_on::text as assessed_on, evidence"
_EDITION = "select if(title = edition_id, '', title) as title, synthetic::integer::text as synthetic from edition"
_HANDED_IN = "select * from handed_in.{form} where rowid >= {{after}} and rowid < {{to}} order by rowid"
_RESULTS = {
    "remarks": f"""select {_ASSESSMENT}, i.code as indicator, notes, proof
        from assessment join remark r using (assessment_id) join indicator i using (scheme)
        where i.code = r.indicator and assessment_id > {{after}} and assessment_id <= {{to}}
        order by assessment_id, i.position""",
    "stories": f"""select {_ASSESSMENT}, story::text as story, what, result
        from assessment join story using (assessment_id)
        where assessment_id > {{after}} and assessment_id <= {{to}}
        order by assessment_id, story.story""",
    "answers": f"""select {_ASSESSMENT}, i.code as indicator, regexp_replace(value::text, '[.]0$', '') as value
        from assessment join answer a using (assessment_id) join indicator i using (scheme)
        where i.code = a.indicator and assessment_id > {{after}} and assessment_id <= {{to}}
        order by assessment_id, i.position""",
}
"""Queries for one batch, all columns as text: assessments are numbered from 1 without gaps, rows from 0."""
_FACTS = {
    **{f"{name}s": name for name in ("sector", "scheme", "dimension", "indicator", "band", "recommendation")},
    **{f"{name}s": name for name in ("document", "effort", "cluster", "award", "observation")},
    **{name: name for name in ("dictionary", "coverage", "register", "validity")},
}
"""The table schemas of the facts, and the tables in which an edition holds those in force."""
_SECTORS = (
    "(select string_agg(s.sector, '|' order by s.position) from cluster_sector s where s.cluster_id = t.cluster_id)"
)


def read_for_extension(path: Path) -> ExtendedEdition:
    """Return what an extension keeps of the edition in a file. Raises ClusterdashError if it cannot be read."""
    *tables, answers = sheets(path)
    return ExtendedEdition(path.stem, tables, answers)


def sheets(path: Path) -> list[Sheet]:
    """Return the tables that an edition was made of, its answers last; many rows are read from its file on iteration.

    Accepts schema versions from `OLDEST_SCHEMA_VERSION` on: what this reads has been the same since.
    Raises ClusterdashError if the file cannot be read.
    """
    EditionDatabase(path, OLDEST_SCHEMA_VERSION).close()  # raises the reason if the version is not supported
    with opened(path) as connection:
        forms = connection.execute(
            """select table_name from duckdb_tables()
               where database_name = 'edition' and schema_name = 'handed_in' order by all"""
        ).fetchall()
        queries = {form: (_HANDED_IN.format(form=form), f"handed_in.{form}") for (form,) in forms}
        queries |= {form: (query, "assessment") for form, query in _RESULTS.items()}
        found = []
        for form, (query, counted) in {"edition": (_EDITION, "edition"), **queries}.items():
            header = [name for name, *_ in connection.execute(f"describe {query.format(after=0, to=1)}").fetchall()]
            ((size,),) = connection.execute(f"select count(*) from {counted}").fetchall()
            found.append(Sheet(path.stem, form, tuple(header), _rows(connection, path, query, size)))
    return found


def read_facts(path: Path, *, without_handed_in: bool) -> list[Sheet]:
    """Return the facts that were in force in an edition, with submitted facts, as far as its version has them.

    `without_handed_in` leaves out submitted clusters. Accepts the same schema versions as `sheets`; tables and columns
    that a version does not have are left out. Raises ClusterdashError as `sheets`.
    """
    EditionDatabase(path, OLDEST_SCHEMA_VERSION).close()
    with opened(path) as connection:
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind in connection.execute(
            """select if(schema_name = 'handed_in', 'handed_in.', '') || table_name, column_name, data_type
               from duckdb_columns() where database_name = 'edition'"""
        ).fetchall():
            columns.setdefault(table, {})[column] = kind
        found = []
        for form, table in _FACTS.items():
            if table not in columns:
                continue
            cells = {name: _as_text(name, kind) for name in TABLES[form] if (kind := columns[table].get(name))}
            if form == "clusters":
                cells["sector"] = f"coalesce({_SECTORS}, '')"
            if form == "register":  # required by the schema, but may be empty in force
                cells["as_of"] = "if(as_of = '', '1900', as_of)"
            left_out = form == "clusters" and without_handed_in and "handed_in.clusters" in columns
            condition = " and cluster_id not in (select cluster_id from handed_in.clusters)" if left_out else ""
            query = (
                f"select {', '.join(cells.values())} from {table} t"
                f" where rowid >= {{after}} and rowid < {{to}}{condition} order by rowid"
            )
            ((size,),) = connection.execute(f"select count(*) from {table}").fetchall()
            found.append(Sheet(f"{path.stem}/facts", form, tuple(cells), _rows(connection, path, query, size)))
    return found


def _as_text(column: str, kind: str) -> str:
    """An SQL expression that gives a column as text from which the same value is read again."""
    cell = f't."{column}"'
    if kind == "BOOLEAN":
        cell += "::integer"
    text = f"regexp_replace({cell}::text, '[.]0$', '')" if kind == "DOUBLE" else f"{cell}::text"
    return f"coalesce({text}, '')"


def write_tables(path: Path, folder: Path) -> list[Path]:
    """Write the tables of an edition as CSV files into a folder, from which the same edition can be imported again.

    The same edition gives the same bytes. Returns the paths. Raises ClusterdashError if the edition cannot be read, or
    if the folder is not empty.
    """
    tables = sheets(path)
    files.make_folder(folder)
    if any(folder.iterdir()):
        raise ClusterdashError("editions.folder_taken", folder=folder)
    written = []
    for sheet in tables:
        rows = iter(sheet.rows)
        first = next(rows, None)
        if first is None:
            continue
        written.append(folder / f"{sheet.name}.csv")
        with io.TextIOWrapper(files.create(written[-1]), encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(sheet.header)
            writer.writerows(map(neutralize_formula, cells) for _, cells in chain([first], rows))
    return written


def store_sources(path: Path, sources: Iterable[Path]) -> None:
    """Store submitted files in an edition's own file. Tables of grants are left out: they belong to no edition."""
    with duckdb.connect(str(path)) as connection:
        for position, source in enumerate(source for source in sources if not _is_grants_table(source)):
            with source.open("rb") as file:
                for number, part in enumerate(iter(lambda: file.read(PART_SIZE), b"")):
                    row = [position, source.name, number, part]
                    connection.execute("insert into handed_in_file values (?, ?, ?, ?)", row)


def copy_files(path: Path, to: Path) -> None:
    """Copy the submitted files of an edition into another one's file; none if its version stored none.

    Raises ClusterdashError if they cannot be read.
    """
    try:
        with duckdb.connect(str(to)) as connection:
            attach(connection, path, "old")
            known = "select 1 from duckdb_tables() where database_name = 'old' and table_name = 'handed_in_file'"
            if connection.execute(known).fetchall():
                connection.execute("insert into handed_in_file by name from old.handed_in_file")
    except duckdb.Error as error:
        raise read_failure(error, path) from error


def _is_grants_table(source: Path) -> bool:
    """Whether a text file is a table of grants; a workbook holds more than one table, so it never is."""
    found, _ = files_of.read_files([source] if source.suffix.lower() != ".xlsx" else [])
    return any(table_of(sheet) == "grants" for sheet in found)


def extract_sources(path: Path, folder: Path) -> list[Path]:
    """Write the submitted files of an edition into a folder; returns their paths, in the order of submission.

    Raises ClusterdashError if the edition cannot be read, or does not hold its files: it extends no other, or is older
    than this rule.
    """
    with opened(path) as connection:
        known = connection.execute(
            "select 1 from duckdb_tables() where database_name = 'edition' and table_name = 'handed_in_file'"
        ).fetchall()
        parts = "select position, any_value(name), count(*) from handed_in_file group by position order by position"
        found = connection.execute(parts).fetchall() if known else []
        if not found:
            raise ClusterdashError("editions.files_not_kept", edition=path.stem)
        written: list[Path] = []
        for position, name, count in found:
            target = folder / Path(name).name
            if target in written:  # two files of one name are two files
                target = folder / str(position) / target.name
                target.parent.mkdir()
            written.append(target)
            with target.open("wb") as file:
                for part in range(count):
                    one = "select content from handed_in_file where position = ? and part = ?"
                    ((content,),) = connection.execute(one, [position, part]).fetchall()
                    file.write(content)
    return written


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a query, numbered as in a spreadsheet; each iteration reads them again, batch by batch."""

    path: Path
    query: str
    size: int

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        number = 2
        with opened(self.path) as connection:
            for after in range(0, self.size, BATCH_SIZE):
                rows = connection.execute(self.query.format(after=after, to=after + BATCH_SIZE)).fetchall()
                yield from enumerate(rows, start=number)
                number += len(rows)


def _rows(
    connection: duckdb.DuckDBPyConnection, path: Path, query: str, size: int
) -> Iterable[tuple[int, tuple[str, ...]]]:
    """The rows of a query, numbered as in a spreadsheet: many are read when they are iterated over, few at once."""
    if size > READ_AT_ONCE:
        return _Rows(path, query, size)
    return list(enumerate(connection.execute(query.format(after=0, to=size)).fetchall(), start=2))


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach an edition read-only to a connection; works while other connections have the file open."""
    quoted = str(path).replace("'", "''")
    connection.execute(f"attach '{quoted}' as {name} (read_only)")


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to one edition only, for reading."""
    try:
        with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
            attach(connection, path, "edition")
            connection.execute("use edition")
            yield connection
    except duckdb.Error as error:
        raise read_failure(error, path) from error
