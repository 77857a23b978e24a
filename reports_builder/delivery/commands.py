"""The command `send`."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated

import typer

from reports_builder.delivery.addresses import Recipient
from reports_builder.warehouse import DEFAULT_WAREHOUSE


def send_command(
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Readers of the mail, in place of FINOPS_MAIL_TO."),
    ] = None,
    dry_run: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Send nothing; write the mail to this file (.eml).")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also to whom this edition was sent before.")
    ] = False,
    retry_now: Annotated[
        bool, typer.Option("--retry-now", help="Try what failed at once, without waiting.")
    ] = False,
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
) -> None:
    """Send the executive summary by e-mail and to chats; exit code 1 when it did not reach somebody."""
    if dry_run is not None:
        _write_mail(warehouse, dry_run, to or ())
        return
    from reports_builder.delivery.run import deliver, read_targets  # noqa: PLC0415

    outcome = deliver(warehouse, read_targets(to=to or ()), again=again, retry_now=retry_now)
    if outcome.edition is None:
        typer.echo("Another run is still sending: nothing was sent by this one.")
        sys.exit(1)
    typer.echo(outcome.edition.title)
    if outcome.edition.pdf_missing:
        typer.echo(f"  without a PDF: {outcome.edition.pdf_missing}")
    for one in outcome.sent:
        how = "; --again sends it once more" if one.state == "before" else ""
        typer.echo(f"  {one.in_words()}{how}")
    if outcome.failed:
        sys.exit(1)


def _write_mail(warehouse: Path, out: Path, to: Sequence[str]) -> None:
    from reports_builder.delivery.edition import read_edition  # noqa: PLC0415
    from reports_builder.delivery.run import read_addresses  # noqa: PLC0415
    from reports_builder.exports.files import write_whole  # noqa: PLC0415

    recipients, sender = read_addresses(to=to)
    edition = read_edition(warehouse)
    # The address of nobody: whoever tries the command need not set anything up.
    recipient = recipients[0] if recipients else Recipient("reader@example.com")
    from_ = sender or Address(addr_spec="finops@example.com")
    message = edition.mail(from_, recipient, datetime.now(UTC))
    write_whole(out, message.as_bytes())
    typer.echo(f"{message['Subject']}, {len(message.as_bytes()):,} bytes, not sent: {out}")
    if edition.pdf_missing:
        typer.echo(edition.pdf_missing)
    typer.echo(f"To a chat it would say:\n\n{edition.digest().body}")
