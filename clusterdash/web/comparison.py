"""What the page on groups reads and chooses: the kind of group, the scheme, and one group to look at closely."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ..domain import Grid
from ..domain.group_comparison import GroupingKind, PooledMean
from ..i18n import collation_key, country_name
from ..presentation.benchmark import member_overview
from ..presentation.benchmark.group_overview import ComparedGroups
from ..presentation.benchmark.trend_overview import ChangedGroups
from ..spreadsheets import as_csv
from ..statistics.group_comparison import assess_changes, compare, pool
from . import session, url_state, widgets
from .context import PageContext


def choose_scheme(visit: PageContext) -> Grid | None:
    """Return the scheme of benchmarking to compare in; None, and a sentence, where there is none."""
    grids = {grid.scheme.code: grid for grid in visit.reader.benchmark_schemes()}
    if not grids:
        st.info(visit.translate("benchmark.none"))
        return None
    names = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
    return grids[url_state.choose("scheme", visit.translate("sectors.scheme"), names, language=visit.language)]


def compared_groups(visit: PageContext, grid: Grid, kind: GroupingKind) -> ComparedGroups:
    """Return all groups of a kind, compared with all other clusters."""
    cells = compare(visit.reader.comparisons().ranks(grid.scheme.code, kind))
    return ComparedGroups(kind, cells, _names(visit, grid, kind, {cell.ranks.group for cell in cells}), grid)


def pooled_means(groups: ComparedGroups, dimension: str) -> tuple[PooledMean, ...]:
    """Return what is to be expected of the mean of each group in a dimension."""
    return pool([cell.ranks for cell in groups.cells if cell.ranks.is_dimension and cell.ranks.item == dimension])


def changed_groups(visit: PageContext, grid: Grid, kind: GroupingKind) -> ChangedGroups:
    """Return how all groups of a kind changed since the benchmark before."""
    changes = assess_changes(visit.reader.comparisons().changes(grid.scheme.code, kind))
    return ChangedGroups(kind, changes, _names(visit, grid, kind, {change.group for change in changes}), grid)


def choose_changed_group(visit: PageContext, groups: ChangedGroups) -> str:
    """Return the group whose years are shown: the choice in the address."""
    return url_state.choose("group", visit.translate("comparison.group"), groups.names, language=visit.language)


def show_members(visit: PageContext, groups: ComparedGroups, group: str) -> None:
    """Show who is in a group, and whose benchmark is old, as a list to write to."""
    scheme, today = groups.grid.scheme.code, visit.now.date()
    members = visit.reader.comparisons().members(scheme, groups.kind, group)
    st.markdown(member_overview.member_sentence(members, today, visit.language))
    names = {
        kind.value: _names(visit, groups.grid, kind, {str(getattr(one, kind.value)) for one in members})
        for kind in (GroupingKind.SIZE, GroupingKind.AGE, GroupingKind.LABEL)
    }
    widgets.show_table(member_overview.composition(members, names, visit.language))
    if old := member_overview.old_benchmarks(members, today):
        widgets.show_table(member_overview.old_table(old, visit.language))
        headings = member_overview.old_headings(visit.language)
        made = partial(as_csv, headings, member_overview.old_rows(old, visit.language), visit.language)
        widgets.download_row(
            visit, ("members.file", "members.file_use"), "old-benchmarks.csv", made, "text/csv", key="old"
        )


def choose_kind(visit: PageContext) -> GroupingKind:
    """Return what clusters are grouped by: the choice in the address."""
    kinds = {kind.value: visit.translate(f"grouped_by.{kind}") for kind in GroupingKind}
    return GroupingKind(url_state.choose("by", visit.translate("comparison.by"), kinds, language=visit.language))


def choose_group(visit: PageContext, groups: ComparedGroups) -> str:
    """Return the group to look at closely: the choice in the address."""
    members = groups.members
    names = {group: f"{groups.names[group]} ({members[group]})" for group in groups.groups}
    return url_state.choose("group", visit.translate("comparison.group"), names, language=visit.language)


def choose_dimension(visit: PageContext, groups: ComparedGroups) -> str:
    """Return the dimension of the rows of means: the choice in the address."""
    scored = {cell.ranks.item for cell in groups.cells if cell.ranks.is_dimension}
    names = {one.code: one.name.get(visit.language) for one in groups.grid.dimensions if one.code in scored}
    return url_state.choose("dimension", visit.translate("comparison.in"), names, language=visit.language)


def _names(visit: PageContext, grid: Grid, kind: GroupingKind, groups: set[str]) -> dict[str, str]:
    """The names of groups by key, in the order in which they are listed."""
    if kind is GroupingKind.COUNTRY:
        named = {code: country_name(visit.language, code) for code in groups}
        own = session.contact().country
        return dict(sorted(named.items(), key=lambda entry: (entry[0] != own, collation_key(entry[1]))))
    if kind is GroupingKind.LABEL:
        order = ("none", "bronze", "silver", "gold")
        return {key: visit.translate(f"label_held.{key}") for key in order if key in groups}
    if kind is GroupingKind.SECTOR:
        return {code: one.name.get(visit.language) for code, one in visit.reader.sectors().items() if code in groups}
    found = visit.reader.comparisons().names(grid.scheme.code, kind)
    return {key: name.get(visit.language) for key, name in found.items() if key in groups}
