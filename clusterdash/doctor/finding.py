"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..domain import ClusterdashError, Language
from ..i18n import explain, translate

Severity = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of the check of a subject (texts `doctor_subject.*`): a sentence, which says what to do if need be."""

    subject: str
    severity: Severity
    sentence: ClusterdashError | str

    def text(self, language: Language) -> str:
        """The sentence in a language; one that comes from elsewhere is in its own."""
        return self.sentence if isinstance(self.sentence, str) else explain(language, self.sentence)

    def subject_name(self, language: Language) -> str:
        """The name of what was checked."""
        return translate(language, f"doctor_subject.{self.subject}")


def ok(subject: str, key: str, **values: object) -> Finding:
    """A finding that needs nothing to be done."""
    return Finding(subject, "ok", ClusterdashError(f"doctor.{key}", **values))


def warning(subject: str, key: str, **values: object) -> Finding:
    """A finding to look at."""
    return Finding(subject, "warning", ClusterdashError(f"doctor.{key}", **values))


def error(subject: str, key: str, **values: object) -> Finding:
    """A finding that keeps the installation from working, or puts results at risk."""
    return Finding(subject, "error", ClusterdashError(f"doctor.{key}", **values))
