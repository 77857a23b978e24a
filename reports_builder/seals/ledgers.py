"""Which marts are sealed, and the rows of their days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from reports_builder.seals.canonical import columns_of, quoted, select_rows
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

    def days(self, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """How many rows each day has."""
        sql = f"select {self.day}::varchar, count(*) from {self.table} where {self.day} is not null "  # noqa: S608
        sql += f"group by {self.day}"
        return dict(connection.execute(sql).fetchall())

    def columns(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """What is sealed of a row: every column, the key first."""
        there = columns_of(connection, self.table)
        return (*self.key, *(column for column in there if column not in self.key))

    def select(
        self, connection: duckdb.DuckDBPyConnection, columns: Sequence[str], days: Iterable[str]
    ) -> str:
        """The query of day, name and canonical row of each row of the days."""
        kinds = columns_of(connection, self.table)
        return select_rows(
            self.table, columns, kinds, key=self.key, day=self.day, condition=self._is_of(days)
        )

    def fingerprints(
        self, connection: duckdb.DuckDBPyConnection, columns: Sequence[str], days: Iterable[str]
    ) -> dict[str, str]:
        """By day what is another after a change, but for one in 2**64: rows, and the sum of their hashes.

        Whoever wants to can make two days with the same one; that shows where the rows are read.
        """
        sql = (
            f"select {self.day}::varchar, count(*), sum(hash({', '.join(map(quoted, columns))})::hugeint) "  # noqa: S608
            f"from {self.table} where {self._is_of(days)} group by {self.day}"
        )
        # What DuckDB hashes to what may differ between its versions.
        return {
            day: f"{duckdb.__version__} {rows} {total}"
            for day, rows, total in connection.execute(sql).fetchall()
        }

    def totals(self, connection: duckdb.DuckDBPyConnection, days: Iterable[str]) -> dict[str, Totals]:
        """By day, for each column of money its sum by currency; what is unknown is in none of them."""
        found = dict[str, Totals]()
        for column, currency in self.money:
            sql = (
                f"select {self.day}::varchar, coalesce({currency}, 'unknown'), sum({column}) "  # noqa: S608
                f"from {self.table} where {self.counted} and {column} is not null and {self._is_of(days)} "
                f"group by {self.day}, {currency} order by all"
            )
            for day, code, total in connection.execute(sql).fetchall():
                found.setdefault(day, {}).setdefault(column, {})[code] = plain(total)
        return found

    def _is_of(self, days: Iterable[str]) -> str:
        literals = ", ".join(f"date '{day}'" for day in days)
        return f"{self.day} in ({literals})"


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
        found = connection.execute(select_rows(f"seeds.{seed}", tuple(columns), columns)).fetchall()
        roots.append(leaf_hash(root_of([leaf_hash(row) for row in sorted(row for _, _, row in found)])))
    return root_of(roots).hex()[:16]


def plain(amount: Decimal) -> str:
    """A decimal as text without zeros at its end and without an exponent."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
