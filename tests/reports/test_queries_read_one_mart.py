"""What a person reads is a column of one mart: queries of pages and dashboard choose columns and rows.

A definition that stands in a query is outside contracts, unit tests and the rules of the dialect. What a query
may do beside choosing is to count, sum or compare the rows of its mart for a sentence. Where the filters of a
reader decide which rows there are (``from :usage``), no mart can know the sums: such a query may also sum by
columns of its mart, and say what part of all that is seen a row is.

What is computed of the columns of a row is a column of its mart. Sums of all rows, which a mart of rows has no row for, may be
related to each other; each such figure is listed here with the reason.
"""

import ast
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from tests.workspace import ROOT

CODE = ROOT / "reports_builder"

# A seal sums the rows that it seals, each day by itself: a sum that a mart had made of them would be one more thing to seal.
# The calculator of commitments chooses between settled levels by limits that a reader types: no mart can know them.
# A chain adds up the charges behind a figure to hold them against it: what it sums depends on the figure that is asked for.
# A proof that retention moved no figure compares digests of every mart there is.
EXEMPT = (
    CODE / "seals",
    CODE / "lineage",
    CODE / "retention" / "figures.py",
    CODE / "subjects" / "rates" / "calculator.py",
)

_OF_ALL_ROWS = "a relation of sums over all rows of the mart, which has no row for all of them"
_OF_A_MONTH = "the same over the rows of the month that is asked for"
# What a query computes, by its module and name.
COMPUTED = {
    ("confidence.py", "variance_share"): _OF_ALL_ROWS,
    ("missing.py", "no_task_share"): _OF_ALL_ROWS,
    ("missing.py", "no_feature_share"): _OF_ALL_ROWS,
    ("missing.py", "no_score_share"): _OF_ALL_ROWS,
    ("subjects/efficiency/queries.py", "moved_call_share"): _OF_ALL_ROWS,
    ("subjects/efficiency/queries.py", "savings_share"): _OF_ALL_ROWS,
    ("subjects/efficiency/queries.py", "quality_change"): _OF_ALL_ROWS,
    ("subjects/efficiency/queries.py", "quality_change_lower"): _OF_ALL_ROWS,
    ("subjects/efficiency/queries.py", "quality_change_upper"): _OF_ALL_ROWS,
    ("subjects/margin/features/queries.py", "invested_margin_share"): _OF_ALL_ROWS,
    ("subjects/margin/features/queries.py", "share_of_all_margin"): _OF_ALL_ROWS,
    ("subjects/planning/tokens/queries.py", "cost_per_1k_tokens_usd"): _OF_ALL_ROWS,
    ("subjects/planning/tokens/queries.py", "tokens_per_call"): _OF_ALL_ROWS,
    ("subjects/rates/queries.py", "first_token_share"): _OF_ALL_ROWS,
    ("subjects/rates/queries.py", "later_cached_share"): _OF_ALL_ROWS,
    ("subjects/rates/queries.py", "unknown_token_share"): _OF_ALL_ROWS,
    ("subjects/rates/queries.py", "placed_token_share"): _OF_ALL_ROWS,
    ("subjects/rates/queries.py", "compared_token_share"): _OF_ALL_ROWS,
    ("subjects/rates/queries.py", "offers_saving_nothing"): _OF_ALL_ROWS,
    ("subjects/rates/usage.py", "usage_net_share"): _OF_ALL_ROWS,
    ("subjects/allocation/teams/queries.py", "total_variance_usd"): _OF_A_MONTH,
    ("subjects/allocation/teams/queries.py", "shown_usd"): _OF_A_MONTH,
    ("subjects/allocation/teams/queries.py", "charged_share"): _OF_A_MONTH,
    ("subjects/allocation/teams/queries.py", "daily_change_share"): _OF_A_MONTH,
    ("subjects/planning/close/queries.py", "teams_left_usd"): _OF_A_MONTH,
    ("subjects/planning/close/queries.py", "components_left_usd"): _OF_A_MONTH,
    ("subjects/planning/close/queries.py", "budgets_apart_usd"): _OF_A_MONTH,
    ("budgets/estimate.py", "per_call_usd"): "a mean of the calls that are like the request",
    ("confidence.py", "days_in_window"): "the length of the page's period, which no mart has",
    (
        "subjects/anomalies/series/queries.py",
        "needed_days",
    ): "days of two assumptions, of which only names and values are rows",
    ("subjects/anomalies/series/queries.py", "is_judged"): "whether the data reaches over them",
}

# What is neither a mart with a contract nor a seed of the company's own rules, by the module that reads it.
ELSEWHERE = {
    ("access/marts.py", "x.x"): "an example that names no table",
    ("access/marts.py", "x.xx"): "the same",
    (
        "dashboard/queries.py",
        "intermediate.int_usage_owned_daily",
    ): "usage before any sum, of which a reader's filters choose the rows",
    ("warehouse.py", "information_schema.tables"): "which marts a warehouse has",
    ("warehouse.py", "intermediate.int_as_of_date"): "the day that all pages are of",
}
_PUBLIC = ("rpt_", "fct_", "dim_", "rejected_records")

_QUERY = re.compile(r"\s*(?:with|select)\b.*\bfrom\s", re.IGNORECASE | re.DOTALL)
_CASE = re.compile(r"\bcase\b.*\bthen\b", re.IGNORECASE | re.DOTALL)
_NARROWED = re.compile(r"\bfrom\s+:\w+", re.IGNORECASE)
_PARAMETER = re.compile(r"(?<![:\w]):(?=[a-z_])")
_REFUSED = {
    "a common table expression": exp.With,
    "a join": exp.Join,
    "a case": exp.Case,
    "a set operation": exp.SetOperation,
}


def computed(sql: str) -> set[str]:
    """The names of what a query computes of columns; empty for one that chooses, sums and compares, or that a reader narrows.

    A date some days or months before another, and the part of a column above or below zero, is chosen.
    """
    if _NARROWED.search(sql):
        return set()
    query = sqlglot.parse_one(_PARAMETER.sub("$", sql), read="duckdb")
    return {
        item.alias_or_name
        for select in query.find_all(exp.Select)
        for item in select.expressions
        if _computes(item)
    }


def _computes(item: exp.Expression) -> bool:
    sums = (
        node
        for node in item.find_all(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
        if not node.find(exp.Interval)
    )
    chosen = (
        node for node in item.find_all(exp.Greatest, exp.Least) if len(list(node.find_all(exp.Column))) > 1
    )
    return any(True for _ in sums) or any(True for _ in chosen)


def refused(sql: str) -> set[str]:
    """What a query does that a mart should do; empty for one that chooses columns and rows."""
    is_narrowed = _NARROWED.search(sql) is not None
    query = sqlglot.parse_one(_PARAMETER.sub("$", _NARROWED.sub("from narrowed", sql)), read="duckdb")
    found = {name for name, kind in _REFUSED.items() if query.find(kind)}
    if len(list(query.find_all(exp.Select))) > 1:
        found.add("a subquery")
    for group in query.find_all(exp.Group):
        if not is_narrowed or not all(isinstance(key, exp.Column) for key in group.expressions or [None]):
            found.add("a group")
    for window in query.find_all(exp.Window):
        if not is_narrowed or window.args.get("partition_by") or window.args.get("order"):
            found.add("a window")
    return found


def queries(source: str) -> list[str]:
    """Every SQL text of a module, one that is put together with ``x`` for what is put in; and every bare case."""
    tree = ast.parse(source)
    parts = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    texts = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        if isinstance(node, ast.JoinedStr)
        else str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant) and node not in parts
    ]
    return [text for text in texts if _QUERY.match(text)] + [
        f"select {text} from fragment" for text in texts if _CASE.match(text.strip())
    ]


def offences(path: Path) -> list[str]:
    """What the queries of a module do beyond choosing, each with the beginning of its text."""
    found = {query: refused(query) for query in queries(path.read_text())}
    return [
        f"{path.relative_to(CODE)}: {', '.join(sorted(what))} in {' '.join(query.split())[:90]}"
        for query, what in found.items()
        if what
    ]


def test_a_query_chooses_columns_and_rows_of_one_mart() -> None:
    paths = (
        path for path in sorted(CODE.rglob("*.py")) if not any(path.is_relative_to(each) for each in EXEMPT)
    )
    found = [text for path in paths for text in offences(path)]
    assert not found, "\n".join(found)


def test_what_is_computed_of_a_row_is_a_column_of_its_mart() -> None:
    paths = (
        path for path in sorted(CODE.rglob("*.py")) if not any(path.is_relative_to(each) for each in EXEMPT)
    )
    found = {
        (str(path.relative_to(CODE)), name)
        for path in paths
        for query in queries(path.read_text())
        for name in computed(query)
    }
    assert found - COMPUTED.keys() == set(), "make it a column of the mart"
    assert COMPUTED.keys() - found == set(), "no query computes it any more"


def test_what_is_read_has_a_contract_or_is_a_rule_of_the_company() -> None:
    paths = (
        path for path in sorted(CODE.rglob("*.py")) if not any(path.is_relative_to(each) for each in EXEMPT)
    )
    found = {
        (str(path.relative_to(CODE)), f"{table.db}.{table.name}")
        for path in paths
        for query in queries(path.read_text())
        for table in sqlglot.parse_one(_PARAMETER.sub("$", query), read="duckdb").find_all(exp.Table)
        if table.db and table.db != "seeds" and not table.name.startswith(_PUBLIC)
    }
    assert found - ELSEWHERE.keys() == set(), "read a mart"
    assert ELSEWHERE.keys() - found == set(), "nothing reads it any more"


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        (
            "select a, -b as c, sum(d) as e, nullif(greatest(f, 0), 0) as g, abs(h) as i, j > k as l from core.m",
            set(),
        ),
        (
            "select cast(month - interval 1 month as date) as before from core.m where a + b > 0 order by a - b",
            set(),
        ),
        (
            "select a / nullif(b, 0) as payback, greatest(a, b) as most, sum(a - b) as left from core.m",
            {"payback", "most", "left"},
        ),
        ("select sum(a) / sum(b) as share from core.m", {"share"}),
        ("select sum(a) / sum(b) as share from :usage", set()),
    ],
)
def test_the_rule_sees_what_a_query_computes(sql: str, names: set[str]) -> None:
    assert computed(sql) == names


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("select a, -b as c, sum(d) filter (where e > 0) from core.m where f = :g order by a limit 3", set()),
        ("select k, sum(a), sum(sum(a)) over () from :usage where d >= :as_of group by k", set()),
        ("with m as (select 1) select * from m", {"a common table expression", "a subquery"}),
        ("select a.b from core.a inner join core.c on a.d = c.d", {"a join"}),
        ("select a.b from core.a, core.c", {"a join"}),
        ("select case when a then b end from core.m", {"a case"}),
        ("select k, sum(a) from core.m group by k", {"a group"}),
        ("select k, sum(a) from :usage group by replace(k, '_', ' ')", {"a group"}),
        ("select k, sum(a) from :usage group by all", {"a group"}),
        ("select count(*) over () from core.m", {"a window"}),
        ("select row_number() over (order by a) from :usage", {"a window"}),
        ("select a from core.m where b in (select c from core.n)", {"a subquery"}),
        ("select a from core.m union all select a from core.n", {"a set operation", "a subquery"}),
    ],
)
def test_the_rule_sees_what_a_query_does(sql: str, what: set[str]) -> None:
    assert refused(sql) == what
