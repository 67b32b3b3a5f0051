"""The briefs of many clusters as an archive: some in memory, or all into a file, resuming an interrupted run.

A brief is the same bytes each time, so an existing one need not be made again.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import BinaryIO

from .. import files
from ..benchmark.references import Opening, opened_against
from ..domain import Edition, Language
from ..editions.reader import EditionReader
from ..i18n import translate
from .brief import brief, file_name

BATCH_SIZE = 100
"""Clusters per archive that is made in memory."""
OnProgress = Callable[[int, int], object]
"""Called after each brief with the number done and the total."""


def brief_file_name(cluster_id: str, edition: Edition, language: Language) -> str:
    """The name of a cluster's brief: cluster, edition, language."""
    return file_name(translate(language, "brief.file"), cluster_id, edition, language, "pdf")


def batches(clusters: Collection[str]) -> dict[str, list[str]]:
    """The clusters in batches of `BATCH_SIZE`, by "1-100" and so on."""
    listed = list(clusters)
    starts = range(0, len(listed), BATCH_SIZE)
    return {f"{i + 1}-{min(i + BATCH_SIZE, len(listed))}": listed[i : i + BATCH_SIZE] for i in starts}


def _brief(reader: EditionReader, cluster: str, language: Language, opening: Opening) -> bytes:
    return brief(opened_against(reader.benchmark(cluster), opening), language, reader.latest_evaluation(cluster))


def archive(
    reader: EditionReader, clusters: Sequence[str], language: Language, tell: OnProgress, opening: Opening
) -> bytes:
    """The briefs of some clusters as ZIP, in memory, against the reference that pages open with.

    Raises ClusterdashError where the viewer may not see one.
    """
    edition = reader.edition()
    briefs: dict[str, bytes] = {}
    for done, cluster in enumerate(clusters, 1):
        briefs[brief_file_name(cluster, edition, language)] = _brief(reader, cluster, language, opening)
        tell(done, len(clusters))
    out = io.BytesIO()
    write_zip(out, briefs, briefs.__getitem__, edition)
    return out.getvalue()


def write_archive(
    reader: EditionReader,
    clusters: Sequence[str],
    language: Language,
    out: Path,
    tell: OnProgress,
    opening: Opening,
) -> int:
    """Write the briefs of all clusters to a ZIP file; returns how many existed already from an interrupted run.

    Until it is complete, each brief is kept in a folder beside it that only its owner may read.
    """
    edition = reader.edition()
    beside = out.with_name(f"{out.name}.parts")
    files.make_folder(beside)
    names = [brief_file_name(cluster, edition, language) for cluster in clusters]
    there = 0
    for done, (cluster, name) in enumerate(zip(clusters, names, strict=True), 1):
        if (beside / name).exists():
            there += 1
        else:
            files.write_atomically(beside / name, _brief(reader, cluster, language, opening))
        tell(done, len(clusters))
    whole = beside / out.name
    with files.create(whole) as file:
        write_zip(file, names, lambda name: (beside / name).read_bytes(), edition)
    files.publish_file(whole, out)
    shutil.rmtree(beside)
    return there


def write_zip(out: BinaryIO, names: Collection[str], content: Callable[[str], bytes], edition: Edition) -> None:
    """Write uncompressed, as PDFs are compressed; with the edition's day, so that the bytes are reproducible."""
    day = edition.created_at
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name in names:
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, day.hour, day.minute, day.second))
            entry.external_attr = 0o600 << 16
            made.writestr(entry, content(name))
