"""The executive summary of one warehouse, ready to be sent: a mail, a message for a chat, a PDF."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path

from reports_builder.alerts.digest import Digest, defused
from reports_builder.build import build_pages
from reports_builder.delivery import documents
from reports_builder.delivery.addresses import Recipient
from reports_builder.delivery.plain import as_text
from reports_builder.errors import ReportError
from reports_builder.formatting import day
from reports_builder.model import Page
from reports_builder.render import text_of
from reports_builder.warehouse import open_warehouse

PAGE = "finops_summary"
_LONGEST_SENTENCE = 900
_ACTIONS_IN_CHAT = 3
_WITH_PDF = "The whole summary with the query behind each figure is attached as PDF."
_WITHOUT_PDF = "The whole summary with the query behind each figure: python -m reports_builder."


def read_edition(warehouse: Path) -> "Edition":
    """The summary as the published warehouse has it now; ReportError when there is none."""
    with open_warehouse(warehouse) as opened:
        (page,) = build_pages(opened, [PAGE]).pages
    return Edition(page)


@dataclass(frozen=True)
class Edition:
    """One summary; the same figures and words are the same edition."""

    page: Page

    @cached_property
    def edition_id(self) -> str:
        """The day that it speaks of and a digest of its text."""
        return f"{self.page.period.as_of}-{hashlib.sha256(text_of(self.page).encode()).hexdigest()[:16]}"

    @property
    def title(self) -> str:
        """The subject of a mail; a line of this project's own words."""
        return f"AI FinOps: executive summary as of {day(self.page.period.as_of)}"

    @property
    def argument(self) -> Page:
        """The page without the reference material behind it."""
        return replace(self.page, sections=())

    @property
    def pdf(self) -> bytes | None:
        """The whole summary; None where this machine cannot draw one."""
        return self._drawn[0]

    @property
    def pdf_missing(self) -> str:
        """Why there is none."""
        return self._drawn[1]

    @cached_property
    def _drawn(self) -> tuple[bytes | None, str]:
        try:
            return documents.pdf([self.page]), ""
        except ReportError as error:
            return None, str(error)

    def digest(self) -> Digest:
        """The answer, the key figures and what to do first, for a chat."""
        lines = [f"- {defused(sentence.plain, _LONGEST_SENTENCE)}" for sentence in self.page.answer]
        figures = (
            " ".join(
                [
                    f"{defused(figure.cells[0].plain)}: {defused(figure.now.plain)}",
                    *([f"({defused(figure.change.plain)})"] if figure.change else []),
                ]
            )
            for figure in self.page.key_figures
        )
        lines += ["", "KEY FIGURES", *(f"- {figure}" for figure in figures)]
        actions = self.page.plan.actions[:_ACTIONS_IN_CHAT] if self.page.plan else ()
        if actions:
            said = (f"{defused(a.action.plain)}: {defused(a.value.plain)} a month" for a in actions)
            lines += ["", "WHAT TO DO FIRST", *(f"- {line}" for line in said)]
        if self.page.notice:
            lines = [defused(self.page.notice.plain, _LONGEST_SENTENCE), "", *lines]
        return Digest(self.title, "\n".join(lines), "info", {})

    def mail(self, sender: Address, recipient: Recipient, at: datetime) -> EmailMessage:
        """The summary for one reader: text, HTML with its figures in the mail, the whole as PDF."""
        # The policy refuses a header with a line break, and sets lines as mail servers want them.
        message = EmailMessage(policy=SMTP)
        message["Subject"] = self.title
        message["From"] = sender
        message["To"] = Address(addr_spec=recipient.address)
        message["Date"] = format_datetime(at)
        # The same for one edition and reader: a mail that comes twice is seen to be the same.
        message["Message-ID"] = f"<{self.edition_id}.{recipient.name}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        more = _WITH_PDF if self.pdf else _WITHOUT_PDF
        message.set_content(f"{as_text(text_of(self.argument))}\n{more}\n")
        figures = {figure.name: f"{figure.name}@{sender.domain}" for figure in self.argument.all_figures}
        html = documents.mail_html(self.argument, lambda figure: f"cid:{figures[figure.name]}", more)
        message.add_alternative(html, subtype="html")
        if (body := message.get_body(("html",))) is not None:
            for figure in self.argument.all_figures:
                drawn, place = documents.png(self.page, figure), f"<{figures[figure.name]}>"
                body.add_related(drawn, "image", "png", cid=place, disposition="inline")
        if self.pdf:
            name = f"{PAGE}-{self.page.period.as_of}.pdf"
            message.add_attachment(self.pdf, "application", "pdf", filename=name)
        return message
