"""The public summary a cluster may publish: labels, up to three strengths in words, a link to verify; no peer figures.

Labels come from the public register alone, strengths are those that the manager selects. Pure.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlencode

import segno

from ..benchmark.rules import Comparison, findings
from ..domain import ClusterBenchmark, Language
from ..i18n import bold_runs, translate
from ..labels.status import LabelStatus
from ..presentation.benchmark import group_names, narrative
from ..presentation.labels.narrative import label_sentence
from ..presentation.theme import THEME
from .brief import Content, document_header
from .pdf import pdf, png

MAX_STRENGTHS = 3
"""The most strengths that may be shown."""


@dataclass(frozen=True, slots=True)
class PublicSummary:
    """The published data: chosen strengths by indicator, labels held, the server's address (trailing slash), a day."""

    result: ClusterBenchmark
    chosen: Collection[str]
    held: Sequence[LabelStatus]
    server: str
    day: date
    language: Language

    def address(self) -> str:
        """The address of the cluster's public page; of the method page where the cluster is not in the register."""
        asked = {"id": self.result.cluster.cluster_id, "lang": self.language}
        if self.held:
            return f"{self.server}cluster?{urlencode(asked)}"
        return f"{self.server}method?{urlencode({'lang': self.language})}"


def as_pdf(shown: PublicSummary) -> bytes:
    """The page as PDF, A4."""
    return pdf("public_summary", content(shown), datetime.combine(shown.day, time()))


def as_png(shown: PublicSummary) -> bytes:
    """The page as PNG."""
    return png("public_summary", content(shown))


def strengths(result: ClusterBenchmark) -> tuple[Comparison, ...]:
    """The strengths that may be shown: those against the best European clusters, best first."""
    return findings(result.first, result.grid).strengths


def content(shown: PublicSummary) -> Content:
    """The content of the page. Raises ValueError for a choice that is no strength, or for more than three."""
    language, result = shown.language, shown.result
    known = {judgement.indicator.code: judgement for judgement in strengths(result)}
    if len(shown.chosen) > MAX_STRENGTHS or not set(shown.chosen) <= set(known):
        raise ValueError(f"not to be shown: {sorted(shown.chosen)}")
    begun = document_header(result, language, "showcase.kind")
    address = shown.address()
    group = group_names.top_name(result, language)
    return {
        "language": language,
        "title": translate(language, "showcase.title", cluster=result.cluster.name),
        "kind": begun["kind"],
        "footer": begun["notice"] or begun["kind"],
        "cluster": result.cluster.name,
        "portrait": begun["portrait"],
        "notice": begun["notice"],
        "labels_title": translate(language, "showcase.labels"),
        "labels": [(label.label.value, label_sentence(label, language)) for label in shown.held[::-1]],
        "source": translate(language, "showcase.source"),
        "strengths_title": translate(language, "showcase.strengths"),
        "strengths": [
            (j.indicator.name.get(language), translate(language, "showcase.strength", group=group, n=j.position.n))
            for code, j in known.items()
            if code in shown.chosen
        ],
        "basis": bold_runs(narrative.assessment_basis(result, language)),
        "day": translate(language, "showcase.day", day=shown.day),
        "link": translate(language, "showcase.link" if shown.held else "showcase.method"),
        "address": address,
        "qr": _qr(address),
        "qr_alt": translate(language, "showcase.qr", address=address),
    }


def _qr(address: str) -> str:
    """The QR code of an address as SVG, with the quiet zone of four modules that ISO/IEC 18004 requires."""
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", border=4, xmldecl=False, svgns=True, dark=THEME.ink)
    return out.getvalue().decode()
