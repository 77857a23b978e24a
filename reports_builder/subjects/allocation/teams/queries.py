"""The questions that the analysis of organizational alignment puts to the marts."""

from datetime import date, timedelta

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def month_budget(warehouse: Warehouse) -> Evidence:
    """The month of the as-of date over all teams that have a budget."""
    return _budget_of(warehouse, warehouse.period.as_of.replace(day=1))


def next_month_budget(warehouse: Warehouse) -> Evidence:
    """The month after it."""
    return _budget_of(warehouse, (warehouse.period.as_of.replace(day=1) + timedelta(days=31)).replace(day=1))


def _budget_of(warehouse: Warehouse, month_start: date) -> Evidence:
    return warehouse.evidence(
        """
        select
            :month_start as month_start_date,
            sum(budget_usd) as budget_usd,
            sum(budget_to_date_usd) as planned_usd,
            coalesce(sum(actual_cost_usd) filter (where budget_usd is null), 0) as unbudgeted_actual_usd,
            sum(case when budget_usd is not null then actual_cost_usd end) as budgeted_actual_usd,
            budgeted_actual_usd - planned_usd as total_variance_usd,
            sum(case when budget_usd is not null then projected_cost_usd end) as projected_usd,
            count(budget_usd) as teams,
            count(*) filter (where budget_status in ('over budget', 'heading over budget')) as teams_over,
            coalesce(bool_and(month_phase = 'ended'), false) as is_ended,
            coalesce(budgeted_actual_usd, projected_usd, 0) > 0 as is_reached,
            case
                when count(budget_usd) = 0 then 'no budget is set'
                when not is_reached then 'no cost reaches a team with a budget'
                when teams_over = 0 then 'every team is within budget'
                when is_ended then teams_over || ' of ' || teams || ' teams were over budget'
                else teams_over || ' of ' || teams || ' teams over or heading over budget'
            end as status
        from allocation.rpt_budget_status
        where month_start_date = :month_start
        """,
        month_start=month_start,
    )


def team_budgets(warehouse: Warehouse) -> Evidence:
    """Each team's month, the worst variance first."""
    return warehouse.evidence(
        """
        select
            month_start_date, team_name, budget_usd,
            budget_to_date_usd, coalesce(actual_cost_usd, 0) as actual_usd, variance_usd, burn_rate,
            projected_cost_usd, projected_variance_usd, budget_status,
            month_phase = 'ended' as is_ended,
            budget_status in ('over budget', 'heading over budget') as is_over
        from allocation.rpt_budget_status
        where month_start_date = :month_start and budget_usd is not null
        order by projected_variance_usd desc nulls last, team_id
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def budgets_ahead(warehouse: Warehouse) -> Evidence:
    """Team budgets of this month and later: overruns first, of them those that can still be prevented."""
    return warehouse.evidence(
        """
        select
            team_name,
            month_start_date,
            cast(:as_of + 14 as date) as decide_by_date,
            budget_usd,
            projected_cost_usd,
            projected_variance_usd,
            budget_status,
            budget_status in ('over budget', 'heading over budget') as is_over,
            month_phase = 'ended' as is_ended,
            judged_months, over_months, suggested_budget_usd, overrun_verdict,
            suggested_team_budgets_usd, company_budget_usd,
            sum(projected_variance_usd) filter (where is_over and is_ended) over () as ended_overrun_usd,
            sum(projected_variance_usd) filter (where is_over) over (partition by month_start_date)
                as month_overrun_usd
        from allocation.rpt_budget_advice
        where month_start_date >= :month_start and projected_variance_usd is not null
        order by
            is_over desc, is_over and is_ended, projected_variance_usd desc, month_start_date, team_name
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def budget_table(warehouse: Warehouse) -> Evidence:
    """Every row of the month with its total: teams with a budget, cost without one, and all."""
    return warehouse.evidence(
        """
        with months as (
            select 1 as place, *
            from allocation.rpt_budget_status
            where month_start_date = :month_start
        )
        select
            team_name, budget_usd, actual_cost_usd, variance_usd, burn_rate, projected_cost_usd,
            budget_status, place, projected_variance_usd
        from months
        union all
        select
            'All', sum(budget_usd), sum(actual_cost_usd),
            sum(actual_cost_usd) - sum(budget_to_date_usd),
            sum(actual_cost_usd) / nullif(sum(budget_to_date_usd)::double, 0),
            sum(projected_cost_usd),
            case when sum(actual_cost_usd) > sum(budget_to_date_usd) then 'over the budgets together'
                else 'within the budgets together' end, 2, null
        from months
        having sum(budget_usd) is not null
        order by place, projected_variance_usd desc nulls last, team_name
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def budget_history(warehouse: Warehouse) -> Evidence:
    """Every month with data, and those wholly within the forecast."""
    return warehouse.evidence(
        """
        select
            month_start_date, team_name, month_phase, budget_usd, actual_cost_usd, variance_usd,
            variance_share, projected_cost_usd, projection_method, budget_status
        from allocation.rpt_budget_status
        where actual_cost_usd is not null or projected_cost_usd is not null
        order by month_start_date desc, team_id
        """
    )


def charges(warehouse: Warehouse) -> Evidence:
    """What the month bills on, only shows, and leaves without a team."""
    return warehouse.evidence(
        """
        select
            sum(allocated_cost_usd) as month_cost_usd,
            sum(prior_month_cost_usd) as prior_month_cost_usd,
            sum(charged_cost_usd) as charged_usd,
            coalesce(sum(allocated_cost_usd) filter (where team_id = 'unallocated'), 0) as without_team_usd,
            month_cost_usd - charged_usd - without_team_usd as shown_usd,
            charged_usd / nullif(month_cost_usd::double, 0) as charged_share,
            (month_cost_usd / nullif(max(covered_days)::double, 0))
                / nullif(max(prior_daily_usd)::double, 0) - 1 as daily_change_share,
            max(covered_days) as covered_days,
            max(prior_days) as prior_days,
            case when bool_or(is_partial_month) then 'not the whole month' else 'the whole month' end
                as month_status
        from allocation.rpt_chargebacks_monthly
        left join (
            select
                sum(allocated_cost_usd) / max(covered_days) as prior_daily_usd,
                max(covered_days) as prior_days
            from allocation.rpt_chargebacks_monthly
            where month_start_date = (
                select max(month_start_date)
                from allocation.rpt_chargebacks_monthly
                where month_start_date < :month_start
            )
        ) on true
        where month_start_date = :month_start
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def statement(warehouse: Warehouse) -> Evidence:
    """The lines of the month's statement, billed ones first."""
    return warehouse.evidence(
        """
        select
            team_name, cost_centre, charging_method, direct_cost_usd, shared_cost_usd, allocated_cost_usd,
            charged_cost_usd, cost_share, daily_cost_change_share
        from allocation.rpt_chargebacks_monthly
        where month_start_date = :month_start
        order by charging_method, allocated_cost_usd desc, team_id, cost_centre
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def shown_only(warehouse: Warehouse) -> Evidence:
    """Teams that are shown their cost and not billed, the dearest first."""
    return warehouse.evidence(
        """
        select
            month_start_date,
            team_name,
            cost_centre,
            allocated_cost_usd,
            cost_share,
            daily_cost_change_share,
            count(*) over () as shown_teams,
            sum(allocated_cost_usd) over () as shown_cost_usd
        from allocation.rpt_chargebacks_monthly
        where month_start_date = :month_start and charging_method = 'showback' and team_id <> 'unallocated'
            and allocated_cost_usd > 0
        order by allocated_cost_usd desc, team_id, cost_centre
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def charge_history(warehouse: Warehouse) -> Evidence:
    """The cost of every team in every month."""
    return warehouse.evidence(
        """
        select
            month_start_date, team_name, cost_centre, charging_method, allocated_cost_usd, charged_cost_usd,
            cost_change_usd, daily_cost_change_share, is_partial_month
        from allocation.rpt_chargebacks_monthly
        order by month_start_date desc, allocated_cost_usd desc, team_id, cost_centre
        """
    )


def teams(warehouse: Warehouse) -> Evidence:
    """Teams side by side, the dearest call first."""
    return warehouse.evidence(
        """
        select
            greatest(cost_usd - cost_usd / nullif(cost_per_call_to_average, 0), 0) as above_average_usd,
            team_name, customers, calls, tokens, failure_share, cost_usd, cost_share, cost_per_call_usd,
            cost_per_call_to_average, cost_per_1k_tokens_usd, prior_cost_usd, cost_change_share,
            calls_change_share, cost_per_call_change_share
        from allocation.rpt_team_costs
        where team_id <> 'unallocated'
        order by cost_per_call_usd desc nulls last, team_id
        """
    )


def models_of_team(warehouse: Warehouse, team_name: str) -> Evidence:
    """For how many of a team's kinds of task the comparison of models names a cheaper one; one row."""
    return warehouse.evidence(
        """
        select
            count(distinct advice.task_type) as team_tasks,
            count(distinct advice.task_type) filter (where advice.decision = 'switch') as tasks_to_switch
        from core.fct_usage_daily as usage
        inner join core.dim_features as features
            on usage.product_id = features.product_id and usage.feature_id = features.feature_id
        inner join efficiency.rpt_model_recommendations as advice on usage.task_type = advice.task_type
        where usage.usage_date between :window_start and :as_of and features.team_name = :team_name
        """,
        team_name=team_name,
    )


def movers(warehouse: Warehouse) -> Evidence:
    """The teams by how much their cost changed."""
    return warehouse.evidence(
        """
        select team_name, cost_change_usd
        from allocation.rpt_team_costs
        where team_id <> 'unallocated' and cost_change_usd is not null
        order by abs(cost_change_usd) desc, team_id
        """
    )
