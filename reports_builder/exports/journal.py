"""The journal entry of a month: the accrual of all cost, or what is billed between cost centres."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.exports.cents import in_cents
from reports_builder.warehouse import Warehouse

MART = "allocation.rpt_owner_costs_monthly"
BILLED_MART = "allocation.rpt_chargebacks_monthly"

_AMOUNTS = """
select
    cost_centre, ai_cost_usd, infrastructure_cost_usd, storage_cost_usd, transfer_cost_usd, services_cost_usd,
    other_cost_usd, is_partial_month
from allocation.rpt_owner_costs_monthly
where month_start_date = :month and rollup_level = 'cost_centre'
order by cost_centre
"""

_BILLED = """
select cost_centre, charged_cost_usd, is_partial_month
from allocation.rpt_chargebacks_monthly
where month_start_date = :month and charging_method = 'chargeback' and charged_cost_usd <> 0
order by cost_centre, team_id
"""

_ACCOUNTS = """
select books, account_code, account_name
from seeds.ledger_accounts
order by books
"""

PAYABLE, UNALLOCATED = "payable", "unallocated"
"""What the seed ledger_accounts calls the account that the accrual is against, and that of unowned cost."""
CHARGED, RECOVERED = "charged", "recovered"
"""What it calls the account on which cost centres are billed, and the one that the bill relieves."""


@dataclass(frozen=True)
class Kind:
    """What an entry books: the prefix of its number, and its narration."""

    prefix: str
    narration: str


ACCRUAL = Kind("AC", "Accrual of cloud and AI cost")
CHARGEBACK = Kind("CB", "Cloud chargeback")


@dataclass(frozen=True)
class Account:
    """An account of the books; a name may have levels, `Cloud:Compute`."""

    code: str
    name: str


@dataclass(frozen=True)
class Line:
    """One line: a debit when the amount, in whole cents, is positive; a cost centre where it has one."""

    account: Account
    cost_centre: str
    amount: Decimal
    is_expense: bool = True

    @property
    def debit(self) -> Decimal | None:
        """The amount on the debit side, if it stands there."""
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """The amount on the credit side, if it stands there."""
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True)
class Journal:
    """One balanced entry; ``day`` is the last of its month."""

    number: str
    day: date
    narration: str
    currency: str
    expenses: tuple[Line, ...]
    against: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The expenses in the order of their accounts, then what they are against."""
        return (*self.expenses, self.against)

    @property
    def total(self) -> Decimal:
        """What is booked as expense."""
        return -self.against.amount


Amount = tuple[Account, str, Decimal]


def journal_of(amounts: Iterable[Amount], against: Account, month: date, kind: Kind) -> Journal:
    """The entry of exact amounts (account, cost centre, USD) for the month that begins on ``month``.

    Amounts of the same account and cost centre are one line. Cents are found by largest remainder, so that
    the entry balances and its total is the month's; a line without a cent is left out.
    """
    summed: dict[tuple[Account, str], Decimal] = {}
    for account, cost_centre, amount in amounts:
        key = (account, cost_centre)
        summed[key] = summed.get(key, Decimal(0)) + amount
    keys = sorted(summed, key=lambda key: (key[0].code, key[1]))
    cents = in_cents([summed[key] for key in keys])
    lines = tuple(Line(*key, amount) for key, amount in zip(keys, cents, strict=True) if amount)
    return Journal(
        number=f"{kind.prefix}-{month:%Y-%m}",
        day=(month + timedelta(days=31)).replace(day=1) - timedelta(days=1),
        narration=kind.narration,
        currency="USD",
        expenses=lines,
        against=Line(against, "", -sum((line.amount for line in lines), Decimal(0)), is_expense=False),
    )


def read_accrual(warehouse: Warehouse, month: date) -> Journal:
    """All cost of a month by cost centre and account, against what is owed to providers.

    ReportError when the month has no cost or is not over.
    """
    accounts = _accounts(warehouse, MART)
    found = _whole_month(warehouse, _AMOUNTS, month)
    amounts = [
        (_account(accounts, centre, column), "" if centre == UNALLOCATED else centre, amount)
        for row in found.rows
        for column, amount in zip(found.columns[1:-1], row[1:-1], strict=True)
        if isinstance(centre := row[0], str) and isinstance(amount, Decimal) and amount
    ]
    return journal_of(amounts, _booked_on(accounts, PAYABLE), month, ACCRUAL)


def read_billed(warehouse: Warehouse, month: date) -> Journal:
    """What a month bills to cost centres, against the cost that it relieves; not what teams are only shown.

    ReportError when the month bills nobody or is not over.
    """
    accounts = _accounts(warehouse, BILLED_MART)
    found = _whole_month(warehouse, _BILLED, month)
    charged = _booked_on(accounts, CHARGED)
    amounts = [
        (charged, "" if centre == UNALLOCATED else centre, amount)
        for centre, amount, _ in found.rows
        if isinstance(centre, str) and isinstance(amount, Decimal)
    ]
    return journal_of(amounts, _booked_on(accounts, RECOVERED), month, CHARGEBACK)


BOOKS: Mapping[str, Callable[[Warehouse, date], Journal]] = {
    "accrual": read_accrual,
    "chargeback": read_billed,
}
"""What an entry may book, and what reads it."""


def _whole_month(warehouse: Warehouse, query: str, month: date) -> Evidence:
    found = warehouse.evidence(query, month=month)
    if not found.rows:
        raise ReportError(f"{warehouse.path} has nothing to book in {month:%Y-%m}.")
    if found["is_partial_month"]:
        raise ReportError(
            f"{warehouse.path} does not hold the whole of {month:%Y-%m}, and a journal books whole months."
        )
    return found


def _accounts(warehouse: Warehouse, mart: str) -> Mapping[str, Account]:
    if not warehouse.has(mart) or not warehouse.has("seeds.ledger_accounts"):
        raise ReportError(
            f"{warehouse.path} has no {mart}. It was built by an older version of the project: run "
            "`dbt build --project-dir dbt_project`."
        )
    return {
        str(books): Account(str(code), str(name)) for books, code, name in warehouse.evidence(_ACCOUNTS).rows
    }


def _account(accounts: Mapping[str, Account], cost_centre: str, column: str) -> Account:
    component = UNALLOCATED if cost_centre == UNALLOCATED else column.removesuffix("_cost_usd")
    return _booked_on(accounts, component)


def _booked_on(accounts: Mapping[str, Account], books: str) -> Account:
    if books not in accounts:
        raise ReportError(
            f"the seed ledger_accounts has no row for `{books}`, and this month has such cost. Add the "
            f"account that it is booked on: {books},<code>,<name>."
        )
    return accounts[books]
