"""What is wrong with the pipeline, by limits that a company may move."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reports_builder.errors import ReportError
from reports_builder.health.state import Health

KINDS = ("build", "age", "data", "file", "step")
MAX_AGE_HOURS, MAX_DATA_DAYS, MAX_FAILURES = (
    "FINOPS_MAX_AGE_HOURS",
    "FINOPS_MAX_DATA_DAYS",
    "FINOPS_MAX_FAILURES",
)
_LONGEST_SAID = 300


@dataclass(frozen=True)
class Limits:
    """What is still in order: hours since a publication, days that come late, failures in a row."""

    max_age_hours: float = 26
    max_data_days: int = 3
    max_failures: int = 0


def limits_of(environment: Mapping[str, str]) -> Limits:
    """The limits that the environment sets; ReportError where one is no number."""
    return Limits(
        _limit(environment, MAX_AGE_HOURS, Limits.max_age_hours),
        int(_limit(environment, MAX_DATA_DAYS, Limits.max_data_days)),
        int(_limit(environment, MAX_FAILURES, Limits.max_failures)),
    )


def _limit(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "").strip() or str(default)
    # No sign, no exponent, no `nan`: what a person would write.
    if not text.replace(".", "", 1).isdecimal():
        raise ReportError(f"{name} is {text!r}, which is no number from 0 on.")
    return float(text)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: its kind (of ``KINDS``), a title of a few words, and a sentence."""

    kind: str
    title: str
    sentence: str
    severity: str


def problems(health: Health, limits: Limits, now: datetime) -> tuple[Problem, ...]:
    """What is wrong at ``now``, the cause before what follows from it."""
    return (*_build(health, limits), *_file(health, limits, now), *_step(health))


def _build(health: Health, limits: Limits) -> Iterator[Problem]:
    attempt = health.attempt
    if attempt is None or health.failures <= limits.max_failures:
        return
    times = "The last build" if health.failures == 1 else f"The last {health.failures} builds"
    if attempt.is_killed:
        why = f"failed: it began at {_moment(attempt.started_at)}, never ended, and its process is gone."
    elif attempt.outcome == "running":
        why = f"failed; another one has been running since {_moment(attempt.started_at)}."
    else:
        why = (
            f"failed, at {_moment(attempt.finished_at)}: {_ended(attempt.problem or 'it could not say why')}"
        )
    older = " The published figures are older." if health.published_at else ""
    yield Problem("build", "the build failed", f"{times} {why}{older}", "critical")


def _file(health: Health, limits: Limits, now: datetime) -> Iterator[Problem]:
    if health.published_at is None:
        if health.attempt is None or health.attempt.outcome != "running":
            said = f"There is no published warehouse at {health.published}."
            yield Problem("age", "nothing is published", said, "critical")
        return
    age = now - health.published_at
    if age > timedelta(hours=limits.max_age_hours):
        said = f"The figures were published at {_moment(health.published_at)}, {in_words(age)} ago"
        said = f"{said}; the limit is {limits.max_age_hours:g} hours."
        yield Problem("age", "the figures are old", said, "critical")
    if health.unreadable:
        yield Problem("file", "the published file cannot be read", health.unreadable, "critical")
    if health.as_of is None:
        return
    days = (now.astimezone(UTC).date() - health.as_of).days
    if days > limits.max_data_days:
        said = (
            f"The newest complete day of the data is {health.as_of}, {days} days ago; "
            f"the limit is {limits.max_data_days}. Builds may be well and exports no longer arrive."
        )
        yield Problem("data", "no new data arrives", said, "warning")


def _step(health: Health) -> Iterator[Problem]:
    for step in health.steps:
        # What became of a build it has noted itself, and another one may have mended it.
        if step.exit_code and step.name.split()[0] != "build":
            why = f": {_ended(step.problem)}" if step.problem else "."
            said = f"`finops {step.name}` of the last nightly run ended with exit code {step.exit_code}{why}"
            yield Problem("step", "a step of the nightly run failed", said, "warning")
            return


def in_words(span: timedelta) -> str:
    """About how long: minutes up to two hours, hours up to two days, then days."""
    minutes = max(0, round(span.total_seconds() / 60))
    if minutes < 120:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "a time that it did not note"


def _ended(text: str) -> str:
    text = text if len(text) <= _LONGEST_SAID else f"{text[: _LONGEST_SAID - 1]}…"
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
