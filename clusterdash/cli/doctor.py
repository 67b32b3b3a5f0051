"""The command `doctor`: all checks of an installation, a line each; exit code 1 if one of them found an error."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ..doctor import data_folder, login, public_address, versions
from ..doctor.finding import Finding, error, ok
from ..doctor.login import LoginProvider
from ..i18n import translate
from ..settings import variable
from .serve import environment_of_server

START_SECONDS = 60
"""How long the checks of the start may take, most of which is the import of Streamlit."""


def run_checks(options: argparse.Namespace) -> int:
    """Print what each check has found, as text or JSON."""
    found = []
    for one in _findings(options):
        found.append(one)
        if options.format == "text":
            severity = translate(options.lang, f"doctor_severity.{one.severity}")
            values = {"severity": severity, "subject": one.subject_name(options.lang), "found": one.text(options.lang)}
            sys.stdout.write(translate(options.lang, "doctor.line", **values) + "\n")
            sys.stdout.flush()
    if options.format == "json":
        lines = [{"check": one.subject, "severity": one.severity, "found": one.text(options.lang)} for one in found]
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
    return 1 if any(one.severity == "error" for one in found) else 0


def _findings(options: argparse.Namespace) -> Iterator[Finding]:
    data, now = options.data, datetime.now(UTC)
    yield from versions.check_versions()
    yield from data_folder.check_folder(data)
    settings_found = data_folder.check_settings(data)
    yield settings_found
    if settings_found.severity == "error":  # all that follows depends on them
        return
    if data.is_dir():
        yield data_folder.check_database(data)
        yield data_folder.check_edition(data)
    report = _startup_report(options)
    if isinstance(report, Finding):
        yield report
        return
    yield from (Finding("start", "error", reason) for reason in report["refusals"])
    if not report["refusals"]:
        yield ok("start", "starts")
    url, providers = report["url"], [LoginProvider(**one) for one in report["providers"]]
    if providers:
        yield login.check_redirect(report["redirect_uri"], url)
    else:
        yield ok("provider", "no_login")
    for provider in providers:
        yield from login.check_provider(provider, datetime.now(UTC))
    if url:
        yield from public_address.check_public_address(url, now, behind_tls=report["behind_tls"])
    else:
        yield ok("public_address", "no_url", variable=variable("url"))


def _startup_report(options: argparse.Namespace) -> dict[str, Any] | Finding:
    """What `clusterdash.server.startup` says, in a process of its own: only there may Streamlit be imported."""
    command = [sys.executable, "-m", "clusterdash.server.startup", options.lang]
    environment = environment_of_server(options.data, os.environ)
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=START_SECONDS, check=True
        )
        report: dict[str, Any] = json.loads(done.stdout)
    except subprocess.CalledProcessError as reason:
        return error("start", "start_failed", detail=str(reason.stderr).strip().rpartition("\n")[2])
    except (subprocess.TimeoutExpired, ValueError) as reason:
        return error("start", "start_failed", detail=str(reason))
    return report
