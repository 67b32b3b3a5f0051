"""What a reference pack holds, in words: for staff before they import it, and for who has made it. Pure."""

from __future__ import annotations

from collections import Counter

from ...domain import Language
from ...i18n import translate
from ...reference_packs.content import ReferencePack


def pack_lines(pack: ReferencePack, language: Language) -> list[str]:
    """A pack in sentences: publisher, scheme, years, groups, licence, signature, what was combined."""
    header = pack.header
    groups = Counter(row["kind"] for row in pack.rows("groups"))
    told = ", ".join(f"{translate(language, f'reference_pack.kind_{kind}')} {n}" for kind, n in groups.items())
    years = {"first": str(header.first_year), "last": str(header.last_year)}
    lines = [
        header.title,
        translate(
            language,
            "reference_pack.about",
            publisher=header.publisher,
            scheme=header.scheme_name.get(language),
            created=header.created,
            licence=header.licence,
            **years,
        ),
        translate(language, "reference_pack.holds", groups=told, cells=len(pack.tables["figures"])),
        translate(language, "reference_pack.signed", public_key=pack.public_key)
        if pack.public_key
        else translate(language, "reference_pack.is_unsigned"),
    ]
    if header.synthetic:
        lines.append(translate(language, "reference_pack.is_invented"))
    if header.combined:
        lines.append(translate(language, "reference_pack.is_combined", titles="; ".join(header.combined)))
    return lines
