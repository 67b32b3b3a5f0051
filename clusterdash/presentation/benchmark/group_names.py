"""The names of groups of comparison, as pages and documents write them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ...benchmark.references import pack_of
from ...domain import ClusterBenchmark, Language, PeerGroup, Reference, ReferenceSource
from ...i18n import translate
from ...statistics.parameters import TOP_SIZE


def named_references(result: ClusterBenchmark, language: Language) -> dict[str, tuple[str, Reference]]:
    """The references that can be chosen with their names, by the id used in the address.

    The id is the kind; for a second sector with its code. Groups from elsewhere than the first one have an id that says
    so: "own-sector", "pack-sector". Those of the edition are offered beside a pack only where both are compared.
    """
    found: dict[str, tuple[str, Reference]] = {}
    for reference in result.references:
        group = reference.group
        if group.source is None and result.first.group.source and not result.beside_own:
            continue
        elsewhere = "" if group.source == result.first.group.source else "pack-" if group.source else "own-"
        key = f"{elsewhere}{group.kind}"
        key = key if key not in found else f"{key}-{group.key}"
        found[key] = (group_name(result, reference, language), reference)
    return found


def group_name(result: ClusterBenchmark, reference: Reference, language: Language, *, short: bool = False) -> str:
    """The name of a group; `short` for headings. One of a reference pack is named after its publisher and year.

    Where there are packs, groups of the edition that have no name of their own say that they are its.
    """
    name, source = _plain_name(reference, language, short=short), reference.group.source
    if source:
        return _with_source(name, source, language, short=short)
    if result.packs and reference.group.kind in ("top500", "all"):
        return translate(language, f"reference_own.{reference.group.kind}")
    return name


def full_group_name(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """The name of a group; of one of a reference pack with the number of its clusters."""
    name = group_name(result, reference, language)
    return translate(language, "reference.with_n", group=name, n=reference.n) if reference.group.source else name


def option_name(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """The name of a group in the list beside the choice of its reference, which it does not repeat."""
    source = reference.group.source
    if source is None or source != result.first.group.source:
        return full_group_name(result, reference, language)
    return translate(language, "reference.with_n", group=_plain_name(reference, language), n=reference.n)


def group_title(group: PeerGroup, language: Language) -> str:
    """The name of a group without a result, with the reference pack that it comes from."""
    name = named_group(group, language)
    return _with_source(name, group.source, language) if group.source else name


def _with_source(name: str, source: ReferenceSource, language: Language, *, short: bool = False) -> str:
    """The name of a group with the reference pack that it comes from."""
    told = {"group": name, "publisher": source.publisher, "year": str(source.year)}
    return translate(language, "reference.short" if short else "reference.long", **told)


def source_name(source: ReferenceSource, language: Language) -> str:
    """A reference pack by its publisher and year; plain text."""
    return translate(language, "reference.source", publisher=source.publisher, year=str(source.year))


def reference_options(result: ClusterBenchmark, choices: Sequence[str], language: Language) -> dict[str, str]:
    """The texts of `references.reference_choices`, by choice."""
    found = {}
    for choice in choices:
        pack = pack_of(result, choice)
        told = {"publisher": pack.source.publisher, "year": str(pack.source.year)} if pack else {}
        key = f"reference_choice.{choice.partition('-')[0]}"
        found[choice] = translate(language, key, n=result.edition.clusters, **told)
    return found


def _plain_name(reference: Reference, language: Language, *, short: bool = False) -> str:
    """The name of a group without where it comes from."""
    if reference.group.kind != "top500":
        return named_group(reference.group, language)
    best = "best" if reference.n >= TOP_SIZE - 1 else "europe"
    return translate(language, f"group.{best}{'_short' if short else ''}")


def named_group(group: PeerGroup, language: Language) -> str:
    """The name of a group without a result: its own, or else one made from its kind and key."""
    return group.name.get(language) or translate(language, f"unnamed.{group.kind}", code=group.key)


def top_name(result: ClusterBenchmark, language: Language, *, short: bool = False) -> str:
    """The name of the first reference: the 500 best, or the European clusters where they are fewer."""
    return group_name(result, result.first, language, short=short)


def own_name(result: ClusterBenchmark, language: Language) -> str:
    """The name of the best of the edition, among whom progress and robustness are told."""
    return group_name(result, result.own, language)
