"""The guide to the labels: what each asks and brings, and whether a cluster may apply. Pure."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

from ...domain import Label, Language
from ...i18n import translate
from ...labels.contact import Contact
from ...labels.eligibility import CONDITIONS, Condition, missing
from ..html import Markup, render
from ..html_charts import level_boxes


def label_columns(chosen: str | None, language: Language) -> Markup:
    """The three labels side by side: one sentence, effort, examined, valid, brings, steps; `chosen` stands out."""
    template = "presentation/labels/templates/guide.html.jinja"
    columns = [_column(label, chosen=label == chosen, language=language) for label in Label]
    return render(template, columns=columns, in_full=translate(language, "guide.in_full"))


def _column(label: Label, *, chosen: bool, language: Language) -> dict[str, object]:
    steps = _lines(f"guide_steps.{label}", language)
    return {
        "label": label.value,
        "name": translate(language, f"label.{label}"),
        "chosen": chosen,
        "subtitle": translate(language, f"guide_subtitle.{label}"),
        "lead": translate(language, f"guide_lead.{label}"),
        "facts": [
            (translate(language, "guide.effort"), translate(language, f"guide_effort.{label}")),
            (translate(language, "guide.examined"), translate(language, f"guide_examined.{label}")),
            (translate(language, "guide.valid"), translate(language, f"guide_valid.{label}")),
            (translate(language, "guide.brings"), translate(language, f"guide_brings.{label}")),
        ],
        "steps": steps,
        "count": translate(language, "guide.steps", n=len(steps)),
        "details": _lines(f"guide_in_full.{label}", language),
    }


def _lines(key: str, language: Language) -> list[str]:
    return translate(language, key).split("\n")


def eligibility_result(met: Collection[Condition], language: Language) -> Markup:
    """How many of the conditions are met, one box each, and which are missing; nothing is missing before one is met."""
    lacking = missing(met) if met else ()
    counted = translate(language, "eligibility.not_yet", n=len(met), all=len(CONDITIONS))
    title = counted if lacking else translate(language, "eligibility.eligible" if met else "eligibility.nothing")
    return render(
        "presentation/labels/templates/eligibility.html.jinja",
        title=title,
        boxes=level_boxes(len(met), len(CONDITIONS), title, target=len(met) + len(lacking)),
        lacking=[translate(language, f"lacking.{condition}") for condition in lacking],
    )


def contact_address(contact: Contact) -> str:
    """The address of a mail to the organisation; that of its website where it has no address for mail."""
    return f"mailto:{quote(contact.mail, safe='@')}" if contact.mail else contact.website
