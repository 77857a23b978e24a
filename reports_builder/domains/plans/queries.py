"""What the analysis of pricing asks the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def recommended(warehouse: Warehouse) -> Evidence:
    """The recommended plan beside today, with the losses of today; no row without customers."""
    return warehouse.evidence(
        """
        with today as (
            select
                plan_id,
                count(*) filter (where current_gross_margin_usd < 0) as current_unprofitable,
                coalesce(-sum(current_gross_margin_usd) filter (where current_gross_margin_usd < 0), 0)
                    as current_losses_usd
            from pricing.rpt_plan_backtests
            group by plan_id
        )
        select
            plan.*,
            today.current_unprofitable,
            today.current_losses_usd,
            plan.current_gross_margin_usd::double / nullif(plan.current_revenue_usd::double, 0)
                as current_margin_share,
            plan.revenue_change_usd::double / nullif(plan.current_revenue_usd::double, 0)
                as revenue_change_share,
            plan.revenue_base_churn_usd::double / nullif(plan.current_revenue_usd::double, 0) - 1
                as revenue_change_base_share,
            plan.gross_margin_change_base_churn_usd::double
                / nullif(abs(plan.current_gross_margin_usd)::double, 0) as margin_change_base_share,
            plan.gross_margin_low_churn_usd - plan.current_gross_margin_usd as gain_low_churn_usd,
            plan.gross_margin_high_churn_usd - plan.current_gross_margin_usd as gain_high_churn_usd,
            plan.gross_margin_base_churn_usd::double / nullif(plan.revenue_base_churn_usd::double, 0)
                as margin_base_share,
            (
                select count(*) from pricing.rpt_plan_comparison
                where verdict not in ('today', 'names_no_tier_in_use')
            ) as comparable_plans
        from pricing.rpt_plan_comparison as plan
        inner join today on plan.plan_id = today.plan_id
        where plan.is_recommended
        """
    )


def plans(warehouse: Warehouse) -> Evidence:
    """Every plan, the recommended first, then by expected margin."""
    return warehouse.evidence(
        """
        select
            *,
            case when is_recommended then 'recommended' else replace(verdict, '_', ' ') end as judgement,
            gross_margin_high_churn_usd - current_gross_margin_usd as gain_high_churn_usd
        from pricing.rpt_plan_comparison
        order by is_recommended desc, gross_margin_base_churn_usd desc, plan_id
        """
    )


def rules(warehouse: Warehouse) -> Evidence:
    """The rules of the recommendation, side by side."""
    return warehouse.evidence(
        """
        select
            max(assumption_value) filter (where assumption_name = 'steep_rise_from_share')::double
                as steep_rise_share,
            max(assumption_value)
                filter (where assumption_name = 'steep_rise_customers_up_to_share')::double
                as steep_limit_share,
            max(assumption_value) filter (where assumption_name = 'margin_gain_from_share')::double
                as least_gain_share
        from seeds.pricing_assumptions
        """
    )


def scenarios(warehouse: Warehouse) -> Evidence:
    """How likely a customer leaves by the rise of the invoice, per scenario, as assumed."""
    return warehouse.evidence(
        """
        select
            rise_from_share::double as rise_share,
            max(leave_probability) filter (where churn_scenario = 'low')::double as low_share,
            max(leave_probability) filter (where churn_scenario = 'base')::double as base_share,
            max(leave_probability) filter (where churn_scenario = 'high')::double as high_share
        from seeds.pricing_churn_scenarios
        group by rise_from_share
        order by rise_from_share
        """
    )


def stress(warehouse: Warehouse) -> Evidence:
    """Beyond the scenarios: every steep riser gone, and how many risers may go until the gain is gone."""
    return warehouse.evidence(
        """
        with rule as (
            select max(assumption_value)::double as steep_share
            from seeds.pricing_assumptions
            where assumption_name = 'steep_rise_from_share'
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
            backtest.current_revenue_usd,
            backtest.revenue_usd,
            backtest.revenue_change_usd,
            backtest.revenue_change_share,
            backtest.cost_to_serve_usd,
            backtest.current_gross_margin_usd,
            backtest.gross_margin_usd
        from pricing.rpt_plan_backtests as backtest
        inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
        where plan.is_recommended
            and case when :rising then backtest.revenue_change_usd > 0
                else backtest.revenue_change_usd < 0 end
        order by abs(backtest.revenue_change_usd) desc, backtest.customer_id
        """,
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
            from pricing.rpt_plan_backtests as backtest
            inner join pricing.rpt_plan_comparison as plan on backtest.plan_id = plan.plan_id
            where plan.is_recommended
        )
        select bands.band, count(placed.place) as customers
        from bands
        left join placed on bands.place = placed.place
        group by bands.place, bands.band
        order by bands.place
        """
    )


def segments(warehouse: Warehouse, kind: str) -> Evidence:
    """Every plan over the segments of one kind, the recommended plan first."""
    return warehouse.evidence(
        """
        select segment.*, plan.is_recommended
        from pricing.rpt_segment_impacts as segment
        inner join pricing.rpt_plan_comparison as plan on segment.plan_id = plan.plan_id
        where segment.segment_kind = :kind
        order by plan.is_recommended desc, plan.gross_margin_base_churn_usd desc, segment.plan_id,
            segment.current_revenue_usd desc, segment.segment
        """,
        kind=kind,
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


def history(warehouse: Warehouse) -> Evidence:
    """Every plan over the months of the data."""
    return warehouse.evidence(
        """
        select history.*, plan.is_recommended
        from pricing.rpt_plan_history_monthly as history
        inner join pricing.rpt_plan_comparison as plan on history.plan_id = plan.plan_id
        order by history.month_start_date, plan.is_recommended desc,
            plan.gross_margin_base_churn_usd desc, history.plan_id
        """
    )


def months(warehouse: Warehouse) -> Evidence:
    """In how many complete months the recommended plan would have earned more than today's prices."""
    return warehouse.evidence(
        """
        select
            count(*) as complete_months,
            count(*) filter (where history.revenue_change_usd > 0) as better_months,
            min(history.revenue_change_usd) as least_gain_usd,
            max(history.revenue_change_usd) as largest_gain_usd
        from pricing.rpt_plan_history_monthly as history
        inner join pricing.rpt_plan_comparison as plan on history.plan_id = plan.plan_id
        where plan.is_recommended and history.is_complete_month
        """
    )


def terms(warehouse: Warehouse) -> Evidence:
    """The plans as the business wrote them."""
    return warehouse.evidence(
        """
        select
            plan_name,
            plan_kind,
            subscription_tier,
            base_fee_usd,
            case usage_unit when 'none' then 'nothing' when '1k_tokens' then '1,000 tokens' else usage_unit
                end as metered,
            case when usage_unit = 'none' then 'unlimited'
                else coalesce(format('{:,}', included_units::bigint), 'unlimited') end as included,
            usd_per_unit,
            rationale
        from seeds.pricing_plans
        order by is_current desc, plan_id, base_fee_usd, subscription_tier
        """
    )


def gain(warehouse: Warehouse) -> Evidence:
    """What the recommended plan adds to the margin of 30 days after churn: the one action of the page."""
    return warehouse.evidence(
        """
        select
            plan_name,
            gross_margin_change_base_churn_usd as gain_usd,
            gross_margin_high_churn_usd - current_gross_margin_usd as low_gain_usd,
            gross_margin_low_churn_usd - current_gross_margin_usd as high_gain_usd,
            gross_margin_change_base_churn_usd as total_net_usd,
            customers_with_steep_rise
        from pricing.rpt_plan_comparison
        where is_recommended and not is_current_plan
        """
    )
