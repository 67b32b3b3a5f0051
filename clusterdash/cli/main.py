"""python -m clusterdash: prepare, upgrade, check, import, editions, publish, rollback, rebase, discard, ..."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .. import files, locations
from ..domain import ClusterdashError, Language
from ..i18n import LANGUAGES, explain, language_of, language_of_environment, translate
from ..version import version
from . import cases, commands, doctor, installation, publication, references, settings, understand


@files.private_umask()
def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused with a reason."""
    options = _parser(_language(arguments)).parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may be no text
    sys.stderr.writelines(
        translate(options.lang, "command.exposed", path=p) + "\n" for p in files.protect(options.data)
    )
    try:
        result: int = options.run(options)
        sys.stdout.flush()
    except ClusterdashError as error:
        sys.stderr.write(explain(options.lang, error) + "\n")
        return 1
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        sys.stderr.write(translate(options.lang, "command.trouble", detail=error) + "\n")
        return 1
    return result


def _language(arguments: Sequence[str] | None) -> Language:
    """The language of the help: asked for, or that of the environment."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    requested = language_of(given[given.index("--lang") + 1]) if "--lang" in given[:-1] else None
    return requested or language_of_environment(os.environ)


class _Version(argparse.Action):
    """Prints the version, which is looked up only when it is asked for, and ends the program."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"clusterdash {version()}\n")
        parser.exit()


def _parser(language: Language) -> argparse.ArgumentParser:
    def text(name: str) -> str:
        return translate(language, f"command.{name}").replace("%", "%%")

    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=locations.data_folder(), metavar="DIR", help=text("data"))
    shared.add_argument("--lang", choices=LANGUAGES, default=language, help=text("lang"))
    parser = argparse.ArgumentParser("clusterdash", description=text("about"))
    parser.add_argument("--version", action=_Version, nargs=0, help=text("version"))
    offered = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object) -> argparse.ArgumentParser:
        added = offered.add_parser(name, parents=[shared], help=text(name), description=text(name))
        added.set_defaults(run=run, format="text")
        return added

    command("prepare", commands.prepare)
    command("upgrade", commands.upgrade_editions)
    served = command("serve", commands.run_server)
    served.add_argument("--port", type=positive_number, default=8501, metavar="PORT", help=text("port"))
    _add_import(command, text)
    listed = command("editions", commands.list_editions)
    listed.add_argument("edition", nargs="?", metavar="EDITION", help=text("editions_one"))
    for name, run in (
        ("publish", publication.publish_edition),
        ("rebase", commands.rebase_edition),
        ("discard", publication.discard_edition),
    ):
        command(name, run).add_argument("edition", metavar="EDITION", help=text("edition_id"))
    offered.choices["rebase"].add_argument("--all", action="store_true", help=text("list_all"))
    command("rollback", publication.roll_back)
    command("sweep", publication.sweep_store)
    for name in ("check", "import", "publish", "rollback"):
        publication.add_accept(offered.choices[name], language)
    exported = command("export", commands.export_edition)
    exported.add_argument("edition", nargs="?", metavar="EDITION", help=text("export_edition"))
    exported.add_argument("--out", "-o", type=Path, required=True, metavar="DIR", help=text("export_out"))
    exported.add_argument("--references", action="store_true", help=text("export_references"))
    exported.add_argument("--scheme", metavar="SCHEME", help=text("references_scheme"))
    references.add_publisher(exported, text)
    references.add_parser(command("references", references.run), text)
    _add_writers(command, text)
    _add_installation(command, text)
    of_cases = command("cases", cases.run)
    of_cases.add_argument("action", choices=cases.ACTIONS, help=text("cases_action"))
    of_cases.add_argument("--line", metavar="CASE:NUMBER:HASH", help=text("cases_line"))
    for name, run in (("settings", settings.list_settings), ("doctor", doctor.run_checks)):
        command(name, run).add_argument("--format", choices=("text", "json"), default="text", help=text("format"))
    shown = command("show", commands.show)
    shown.add_argument("cluster", metavar="CLUSTER", help=text("cluster"))
    shown.add_argument("--format", choices=("text", "json"), default="text", help=text("format"))
    reported = command("report", commands.report)
    which = reported.add_mutually_exclusive_group(required=True)
    which.add_argument("cluster", nargs="?", metavar="CLUSTER", help=text("cluster"))
    which.add_argument("--all", action="store_true", help=text("report_all"))
    reported.add_argument("--out", "-o", type=Path, metavar="FILE", help=text("report_out"))
    return parser


def _add_import(command: Callable[[str, object], argparse.ArgumentParser], text: Callable[[str], str]) -> None:
    """The commands that read files: check, import, understand."""
    for name, run in (("check", commands.check), ("import", commands.import_)):
        given = command(name, run)
        given.add_argument("files", nargs="+", type=Path, metavar="FILE", help=text("files"))
        given.add_argument("--recipe", type=Path, metavar="FILE", help=text("recipe"))
        given.add_argument("--add", action="store_true", help=text("add"))
        given.add_argument("--to", metavar="EDITION", help=text("to"))
        given.add_argument("--no-staff", action="store_true", help=text("no_staff"))
        given.add_argument("--strict", action="store_true", help=text("strict"))
        given.add_argument("--format", choices=("text", "json"), default="text", help=text("format"))
        given.add_argument("--all", action="store_true", help=text("list_all"))
        if run is commands.import_:
            given.add_argument("--stage", action="store_true", help=text("stage"))
    understood = command("understand", understand.understand_files)
    understood.add_argument("files", nargs="+", type=Path, metavar="FILE", help=text("files"))
    understood.add_argument("--out", "-o", type=Path, required=True, metavar="RECIPE", help=text("understand_out"))
    understood.add_argument("--recipe", type=Path, metavar="FILE", help=text("understand_recipe"))
    understood.add_argument("--to", metavar="EDITION", help=text("understand_to"))


def _add_writers(command: Callable[[str, object], argparse.ArgumentParser], text: Callable[[str], str]) -> None:
    """The commands that write files to start from: an invented edition, table schemas, a questionnaire."""
    samples = command("sample", commands.write_sample)
    samples.add_argument("--clusters", type=positive_number, default=1300, help=text("clusters"))
    samples.add_argument("--years", type=int, choices=range(1, 51), metavar="YEARS", default=3, help=text("years"))
    samples.add_argument("--seed", type=positive_number, default=1, help=text("seed"))
    samples.add_argument("--out", "-o", type=Path, metavar="DIR", help=text("out"))
    schemas = command("schemas", commands.write_schemas)
    schemas.add_argument("--out", "-o", type=Path, required=True, metavar="DIR", help=text("schemas_out"))
    schemas.add_argument("--markdown", type=Path, metavar="FILE", help=text("schemas_markdown"))
    templates = command("template", commands.write_template)
    templates.add_argument("--scheme", required=True, metavar="SCHEME", help=text("scheme"))
    templates.add_argument("--cluster", metavar="CLUSTER", help=text("prefill"))
    templates.add_argument("--out", "-o", type=Path, required=True, metavar="FILE", help=text("template_out"))


def _add_installation(command: Callable[[str, object], argparse.ArgumentParser], text: Callable[[str], str]) -> None:
    """The commands about the installation as a whole."""
    moved = command("move", installation.move_database)
    moved.add_argument("--to", required=True, metavar="ADDRESS", help=text("move_to"))
    backed_up = command("backup", installation.back_up)
    backed_up.add_argument("file", type=Path, metavar="FILE", help=text("backup_file"))
    backed_up.add_argument("--verify", action="store_true", help=text("backup_verify"))
    restored = command("restore", installation.restore_backup)
    restored.add_argument("file", type=Path, metavar="FILE", help=text("restore_file"))
    forgotten = command("forget", installation.forget_cluster)
    forgotten.add_argument("cluster", metavar="CLUSTER", help=text("forget_cluster"))
    forgotten.add_argument("--yes", action="store_true", help=text("forget_yes"))


def positive_number(text: str) -> int:
    """A whole number from 1 up; its name is what argparse tells the user."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(text)
    return value
