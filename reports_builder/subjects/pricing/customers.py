"""What is asked of the marts about those whom a price plan hits: customers and segments."""

from reports_builder.evidence import Evidence
from reports_builder.marts import BACKTESTS
from reports_builder.subjects.pricing.queries import NAME
from reports_builder.warehouse import Warehouse


def segments(warehouse: Warehouse, kind: str) -> Evidence:
    """The recommended plan by segment of one kind, the largest change of revenue first."""
    return warehouse.evidence(
        f"""
        select
            {NAME} as plan_name,
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
        """,  # noqa: S608 - the name is put together above
        kind=kind,
    )


def segments_of_plans(warehouse: Warehouse, kind: str) -> Evidence:
    """Every plan over the segments of one kind, the recommended plan first."""
    return warehouse.evidence(
        f"""
        select segment.* replace ({NAME} as plan_name), plan.is_recommended
        from pricing.rpt_segment_impacts as segment
        inner join pricing.rpt_plan_comparison as plan on segment.plan_id = plan.plan_id
        where segment.segment_kind = :kind
        order by plan.is_recommended desc, plan.gross_margin_base_churn_usd desc, segment.plan_id,
            segment.current_revenue_usd desc, segment.segment
        """,  # noqa: S608 - the name is put together above
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


def concentration(warehouse: Warehouse) -> Evidence:
    """How the largest ten rises weigh in the whole change of revenue."""
    return warehouse.evidence(
        """
        with ranked as (
            select
                backtests.revenue_change_usd,
                backtests.gross_margin_usd * (1 - backtests.leave_probability_base)
                    - backtests.current_gross_margin_usd as gain_usd,
                backtests.gross_margin_usd * (1 - backtests.leave_probability_low)
                    - backtests.current_gross_margin_usd as low_churn_gain_usd,
                backtests.gross_margin_usd * (1 - backtests.leave_probability_high)
                    - backtests.current_gross_margin_usd as high_churn_gain_usd,
                row_number() over (order by backtests.revenue_change_usd desc, backtests.customer_id) as place
            from pricing.rpt_plan_backtests as backtests
            inner join pricing.rpt_plan_comparison as comparison on backtests.plan_id = comparison.plan_id
            where comparison.is_recommended and backtests.revenue_change_usd > 0
        )
        select
            count(*) filter (where place <= 10) as largest_rises,
            sum(revenue_change_usd) filter (where place <= 10) as largest_rises_usd,
            sum(revenue_change_usd) filter (where place <= 10) / nullif(sum(revenue_change_usd)::double, 0)
                as largest_rises_share,
            sum(gain_usd) filter (where place <= 10) as largest_gain_usd,
            least(sum(low_churn_gain_usd) filter (where place <= 10),
                sum(high_churn_gain_usd) filter (where place <= 10)) as largest_gain_low_usd,
            greatest(sum(low_churn_gain_usd) filter (where place <= 10),
                sum(high_churn_gain_usd) filter (where place <= 10)) as largest_gain_high_usd
        from ranked
        """
    )


def falls(warehouse: Warehouse) -> Evidence:
    """What the customers that cover their cost today would pay less, where their invoice falls."""
    return warehouse.evidence(
        """
        select
            count(*) as falling_customers,
            -sum(backtest.revenue_change_usd) as falling_usd
        from pricing.rpt_plan_backtests as backtest
        inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
        where plan.is_recommended and backtest.revenue_change_usd < 0
            and backtest.current_gross_margin_usd >= 0
        """
    )


def stress(warehouse: Warehouse) -> Evidence:
    """Beyond the scenarios: every steep riser gone, and how many risers may go until the gain is gone."""
    return warehouse.evidence(
        """
        with rule as (
            select max(value)::double as steep_share
            from seeds.assumptions
            where name = 'steep_rise_from_share'
        ),
        invoices as (
            select backtest.*
            from pricing.rpt_plan_backtests as backtest
            inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
            where plan.is_recommended
        )
        select
            count(*) filter (where revenue_change_usd > 0) as rising_customers,
            count(*) filter (where revenue_change_share > steep_share) as steep_customers,
            coalesce(sum(gross_margin_usd) filter (where revenue_change_share > steep_share), 0)
                as steep_margin_usd,
            steep_margin_usd
                / nullif(sum(gross_margin_usd) filter (where revenue_change_usd > 0)::double, 0)
                as steep_margin_share,
            sum(gross_margin_usd) filter (where not coalesce(revenue_change_share > steep_share, false))
                as margin_without_steep_usd,
            sum(gross_margin_usd) filter (where not coalesce(revenue_change_share > steep_share, false))
                - sum(current_gross_margin_usd) as gain_without_steep_usd,
            least(1.0, (sum(gross_margin_usd) - sum(current_gross_margin_usd))::double
                / nullif(greatest(sum(gross_margin_usd) filter (where revenue_change_usd > 0), 0)::double, 0))
                as bearable_leaving_share
        from invoices, rule
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


def risers(warehouse: Warehouse) -> Evidence:
    """What the customers with rising invoices cost and pay today, and pay under the recommended plan."""
    return warehouse.evidence(
        """
        select
            sum(backtest.cost_to_serve_usd) as riser_cost_usd,
            sum(backtest.current_revenue_usd) as riser_revenue_usd,
            sum(backtest.revenue_change_usd) as riser_change_usd,
            median(backtest.revenue_change_share) as riser_median_share,
            sum(backtest.cost_to_serve_usd)::double
                / nullif((select sum(cost_to_serve_usd) from pricing.rpt_plan_backtests
                    where plan_id = max(plan.plan_id))::double, 0) as riser_cost_share
        from pricing.rpt_plan_backtests as backtest
        inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
        where plan.is_recommended and backtest.revenue_change_usd > 0
        """
    )


def cheaper_tiers(warehouse: Warehouse) -> Evidence:
    """Who would pay less in a higher tier of the recommended plan, and what their moving would take off."""
    return warehouse.evidence(
        """
        with moved as (
            select
                backtest.current_revenue_usd,
                backtest.revenue_usd,
                least(backtest.revenue_usd, backtest.higher_tier_revenue_usd) as chosen_usd
            from pricing.rpt_plan_backtests as backtest
            inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
            where plan.is_recommended
        )
        select
            count(*) filter (where chosen_usd < revenue_usd) as moving_customers,
            sum(revenue_usd - chosen_usd) as moved_saving_usd,
            sum(chosen_usd - current_revenue_usd) as change_after_moves_usd
        from moved
        """
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
