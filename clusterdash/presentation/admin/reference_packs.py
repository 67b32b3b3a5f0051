"""What a reference pack holds, in words: for staff before they import it, and for who has made it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ...domain import Language, StoredPack
from ...i18n import format_date, translate
from ...reference_packs.content import ReferencePack
from ...reference_packs.publishers import publisher_key
from ..benchmark.tables import table
from ..html import Markup

_COLUMNS = ("title", "publisher", "created", "groups", "licence", "signature")


def pack_lines(pack: ReferencePack, language: Language) -> list[str]:
    """A pack in sentences: publisher, scheme, years, groups, licence, signature, what was combined."""
    header = pack.header
    groups = Counter(row["kind"] for row in pack.rows("groups"))
    told = ", ".join(f"{translate(language, f'reference_pack.kind_{kind}')} {n}" for kind, n in groups.items())
    first, last = str(header.first_year), str(header.last_year)
    years = last if first == last else translate(language, "reference_pack.years", first=first, last=last)
    lines = [
        header.title,
        translate(
            language,
            "reference_pack.about",
            publisher=header.publisher,
            scheme=header.scheme_name.get(language),
            created=header.created,
            licence=header.licence,
            years=years,
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


def stored_table(packs: Sequence[StoredPack], pinned: Mapping[str, str], language: Language) -> Markup:
    """The reference packs of an edition. `pinned`: the public keys of publishers, by their name."""
    keys = {publisher_key(name): key for name, key in pinned.items()}
    rows = [
        [
            pack.title,
            pack.publisher,
            format_date(language, pack.created),
            str(pack.groups),
            pack.licence,
            _signature(pack, keys, language),
        ]
        for pack in packs
    ]
    headings = [translate(language, f"reference_column.{name}") for name in _COLUMNS]
    return table(translate(language, "reference_column.caption"), headings, [("", rows)], prose=True)


def _signature(pack: StoredPack, keys: Mapping[str, str], language: Language) -> str:
    """By which key a pack is signed, and whether that is the one that was pinned."""
    if not pack.public_key:
        return translate(language, "reference_column.unsigned")
    pinned = keys.get(publisher_key(pack.publisher)) == pack.public_key
    key = "reference_column.pinned" if pinned else "reference_column.not_pinned"
    return translate(language, key, public_key=pack.public_key)
