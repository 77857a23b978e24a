"""Alerts reach real servers on this machine, each once."""

from __future__ import annotations

import html
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reports_builder.alerts.history import read_history
from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.lookup import acknowledge
from reports_builder.alerts.run import evaluate_and_deliver
from reports_builder.alerts.summary import Summary
from tests.alerts.warehouse_fixture import BUDGET_USED, HOSTILE_NAME, alert, cost_share, write_warehouse
from tests.servers import Endpoint, Mailbox

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def run(warehouse: Path, moment: datetime = NOON, **environment: str) -> Summary:
    return evaluate_and_deliver(warehouse, environment=environment, clock=at(moment))


def events(warehouse: Path) -> list[tuple[str, str | None]]:
    return [(event.event_type, event.channel) for event in Ledger(warehouse).events()]


def test_mail_and_webhook_receive_one_message_each_and_the_second_run_sends_nothing(
    warehouse: Path, mailbox: Mailbox, endpoint: Endpoint
) -> None:
    urls = f"{mailbox.url}\n{endpoint.url()}"
    first = run(warehouse, FINOPS_ALERT_URLS=urls)
    assert [(channel.channel, channel.delivered) for channel in first.channels] == [
        ("email", 2),
        ("webhook", 2),
    ]
    assert len(first.new) == 2
    second = run(warehouse, FINOPS_ALERT_URLS=urls)
    assert second.new == ()
    assert second.delivered == 0

    (mail,) = mailbox.mails
    assert mail["Subject"] == "AI FinOps: 2 alerts (1 critical, 1 warning) as of 2026-10-31"
    assert mail["To"] == "cfo@example.com"
    for text in mailbox.texts():
        assert BUDGET_USED in text.replace("\xa0", " ")
        assert "Acme costs 90.0 % of its fees: $9.00 of $10.00" in text.replace("\xa0", " ")
    (hook,) = endpoint.received
    assert hook["title"] == mail["Subject"]
    assert hook["type"] == "failure"
    assert [row["alert_id"] for row in hook["alerts"]] == ["aaaaaaaaaaa1", "aaaaaaaaaaa2"]
    assert hook["alerts"][0]["amount_usd"] == "1250.000000000001"
    assert sorted(events(warehouse)) == sorted(
        [("fired", None)] * 2
        + [(kind, channel) for kind in ("sending", "delivered") for channel in ("email", "webhook")] * 2
    )


def test_only_what_is_new_is_told_and_a_more_severe_rule_is_new(warehouse: Path, endpoint: Endpoint) -> None:
    run(warehouse, FINOPS_ALERT_URLS=endpoint.url())
    write_warehouse(warehouse, [alert("aaaaaaaaaaa1", is_superseded=True), alert("bbbbbbbbbbb1")])
    summary = run(warehouse, FINOPS_ALERT_URLS=endpoint.url())
    assert [row["alert_id"] for row in endpoint.received[-1]["alerts"]] == ["bbbbbbbbbbb1"]
    assert [row.alert_id for row in summary.open_alerts] == ["bbbbbbbbbbb1"]


def test_tags_decide_who_is_told(warehouse: Path, endpoint: Endpoint, mailbox: Mailbox) -> None:
    summary = run(warehouse, FINOPS_ALERT_URLS_CUSTOMERS=endpoint.url(), FINOPS_ALERT_URLS_NOBODY=mailbox.url)
    assert [row["alert_id"] for row in endpoint.received[0]["alerts"]] == ["aaaaaaaaaaa2"]
    assert mailbox.mails == []
    assert summary.untold == {"FINOPS_ALERT_URLS_FINANCE": 1}
    assert summary.unused == ("FINOPS_ALERT_URLS_NOBODY",)
    assert "nobody is told of 1: set FINOPS_ALERT_URLS_FINANCE" in "\n".join(summary.in_words())


def test_without_a_channel_alerts_are_listed_and_a_later_channel_is_told(
    warehouse: Path, endpoint: Endpoint
) -> None:
    summary = run(warehouse)
    assert "FINOPS_ALERT_URLS=" in "\n".join(summary.in_words())
    assert len(summary.open_alerts) == 2
    assert run(warehouse, FINOPS_ALERT_URLS=endpoint.url()).delivered == 2


def test_a_dead_channel_stops_nothing_and_is_tried_again_after_a_growing_wait(
    warehouse: Path, endpoint: Endpoint, mailbox: Mailbox
) -> None:
    urls = {"FINOPS_ALERT_URLS": f"{endpoint.url()} {mailbox.url}"}
    endpoint.status = 503
    first = run(warehouse, **urls)
    assert first.dead_channels == ("webhook",)
    assert "it answered HTTP 503 (Service Unavailable)" in "\n".join(first.in_words())
    assert len(mailbox.mails) == 1

    run(warehouse, NOON + timedelta(seconds=59), **urls)
    assert len(endpoint.received) == 1
    second = run(warehouse, NOON + timedelta(seconds=60), **urls)
    assert len(endpoint.received) == 2
    assert second.channels[0].next_try_at == NOON + timedelta(seconds=60 + 120)

    endpoint.status = 200
    waiting = run(warehouse, NOON + timedelta(seconds=100), **urls)
    assert waiting.dead_channels == ("webhook",)
    third = run(warehouse, NOON + timedelta(seconds=180), **urls)
    assert third.channels[0].delivered == 2
    assert [row["alert_id"] for row in endpoint.received[-1]["alerts"]] == ["aaaaaaaaaaa1", "aaaaaaaaaaa2"]
    assert len(mailbox.mails) == 1
    # After a success the count begins anew.
    assert read_history(Ledger(warehouse).events()).of_channel("webhook").failures == 0


def test_the_wait_can_be_cut_short(warehouse: Path, endpoint: Endpoint) -> None:
    endpoint.status = 500
    run(warehouse, FINOPS_ALERT_URLS=endpoint.url())
    endpoint.status = 200
    again = evaluate_and_deliver(
        warehouse, environment={"FINOPS_ALERT_URLS": endpoint.url()}, clock=at(NOON), retry_now=True
    )
    assert again.delivered == 2


def test_an_alert_that_holds_no_longer_is_not_sent_late(warehouse: Path, endpoint: Endpoint) -> None:
    endpoint.status = 500
    run(warehouse, FINOPS_ALERT_URLS=endpoint.url())
    endpoint.status = 200
    write_warehouse(warehouse, [alert("aaaaaaaaaaa1")])
    run(warehouse, NOON + timedelta(hours=1), FINOPS_ALERT_URLS=endpoint.url())
    assert [row["alert_id"] for row in endpoint.received[-1]["alerts"]] == ["aaaaaaaaaaa1"]


def test_what_somebody_has_seen_is_told_to_nobody(warehouse: Path, endpoint: Endpoint) -> None:
    assert acknowledge(warehouse, ["aaaaaaaaaaa1"], "ann", "budget raised") == 1
    summary = run(warehouse, FINOPS_ALERT_URLS=endpoint.url())
    assert [row["alert_id"] for row in endpoint.received[0]["alerts"]] == ["aaaaaaaaaaa2"]
    assert summary.acknowledged == 1
    assert acknowledge(warehouse, ["aaaaaaaaaaa1"], "bob") == 0


def test_a_hundred_alerts_are_one_message(tmp_path: Path, endpoint: Endpoint) -> None:
    path = write_warehouse(tmp_path / "finops.duckdb", [alert(f"{n:012x}") for n in range(100)])
    assert run(path, FINOPS_ALERT_URLS=endpoint.url()).delivered == 100
    (hook,) = endpoint.received
    assert "and 80 more" in hook["message"]
    assert len(hook["alerts"]) == 100


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    row = alert("aaaaaaaaaaa1", **cost_share(HOSTILE_NAME[:40] + " & " + HOSTILE_NAME[-15:]))
    return write_warehouse(tmp_path / "finops.duckdb", [row])


def test_a_name_is_only_text_in_every_channel(
    hostile: Path, endpoint: Endpoint, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Slack as it is, but for its address.
    monkeypatch.setattr(
        "apprise.plugins.slack.NotifySlack.webhook_url", f"http://127.0.0.1:{endpoint.port}/services"
    )
    slack = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7dQ/"
    summary = run(
        hostile, FINOPS_ALERT_URLS=f"{slack} {endpoint.url()} {mailbox.url} {mailbox.url}&format=html"
    )
    assert summary.delivered == 4, summary.in_words()
    by_path = dict(zip(endpoint.paths, endpoint.received, strict=True))
    slack_text = by_path["/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7dQ"]["attachments"][0]["text"]
    hook: dict[str, Any] = by_path["/hook"]
    texts = [slack_text, hook["message"], *mailbox.texts()]
    assert len(texts) >= 4
    for text in texts:
        for active in ("<script", "<!", "|", "](", "://evil", "@channel", "`", "*b", "\u202e", "\n#"):
            assert active not in text, (active, text)
        assert "O'Neill" in html.unescape(text)
        assert "$9.00 of $10.00" in html.unescape(text).replace("\xa0", " ")
    # One line per alert: no name begins another.
    assert [line[:2] for line in hook["message"].splitlines() if line.startswith("-")] == ["- "]
    for value in hook["alerts"][0].values():
        assert "<" not in str(value) and "\n" not in str(value)


def test_words_of_slack_and_of_the_message_stay_readable(
    warehouse: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "apprise.plugins.slack.NotifySlack.webhook_url", f"http://127.0.0.1:{endpoint.port}/services"
    )
    run(warehouse, FINOPS_ALERT_URLS_FINANCE="slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7dQ/")
    (sent,) = endpoint.received
    (attachment,) = sent["attachments"]
    assert attachment["title"] == "AI FinOps: 1 alert (1 critical) as of 2026-10-31"
    assert attachment["text"] == (
        f"CRITICAL\n- {BUDGET_USED} [aaaaaaaaaaa1]\n\nSeen? python -m reports_builder alerts ack aaaaaaaaaaa1"
    )
    # Nothing is loaded from another host.
    assert "http" not in str(sent)


@pytest.mark.parametrize("status", [302, 307])
def test_a_message_goes_to_its_address_and_not_where_that_sends_it(
    warehouse: Path, endpoint: Endpoint, status: int
) -> None:
    endpoint.status, endpoint.location = status, endpoint.url("http", "elsewhere")
    done = run(warehouse, FINOPS_ALERT_URLS=endpoint.url())
    assert endpoint.paths == ["/hook"]
    assert done.delivered == 0
    assert f"it answered HTTP {status}" in "\n".join(done.in_words())


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "[::ffff:169.254.169.254]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "100.100.100.200",
    ],
)
def test_no_message_goes_to_where_a_cloud_keeps_its_secrets(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    tried: list[object] = []
    monkeypatch.setattr("requests.Session.request", lambda *_, **said: tried.append(said))
    done = run(warehouse, FINOPS_ALERT_URLS=f"json://{host}/latest/meta-data")
    assert done.delivered == 0
    assert "no channel is" in "\n".join(done.in_words())
    assert host.strip("[]") not in "\n".join(done.in_words())
    assert tried == []


def test_a_name_that_leads_to_a_metadata_address_is_not_sent_to(
    warehouse: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo

    def led(host: str, *rest: Any, **options: Any) -> Any:
        return look_up("169.254.169.254" if host == "localhost" else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", led)
    done = run(warehouse, FINOPS_ALERT_URLS=endpoint.url().replace("127.0.0.1", "localhost"))
    assert done.delivered == 0
    assert endpoint.paths == []
    # Addresses of one's own network stay channels.
    assert run(warehouse, NOON + timedelta(hours=7), FINOPS_ALERT_URLS=endpoint.url()).delivered == 2
