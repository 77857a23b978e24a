"""The summary as the text of a chat, by the code that sends alerts."""

from __future__ import annotations

import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

from reports_builder.alerts.ledger import Ledger
from reports_builder.delivery.run import SUBJECT, deliver, read_targets
from tests.servers import Endpoint
from tests.workspace import ROOT


def test_a_chat_is_told_the_answer_and_the_key_figures_once(warehouse: Path, endpoint: Endpoint) -> None:
    targets = read_targets({"FINOPS_REPORT_URLS": endpoint.url(path="s3cr3t")})
    assert [one.in_words() for one in deliver(warehouse, targets).sent] == ["webhook: sent"]
    assert [one.state for one in deliver(warehouse, targets).sent] == ["before"]
    (told,) = endpoint.received
    assert told["title"] == "AI FinOps: executive summary as of 31 October 2026"
    assert "- AI spend: $1,600.00 (up 60 %)" in told["message"]
    for active in ("<script", "|", "](", "`", "\u202e", "**"):
        assert active not in told["message"]
    assert "s3cr3t" not in Ledger(warehouse, SUBJECT).path.read_text()


def test_a_chat_that_fails_is_said_in_words(warehouse: Path, endpoint: Endpoint) -> None:
    endpoint.status = 503
    targets = read_targets({"FINOPS_REPORT_URLS": endpoint.url()})
    (failed,) = deliver(warehouse, targets).failed
    assert failed.reason == "it answered HTTP 503 (Service Unavailable)"
    endpoint.status = 200
    assert [one.state for one in deliver(warehouse, targets).sent] == ["waiting"]
    assert [one.state for one in deliver(warehouse, targets, retry_now=True).sent] == ["sent"]


def test_the_command_writes_the_mail_without_sending_it(warehouse: Path, tmp_path: Path) -> None:
    out = tmp_path / "summary.eml"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "reports_builder", "send", "--dry-run", str(out)),
            *("--warehouse", str(warehouse)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "not sent" in done.stdout
    mail = message_from_bytes(out.read_bytes(), policy=policy.default)
    assert mail["To"] == "reader@example.com"
    assert not Ledger(warehouse, SUBJECT).path.exists()
