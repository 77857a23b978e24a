"""Every model calls only what gives the same result on DuckDB and on Spark.

What differs may stand in macros/dialect/ and nowhere else. That models parse as Spark SQL is what `make lint` finds; what a
parser does not see is looked for here in the text, and in the types of a built warehouse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot
import yaml
from sqlfluff.core import FluffConfig, Linter
from sqlglot import exp

from tests.workspace import ROOT, Workspace

PROJECT = ROOT / "dbt_project"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))

# Functions that both engines have under one name, with one meaning, tried on both.
PORTABLE = frozenset(
    {
        "abs",
        "avg",
        "bool_and",
        "bool_or",
        "cast",
        "ceil",
        "coalesce",
        "concat_ws",
        "corr",
        "count",
        "count_if",
        "cume_dist",
        "date_trunc",
        "dense_rank",
        "exp",
        "extract",
        "first_value",
        "floor",
        "greatest",
        "grouping",
        "if",
        "lag",
        "last_day",
        "last_value",
        "lead",
        "least",
        "left",
        "length",
        "ln",
        "log10",
        "lower",
        "lpad",
        "max",
        "max_by",
        "md5",
        "min",
        "min_by",
        "ntile",
        "nullif",
        "percent_rank",
        "pow",
        "power",
        "rank",
        "regr_intercept",
        "regr_slope",
        "replace",
        "right",
        "round",
        "row_number",
        "sign",
        "split_part",
        "sqrt",
        "stddev_samp",
        "string",
        "substring",
        "sum",
        "trim",
        "try_cast",
        "upper",
    }
)
# dbt's own; decimal is a type.
WORDS = frozenset(
    {
        "config",
        "decimal",
        "join",
        "load_relation",
        "local_md5",
        "map",
        "namespace",
        "range",
        "ref",
        "return",
        "run_query",
        "sort",
        "source",
        "var",
    }
)
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
# A function; what follows a bar is a choice in a regular expression.
CALLED = re.compile(r"(?<![\w.|])([a-z]\w+)\(", re.IGNORECASE)
# What parses on Spark, or stands in a string, and yet fails there or means something else.
TRAPS = {
    "DuckDB's own join": re.compile(r"\b(asof|positional)\b(?=\s+(left\s+)?join)", re.IGNORECASE),
    "a window made of another window": re.compile(
        r"(?:\bover|\bas)\s*\(\s*(?!partition\b|order\b|rows\b|range\b|select\b|with\b)\w+\s+(?:order by|partition by|rows between|range between)",
        re.IGNORECASE,
    ),
    "a named window before a sign: Spark takes the name and a minus for one name, and drops decimals of a sum of money (cast it first)": re.compile(
        r"\bover\s+\w+\)?\s*[-+]", re.IGNORECASE
    ),
    "a difference of two sums of money, of which Spark drops the last decimals (round each with money() first)": re.compile(
        r"\bsum\((?:\w+\.)?\w+_usd\)\s*[-+]\s*(?:coalesce\()?sum\(", re.IGNORECASE
    ),
    "date_trunc, which on Spark gives a timestamp with a zone (use start_of_hour, or cast to date)": re.compile(
        r"(?<!cast\()date_trunc\(", re.IGNORECASE
    ),
    "groups chosen by a window over their sums, which Spark does not resolve (sum in a query of its own)": re.compile(
        r"\bgroup by\b(?:(?!\b(?:select|from)\b).)*?\bqualify\b", re.IGNORECASE | re.DOTALL
    ),
    "a backslash, which Spark drops from literals": re.compile(r"\\"),
}
# What only DuckDB has, and fixtures of unit tests once held.
DUCKDB_ONLY_IN_FIXTURES = re.compile(
    r"\brange\b|\bunnest\(|\bisodow\(|\bhash\(|::varchar|\bas varchar\b|\\", re.IGNORECASE
)
STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
# What both engines have under one name, with one width.
TYPES = ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP")


@pytest.fixture(scope="module")
def own() -> set[str]:
    """Names of the project's macros. The SQL of those in macros/dialect is each engine's own; all others are looked at, too."""
    macros = (path.read_text() for path in (PROJECT / "macros").rglob("*.sql"))
    return {name for text in macros for name in re.findall(r"macro (?:default__|spark__)?(\w+)\(", text)}


def traps(sql: str) -> list[str]:
    """Which of TRAPS stand in the SQL; what Jinja does by itself is no SQL."""
    sql = STATEMENT.sub("", sql)
    return [f"{trap}: {match[0]}" for trap, looks in TRAPS.items() for match in looks.finditer(sql)]


def outside_the_subset(sql: str, own: set[str]) -> list[str]:
    """The traps, and the functions that are not in PORTABLE."""
    called = {name.lower() for name in CALLED.findall(COMMENT.sub("", sql))}
    unknown = sorted(called - PORTABLE - WORDS - own)
    return traps(sql) + [f"function {name} is not in the portable subset" for name in unknown]


@pytest.mark.parametrize(
    "sql",
    [
        "select list_sum([1, 2]) as total",
        "select hash(a) as h from t",
        "select quantile_cont(a, 0.5) as q from t",
        "select * from a asof join b on a.t >= b.t",
        "select sum(a) over (by_day order by b) as a from t window by_day as (partition by day)",
        "select sum(a) over so_far as a from t window by_day as (partition by day), so_far as (by_day order by b)",
        "select sum(a_usd) - sum(b_usd) as c from t",
        "select sum(t.a_usd) - coalesce(sum(b_usd), 0) as c from t",
        "select date_trunc('hour', called_at) as hour_at from t",
        "select sum(a) over so_far - b as c from t window so_far as (order by d)",
        "select (sum(a) over so_far) - b as c from t window so_far as (order by d)",
        "select b - sum(a) over so_far + a as c from t window so_far as (order by d)",
        "select a from t group by a qualify row_number() over (order by sum(b)) <= 3",
        "select replace(a, '\\n', ' ') as a from t",
    ],
)
def test_what_only_one_engine_has_is_found(sql: str) -> None:
    assert outside_the_subset(sql, set())


# Those beside them, in folders, make tables of DuckDB's, or publish them.
MACROS = sorted(path for path in (PROJECT / "macros").rglob("*.sql") if path.parent.name == "macros")


@pytest.mark.parametrize("path", [*MODELS, *MACROS], ids=lambda path: path.stem)
def test_sql_of_models_is_in_the_portable_subset(path: Path, own: set[str]) -> None:
    assert outside_the_subset(path.read_text(), own) == []


@pytest.mark.parametrize("path", sorted((PROJECT / "data-tests").rglob("*.sql")), ids=lambda path: path.stem)
def test_a_check_holds_no_trap(path: Path) -> None:
    assert traps(path.read_text()) == []


# By what max_by and min_by go without a second order, and why no two rows of a group are equal in it.
ONE_ROW_EACH = {
    ("commitments", "applied_order"): "an option of each kind for a resource, and an order for each kind",
    ("int_calendar_ahead", "costs.usage_date"): "a row for a scope and day",
    ("int_churn_steps", "churn_scenarios.rise_from_share"): "key of the seed",
    ("int_forecasts_by_origin", "usage_date"): "a row for a scope and day",
    (
        "int_investment_measures",
        "case when flows.benefit_usd > 0 then flows.period end",
    ): "a flow for an investment, scenario and period",
    ("int_owner_matches", "-match_rank"): "a row number",
    (
        "int_tag_keys_found",
        "length(case_rules.provider_name)",
    ): "key of the seed: a provider, or the sign for all",
    ("lent_attributes", "nearness"): "a row number",
    ("rpt_token_economics", "competitors.valid_from_date"): "key of the seed",
}
PICKED = re.compile(r"\b(?:max|min)_by\(", re.IGNORECASE)


def orders(sql: str) -> Iterator[str]:
    """What each max_by and min_by goes by: what follows the last comma that stands in no other parentheses."""
    for match in PICKED.finditer(sql):
        depth, begin = 1, match.end()
        for place in range(match.end(), len(sql)):
            depth += {"(": 1, ")": -1}.get(sql[place], 0)
            if not depth:
                yield sql[begin:place].strip()
                break
            if depth == 1 and sql[place] == ",":
                begin = place + 1


def test_what_is_picked_among_rows_is_not_picked_by_chance() -> None:
    found = {
        (path.stem, order)
        for path in (*MODELS, *MACROS)
        for order in orders(COMMENT.sub("", path.read_text()))
        if not order.startswith("{{ in_order(")
    }
    assert found == ONE_ROW_EACH.keys()


def test_an_order_without_a_second_one_is_found() -> None:
    sql = (
        "select max_by(a, abs(b)), min_by(coalesce(a, ''), {{ in_order('b', 'c') }}) filter (where d) from t"
    )
    assert list(orders(sql)) == ["abs(b)", "{{ in_order('b', 'c') }}"]


@pytest.mark.parametrize("sql", ["select * exclude (a) from t", "from t select a"])
def test_models_are_linted_as_spark_sql(sql: str) -> None:
    """So that `make lint` refuses what Spark does not parse."""
    config = FluffConfig.from_path(str(MODELS[0].parent))
    assert Linter(config=config).parse_string(f"{sql}\n", fname="model.sql", config=config).violations


def fixtures() -> Iterator[tuple[str, str]]:
    """The name of each unit test, and each select that it gives or expects."""
    for path in sorted((PROJECT / "models").rglob("*.yml")):
        for test in (yaml.safe_load(path.read_text()) or {}).get("unit_tests", []):
            for table in [*test["given"], test["expect"]]:
                if table.get("format") == "sql":
                    yield test["name"], table["rows"]


def test_fixtures_are_of_both_engines() -> None:
    found = {name: DUCKDB_ONLY_IN_FIXTURES.findall(sql) for name, sql in fixtures()}
    assert {name: only for name, only in found.items() if only} == {}


def test_columns_have_types_of_both_engines(built: Workspace) -> None:
    odd = built.query(
        f"""
        select table_schema || '.' || table_name || '.' || column_name, data_type
        from information_schema.columns
        where data_type not in {TYPES} and not regexp_full_match(data_type, 'DECIMAL\\(\\d+,\\d+\\)')
        """
    )
    assert odd == []


# DuckDB's are of 64 bits, Spark's of 32.
NARROW_ON_SPARK = (
    exp.RowNumber,
    exp.Rank,
    exp.DenseRank,
    exp.Ntile,
    exp.Length,
    exp.Extract,
    exp.DateDiff,
    exp.ArraySize,
)


def narrow_columns(sql: str, contract: Iterable[str]) -> list[str]:
    """The columns of a contract that a function of NARROW_ON_SPARK gives without a cast."""
    columns = set(contract)
    found = []
    for alias in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Alias):
        value = alias.this.this if isinstance(alias.this, exp.Window) else alias.this
        if alias.alias in columns and isinstance(value, NARROW_ON_SPARK):
            found.append(alias.sql("duckdb"))
    return found


def test_columns_of_contracts_are_as_wide_on_both_engines(built: Workspace) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text())
    contracted = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["contract"]["enforced"]
    ]
    assert contracted
    compiled = built.target / "compiled" / "ai_finops" / "models"
    found = {
        node["name"]: narrow_columns(path.read_text(), node["columns"])
        for node in contracted
        if (path := compiled / Path(node["path"])).is_file()
    }
    assert {name: columns for name, columns in found.items() if columns} == {}


def test_a_narrow_column_is_found() -> None:
    ranked = (
        "select row_number() over (order by a) as place, cast(rank() over (order by a) as bigint) as b from t"
    )
    assert narrow_columns(ranked, ["place", "b"]) == ["ROW_NUMBER() OVER (ORDER BY a) AS place"]
    assert narrow_columns(ranked, ["b"]) == []


def test_a_double_becomes_a_decimal_by_one_rule(built: Workspace) -> None:
    # The engines round differently at ties and above 15 digits: macro decimal_of_double makes them agree.
    with duckdb.connect(str(built.published), read_only=True) as connection:
        prepare(connection)
        compiled = sorted((built.target / "compiled" / "ai_finops" / "models").rglob("*.sql"))
        assert compiled
        found = {path.stem: doubles_cast(path.read_text(), connection) for path in compiled if path.is_file()}
    assert {name: doubles for name, doubles in found.items() if doubles} == {}


def test_a_double_that_is_cast_is_found() -> None:
    with duckdb.connect() as connection:
        prepare(connection)
        exact = "select cast(1.5 as decimal(9, 2)), cast('1' as decimal(9, 2)), cast(cast(1 as double) as decimal(9, 2)) as a"
        assert doubles_cast(exact, connection) == []
        assert doubles_cast(
            "select cast(7.2 * (1 - cast(0.15 as double)) as decimal(15, 6)) as b", connection
        ) == ["7.2 * (1 - cast(0.15 as double))"]


DECIMAL_CAST = re.compile(r"\bas decimal\s*\(", re.IGNORECASE)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the connection a macro that takes what becomes a decimal without rounding, and a function that takes nothing."""
    connection.execute("create temp macro exact(value decimal(38, 12)) as value")
    connection.create_function("type_of", lambda value: value, ["BIT"], "BIT")


def doubles_cast(sql: str, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The doubles that are cast to a decimal. One that is cast to a double first is not among them: that is what the
    macro decimal_of_double makes of it on DuckDB.
    """
    casts = list(decimals_cast(sql))
    try:
        connection.sql(wrapped(sql, casts, "exact"))
    except duckdb.BinderException:
        # A double, or a text: DuckDB names the type of what a function does not take.
        return [
            sql[slice(*cast)].strip()
            for cast in casts
            if is_double(wrapped(sql, [cast], "type_of"), connection)
        ]
    return []


def is_double(sql: str, connection: duckdb.DuckDBPyConnection) -> bool:
    try:
        connection.sql(sql)
    except duckdb.BinderException as error:
        return "type_of(DOUBLE)" in str(error) or "type_of(FLOAT)" in str(error)
    return False


def decimals_cast(sql: str) -> Iterator[tuple[int, int]]:
    """Where what is cast to a decimal begins and ends."""
    ends = {match.start() for match in DECIMAL_CAST.finditer(sql)}
    opened: list[int] = []
    is_text = False
    for place, character in enumerate(sql):
        is_text ^= character == "'"
        if is_text:
            continue
        if place in ends and not sql[:place].rstrip().lower().endswith("as double)"):
            yield opened[-1] + 1, place
        if character == "(":
            opened.append(place)
        elif character == ")":
            opened.pop()


def wrapped(sql: str, parts: list[tuple[int, int]], function: str) -> str:
    """The SQL with parts of it made the argument of a function."""
    added = [(begin, f"{function}(") for begin, _ in parts] + [(end, ") ") for _, end in parts]
    for place, text in sorted(added, reverse=True):
        sql = sql[:place] + text + sql[place:]
    return sql


def test_a_mart_that_is_a_view_is_a_table_where_tables_are_what_is_published() -> None:
    """A plain view is not in the file that Spark publishes: ``view_or_table()`` says the same on DuckDB."""
    folders = (path for path in (ROOT / "dbt_project" / "models").iterdir() if path.is_dir())
    marts = (
        path
        for folder in folders
        if folder.name not in ("intermediate", "staging")
        for path in folder.glob("*.sql")
    )
    plain = {path.stem for path in marts if re.search(r"materialized\s*=\s*['\"]view", path.read_text())}
    # Single calls are not published from a cluster.
    assert plain == {"fct_calls"}
