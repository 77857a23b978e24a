"""What customers are invoiced and what they pay: each month in advance, most within four weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from generator.cloud.aws import Line, month_of
from generator.company.population import customer_ids
from generator.plan import Plan

# Days from an invoice to its payment, and to that of the one who pays late.
_PAID_WITHIN: Final = (8, 28)
_PAID_LATE: Final = 62
_PART_PAID: Final = Decimal("0.6")
_CREDITED: Final = Decimal("0.3")
_CREDITED_AFTER_DAYS: Final = 5
_KINDS: Final = ("late", "part_paid", "credited")


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, and what is unusual about how it is paid; empty for nothing."""

    document_id: str
    customer_id: str
    issued: date
    amount: Decimal
    kind: str


def draw_invoices(plan: Plan, random: np.random.Generator) -> list[Invoice]:
    """Fees by month in advance, the first from the day on which a customer begins to pay.

    Of three customers that stay throughout one pays its first invoice late, one pays a part of the last
    but one, and one is credited a part of its last.
    """
    people, options = plan.population, plan.options
    ids = customer_ids(len(people))
    months = _months(options.first, options.end_date)
    staying = np.flatnonzero(
        people.active_throughout(months[0], options.end_date) & ~people.is_free(months[0])
    )
    unusual = {
        (month, place): kind
        for month, place, kind in zip(
            (months[0], *months[-2:]), random.permutation(staying).tolist(), _KINDS, strict=False
        )
    }
    invoices: list[Invoice] = []
    for month in months:
        following = month_of(month)[1]
        for place, customer_id in enumerate(ids):
            paying, churned = int(people.paying[place]), int(people.churned[place])
            issued = max(month, date.fromordinal(paying)) if paying else following
            if issued >= following or issued > options.end_date or 0 < churned <= issued.toordinal():
                continue
            fee = Decimal(plan.monthly_fees[int(people.tier[place])])
            share = Decimal((following - issued).days) / (following - month).days
            invoices.append(
                Invoice(
                    f"INV-{month:%Y%m}-{customer_id}",
                    customer_id,
                    issued,
                    (fee * share).quantize(Decimal("0.01")),
                    unusual.get((month, place), ""),
                )
            )
    return invoices


def _months(first: date, last: date) -> list[date]:
    months = [month_of(first)[0]]
    while (following := month_of(months[-1])[1]) <= last:
        months.append(following)
    return months


def document_lines(invoices: list[Invoice], last: date, random: np.random.Generator) -> Iterator[Line]:
    """Invoices, payments and the credit note up to the last day, as accounts list them."""
    for invoice in invoices:
        yield _line("invoice", invoice.document_id, invoice, invoice.issued, invoice.amount)
        number = invoice.document_id.removeprefix("INV-")
        delay = int(random.integers(_PAID_WITHIN[0], _PAID_WITHIN[1] + 1))
        paid = invoice.issued + timedelta(days=_PAID_LATE if invoice.kind == "late" else delay)
        amount = invoice.amount
        if invoice.kind == "credited":
            credited = (amount * _CREDITED).quantize(Decimal("0.01"))
            amount -= credited
            issued = invoice.issued + timedelta(days=_CREDITED_AFTER_DAYS)
            if issued <= last:
                yield _line("credit_note", f"CN-{number}", invoice, issued, credited)
        if invoice.kind == "part_paid":
            amount = (amount * _PART_PAID).quantize(Decimal("0.01"))
        if paid <= last:
            yield _line("payment", f"PAY-{number}", invoice, paid, amount)


def _line(document_type: str, document_id: str, invoice: Invoice, day: date, amount: Decimal) -> Line:
    return {
        "document_type": document_type,
        "document_id": document_id,
        "customer_id": invoice.customer_id,
        "document_date": day,
        "amount": amount,
        "currency": "USD",
    }
