"""The pipeline itself as OpenMetrics families: freshness, rows, failures, durations, problems."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from reports_builder.exports.openmetrics import Family
from reports_builder.health.problems import KINDS, Problem
from reports_builder.health.state import Health


def families(health: Health, found: Sequence[Problem]) -> tuple[Family, ...]:
    """The gauges of one moment; what is unknown is left out, which an alert on absence notices."""
    attempt = health.attempt
    wrong = {problem.kind for problem in found}
    sources = [({"source": row["source"]}, row) for row in health.sources]
    steps = [({"step": step.name}, step) for step in health.steps]
    return (
        _one(
            "finops_published_timestamp_seconds",
            "seconds",
            "When the figures were published.",
            health.published_at,
        ),
        _one(
            "finops_as_of_timestamp_seconds",
            "seconds",
            "Begin of the newest complete day of the data.",
            health.as_of,
        ),
        _one("finops_published_bytes", "bytes", "Size of the published file.", health.size_bytes),
        _one("finops_free_bytes", "bytes", "Free space where it is.", health.free_bytes),
        _one("finops_rejected_records", "records", "Records that were rejected.", health.rejected_records),
        _one(
            "finops_build_started_timestamp_seconds",
            "seconds",
            "When the last build began.",
            attempt and attempt.started_at,
        ),
        _one("finops_build_duration_seconds", "seconds", "How long it took.", attempt and attempt.seconds),
        _one(
            "finops_build_failures",
            "failures",
            "Builds that failed in a row.",
            health.failures if attempt else None,
        ),
        Family(
            "finops_source_records",
            "records",
            "Records of a source.",
            tuple((labels, row["records"]) for labels, row in sources),
        ),
        Family(
            "finops_source_last_day_timestamp_seconds",
            "seconds",
            "Begin of the last day that a source has records of.",
            tuple((labels, _number(row["last_date"])) for labels, row in sources),
        ),
        Family(
            "finops_step_duration_seconds",
            "seconds",
            "How long a step of the last nightly run took.",
            tuple((labels, step.seconds) for labels, step in steps),
        ),
        Family(
            "finops_step_exit_code",
            "",
            "How it ended; 0 is well.",
            tuple((labels, step.exit_code) for labels, step in steps),
        ),
        Family(
            "finops_problem",
            "",
            "1 where `status` finds a problem of the kind.",
            tuple(({"kind": kind}, int(kind in wrong)) for kind in KINDS),
        ),
    )


def _one(name: str, unit: str, about: str, value: object) -> Family:
    return Family(name, unit, about, (({}, _number(value)),))


def _number(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.timestamp() if isinstance(value, datetime) else value
