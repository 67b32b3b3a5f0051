"""Files of reference packs, read as a table: parts of the file as text, so that it is kept as it came."""

from __future__ import annotations

import base64
from pathlib import Path

from ..domain import ClusterdashError
from ..reference_packs import archive
from ..reference_packs.publishers import publisher_key
from .sheets import Grid
from .table_schemas import TABLES
from .text_files import UnreadableError

TABLE = "reference_packs"
SUFFIX = archive.SUFFIX
MAXIMUM_BYTES = 20 * 1024**2
"""Of the file of a pack."""
PART_LENGTH = 30_000
"""Characters of one cell: a spreadsheet holds few more."""


def grid_of_pack(path: Path) -> Grid:
    """The file of a pack as a table with the headings of `reference_packs`. Raises UnreadableError if it is no pack."""
    if path.stat().st_size > MAXIMUM_BYTES:
        raise UnreadableError("sheet.too_large", megabytes=MAXIMUM_BYTES // 1024**2)
    content = path.read_bytes()
    try:
        header = archive.read(content).header
    except ClusterdashError as error:
        raise UnreadableError(error.key, **error.values) from error
    text = base64.b64encode(content).decode()
    name = f"{publisher_key(header.publisher)}: {header.scheme}"
    parts = [text[start : start + PART_LENGTH] for start in range(0, len(text), PART_LENGTH)]
    rows = [(name, str(number), part) for number, part in enumerate(parts, start=1)]
    return Grid(str(path), TABLE, [tuple(TABLES[TABLE]), *rows], in_workbook=True)
