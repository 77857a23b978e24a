"""Which rows of the ledger an amount of a mart is the sum of: found by trying, and believed when exact.

Nobody has to say for each column of each mart which charges it stands for. The keys and days that the rows of
the mart have in common with the ledger say which charges to add up, in a few ways: all of them or the calls
alone, one component of cost, direct or shared. A way whose sum is the amount to the last of twelve decimals
is the answer; where none is, there is no answer, and nothing is claimed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from reports_builder.escaping import sql_literal
from reports_builder.formatting import Value
from reports_builder.lineage.mart_rows import MartRows
from reports_builder.warehouse import Warehouse

_MOST_VALUES = 40
_DAYS = ("usage_date", "charge_date", "date_day")
_MONTH = "month_start_date"
_NOT_KEYS = frozenset({"source", "charge_description", "tags", "billing_currency", "pricing_currency"})
_ROLLED_UP = "all"
# As the macro `serves_customers` says it.
_SERVES = (
    "(cost_component = 'ai' or not is_direct or customer_id <> 'unallocated' "
    "or product_id <> 'unallocated' or feature_id <> 'unallocated')"
)
_COMPONENTS = ("ai", "infrastructure", "storage", "transfer", "services", "other")


@dataclass(frozen=True)
class Ledger:
    """A table that amounts are traced to: its day, what is summed, and which rows count at all."""

    table: str
    day: str
    measures: tuple[str, ...]
    counted: tuple[str, ...] = ()
    restrictions: tuple[tuple[str, ...], ...] = ((),)


ALLOCATED = Ledger(
    "allocation.fct_allocated_costs_daily",
    "usage_date",
    ("allocated_cost_usd",),
    restrictions=(
        (),
        *((f"cost_component = '{component}'",) for component in _COMPONENTS),
        ("is_direct",),
        ("not is_direct",),
        ("is_allocated",),
        ("is_allocated", "is_direct"),
        ("is_allocated", "not is_direct"),
        ("team_id = 'unallocated'",),
        (_SERVES,),
        (_SERVES, "is_direct"),
        (_SERVES, "not is_direct"),
        *((_SERVES, f"cost_component = '{component}'") for component in _COMPONENTS),
    ),
)
CHARGES = Ledger(
    "core.fct_charges",
    "charge_date",
    ("effective_cost_usd", "billed_cost_usd", "list_cost_usd", "contracted_cost_usd"),
    ("is_counted",),
    ((), ("source = 'calls'",), ("is_direct",), *((f"cost_component = '{each}'",) for each in _COMPONENTS)),
)
USAGE = Ledger(
    "core.fct_usage_daily",
    "usage_date",
    ("effective_cost_usd", "billed_cost_usd", "list_cost_usd", "contracted_cost_usd"),
)


@dataclass(frozen=True)
class Tie:
    """Rows of a ledger whose sum is the amount; ``days`` and ``keys`` they have in common with the mart."""

    ledger: Ledger
    measure: str
    days: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    restriction: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[str, ...]:
        """All that chooses the rows."""
        return (*self.days, *self.keys, *self.restriction)

    @property
    def where(self) -> str:
        """What a query of these rows says after ``where``."""
        return " and ".join((*self.ledger.counted, *self.conditions)) or "true"


def tie_of(warehouse: Warehouse, rows: MartRows, amount: Value) -> Tie | None:
    """The rows of the ledger that sum to ``amount``; None where no way of adding them up does.

    Nothing is looked for behind zero, to which any empty choice would tie.
    """
    if not amount or not is_amount(rows.column, amount):
        return None
    for ledger in _in_order(rows.column or ""):
        days = _days(warehouse, rows, ledger)
        for keys in _keys(warehouse, rows, ledger):
            for tie, total in _sums(warehouse, ledger, keys, days):
                if total == amount:
                    return tie
    return None


def is_amount(column: str | None, value: Value) -> bool:
    """Whether a value of a column is money, which charges may sum to."""
    return bool(column) and str(column).endswith("_usd") and isinstance(value, Decimal)


def _sums(
    warehouse: Warehouse, ledger: Ledger, keys: tuple[str, ...], days: list[tuple[str, ...]]
) -> Iterator[tuple[Tie, Decimal | None]]:
    """What each way of adding up the charges of these keys gives: one query that tells the ways apart."""
    flags = list(dict.fromkeys(each for ways in (days, ledger.restrictions) for way in ways for each in way))
    told = "".join(f"({flag}), " for flag in flags)
    sums = ", ".join(f"sum({measure})" for measure in ledger.measures)
    where = " and ".join((*ledger.counted, *keys)) or "true"
    found = warehouse.evidence(f"select {told}{sums} from {ledger.table} where {where} group by all").rows  # noqa: S608
    for way in product(days, ledger.restrictions):
        conditions = [each for part in way for each in part]
        places = [flags.index(each) for each in conditions]
        passing = [row for row in found if all(row[place] for place in places)]
        for place, measure in enumerate(ledger.measures, start=len(flags)):
            amounts = [amount for row in passing if isinstance(amount := row[place], Decimal)]
            yield Tie(ledger, measure, way[0], keys, way[1]), sum(amounts, Decimal()) if amounts else None


def _in_order(column: str) -> tuple[Ledger, ...]:
    """Allocated cost is effective cost: what a mart calls otherwise is looked for among charges first.

    What calls are for (task, region, environment) is no part of a charge: that is looked for in the usage.
    """
    is_of_charges = any(word in column for word in ("billed", "list_cost", "contracted"))
    return (CHARGES, ALLOCATED, USAGE) if is_of_charges else (ALLOCATED, CHARGES, USAGE)


def columns_of(warehouse: Warehouse, table: str) -> dict[str, str]:
    """The columns of a table of the warehouse with their types."""
    return {str(name): str(kind) for name, kind, *_ in warehouse.evidence(f"describe {table}").rows}


def _keys(warehouse: Warehouse, rows: MartRows, ledger: Ledger) -> Iterator[tuple[str, ...]]:
    """Conditions by what rows and ledger have in common: by what chose the rows, by all of it, by nothing."""
    here, there = columns_of(warehouse, rows.mart), columns_of(warehouse, ledger.table)
    shared = [
        name for name, kind in here.items() if kind == there.get(name) == "VARCHAR" and name not in _NOT_KEYS
    ]
    chosen = [name for name in shared if any(name in condition for condition in rows.conditions)]
    seen: set[tuple[str, ...]] = set()
    for names in (chosen, shared, []):
        conditions = tuple(condition for name in names for condition in _one_of(warehouse, rows, name))
        if conditions not in seen:
            seen.add(conditions)
            yield conditions


def _one_of(warehouse: Warehouse, rows: MartRows, column: str) -> list[str]:
    # A row that adds nothing has no charges to look for: a team that is shown its cost is billed none.
    source = rows.where(f"{rows.column} <> 0").source
    found = warehouse.evidence(f"select distinct {column} {source} order by 1").rows
    values = [value for (value,) in found]
    if not values or _ROLLED_UP in values or None in values:
        return []
    if len(values) == 1:
        return [f"{column} = {sql_literal(str(values[0]))}"]
    if len(values) <= _MOST_VALUES:
        return [f"{column} in {sql_literal(tuple(map(str, values)))}"]
    return [f"{column} in (select {column} {' '.join(source.split(chr(10)))})"]


def _days(warehouse: Warehouse, rows: MartRows, ledger: Ledger) -> list[tuple[str, ...]]:
    """Conditions on the day: the days or months that the rows have, else the windows that marts are for."""
    here = columns_of(warehouse, rows.mart)
    own = next((name for name in _DAYS if here.get(name) == "DATE"), None)
    period = warehouse.period
    if own:
        ends = warehouse.evidence(f"select min({own}), max({own}) {rows.source}").rows[0]
        return [_between(ledger.day, *ends)] if all(isinstance(end, date) for end in ends) else []
    windows = [
        _between(ledger.day, period.start, period.as_of),
        _between(ledger.day, period.prior_start, period.prior_end),
        _between(ledger.day, period.as_of.replace(day=1), period.as_of),
        _between(ledger.day, period.first_usage, period.as_of),
        (),
    ]
    if here.get(_MONTH) == "DATE":
        first, last = warehouse.evidence(f"select min({_MONTH}), last_day(max({_MONTH})) {rows.source}").rows[
            0
        ]
        start = sql_literal(first)
        before = (f"{ledger.day} between {start} - interval 1 month and {start} - interval 1 day",)
        windows = [_between(ledger.day, first, last), before]
    if (rows.column or "").startswith("prior_"):
        windows[:2] = windows[1::-1]
    return windows


def _between(day: str, first: object, last: object) -> tuple[str, ...]:
    return (f"{day} between date '{first}' and date '{last}'",)
