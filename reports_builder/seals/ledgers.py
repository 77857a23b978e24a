"""Which marts are sealed, and the rows of their days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from reports_builder.seals.canonical import canonical_sql, columns_of, read_days
from reports_builder.seals.check import leaf_hash, root_of

Totals = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Ledger:
    """A mart of which each day is sealed."""

    table: str
    day: str
    key: tuple[str, ...]
    """What names a row."""
    money: tuple[tuple[str, str], ...]
    """The columns that are summed, each with the expression of its currency."""
    counted: str = "true"
    """Which rows the sums are of."""

    def days(self, connection: duckdb.DuckDBPyConnection, until: date | None) -> set[str]:
        """The days up to one that have rows."""
        sql = f"select distinct {self.day}::varchar from {self.table} where {self.day} <= ?"  # noqa: S608
        return {day for (day,) in connection.execute(sql, [until]).fetchall()}

    def columns(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """What is sealed of a row: every column, the key first."""
        there = columns_of(connection, self.table)
        return (*self.key, *(column for column in there if column not in self.key))

    def rows(
        self, connection: duckdb.DuckDBPyConnection, columns: Sequence[str], days: Sequence[str]
    ) -> Iterator[tuple[str, list[bytes], list[str]]]:
        """Each of the days that has rows, with the canonical rows in their order and their names."""
        kinds = columns_of(connection, self.table)
        wanted = ", ".join(f"date '{day}'" for day in days)
        yield from read_days(
            connection,
            f"select {self.day}::varchar, {canonical_sql(columns, kinds)}, "  # noqa: S608
            f"{canonical_sql(self.key, kinds)} from {self.table} "
            f"where {self.day} in ({wanted}) order by {self.day}",
        )

    def totals(self, connection: duckdb.DuckDBPyConnection) -> dict[str, Totals]:
        """By day, for each column of money its sum by currency; what is unknown is in none of them."""
        found = dict[str, Totals]()
        for column, currency in self.money:
            sql = (
                f"select {self.day}::varchar, coalesce({currency}, 'unknown'), sum({column}) "  # noqa: S608
                f"from {self.table} where {self.counted} and {column} is not null group by all order by all"
            )
            for day, code, total in connection.execute(sql).fetchall():
                found.setdefault(day, {}).setdefault(column, {})[code] = plain(total)
        return found


LEDGERS = (
    Ledger(
        "core.fct_charges",
        "charge_date",
        ("charge_id",),
        (
            ("billed_cost_billing_currency", "billing_currency"),
            ("billed_cost_usd", "'USD'"),
            ("effective_cost_usd", "'USD'"),
        ),
        "is_counted",
    ),
    Ledger(
        "allocation.fct_allocated_costs_daily",
        "usage_date",
        (
            "usage_date",
            "cost_pool",
            "cost_component",
            "driver",
            "organization_id",
            "product_id",
            "feature_id",
            "customer_id",
            "team_id",
            "business_unit_id",
            "project_id",
            "user_id",
            "cost_centre",
        ),
        (("allocated_cost_usd", "'USD'"),),
    ),
)

RULES = (
    "owners",
    "owner_rules",
    "owner_assignments",
    "shared_cost_pools",
    "bill_pools",
    "pool_activities",
    "pool_targets",
    "support_pools",
    "driver_fallbacks",
    "cost_components",
    "ledger_precedence",
)
PRICES = (
    "price_book",
    "price_book_meters",
    "price_book_names",
    "model_prices",
    "price_overrides",
    "demo_prices",
    "currency_rates",
)


def version_of(connection: duckdb.DuckDBPyConnection, seeds: Sequence[str]) -> str:
    """What identifies the content of seeds as they were built: the root over the roots of their rows."""
    roots = []
    for seed in seeds:
        columns = columns_of(connection, f"seeds.{seed}")
        row = canonical_sql(tuple(columns), columns)
        days = list(read_days(connection, f"select '', {row}, '' from seeds.{seed}"))  # noqa: S608
        rows = days[0][1] if days else []
        roots.append(leaf_hash(root_of([leaf_hash(each) for each in rows])))
    return root_of(roots).hex()[:16]


def plain(amount: Decimal) -> str:
    """A decimal as text without zeros at its end and without an exponent."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
