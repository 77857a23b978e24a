"""What a person reads is a column of one mart: queries of pages and dashboard choose columns and rows.

A definition that stands in a query is outside contracts, unit tests and the rules of the dialect. What a query
may do beside choosing is to count, sum or compare the rows of its mart for a sentence. Where the filters of a
reader decide which rows there are (``from :usage``), no mart can know the sums: such a query may also sum by
columns of its mart, and say what part of all that is seen a row is.
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
