"""The few questions that the dashboard asks beyond those of the reports."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.evidence import Evidence
from reports_builder.formatting import text
from reports_builder.marts import CUSTOMER_DAYS, CUSTOMER_MARGINS, USAGE
from reports_builder.warehouse import Warehouse

MOST_LISTED = 1000
"""Values that a list to choose from offers, as each reader is sent all of them; others can be typed."""


def freshness(warehouse: Warehouse) -> Evidence:
    """How far the data reaches, and whether all that was read is accounted for."""
    return warehouse.evidence(
        """
        select
            max(usage_date) as last_date,
            sum(rows_read) as rows_read,
            sum(rows_rejected) as rows_rejected,
            sum(abs(difference_usd)) as lost_usd
        from core.rpt_reconciliation
        """
    )


def calls_in_period(warehouse: Warehouse) -> int:
    """How many calls pass the filters in the period."""
    rows = warehouse.evidence(
        """
        select coalesce(sum(calls), 0) as calls
        from :usage
        where usage_date between :window_start and :as_of
        """,
        usage=USAGE,
    ).rows
    return int(rows[0][0] or 0)  # type: ignore[arg-type]


def usage_by_day(warehouse: Warehouse) -> Evidence:
    """Usage of each day of the twelve weeks up to the last day; no row for a day without calls."""
    return warehouse.evidence(
        """
        select
            usage_date as day,
            sum(effective_cost_usd) as cost_usd,
            sum(calls) as calls,
            sum(calls - uncosted_calls) as costed_calls,
            sum(failed_calls) as failed_calls,
            sum(calls - failed_calls) as finished_calls,
            sum(quality_score_sum) as quality_score_sum,
            sum(quality_scored_calls) as quality_scored_calls
        from :usage
        where usage_date between :as_of - 83 and :as_of
        group by usage_date
        order by usage_date
        """,
        usage=USAGE,
    )


def all_spend_by_day(warehouse: Warehouse) -> Evidence:
    """All spend of each day of the same weeks."""
    return warehouse.evidence(
        """
        select usage_date as day, all_spend_usd
        from core.rpt_spend_daily
        where usage_date between :as_of - 83 and :as_of
        order by usage_date
        """
    )


def margins_by_day(warehouse: Warehouse) -> Evidence:
    """Fees, cost and margin of each day of the same weeks, its fees on equal days."""
    return warehouse.evidence(
        """
        select
            usage_date as day,
            sum(equal_day_revenue_usd) as revenue_usd,
            sum(cost_to_serve_usd) as cost_usd,
            sum(equal_day_margin_usd) as margin_usd
        from :days
        where usage_date between :as_of - 83 and :as_of
        group by usage_date
        order by usage_date
        """,
        days=CUSTOMER_DAYS,
    )


def spend_by_provider(warehouse: Warehouse) -> Evidence:
    """AI spend of the period by provider, the largest first."""
    return warehouse.evidence(
        """
        select provider as part, sum(effective_cost_usd) as part_usd
        from :usage
        where usage_date between :window_start and :as_of
        group by provider
        order by part_usd desc nulls last, part
        """,
        usage=USAGE,
    )


def all_spend_by_category(warehouse: Warehouse) -> Evidence:
    """All spend by service category, the largest first."""
    return warehouse.evidence(
        """
        select service_category as part, cost_usd as part_usd
        from allocation.rpt_spend_by_category
        where service_category <> 'all' and cost_usd <> 0
        order by cost_usd desc, service_category
        """
    )


def fees_and_costs(warehouse: Warehouse) -> Evidence:
    """What the margin of customers is made of: their fees, and what serving them costs."""
    return warehouse.evidence(
        """
        select sum(revenue_usd) as fees_usd, sum(cost_to_serve_usd) as served_usd
        from :margins
        where gross_margin_usd is not null
        """,
        margins=CUSTOMER_MARGINS,
    )


def savings_by_kind(warehouse: Warehouse) -> Evidence:
    """What the counted actions save a month, by kind."""
    return warehouse.evidence(
        """
        select replace(action_kind, '_', ' ') as part, kind_net_usd as part_usd
        from rates.rpt_savings_actions
        where is_first_of_its_kind
        order by kind_net_usd desc, action_kind
        """
    )


def forecast_by_cause(warehouse: Warehouse) -> Evidence:
    """What the next 30 days of AI are made of: the last ones, and what changes them."""
    return warehouse.evidence(
        """
        select cause as part, change_usd as part_usd, trailing_cost_usd
        from planning.rpt_outlook_causes
        where kind = 'customer' and change_usd <> 0
        order by cause_order
        """
    )


def options(warehouse: NarrowedWarehouse) -> dict[str, tuple[str, ...]]:
    """The values that a filter can be set to; of too many customers or features those with the most calls."""

    def values(sql: str) -> tuple[str, ...]:
        rows = warehouse.evidence(sql, most=MOST_LISTED, usage=USAGE).rows
        return tuple(sorted(str(value) for (value,) in rows if value is not None))

    strangers = warehouse.evidence("select count(*) as customers from core.dim_customers where not is_known")
    organizations = values(
        "select distinct organization_id from core.dim_customers where is_known "
        "order by organization_id limit :most"
    )
    return {
        "customer": values(
            "select customer_id from :usage group by customer_id "
            "order by sum(calls) desc, customer_id limit :most"
        ),
        "environment": values("select distinct environment from core.fct_usage_daily"),
        "feature": values(
            "select feature_id from :usage group by feature_id "
            "order by sum(calls) desc, feature_id limit :most"
        ),
        "model": values("select distinct model from core.fct_usage_daily"),
        "organization": tuple(sorted({*organizations, *(["unallocated"] if strangers["customers"] else [])})),
        "product": values("select distinct product_id from core.fct_usage_daily"),
        "provider": values("select distinct provider from core.fct_usage_daily"),
        "team": values(
            "select distinct team_id from intermediate.int_usage_owned_daily order by team_id limit :most"
        ),
        "tier": values("select distinct subscription_tier from core.dim_customers"),
    }


def customers(warehouse: Warehouse) -> dict[str, str]:
    """The names of the customers with activity by id, those that lose most first."""
    found = warehouse.evidence(
        """
        select customer_id, customer_name
        from margin.rpt_customer_margins
        where has_activity
        order by gross_margin_usd nulls last, customer_id
        """
    )
    return {str(row["customer_id"]): text(row["customer_name"]) for row in found.records()}
