"""Channels hear of a problem once, and that it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.once import Sent
from reports_builder.health.notices import SUBJECT, notify, tell_without_ledger
from reports_builder.health.problems import Problem
from tests.health.conftest import PUBLISHED_AT
from tests.servers import Endpoint

FAILED = Problem("build", "the build failed", "The last build failed: <b>@here</b> line 7.", "critical")
OLD = Problem("age", "the figures are old", "Published 30 hours ago.", "critical")


def at(hours: float) -> Callable[[], datetime]:
    return lambda: PUBLISHED_AT + timedelta(hours=hours)


def run(published: Path, *found: Problem, hours: float = 0, **environment: str) -> tuple[Sent, ...]:
    return notify(published, found, environment=environment, clock=at(hours))


def titles(endpoint: Endpoint) -> list[str]:
    return [str(message["title"]) for message in endpoint.received]


def test_once_when_it_begins_and_once_when_it_is_over(tmp_path: Path, endpoint: Endpoint) -> None:
    published, url = tmp_path / "finops.duckdb", endpoint.url(path="s3cr3t")
    assert run(published, FINOPS_ALERT_URLS=url) == ()
    run(published, FAILED, FINOPS_ALERT_URLS=url)
    # Another night, another reason: the same incident. That figures are old by now is another one.
    run(
        published,
        Problem("build", "the build failed", "Another reason.", "critical"),
        OLD,
        hours=24,
        FINOPS_ALERT_URLS=url,
    )
    run(published, FAILED, OLD, hours=25, FINOPS_ALERT_URLS=url)
    assert titles(endpoint) == ["AI FinOps: the build failed", "AI FinOps: the figures are old"]
    for hours in (48, 49):
        run(published, hours=hours, FINOPS_ALERT_URLS=url)
    assert titles(endpoint)[2:] == [
        "AI FinOps: resolved: the build failed",
        "AI FinOps: resolved: the figures are old",
    ]
    assert "Resolved after 2 days." in endpoint.received[2]["message"]
    assert [message["type"] for message in endpoint.received] == ["failure", "failure", "info", "info"]
    # And when it begins again, again.
    run(published, FAILED, hours=50, FINOPS_ALERT_URLS=url)
    assert titles(endpoint)[4:] == ["AI FinOps: the build failed"]
    assert endpoint.received[0]["pipeline"][0]["kind"] == "build"
    for active in ("<b>", "@here"):
        assert active not in str(endpoint.received)
    assert "s3cr3t" not in Ledger(published, SUBJECT).path.read_text()


def test_only_who_was_told_of_it_is_told_that_it_is_over(tmp_path: Path, endpoint: Endpoint) -> None:
    published, told = tmp_path / "finops.duckdb", {"FINOPS_ALERT_URLS_PIPELINE": endpoint.url()}
    endpoint.status = 503
    (sent,) = run(published, FAILED, **told)
    assert sent.in_words().startswith("webhook".join(("pipeline-", ": failed: it answered HTTP 503")))
    endpoint.status = 200
    run(published, hours=1, **told)
    assert titles(endpoint) == ["AI FinOps: the build failed"]
    run(
        published,
        FAILED,
        hours=2,
        FINOPS_ALERT_URLS_CUSTOMERS=endpoint.url(),
        FINOPS_ALERT_URLS=endpoint.url(),
    )
    assert len(endpoint.received) == 2


def test_where_nothing_can_be_written_down_it_is_told_all_the_same(endpoint: Endpoint) -> None:
    (sent,) = tell_without_ledger([FAILED], {"FINOPS_ALERT_URLS": endpoint.url()})
    assert sent.state == "sent"
    assert titles(endpoint) == ["AI FinOps: the build failed"]
