"""What is asked of the marts about those whom a price plan hits: customers and segments."""

from reports_builder.evidence import Evidence
from reports_builder.marts import BACKTESTS
from reports_builder.warehouse import Warehouse


def segments(warehouse: Warehouse, kind: str) -> Evidence:
    """The recommended plan by segment of one kind, the largest change of revenue first."""
    return warehouse.evidence(
        """
        select
            plan.plan_label as plan_name,
            segments.segment, segments.customers,
            segments.current_revenue_usd, segments.revenue_usd,
            segments.revenue_change_usd, segments.revenue_change_share, segments.revenue_change_share_p50,
            segments.current_gross_margin_usd, segments.gross_margin_usd,
            segments.gross_margin_base_churn_usd,
            segments.gross_margin_base_churn_usd - segments.current_gross_margin_usd as gain_usd,
            least(segments.gross_margin_low_churn_usd, segments.gross_margin_high_churn_usd)
                - segments.current_gross_margin_usd as gain_low_usd,
            greatest(segments.gross_margin_low_churn_usd, segments.gross_margin_high_churn_usd)
                - segments.current_gross_margin_usd as gain_high_usd,
            segments.customers_paying_more, segments.customers_paying_less,
            segments.customers - segments.customers_paying_more - segments.customers_paying_less
                as customers_unchanged,
            segments.current_unprofitable_customers, segments.unprofitable_customers,
            case when segments.revenue_change_usd > 0
                then segments.revenue_change_usd
                    / sum(greatest(segments.revenue_change_usd, 0)) over ()::double
                end as rise_share,
            sum(gain_usd) over () as gain_total_usd,
            sum(gain_low_usd) over () as gain_total_low_usd,
            sum(gain_high_usd) over () as gain_total_high_usd
        from pricing.rpt_segment_impacts as segments
        inner join pricing.rpt_plan_comparison as plan on segments.plan_id = plan.plan_id
        where plan.is_recommended and segments.segment_kind = :kind
        order by segments.revenue_change_usd desc, segments.segment
        """,
        kind=kind,
    )


def segments_of_plans(warehouse: Warehouse, kind: str) -> Evidence:
    """Every plan over the segments of one kind, the recommended plan first."""
    return warehouse.evidence(
        """
        select segment.* replace (plan.plan_label as plan_name), plan.is_recommended
        from pricing.rpt_segment_impacts as segment
        inner join pricing.rpt_plan_comparison as plan on segment.plan_id = plan.plan_id
        where segment.segment_kind = :kind
        order by plan.is_recommended desc, plan.gross_margin_base_churn_usd desc, segment.plan_id,
            segment.current_revenue_usd desc, segment.segment
        """,
        kind=kind,
    )


def largest_rises(warehouse: Warehouse) -> Evidence:
    """The invoice before and after of each customer that would pay more, the largest rise first."""
    return warehouse.evidence(
        """
        select
            backtests.customer_id, backtests.customer_name, backtests.subscription_tier,
            backtests.subscribed_days, backtests.billable_calls, backtests.included_units,
            backtests.current_revenue_usd,
            backtests.revenue_usd, backtests.revenue_change_usd, backtests.revenue_change_share,
            backtests.cost_to_serve_usd, backtests.current_gross_margin_usd, backtests.gross_margin_usd,
            backtests.leave_probability_base,
            count(*) over () as customers_paying_more,
            median(backtests.revenue_change_share) over () as rise_median_share
        from pricing.rpt_plan_backtests as backtests
        inner join pricing.rpt_plan_comparison as comparison on backtests.plan_id = comparison.plan_id
        where comparison.is_recommended and backtests.revenue_change_usd > 0
        order by backtests.revenue_change_usd desc, backtests.customer_id
        """
    )


def impacts(warehouse: Warehouse) -> Evidence:
    """Whom the recommended plan hits: who pays more, who less, who would move; one row."""
    return warehouse.evidence(
        """
        select impacts.*
        from pricing.rpt_plan_impacts as impacts
        inner join pricing.rpt_plan_comparison as plan on impacts.plan_id = plan.plan_id
        where plan.is_recommended
        """
    )


def invoices(warehouse: Warehouse, *, rising: bool) -> Evidence:
    """Customers with the largest rises, or falls, of the invoice under the recommended plan."""
    return warehouse.evidence(
        """
        select
            backtest.customer_id,
            backtest.customer_name,
            backtest.subscription_tier,
            backtest.usage_archetype,
            backtest.subscribed_days,
            backtest.current_revenue_usd,
            backtest.revenue_usd,
            backtest.revenue_change_usd,
            backtest.revenue_change_share,
            backtest.cost_to_serve_usd,
            backtest.current_gross_margin_usd,
            backtest.gross_margin_usd
        from :backtests as backtest
        inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
        where plan.is_recommended
            and case when :rising then backtest.revenue_change_usd > 0
                else backtest.revenue_change_usd < 0 end
        order by abs(backtest.revenue_change_usd) desc, backtest.customer_id
        """,
        backtests=BACKTESTS,
        rising=rising,
    )


def changes(warehouse: Warehouse) -> Evidence:
    """Customers by how much their invoice changes under the recommended plan."""
    return warehouse.evidence(
        """
        with bands (place, band) as (
            values (1, 'falls by half or more'), (2, 'falls by 20 to 50 %'), (3, 'falls by less than 20 %'),
                (4, 'stays as it is'), (5, 'rises by up to 20 %'), (6, 'rises by 20 to 50 %'),
                (7, 'rises by 50 to 100 %'), (8, 'more than doubles'), (9, 'pays nothing today')
        ),
        placed as (
            select
                case
                    when backtest.revenue_change_usd = 0 then 4
                    when backtest.revenue_change_share is null then 9
                    when backtest.revenue_change_share <= -0.5 then 1
                    when backtest.revenue_change_share <= -0.2 then 2
                    when backtest.revenue_change_share < 0 then 3
                    when backtest.revenue_change_share <= 0.2 then 5
                    when backtest.revenue_change_share <= 0.5 then 6
                    when backtest.revenue_change_share <= 1 then 7
                    else 8
                end as place
            from :backtests as backtest
            inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
            where plan.is_recommended
        )
        select bands.band, count(placed.place) as customers
        from bands
        left join placed on bands.place = placed.place
        group by bands.place, bands.band
        order by bands.place
        """,
        backtests=BACKTESTS,
    )


def recommended_segments(warehouse: Warehouse) -> Evidence:
    """Tier and archetype together under the recommended plan, the largest change first."""
    return warehouse.evidence(
        """
        select segment.*
        from pricing.rpt_segment_impacts as segment
        inner join pricing.rpt_plan_comparison as plan on segment.plan_id = plan.plan_id
        where plan.is_recommended and segment.segment_kind = 'tier_and_archetype'
        order by abs(segment.revenue_change_usd) desc, segment.segment
        """
    )
