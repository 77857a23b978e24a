"""An address, and what is secret in it, is in no output, log, exception, ledger or name."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports_builder.alerts.channels import read_channels
from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.run import evaluate_and_deliver
from tests.servers import Endpoint, Mailbox
from tests.workspace import ROOT

SECRET = "s3cr3tT0ken"
# Port 9 takes no calls.
DEAD = (
    f"json://user:{SECRET}@127.0.0.1:9/hook/{SECRET}?+X-Key={SECRET}",
    f"mailto://user:{SECRET}@127.0.0.1:9?from=a@example.com&to=b@example.com",
    f"slack://{SECRET}/nothing",
    f"https://127.0.0.1:9/{SECRET}",
    f"nonsense://{SECRET}@host",
    f"{SECRET}",
    f"json://127.0.0.1:9/{SECRET}?optional=yes",
    f"jsons://127.0.0.1:9/{SECRET}?verify=no",
)


def told(warehouse: Path) -> str:
    """Everything that a run leaves behind in files."""
    return "".join(path.read_text() for path in Ledger(warehouse).folder.rglob("*") if path.is_file())


def test_no_failure_gives_an_address_away(
    warehouse: Path,
    endpoint: Endpoint,
    mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    endpoint.status = 404
    mailbox.refuses = True
    urls = [
        *DEAD,
        endpoint.url(path=SECRET),
        f"mailto://user:{SECRET}@127.0.0.1:{mailbox.port}?to=a@example.com",
    ]
    environment = {
        "FINOPS_ALERT_URLS": "\n".join(urls),
        "FINOPS_ALERT_URLS_FINANCE": endpoint.url(path=f"2{SECRET}"),
    }
    summary = evaluate_and_deliver(warehouse, environment=environment)
    assert len(summary.dead_channels) == len(urls) + 1
    shown = capfd.readouterr()
    # The mail server of the test logs its callers itself.
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    everything = [
        *(shown.out, shown.err, logged, told(warehouse), repr(summary), str(summary.as_json())),
        *("\n".join(summary.in_words()), repr(read_channels(environment))),
    ]
    for text in everything:
        assert SECRET not in text
        assert "127.0.0.1" not in text
        assert "example.com" not in text


def test_an_exception_of_a_service_gives_nothing_away(
    warehouse: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> bool:
        raise RuntimeError(f"cannot open {endpoint.url(path=SECRET)}")

    monkeypatch.setattr("apprise.Apprise.notify", fails)
    summary = evaluate_and_deliver(warehouse, environment={"FINOPS_ALERT_URLS": endpoint.url(path=SECRET)})
    assert summary.channels[0].reason == "it failed in a way nobody foresaw (RuntimeError)"
    assert SECRET not in told(warehouse)


def test_the_command_gives_nothing_away(warehouse: Path) -> None:
    for options in ([], ["--json", "--retry-now"]):
        done = subprocess.run(
            [sys.executable, "-m", "reports_builder", "alerts", "--warehouse", str(warehouse), *options],
            cwd=ROOT,
            env=os.environ | {"FINOPS_ALERT_URLS": " ".join(DEAD)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "webhook" in done.stdout
        assert SECRET not in done.stdout + done.stderr
        assert done.stderr == ""


def test_a_name_tells_the_tag_and_the_kind_alone() -> None:
    channels = read_channels(
        {
            "FINOPS_ALERT_URLS": "mailto://a:b@c.d?to=x@y.z,u@v.w, slack://a/b/c jsons://h/1,jsons://h/2 odd://x",
            "FINOPS_ALERT_URLS_CUSTOMER_CARE": "https://hooks.slack.com/services/T/B/X",
            "FINOPS_ALERT_OTHER": "json://x",
        }
    )
    assert [(channel.name, channel.tag) for channel in channels] == [
        ("email", None),
        ("slack", None),
        ("webhook", None),
        ("webhook-2", None),
        ("other", None),
        ("customer-care-slack", "customer-care"),
    ]
    assert channels[0].url == "mailto://a:b@c.d?to=x@y.z,u@v.w"
