"""A sentence takes its figures from a query, and only from a query."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from reports_builder.evidence import Evidence, join, marts_read, note, say
from reports_builder.warehouse import open_warehouse
from tests.reports.evidence_check import check_evidence

SPEND = Evidence("select 1;", ("spend_usd", "who"), ((Decimal("4812.37"), "a*b"), (None, "c")))


def test_sentence_is_filled_formatted_and_escaped() -> None:
    said = SPEND.say("**{spend_usd:usd}** by {who:text}")
    assert said.markdown == r"**$4.8K** by a\*b"
    assert said.plain == "$4.8K by a*b"
    assert [(quote.shown, quote.column, quote.exact) for quote in said.quotes] == [
        ("$4.8K", "spend_usd", "4812.37")
    ]


@pytest.mark.parametrize(
    ("words", "one"),
    [
        (" customers at a loss", "1 customer at a loss"),
        ("** steep rises", "1 steep rise"),
        (" customers are expected to leave", "1 customer is expected to leave"),
        (" teams were over", "1 team was over"),
        (" pieces of work", "1 piece of work"),
        (" of {of:count} customers", "1 of 1 customer"),
        (" of them are options", "1 of them are options"),
    ],
)
def test_one_of_a_thing_is_no_plural(words: str, one: str) -> None:
    counted = Evidence("select 1;", ("counted", "of"), ((1, 1), (2, 2)))
    template = f"{'**' if '**' in words else ''}{{counted:count}}{words}"
    assert counted.say(template).plain == one
    assert counted.at(1).say(template).plain.endswith(words.rsplit(maxsplit=1)[-1])


def test_missing_value_and_missing_row_read_unknown() -> None:
    assert SPEND.at(1).say("{spend_usd:usd}").plain == "unknown"
    assert SPEND.at(9).say("{spend_usd:usd}").plain == "unknown"


@pytest.mark.parametrize("typed", ["worth $5", "up 9 %", "100%"])
def test_a_typed_figure_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="a figure is typed"):
        note(typed)


def test_unknown_and_ambiguous_columns_are_refused() -> None:
    with pytest.raises(KeyError, match="in no query"):
        SPEND.say("{cost:usd}")
    with pytest.raises(KeyError, match="more than one"):
        say("{spend_usd:usd}", SPEND, SPEND)


def test_joined_parts_keep_their_quotes() -> None:
    joined = join([SPEND.cell("spend_usd", "usd"), note("and"), SPEND.cell("spend_usd", "count")])
    assert joined.plain == "$4.8K and 4,812"
    assert len(joined.quotes) == 2


def test_marts_are_those_the_query_reads() -> None:
    sql = "with x as (select * from core.a join margin.b using (id)) select * from x, core.a"
    assert marts_read(sql) == ("core.a", "margin.b")


def test_printed_query_carries_dates_and_quoted_names(tiny_warehouse: Path) -> None:
    with open_warehouse(tiny_warehouse) as warehouse:
        evidence = warehouse.evidence(
            """
            select sum(calls)::bigint as calls from core.fct_usage_daily
            where usage_date >= :window_start and customer_id = :customer
            """,
            customer="O'Brien",
        )
        assert warehouse.read == {"core.fct_usage_daily"}
    assert "usage_date >= date '2026-10-02' and customer_id = 'O''Brien'" in evidence.sql
    assert evidence["calls"] is None


PAGE = """It cost $5.00.

<details><summary>Evidence: core.m</summary>

- [Query 1](#query-1) of `core.m`: $5.00

</details>

<details><summary>Queries: 1, each with the figures taken from it</summary>

### Query 1

```sql
select 5 as cost_usd;
```

- `page/cost_usd=5`: $5; $5.00

</details>
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("select 5", "select 6"),
        ("=5`: $5; $5.00", "=5`: $5; $6.00"),
        ("core.m`: $5.00", "core.m`: $6.00"),
        ("It cost $5.00", "It cost $7.00"),
        ("=5`: $5; $5.00", "=5`: $5"),
    ],
)
def test_evidence_check_notices_a_wrong_figure(right: str, wrong: str) -> None:
    assert PAGE.count(right) == 1
    with duckdb.connect() as connection:
        assert check_evidence(PAGE, connection).quotes == 1
        with pytest.raises(AssertionError):
            check_evidence(PAGE.replace(right, wrong), connection)


def test_a_question_asked_twice_is_answered_once_and_counted_for_both_pages(tiny_warehouse: Path) -> None:
    with open_warehouse(tiny_warehouse) as warehouse:
        first = warehouse.evidence("select count(*) as n from core.dim_customers")
        warehouse.read.clear()
        again = warehouse.evidence("select count(*) as n from core.dim_customers")
        assert again is first
        assert warehouse.read == {"core.dim_customers"}
