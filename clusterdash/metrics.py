"""What is measured of a server, in the format of Prometheus. No label has a value that a visitor could choose."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.process_collector import ProcessCollector

# A time beside each count, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
_QUERY_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)
_PAGE_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

ProcessCollector(registry=REGISTRY)
OPEN_SESSIONS = Gauge("clusterdash_open_sessions", "Visits that are open now.", registry=REGISTRY)
PAGE_RUNS = Histogram(
    "clusterdash_page_run_seconds", "Runs of a page.", ["page"], buckets=_PAGE_SECONDS, registry=REGISTRY
)
REQUESTS = Counter("clusterdash_requests", "Answered requests.", ["route", "status"], registry=REGISTRY)
REQUEST_TIMES = Histogram(
    "clusterdash_request_seconds", "Time to answer a request.", ["route"], buckets=_PAGE_SECONDS, registry=REGISTRY
)
EDITION_QUERIES = Histogram(
    "clusterdash_edition_query_seconds", "Queries of editions.", buckets=_QUERY_SECONDS, registry=REGISTRY
)
DATABASE_QUERIES = Histogram(
    "clusterdash_database_query_seconds",
    "Statements in the operational database.",
    buckets=_QUERY_SECONDS,
    registry=REGISTRY,
)
ERRORS = Counter(
    "clusterdash_errors",
    "Faults: a page that failed, a request that failed, data that could not be read.",
    ["kind"],
    registry=REGISTRY,
)
for kind in ("page", "request", "data"):
    ERRORS.labels(kind)  # counted from 0, so that the first one is an increase
