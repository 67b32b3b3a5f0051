"""The commands about an installation as a whole: move its database, back it up, restore it, forget a cluster."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from ..admin.forget import ForgetPlan, forget, plan
from ..backup import archive
from ..backup.archive import DATABASE, EDITIONS, FILES, Manifest
from ..backup.create import backup
from ..backup.restore import restore
from ..domain import ClusterdashError
from ..i18n import translate
from ..ingest import problem_list
from ..operational_database.move import move
from .publication import YES, print_message, user_name


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


def forget_cluster(options: argparse.Namespace) -> int:
    """Say what will be done, ask, forget a cluster, and print what was done and what is out of reach."""
    _confirm(options, plan(options.data, options.cluster))
    found = forget(options.data, options.cluster, datetime.now(UTC), user_name())
    if found.rows is None:
        for line in problem_list.problem_lines(found.problems, options.lang):
            sys.stdout.write(line + "\n")
        raise ClusterdashError("forget.refused", cluster=options.cluster)
    if found.edition_id:
        print_message(options, "forget.published", edition=found.edition_id)
    rows = found.rows
    told = {"files": found.removed, "grants": rows.grants, "rows": rows.rows, "people": len(rows.addresses)}
    print_message(options, "forget.done", pseudonym=rows.pseudonym, **told)
    if not found.purged:
        print_message(options, "forget.not_purged")
    if found.postgresql:
        print_message(options, "forget.postgresql")
    if found.store:
        print_message(options, "forget.store")
    for path in found.remaining:
        print_message(options, "forget.remaining", file=path)
    print_message(options, "forget.beyond")
    return 0


def _confirm(options: argparse.Namespace, planned: ForgetPlan) -> None:
    """Print what forgetting will do; raises ClusterdashError unless `--yes` or the answer at the terminal is yes."""
    found = len(planned.holding.editions) + len(planned.holding.others)
    print_message(options, "forget.plan", cluster=options.cluster, files=found, mentions=planned.mentions)
    if planned.served:
        print_message(options, "forget.plan_served")
    if planned.unpublished:
        print_message(options, "forget.plan_unpublished", editions=", ".join(planned.unpublished))
    if planned.cluster.public:
        print_message(options, "forget.plan_public")
    if options.yes:
        return
    if sys.stdin.isatty() and sys.stdout.isatty():
        sys.stdout.write(translate(options.lang, "forget.ask"))
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() in YES:
            return
    raise ClusterdashError("forget.not_confirmed")


def _print_backup(options: argparse.Namespace, key: str, manifest: Manifest) -> None:
    editions, size = manifest.size(EDITIONS)
    told = {"editions": editions, "megabytes": size / 1e6, "served": manifest.served or "–", "at": manifest.made_at}
    told |= {"tables": manifest.size(DATABASE)[0], "files": manifest.size(FILES)[0], "program": manifest.program}
    print_message(options, key, file=options.file, data=options.data, **told)
