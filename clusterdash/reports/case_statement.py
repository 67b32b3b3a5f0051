"""The statement of an evaluation or a Silver audit as a file: what the pages show of it. Pure."""

from __future__ import annotations

from datetime import datetime

from ..cases.statement import Statement
from ..domain import Grid, Language
from ..i18n import bold_runs, country_name, translate
from ..presentation.cases import statement as texts
from ..presentation.evaluation.narrative import placeholder
from .brief import Content
from .pdf import pdf

_COLUMNS = ("indicator", "points", "threshold", "reached")


def file_name(statement: Statement, language: Language) -> str:
    """The name of the file: kind of file, case, revision, language."""
    case = statement.case
    return f"{translate(language, 'statement.file')}-{case.case_id}-r{case.revision}-{language}.pdf"


def statement_pdf(statement: Statement, grid: Grid, language: Language, *, invented: bool) -> bytes:
    """The statement as PDF, A4; the same state of a case always gives the same file.

    `invented`: the case is one of a demonstration, or its cluster is invented.
    """
    made = datetime.fromisoformat(statement.last_line.at)
    return pdf("case_statement", content(statement, grid, language, invented=invented), made)


def content(statement: Statement, grid: Grid, language: Language, *, invented: bool) -> Content:
    """The content: facts, verdict, points and reasons by dimension, observations and replies, the trail's last line."""
    case, title = statement.case, texts.title(statement, language)
    draft = translate(language, "statement.draft") if statement.draft else ""
    state = translate(language, "statement.draft_short" if draft else f"case_step.{case.step}")
    notices = (translate(language, "paper.invented") if invented else "", placeholder(grid, language))
    blocks = list(texts.rows(statement, grid, language))
    return {
        "language": language,
        "title": f"{title} – {case.cluster_name}",
        "kind": title,
        "cluster": case.cluster_name,
        "portrait": country_name(language, case.country),
        "draft": bold_runs(draft),
        "notices": [one for one in notices if one],
        "footer": [title, case.cluster_name, state],
        "facts": texts.facts(statement, grid, language),
        "verdict": [bold_runs(line) for line in texts.verdict(statement, grid, language)],
        "no_label": translate(language, "statement.no_label"),
        "result": {
            "title": translate(language, "statement.result"),
            "headings": [translate(language, f"statement.{name}") for name in _COLUMNS],
            "blocks": [
                (name, [{"name": row.name, "reason": row.reason, "cells": _cells(row)} for row in rows])
                for name, rows in blocks
            ],
        },
        "annex": _annex([row for _, rows in blocks for row in rows], language),
        "trail": {
            "title": translate(language, "statement.origin"),
            "line": texts.trail_sentence(statement, language),
            "hash": statement.last_line.hash,
            "verify": translate(language, "statement.verify"),
            "command": f"clusterdash cases verify --line {texts.quoted_line(statement)}",
        },
    }


def _cells(row: texts.IndicatorRow) -> list[str]:
    return [row.points, *(one or "–" for one in (row.threshold, row.reached))]


def _annex(rows: list[texts.IndicatorRow], language: Language) -> Content:
    """The observations of the cluster with the replies of the experts; a reply without an observation stands too."""
    return {
        "title": translate(language, "statement.annex"),
        "none": translate(language, "statement.no_observations"),
        "names": [translate(language, f"statement.{name}") for name in ("observed", "replied")],
        "entries": [
            {
                "name": row.name,
                "observation": row.observation or "–",
                "reply": row.reply or translate(language, "statement.no_reply"),
            }
            for row in rows
            if row.observation or row.reply
        ],
    }
