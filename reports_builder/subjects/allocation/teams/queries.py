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
            sum(actual_cost_usd) filter (where budget_usd is not null) as budgeted_actual_usd,
            budgeted_actual_usd - planned_usd as total_variance_usd,
            sum(projected_cost_usd) filter (where budget_usd is not null) as projected_usd,
            count(budget_usd) as teams,
            count(*) filter (where budget_status in ('over budget', 'heading over budget')) as teams_over,
            coalesce(bool_and(month_phase = 'ended'), false) as is_ended,
            coalesce(budgeted_actual_usd, projected_usd, 0) > 0 as is_reached
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
            team_name, month_start_date, budget_usd, projected_cost_usd, projected_variance_usd,
            budget_status, is_over, month_phase = 'ended' as is_ended, month_overrun_usd
        from allocation.rpt_budget_advice
        where month_start_date >= :month_start and projected_variance_usd is not null
        order by
            is_over desc, is_over and is_ended, projected_variance_usd desc, month_start_date, team_name
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def decided(warehouse: Warehouse) -> Evidence:
    """What each team decides that is over in the month of the first of ``budgets_ahead``."""
    return warehouse.evidence(
        """
        select
            team_name, month_start_date, month_phase = 'ended' as is_ended, budget_usd, projected_cost_usd,
            projected_variance_usd, advice, over_months, judged_months, open_savings_usd,
            open_savings_on_machines_usd, open_savings_on_calls_usd, lift_savings_usd, month_savings_usd,
            overrun_after_savings_usd, all_saved_from_date, kept_from_date, kept_low_from_date,
            suggested_budget_usd, suggested_without_savings_usd, suggested_missed_from_date,
            hard_stop_of, hard_stop_usd, hard_stop_upper_usd, decide_by_date, approver_role,
            suggested_team_budgets_usd, company_budget_usd
        from allocation.rpt_budget_advice
        where is_over and month_start_date = :month and projected_variance_usd is not null
        order by projected_variance_usd desc, team_name
        """,
        month=budgets_ahead(warehouse)["month_start_date"],
    )


def too_large(warehouse: Warehouse) -> Evidence:
    """Team budgets of the month of the day after the data that are too large, by what they release."""
    return warehouse.evidence(
        """
        select
            team_name, month_start_date, judged_months, budget_usd, projected_cost_usd, suggested_budget_usd,
            released_usd, most_used_share, last_date_ahead, approver_role, decide_by_date, open_savings_usd,
            proposed_after_savings_usd
        from allocation.rpt_budget_advice
        where is_too_large and month_start_date = :month_start
        order by released_usd desc, team_id
        """,
        month_start=(warehouse.period.as_of + timedelta(days=1)).replace(day=1),
    )


def ended_overrun(warehouse: Warehouse) -> Evidence:
    """How far the teams went over their budgets of the month, where it is over; one row."""
    return warehouse.evidence(
        """
        select sum(projected_variance_usd) as ended_overrun_usd
        from allocation.rpt_budget_advice
        where month_start_date >= :month_start and is_over and month_phase = 'ended'
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def budget_table(warehouse: Warehouse) -> Evidence:
    """Every row of the month with its total: teams with a budget, cost without one, and all."""
    return warehouse.evidence(
        """
        select
            team_name, budget_usd, actual_cost_usd, variance_usd, burn_rate, projected_cost_usd,
            budget_status, projected_variance_usd
        from allocation.rpt_budget_statements_monthly
        where month_start_date = :month_start
        order by is_total, projected_variance_usd desc nulls last, team_name
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
    """What the month bills on, only shows, and leaves without a team; beside the last month before it."""
    month_start = warehouse.period.as_of.replace(day=1)
    prior = warehouse.evidence(
        """
        select max(month_start_date) as prior_month_start_date
        from allocation.rpt_chargebacks_monthly
        where month_start_date < :month_start
        """,
        month_start=month_start,
    )
    return warehouse.evidence(
        """
        select
            sum(allocated_cost_usd) filter (where month_start_date = :month_start) as month_cost_usd,
            sum(prior_month_cost_usd) filter (where month_start_date = :month_start) as prior_month_cost_usd,
            sum(charged_cost_usd) filter (where month_start_date = :month_start) as charged_usd,
            coalesce(
                sum(allocated_cost_usd) filter (
                    where month_start_date = :month_start and team_id = 'unallocated'
                ), 0
            ) as without_team_usd,
            month_cost_usd - charged_usd - without_team_usd as shown_usd,
            charged_usd / nullif(month_cost_usd::double, 0) as charged_share,
            max(covered_days) filter (where month_start_date = :month_start) as covered_days,
            max(covered_days) filter (where month_start_date = :prior_start) as prior_days,
            month_cost_usd
                / max(covered_days) filter (where month_start_date = :month_start)
                / nullif(
                    sum(allocated_cost_usd) filter (where month_start_date = :prior_start)
                    / nullif(prior_days::double, 0), 0
                ) - 1 as daily_change_share,
            coalesce(
                bool_or(is_partial_month) filter (where month_start_date = :month_start), false
            ) as is_partial_month
        from allocation.rpt_chargebacks_monthly
        where month_start_date in (:month_start, :prior_start)
        """,
        month_start=month_start,
        prior_start=prior["prior_month_start_date"],
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
            daily_cost_change_share
        from allocation.rpt_chargebacks_monthly
        where month_start_date = :month_start and charging_method = 'showback' and team_id <> 'unallocated'
            and allocated_cost_usd > 0
        order by allocated_cost_usd desc, team_id, cost_centre
        """,
        month_start=warehouse.period.as_of.replace(day=1),
    )


def shown_in_all(warehouse: Warehouse) -> Evidence:
    """How many they are, and what they cost; one row."""
    return warehouse.evidence(
        """
        select count(*) as shown_teams, sum(allocated_cost_usd) as shown_cost_usd
        from allocation.rpt_chargebacks_monthly
        where month_start_date = :month_start and charging_method = 'showback' and team_id <> 'unallocated'
            and allocated_cost_usd > 0
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
            cost_above_average_usd as above_average_usd,
            team_id, team_name, customers, calls, tokens, failure_share, cost_usd, cost_share,
            cost_per_call_usd, cost_per_call_to_average, cost_per_1k_tokens_usd, prior_cost_usd,
            cost_change_share, calls_change_share, cost_per_call_change_share,
            task_types as team_tasks, task_types_to_switch as tasks_to_switch,
            task_types_to_lift_for_less as tasks_to_lift, lifts_for_less, savings_on_calls_usd
        from allocation.rpt_team_costs
        where team_id <> 'unallocated'
        order by cost_per_call_usd desc nulls last, team_id
        """
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
