"""A filter keeps exactly the rows that it names: every figure beside a query by hand and beside MetricFlow's answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports_builder import marts
from reports_builder.dashboard import queries
from reports_builder.dashboard.filters import DIMENSIONS, Filters
from reports_builder.dashboard.loading import load_choices, load_view
from reports_builder.dashboard.reading import identity_of, open_published
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.marts import CUSTOMER_DAYS, CUSTOMER_MARGINS, USAGE, Mart
from reports_builder.semantic import query
from reports_builder.semantic.marts import MartDimensions, mart_dimensions
from reports_builder.subjects.anomalies import queries as anomalies
from reports_builder.subjects.core import queries as core
from reports_builder.subjects.efficiency import queries as efficiency
from reports_builder.subjects.margin import queries as margin
from reports_builder.subjects.margin.features import queries as features
from reports_builder.subjects.pricing import customers as pricing
from reports_builder.warehouse import Warehouse
from tests.workspace import Workspace

HOSTILE = (
    "x' or 1=1 --",
    ":as_of",
    "$provider",
    "{values}",
    "'); drop table x; --",
    "\x00",
    "\u017f\U0001f701",
)
SPENT = "select coalesce(sum(effective_cost_usd), 0) as usd, sum(calls) as calls from :usage"
IN_PERIOD = "join intermediate.int_as_of_date on usage_date between window_start_date and as_of_date"


pytestmark = pytest.mark.usefixtures("layer")


@pytest.fixture
def choices(built: Workspace) -> dict[str, tuple[str, ...]]:
    identity = identity_of(built.published)
    assert identity is not None
    return load_choices(str(built.published), identity)[0]


def asked(built: Workspace, filters: Filters, question: Callable[[Warehouse], Evidence]) -> Evidence:
    with open_published(built.published, filters) as warehouse:
        return question(warehouse)


BY_HAND = {
    "customer": "where usage.customer_id = $value",
    "organization": "join core.dim_customers using (customer_id) "
    "where case when is_known then dim_customers.organization_id else 'unallocated' end = $value",
    "product": "where product_id = $value",
    "feature": "where feature_id = $value",
    "team": "join intermediate.int_owner_matches as owners on owner_key = "
    "concat_ws('|', usage.team_id, product_id, feature_id, '', '', '', '', '') "
    "and usage_date >= valid_from_date and usage_date < valid_to_date where owners.team_id = $value",
    "model": "where model = $value",
    "tier": "join core.dim_customers as c using (customer_id) where c.subscription_tier = $value",
    "provider": "where provider = $value",
    "environment": "where environment = $value",
}


@pytest.mark.parametrize("name", DIMENSIONS)
def test_spend_is_that_of_a_query_by_hand(
    built: Workspace, choices: dict[str, tuple[str, ...]], name: str
) -> None:
    for value in choices[name]:
        spend = asked(built, Filters().with_values(name, [value]), core.spend)
        rows = built.query(
            f"select sum(usage.effective_cost_usd), sum(usage.calls) from core.fct_usage_daily as usage {IN_PERIOD} "
            + BY_HAND[name].replace("$value", f"'{value}'")
        )
        assert [(spend["spend_usd"], spend["calls"])] == rows, value
        assert spend.not_narrowed_by == ()


def test_a_list_too_long_to_send_offers_who_calls_most(
    built: Workspace, choices: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_LISTED", 3)
    with open_published(built.published) as warehouse:
        cut = queries.options(warehouse)
    most = built.query(
        "select customer_id from core.fct_usage_daily group by 1 order by sum(calls) desc, 1 limit 3"
    )
    assert cut["customer"] == tuple(sorted(customer for (customer,) in most))
    assert len(choices["customer"]) > 3
    assert all(len(cut[name]) == 3 for name in ("feature", "team"))


# What a page asks, the filter, and the same rows by hand from the mart's own columns.
FIGURES: list[tuple[Callable[[Warehouse], Evidence], str, str]] = [
    (
        margin.totals,
        "customer",
        "select sum(revenue_usd), sum(cost_to_serve_usd) from margin.rpt_customer_margins where customer_id = $value",
    ),
    (
        margin.totals,
        "tier",
        "select sum(revenue_usd), sum(cost_to_serve_usd) from margin.rpt_customer_margins where subscription_tier = $value",
    ),
    (
        margin.totals,
        "organization",
        "select sum(revenue_usd), sum(cost_to_serve_usd) from margin.rpt_customer_margins where organization_id = $value",
    ),
    (
        margin.lifetime_total,
        "tier",
        "select sum(lifetime_value_low_usd) filter (where lifetime_value_status = 'estimated'), sum(lifetime_value_usd) "
        "from margin.rpt_customer_lifetime_values where subscription_tier = $value",
    ),
    (
        features.totals,
        "product",
        "select count(*) filter (where decision is not null), sum(cost_to_serve_usd) "
        "from margin.rpt_feature_economics where product_id = $value",
    ),
    (
        anomalies.paying_customers,
        "tier",
        "select count(*) from margin.rpt_customer_margins where revenue_usd > 0 and subscription_tier = $value",
    ),
    (
        anomalies.limits,
        "tier",
        "select count(*) filter (where alert_kind = 'cost_share_of_revenue' and severity = 'over the limit') "
        "from anomalies.rpt_threshold_alerts where subscription_tier = $value",
    ),
]


@pytest.mark.parametrize(("question", "name", "by_hand"), FIGURES)
def test_figures_are_those_of_a_query_by_hand(
    built: Workspace,
    choices: dict[str, tuple[str, ...]],
    question: Callable[[Warehouse], Evidence],
    name: str,
    by_hand: str,
) -> None:
    whole = asked(built, Filters(), question).rows
    for value in choices[name]:
        found = asked(built, Filters().with_values(name, [value]), question)
        ((*expected,),) = built.query(by_hand.replace("$value", f"'{value}'"))
        assert [found.rows[0][place] for place in range(len(expected))] == expected, value
        assert found.not_narrowed_by == ()
        assert found.rows != whole, value


# Lists by hand: how many rows of a mart the page has to show.
LISTS: list[tuple[Callable[[Warehouse], Evidence], str, str]] = [
    (anomalies.episodes, "organization", "select count(*) from (select distinct customer_id, episode_start_date "
     f"from anomalies.fct_cost_anomalies {IN_PERIOD} where organization_id = $value)"),
    (efficiency.models_of_all_tasks, "provider", "select count(*) from efficiency.rpt_model_efficiency where provider = $value"),
    (efficiency.premium_on_trivial, "provider", "select count(*) from anomalies.rpt_inefficient_usage where provider = $value"),
    (efficiency.premium_on_trivial, "product", "select count(*) from anomalies.rpt_inefficient_usage where product_id = $value"),
    (
        lambda warehouse: pricing.invoices(warehouse, rising=True),
        "tier",
        "select count(*) from pricing.rpt_plan_backtests "
        "where is_recommended and revenue_change_usd > 0 and subscription_tier = $value",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("question", "name", "by_hand"), LISTS)
def test_lists_have_the_rows_of_a_query_by_hand(
    built: Workspace,
    choices: dict[str, tuple[str, ...]],
    question: Callable[[Warehouse], Evidence],
    name: str,
    by_hand: str,
) -> None:
    for value in choices[name]:
        found = asked(built, Filters().with_values(name, [value]), question)
        assert built.query(by_hand.replace("$value", f"'{value}'")) == [(len(found.rows),)], value


# The same filter as a dimension of the metrics.
OF_METRICS = {
    "customer": "customer",
    "organization": "call__organization_id",
    "product": "call__product_id",
    "feature": "call__feature_id",
    "team": "call__team_id",
    "model": "call__model",
    "tier": "customer__subscription_tier",
    "provider": "call__provider",
    "environment": "call__environment",
}


@pytest.mark.parametrize("name", DIMENSIONS)
def test_usage_of_chosen_days_is_that_of_the_metrics(
    built: Workspace, choices: dict[str, tuple[str, ...]], name: str
) -> None:
    filters = Filters(period="14d").with_values(name, choices[name][:2])
    with open_published(built.published, filters) as warehouse:
        days = warehouse.chosen_period
        spend = core.spend(warehouse)
    answer = query(
        ["total_cost", "calls"],
        filters={OF_METRICS[name]: choices[name][:2]},
        start=days.start,
        end=days.as_of,
        warehouse=built.published,
    )
    assert ((spend["spend_usd"], spend["calls"]),) == answer.rows


@pytest.mark.parametrize("name", ["organization", "tier"])
def test_margins_of_chosen_days_are_those_of_the_metrics(
    built: Workspace, choices: dict[str, tuple[str, ...]], name: str
) -> None:
    sql = "select sum(revenue_usd), sum(gross_margin_usd) from :days where usage_date between :window_start and :as_of"
    start, end = date(2026, 10, 1), date(2026, 10, 20)
    filters = Filters(period=f"{start}..{end}").with_values(name, choices[name][-1:])
    found = asked(built, filters, lambda warehouse: warehouse.evidence(sql, days=CUSTOMER_DAYS))
    dimension = {"organization": "customer__organization_id", "tier": "customer__subscription_tier"}[name]
    answer = query(
        ["revenue", "margin"],
        filters={dimension: choices[name][-1:]},
        start=start,
        end=end,
        warehouse=built.published,
    )
    assert found.rows == answer.rows
    assert found.not_narrowed_by == ()


def test_days_are_compared_with_those_that_are_chosen(built: Workspace) -> None:
    """Nothing before is nothing said of before; a list without days before follows any choice."""
    none = asked(built, Filters(compare="none"), core.spend)
    own = asked(built, Filters(), core.spend)
    assert (none["spend_usd"], none["prior_spend_usd"]) == (own["spend_usd"], None)
    assert none.not_narrowed_by == ()
    assert asked(built, Filters(compare="none"), core.price_plan).not_narrowed_by == ()
    # Each side of a comparison has its own days, also where others lie between them.
    week = Filters(period="2026-10-25..2026-10-31")
    before = asked(built, Filters(period="2026-10-11..2026-10-17"), core.spend)["spend_usd"]
    with open_published(built.published, week) as warehouse:
        start, end = date(2026, 10, 11), date(2026, 10, 17)
        warehouse.chosen_period = replace(warehouse.chosen_period, prior_start=start, prior_end=end)
        assert core.spend(warehouse)["prior_spend_usd"] == before
        parts = core.spend_by(warehouse, "provider").records()
        assert sum(row["prior_cost_usd"] or 0 for row in parts) == before  # type: ignore[misc]


def test_filters_together_keep_what_passes_each(built: Workspace) -> None:
    filters = Filters(period="14d", tier=("pro",), provider=("openai",))
    spend = asked(built, filters, core.spend)
    rows = built.query(
        """
        select sum(usage.effective_cost_usd), sum(usage.calls)
        from core.fct_usage_daily as usage
        join core.dim_customers as customers using (customer_id)
        join intermediate.int_as_of_date on usage_date between as_of_date - 13 and as_of_date
        where provider = 'openai' and customers.subscription_tier = 'pro'
        """
    )
    assert [(spend["spend_usd"], spend["calls"])] == rows
    assert isinstance(spend["spend_usd"], Decimal)


def test_the_values_of_a_filter_add_up_to_the_whole(
    built: Workspace, choices: dict[str, tuple[str, ...]]
) -> None:
    """Nothing is counted twice or lost, whichever dimension is filtered by."""

    def spent(filters: Filters) -> Decimal:
        usd = asked(built, filters, lambda warehouse: warehouse.evidence(SPENT, usage=USAGE))["usd"]
        assert isinstance(usd, Decimal)
        return usd

    whole = spent(Filters())
    for name in DIMENSIONS:
        assert sum(spent(Filters().with_values(name, [value])) for value in choices[name]) == whole, name


def test_a_query_is_narrowed_wholly_or_not(built: Workspace) -> None:
    """Usage of one provider beside revenue of all would mislead; a tier is known of both."""
    both = "select (select sum(calls) from :usage) as calls, (select sum(revenue_usd) from :margins) as revenue_usd"

    def question(warehouse: Warehouse) -> Evidence:
        return warehouse.evidence(both, usage=USAGE, margins=CUSTOMER_MARGINS)

    whole = asked(built, Filters(), question)
    assert asked(built, Filters(provider=("openai",)), question).rows == whole.rows
    assert asked(built, Filters(provider=("openai",)), question).not_narrowed_by == ("provider",)
    pro = asked(built, Filters(provider=("openai",), tier=("pro",), period="7d"), question)
    assert pro.not_narrowed_by == ("period", "provider")
    assert all(part < all_of_it for part, all_of_it in zip(pro.rows[0], whole.rows[0], strict=True))  # type: ignore[operator]


def test_a_mart_that_a_query_names_itself_stays_whole(built: Workspace) -> None:
    sql = "select sum(calls) as calls from core.fct_usage_daily"
    found = asked(built, Filters(provider=("openai",)), lambda warehouse: warehouse.evidence(sql))
    assert found.rows == asked(built, Filters(), lambda warehouse: warehouse.evidence(sql)).rows
    assert found.not_narrowed_by == ("provider",)


@pytest.mark.parametrize("name", DIMENSIONS)
def test_a_hostile_value_is_a_value(built: Workspace, name: str) -> None:
    identity = identity_of(built.published)
    assert identity is not None
    assert load_view("overview", str(built.published), identity, Filters().with_values(name, HOSTILE)) is None
    filters = Filters.from_address({name: [*HOSTILE], "1=1": ["x"]})
    found = asked(built, filters, lambda warehouse: warehouse.evidence(SPENT, usage=USAGE))
    assert found.rows == ((0, None),)
    # As printed, too: who pastes the query gets the figure.
    assert built.query(found.sql) == list(found.rows)


def test_every_mart_is_described_and_its_dimensions_are_columns(built: Workspace) -> None:
    described = mart_dimensions()
    every = [value for _, value in inspect.getmembers(marts, lambda value: isinstance(value, Mart))]
    kept = {
        mart: [dimension for dimension in DIMENSIONS.values() if described.keeps(mart, dimension)]
        for mart in every
    }
    for mart, dimensions in kept.items():
        assert dimensions, mart
        for dimension in dimensions:
            rows = described.rows(mart, {dimension: "('nobody')"})
            assert built.query(f"select count(*) from {rows}") == [(0,)]
    assert {mart for mart in every if described.is_kept_by_day(mart)} == {
        USAGE,
        CUSTOMER_DAYS,
        marts.CUSTOMER_USAGE,
        marts.CUSTOMER_COSTS,
        marts.ANOMALIES,
    }


def test_names_that_the_semantic_layer_does_not_know_are_refused() -> None:
    described = mart_dimensions()
    with pytest.raises(ReportError, match="no dimension 'provider or 1=1'"):
        described.keeps(USAGE, "provider or 1=1")
    with pytest.raises(ReportError, match="does not describe core"):
        described.rows(Mart("core.secrets"), {"provider": "('x')"})
    with pytest.raises(ReportError, match="rpt_customer_margins is not kept by provider"):
        described.rows(CUSTOMER_MARGINS, {"provider": "('x')"})


def test_a_dimension_is_the_marts_own_before_that_of_its_customer() -> None:
    """The own expression is used as it is written; another model's is reached by the entity that both name."""
    manifest = """
    {"semantic_models": [
      {"node_relation": {"schema_name": "core", "alias": "people"}, "defaults": null,
       "entities": [{"name": "customer", "type": "primary", "expr": "id"}],
       "dimensions": [{"name": "tier", "type": "categorical", "expr": "lower(tier)"},
                      {"name": "home", "type": "categorical", "expr": null}]},
      {"node_relation": {"schema_name": "core", "alias": "usage"}, "defaults": {"agg_time_dimension": "day"},
       "entities": [{"name": "customer", "type": "foreign", "expr": "customer_id"}],
       "dimensions": [{"name": "day", "type": "time", "expr": null},
                      {"name": "home", "type": "categorical", "expr": "region"}]}]}
    """
    layer, usage = MartDimensions(manifest), Mart("core.usage")
    assert layer.rows(usage, {"home": "('x')", "tier": "$tier"}) == (
        "(select * from core.usage where region in ('x') "
        "and customer_id in (select id from core.people where lower(tier) in $tier))"
    )
    assert layer.rows(usage, {}) == usage
    assert layer.is_kept_by_day(usage)
    assert not layer.is_kept_by_day(Mart("core.people"))
