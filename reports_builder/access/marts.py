"""Which rows and columns of a mart a scope reaches, found by the names of its columns.

A mart names whom a row is about: ``team_id``, ``customer_id``, or a kind and an id (``scope``, ``scope_id``).
One that does not speaks of the whole company, and nobody whose rows are limited can read it.
"""

from collections.abc import Collection, Mapping

from reports_builder.access.refusal import AccessError
from reports_builder.access.scope import Scope
from reports_builder.escaping import sql_literal

Structure = Mapping[str, Mapping[str, str]]
"""The types of the columns by their names, for each mart."""

SCHEMAS = (
    "core",
    "allocation",
    "margin",
    "pricing",
    "efficiency",
    "anomalies",
    "rates",
    "planning",
    "provenance",
)
"""Whose tables are marts. What is elsewhere no limited reader can read, but for what is named below."""

REFERENCE = frozenset(
    {
        "core.dim_dates",
        "core.dim_models",
        "core.rpt_display_currency",
        "intermediate.int_as_of_date",
        "seeds.assumptions",
    }
)
"""They speak of nobody: days, prices, the period and currency of all reports, the settings of rules."""

OWNED_USAGE = "intermediate.int_usage_owned_daily"
"""Usage with whom the owner rules find."""

# The same rows, which know a team only where the call names one: a team's rows of them come from the other.
_USAGE = frozenset({"core.fct_usage_daily", "core.rpt_usage_daily"})

KINDS = (
    ("scope", "scope_id"),
    ("scope", "subject_id"),
    ("scope_kind", "scope"),
    ("scope_type", "scope_id"),
    ("subject_type", "subject_id"),
    ("dimension", "dimension_value"),
)
"""Columns that say together whom a row is about: of which kind, and who."""

# Words within the names of columns that tell what customers bring in, or let it be worked out.
_REVENUE = frozenset(
    {
        "arpu",
        "benefit",
        "cash",
        "churn",
        "collected",
        "fee",
        "fees",
        "grr",
        "irr",
        "leave",
        "lifetime",
        "margin",
        "mirr",
        "mrr",
        "npv",
        "nrr",
        "payers",
        "paying",
        "profit",
        "receivable",
        "recognised",
        "return",
        "revenue",
        "roi",
        "unprofitable",
    }
)
_REVENUE_SCHEMAS = frozenset({"margin", "pricing"})
# Their columns are named for what they measure by row: revenue among it.
_REVENUE_MARTS = frozenset(
    {
        "anomalies.rpt_portfolio_risk",
        "planning.rpt_conversion_funnel",
        "planning.rpt_investment_returns",
        "planning.rpt_investment_scenarios",
        "planning.rpt_token_claims",
    }
)
# What an alert says in words and facts may be of revenue, unless it is about a cost by its kind.
_COST_SUBJECTS = ("component", "feature", "model", "product", "provider", "service", "task", "team", "total")

# Columns of a row that are measured against the company, from which its total or another's part follows.
_AGAINST_THE_WHOLE = frozenset(
    {
        "active_customers",
        "adoption_share",
        "all_missed_monthly_usd",
        "all_missed_usd",
        "all_predicted_usd",
        "all_realized_share",
        "all_realized_usd",
        "average_cost_per_1k_tokens_usd",
        "average_usd",
        "call_share",
        "company_budget_usd",
        "cost_per_1k_tokens_to_average",
        "cost_per_call_to_average",
        "cost_rank",
        "cost_share",
        "cost_share_of_premium_usage",
        "customer_coverage_share",
        "decisions",
        "margin_rank",
        "measured_decisions",
        "missed_decisions",
        "month_overrun_usd",
        "organization_cost_share",
        "plan_gross_margin_base_churn_usd",
        "resource_rank",
        "spend_rank",
        "spend_share",
        "suggested_team_budgets_usd",
        "team_coverage_share",
        "token_share",
    }
)


def is_of_revenue(mart: str, columns: Collection[str]) -> bool:
    """Whether the mart tells what customers bring in."""
    return (
        mart in _REVENUE_MARTS
        or mart.partition(".")[0] in _REVENUE_SCHEMAS
        or any(not _REVENUE.isdisjoint(name.split("_")) for name in columns)
    )


def ways_to_limit(columns: Collection[str]) -> tuple[str, ...]:
    """By what the rows of a mart can be limited: ``team``, ``customer``, ``kind``; empty where by nothing."""
    return (
        *(("team",) if "team_id" in columns else ()),
        *(("customer",) if _customer_column(columns) else ()),
        *(("kind",) if _kinds(columns) else ()),
    )


def granted(mart: str, structure: Structure, scope: Scope, catalog: str) -> str:
    """The query for the rows and columns of a mart of the file ``catalog`` that the scope reaches.

    AccessError where there can be none, whatever the data holds.
    """
    columns = structure.get(mart, {})
    if not columns or not (mart.partition(".")[0] in SCHEMAS or mart in REFERENCE or mart == OWNED_USAGE):
        raise AccessError(f"your group sees {scope.said}: there is no {mart} in it.")
    if mart in REFERENCE:
        return f"select * from {catalog}.{mart}"  # noqa: S608 - a name that the catalog of the file has
    if not scope.has_revenue and is_of_revenue(mart, columns):
        raise AccessError(f"your group sees {scope.said}, and {mart} tells of revenue.")
    is_alert = "subject_type" in columns
    if scope.has_all_rows:
        costs = f" where subject_type in {sql_literal(_COST_SUBJECTS)}" if is_alert else ""
        return f"select * from {catalog}.{mart}{costs}"  # noqa: S608
    read = OWNED_USAGE if mart in _USAGE and scope.teams else mart
    conditions = _conditions(structure[read], scope, catalog)
    if not conditions:
        raise AccessError(f"your group sees {scope.said}, and {mart} speaks of more than that.")
    other = structure[read] if read != mart else None
    # What a call of a team's own names may be another team; the rows of both tables go by the owner then.
    owner = {"named_team_id": "team_id"} if scope.teams else {}
    shown = [
        f"{_spelled(owner.get(name, name), kind, other)} as {quoted(name)}" for name, kind in columns.items()
    ]
    return f"select {', '.join(shown)} from {catalog}.{read} where {' or '.join(conditions)}"  # noqa: S608


def _spelled(name: str, kind: str, other: Collection[str] | None) -> str:
    """What stands for a column: itself, its like in the ``other`` table that is read instead, or null."""
    if name in _AGAINST_THE_WHOLE or (other is not None and name not in other):
        return f"cast(null as {kind})"
    return _customer_column(other) if other is not None and name == "customer_id" else quoted(name)


def quoted(name: str) -> str:
    """The name of a column as the engine reads it, also where it is a word of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _conditions(columns: Collection[str], scope: Scope, catalog: str) -> list[str]:
    """What makes a row one of the scope; one of these is enough."""
    conditions = []
    own = {
        "team": _among(scope.teams),
        "customer": _among_customers(scope, catalog),
        "organization": _among(scope.organizations),
    }
    if own["team"] and "team_id" in columns:
        conditions.append(f"team_id in {own['team']}")
    customer = _customer_column(columns)
    if own["customer"] and customer:
        conditions.append(f"{customer} in {own['customer']}")
    for kind, name in _kinds(columns):
        # Rows of all kinds have the same columns: those of customers are of what they bring in, too.
        kinds = own if scope.has_revenue else {"team": own["team"]}
        conditions += [f"({kind} = '{each}' and {name} in {ids})" for each, ids in kinds.items() if ids]
    return conditions


def _among(names: Collection[str]) -> str:
    return sql_literal(tuple(sorted(names))) if names else ""


def _among_customers(scope: Scope, catalog: str) -> str:
    """The customers named, and those on record with the organizations, for use after ``in``."""
    if not scope.organizations:
        return _among(scope.customers)
    named = f" union all select unnest([{_among(scope.customers)[1:-1]}])" if scope.customers else ""
    return (
        f"(select customer_id from {catalog}.core.dim_customers "  # noqa: S608 - literals, and a name of the file
        f"where is_known and organization_id in {_among(scope.organizations)}{named})"
    )


def _kinds(columns: Collection[str]) -> list[tuple[str, str]]:
    return [pair for pair in KINDS if pair[0] in columns and pair[1] in columns]


def _customer_column(columns: Collection[str]) -> str:
    """Who the calls name where that is known, else the customer of the row; empty without one."""
    return next((name for name in ("named_customer_id", "customer_id") if name in columns), "")
