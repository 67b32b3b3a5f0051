"""SQL queries of a reader about how complete and how plausible assessments are; for staff."""

from __future__ import annotations

from typing import Any

from ..domain import IndicatorCompleteness
from .cluster_query import Rows


def read_indicators(rows: Rows, scheme: str) -> tuple[IndicatorCompleteness, ...]:
    """Return how complete the latest assessments of a scheme are, indicator by indicator, in its order."""
    found = rows(
        """select i.code, count(n.value), count(*)
           from latest_benchmark b
           join indicator i using (scheme)
           left join answer n on n.assessment_id = b.assessment_id and n.indicator = i.code
           where b.scheme = ? group by i.code, i.position order by i.position""",
        [scheme],
    )
    return tuple(IndicatorCompleteness(*row) for row in found)


def read_assessments(rows: Rows, scheme: str) -> list[tuple[Any, ...]]:
    """Return id and name of the clusters of a scheme, day, answers and questions of the latest assessment, by day."""
    return rows(
        """select b.cluster_id, c.name, b.assessed_on,
               (select count(*) from answer n where n.assessment_id = b.assessment_id),
               (select count(*) from indicator i where i.scheme = b.scheme)
           from latest_benchmark b join cluster c using (cluster_id)
           where b.scheme = ? order by b.assessed_on, c.name, b.cluster_id""",
        [scheme],
    )


def read_medians(rows: Rows, scheme: str) -> dict[str, tuple[float, int]]:
    """Return the median of all answers, and their number, by indicator of a scheme that is a number."""
    found = rows(
        """select a.indicator, median(a.value), count(*)
           from assessment s join answer a using (assessment_id)
           join indicator i on i.scheme = s.scheme and i.code = a.indicator
           where s.scheme = ? and i.kind = 'number' group by a.indicator""",
        [scheme],
    )
    return {indicator: (median, answers) for indicator, median, answers in found}
