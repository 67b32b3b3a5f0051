"""Reference packs on the command line: their export, keys to sign them, what is in one, several as one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from .. import files
from ..auth import audit_log
from ..domain import ClusterdashError, Language
from ..editions import catalog, reference_export
from ..i18n import explain, translate
from ..presentation.admin.reference_packs import pack_lines
from ..reference_packs import archive, signing
from ..reference_packs.combine import combine
from ..reference_packs.content import ReferencePack
from .publication import print_message, user_name

ACTIONS = ("key", "show", "combine")
LICENCE = "CC-BY-4.0"
_Text = Callable[[str], str]


def add_publisher(parser: argparse.ArgumentParser, text: _Text) -> None:
    """The options of whoever publishes a pack."""
    parser.add_argument("--publisher", metavar="NAME", help=text("references_publisher"))
    parser.add_argument("--licence", default=LICENCE, metavar="LICENCE", help=text("references_licence"))
    parser.add_argument("--key", type=Path, metavar="FILE", help=text("references_key"))


def add_parser(parser: argparse.ArgumentParser, text: _Text) -> None:
    """The arguments of the command `references`."""
    parser.add_argument("action", choices=ACTIONS, help=text("references_action"))
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=text("references_files"))
    parser.add_argument("--out", "-o", type=Path, metavar="FILE", help=text("references_out"))
    add_publisher(parser, text)


def run(options: argparse.Namespace) -> int:
    """Make a key, show packs, or combine them."""
    if options.action == "key":
        made = signing.create_key(_out(options))
        print_message(options, "reference_pack.key_made", public_key=made, path=options.out)
    elif options.action == "show":
        if not options.files:
            raise ClusterdashError("reference_pack.no_file")
        for path in options.files:
            lines = pack_lines(_read(path, options.lang), options.lang)
            sys.stdout.write("\n".join([f"{path}:", *lines]) + "\n\n")
    else:
        packs = [_read(path, options.lang) for path in options.files]
        publisher = _publisher(options)
        title = translate("en", "reference_pack.combined_title", publisher=publisher, n=len(packs))
        today = datetime.now(UTC).date().isoformat()
        _write(options, combine(packs, publisher=publisher, title=title, created=today, licence=options.licence))
        print_message(options, "reference_pack.combined", n=len(packs), path=options.out)
    return 0


def export_pack(options: argparse.Namespace, edition_id: str) -> int:
    """Write the reference pack of an edition."""
    path = catalog.edition_path(options.data, edition_id)
    now = datetime.now(UTC)
    scheme = options.scheme or reference_export.most_used_scheme(path)
    served = catalog.previous_paths(options.data)
    if catalog.current_id(options.data):  # the edition may be one that waits, or was served before
        served = [catalog.current_path(options.data), *served]
    publisher, earlier = _publisher(options), tuple(served)
    made = reference_export.reference_pack(path, scheme, publisher, options.licence, now.date(), earlier)
    written = _write(options, made.pack)
    audit_log.record(options.data, now, user_name(), "export", edition_id)
    sys.stdout.write("\n".join(pack_lines(written, options.lang)) + "\n")
    print_message(options, "reference_pack.exported", edition=edition_id, path=options.out)
    if made.withheld:
        print_message(options, "reference_pack.withheld", n=made.withheld)
    return 0


def _write(options: argparse.Namespace, pack: ReferencePack) -> ReferencePack:
    """Write a pack, once it has been read as whoever imports it will; returns what was read."""
    content = archive.write(pack, signing.read_key(options.key) if options.key else None)
    read = archive.read(content)
    files.write_output(_out(options), content)
    return read


def _read(path: Path, language: Language) -> ReferencePack:
    """The pack in a file. Raises ClusterdashError, naming the file, if it is none."""
    try:
        return archive.read(path.read_bytes())
    except ClusterdashError as error:
        raise ClusterdashError("reference_pack.in_file", file=path, reason=explain(language, error)) from error


def _publisher(options: argparse.Namespace) -> str:
    if not options.publisher:
        raise ClusterdashError("reference_pack.no_publisher")
    for text in (options.publisher, options.licence):
        if not archive.is_name(text):
            raise ClusterdashError("reference_pack.bad_name", value=text[:50])
    return str(options.publisher)


def _out(options: argparse.Namespace) -> Path:
    if options.out is None:
        raise ClusterdashError("reference_pack.no_out")
    return Path(options.out)
