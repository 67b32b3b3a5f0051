"""The commands about an installation as a whole: move its database, back it up, restore it, forget a cluster."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from ..backup import archive
from ..backup.archive import DATABASE, EDITIONS, FILES, Manifest
from ..backup.create import backup
from ..backup.restore import restore
from ..operational_database.move import move
from .publication import print_message


def move_database(options: argparse.Namespace) -> int:
    """Move the operational database into another one, and print what to set from now on."""
    moved = move(options.data, options.to)
    print_message(options, "move.done", database=moved.database, n=moved.rows)
    if moved.set_aside:
        print_message(options, "move.set_variable", file=moved.set_aside)
    else:
        print_message(options, "move.unset_variable")
    return 0


def back_up(options: argparse.Namespace) -> int:
    """Write a backup and print what is in it; or check the one that is there."""
    if options.verify:
        _print_backup(options, "backup.whole", archive.verify(options.file))
    else:
        _print_backup(options, "backup.done", backup(options.data, options.file, datetime.now(UTC)))
    return 0


def restore_backup(options: argparse.Namespace) -> int:
    """Restore a backup into an empty installation, and print what is there now."""
    _print_backup(options, "restore.done", restore(options.file, options.data))
    return 0


def _print_backup(options: argparse.Namespace, key: str, manifest: Manifest) -> None:
    editions, size = manifest.size(EDITIONS)
    told = {"editions": editions, "megabytes": size / 1e6, "served": manifest.served or "–", "at": manifest.made_at}
    told |= {"tables": manifest.size(DATABASE)[0], "files": manifest.size(FILES)[0], "program": manifest.program}
    print_message(options, key, file=options.file, data=options.data, **told)
