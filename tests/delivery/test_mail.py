"""The executive summary by e-mail, over a real mail server on this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from reports_builder.alerts.ledger import DELIVERED, Event, Ledger
from reports_builder.delivery.run import SUBJECT, Outcome, deliver, read_targets
from reports_builder.errors import ReportError
from tests.delivery.conftest import PASSWORD
from tests.servers import Mailbox

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real one takes seconds; the tests of documents draw one."""
    monkeypatch.setattr("reports_builder.delivery.documents.pdf", lambda _pages: b"%PDF-")


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def run(
    warehouse: Path, environment: dict[str, str], moment: datetime = NOON, to: Sequence[str] = ()
) -> Outcome:
    return deliver(warehouse, read_targets(environment, to), clock=at(moment))


def states(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one.shown, one.state) for one in outcome.sent]


def parts(mail: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in mail.walk()}  # type: ignore[misc]


def test_each_reader_gets_a_mail_of_their_own_and_a_second_run_sends_nothing(
    warehouse: Path, environment: dict[str, str], post: Mailbox
) -> None:
    outcome = run(warehouse, environment)
    assert states(outcome) == [("cfo@example.com", "sent"), ("product@example.com", "sent")]
    assert [mail["To"] for mail in post.mails] == ["cfo@example.com", "product@example.com"]
    assert {mail["From"] for mail in post.mails} == {"AI FinOps <finops@example.com>"}
    assert {mail["Subject"] for mail in post.mails} == {"AI FinOps: executive summary as of 31 October 2026"}
    assert set(post.logins) == {("finops", PASSWORD)}
    assert states(run(warehouse, environment, NOON + timedelta(days=1))) == [
        ("cfo@example.com", "before"),
        ("product@example.com", "before"),
    ]
    assert len(post.mails) == 2


def test_the_mail_reads_as_text_as_html_with_its_figures_and_as_pdf(
    warehouse: Path, environment: dict[str, str], post: Mailbox
) -> None:
    pytest.importorskip(
        "weasyprint", reason="NO WEASYPRINT OR PANGO: the PDF is not tested", exc_type=OSError
    )
    run(warehouse, environment, to=["cfo@example.com"])
    (mail,) = post.mails
    found = parts(mail)
    text, html = (found[kind].get_content() for kind in ("text/plain", "text/html"))
    for shown in (text, html.replace("&nbsp;", " ")):
        # The figures of the page, which its own test adds up by hand.
        assert "$1,600.00" in shown
        assert "up 60 %" in shown
        assert "select" not in shown
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    shown_as = re.findall(r'src="cid:([^"]+)"', html)
    assert shown_as == [part["Content-ID"].strip("<>") for part in pictures]
    assert shown_as
    assert all(part.get_content().startswith(b"\x89PNG") for part in pictures)
    assert found["application/pdf"].get_content().startswith(b"%PDF")
    assert found["application/pdf"].get_filename() == "finops_summary-2026-10-31.pdf"


def test_nothing_in_the_mail_acts_or_is_loaded_from_elsewhere(
    warehouse: Path, environment: dict[str, str], post: Mailbox
) -> None:
    run(warehouse, environment)
    for html in (parts(mail)["text/html"].get_content() for mail in post.mails):
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "\u202e" not in html
        assert re.findall(r'(?:src|href)="(?!cid:)[^"]*"', html) == []


def test_a_reader_that_is_refused_holds_up_no_other_and_is_tried_again_after_a_growing_wait(
    warehouse: Path, environment: dict[str, str], post: Mailbox
) -> None:
    post.refused.add("cfo@example.com")
    first = run(warehouse, environment)
    assert states(first) == [("cfo@example.com", "failed"), ("product@example.com", "sent")]
    assert first.sent[0].reason == "the mail server refused the recipient (550)"
    assert states(run(warehouse, environment, NOON + timedelta(seconds=59)))[0][1] == "waiting"
    post.refused.clear()
    again = run(warehouse, environment, NOON + timedelta(seconds=60))
    assert states(again) == [("cfo@example.com", "sent"), ("product@example.com", "before")]
    assert [mail["To"] for mail in post.mails] == ["product@example.com", "cfo@example.com"]


def test_a_kill_between_the_mail_and_its_note_costs_one_more_mail_that_says_it_is_the_same(
    warehouse: Path, environment: dict[str, str], post: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Ledger.append

    def killed(ledger: Ledger, events: Sequence[Event]) -> None:
        if events[0].event_type == DELIVERED:
            raise KeyboardInterrupt
        kept(ledger, events)

    with monkeypatch.context() as during:
        during.setattr(Ledger, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            run(warehouse, environment, to=["cfo@example.com"])
    assert states(run(warehouse, environment, to=["cfo@example.com"])) == [("cfo@example.com", "sent")]
    assert states(run(warehouse, environment, to=["cfo@example.com"])) == [("cfo@example.com", "before")]
    first, second = post.mails
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    "to",
    [
        "a@example.com\nBcc: b@example.com",
        "a",
        "a@b@c",
        "<a@example.com>",
        "a@example.com\x00",
        '"a b"@c.d',
        "a@-",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(
    warehouse: Path, environment: dict[str, str], post: Mailbox, to: str
) -> None:
    with pytest.raises(ReportError, match="is no address of mail"):
        run(warehouse, environment, to=[to])
    with pytest.raises(ReportError, match="FINOPS_MAIL_FROM"):
        run(warehouse, environment | {"FINOPS_MAIL_FROM": f"{to}\r\nBcc: b@example.com"})
    assert post.mails == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"FINOPS_SMTP_PASSWORD": "wrong"}, "the mail server did not accept the user and the password (535)"),
        ({"FINOPS_SMTP_PORT": "9"}, "the mail server could not be reached, or closed the connection"),
        ({"FINOPS_SMTP_SECURITY": "tls"}, "the mail server and this program agree on no encryption"),
    ],
)
def test_a_failure_is_told_without_a_secret(
    warehouse: Path,
    environment: dict[str, str],
    changed: dict[str, str],
    reason: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    outcome = run(warehouse, environment | changed)
    assert {one.reason for one in outcome.failed} == {reason}
    shown = capfd.readouterr()
    left = Ledger(warehouse, SUBJECT).path.read_text()
    for text in (shown.out, shown.err, left):
        for secret in (PASSWORD, "example.com", "127.0.0.1", "wrong"):
            assert secret not in text


def test_a_server_that_nobody_vouches_for_gets_no_password(
    warehouse: Path, environment: dict[str, str], post: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    outcome = run(warehouse, environment)
    assert outcome.failed[0].reason == "the certificate of the mail server could not be verified"
    assert post.logins == []


def test_without_encryption_nothing_is_sent_unless_it_is_asked_for(
    warehouse: Path, environment: dict[str, str], mailbox: Mailbox
) -> None:
    plain = environment | {"FINOPS_SMTP_PORT": str(mailbox.port), "FINOPS_SMTP_USER": ""}
    assert "offers no STARTTLS" in run(warehouse, plain).failed[0].reason
    assert mailbox.mails == []
    run(warehouse, plain | {"FINOPS_SMTP_SECURITY": "none"}, NOON + timedelta(hours=1))
    assert len(mailbox.mails) == 2
    with pytest.raises(ReportError, match="in the clear"):
        read_targets(environment | {"FINOPS_SMTP_HOST": "mail.example.com", "FINOPS_SMTP_SECURITY": "none"})


def test_who_is_missing_is_said(environment: dict[str, str]) -> None:
    for missing, said in (
        ("FINOPS_SMTP_HOST", "there is no mail server"),
        ("FINOPS_MAIL_FROM", "a mail needs a sender"),
        ("FINOPS_MAIL_TO", "there is nobody to send to"),
    ):
        with pytest.raises(ReportError, match=said):
            read_targets({name: value for name, value in environment.items() if name != missing})
