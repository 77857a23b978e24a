"""What is asked of the marts about the cost to come."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def outlook(warehouse: Warehouse, *, all_spend: bool = False) -> Evidence:
    """The cost of AI, or of everything, that is expected for the 30 days after the as-of date."""
    return warehouse.evidence(
        """
        select
            last_forecast_date,
            forecast_method,
            forecast_usd,
            lower_usd,
            upper_usd,
            change_share,
            change_usd,
            range_status,
            independent_sums
        from planning.rpt_cost_outlook
        where scope = :scope and scope_id = :scope_id
        """,
        scope="total" if all_spend else "component",
        scope_id="total" if all_spend else "ai",
    )


def causes(warehouse: Warehouse) -> Evidence:
    """What makes the next 30 days of AI dearer or cheaper than the last, in one row."""
    return warehouse.evidence(
        """
        select
            max(change_usd) filter (where cause = 'customers that started') as started_usd,
            max(change_usd) filter (where cause = 'customers that stopped') as stopped_usd,
            max(change_usd) filter (where cause = 'customers that stayed') as stayed_usd,
            max(change_usd) filter (where cause = 'abnormal days') as abnormal_usd,
            max(change_usd) filter (where cause = 'weekdays') as weekdays_usd,
            max(change_usd) filter (where cause = 'known events') as events_usd,
            max(change_usd) filter (where cause = 'fitting to all spend') as fitting_usd,
            max(change_usd) filter (where cause = 'trend and what passes') as rest_usd,
            sum(change_usd) as causes_usd
        from planning.rpt_outlook_causes
        where kind = 'customer'
        """
    )


def causes_of_all(warehouse: Warehouse, kind: str) -> Evidence:
    """The components, or the providers, whose cost changes that of all spend, the largest change first."""
    return warehouse.evidence(
        """
        select
            cause, change_usd,
            scope_change_usd as all_change_usd
        from planning.rpt_outlook_causes
        where scope = 'total' and kind = :kind and round(change_usd, 2) <> 0
        order by cause_order
        """,
        kind=kind,
    )


def outlooks(warehouse: Warehouse) -> Evidence:
    """The same of the company and its parts; not of a model that is free."""
    return warehouse.evidence(
        """
        select
            scope_label, trailing_cost_usd, forecast_usd, lower_usd, upper_usd, history_days, event_usd,
            calendar_usd, change_share, wape, days_within_range_share, sums_within_range_share,
            independent_tested_sums
        from planning.rpt_cost_outlook
        where
            scope not in ('business_unit', 'service', 'project', 'customer')
            and (scope <> 'model' or trailing_cost_usd is null or trailing_cost_usd <> 0)
        order by
            scope = 'total' desc, scope = 'component' desc, scope = 'team' desc, scope, is_rest,
            forecast_usd desc nulls last, scope_label
        """
    )


def named_outlooks(warehouse: Warehouse) -> Evidence:
    """The same of business units, services, projects and customers, and what is left of each kind."""
    return warehouse.evidence(
        """
        select
            scope, scope_label, trailing_cost_usd, forecast_usd, lower_usd, upper_usd, history_days,
            event_usd, calendar_usd, change_share, wape, days_within_range_share
        from planning.rpt_cost_outlook
        where scope in ('business_unit', 'service', 'project', 'customer')
        order by scope, scope_id = '(all others)', forecast_usd desc nulls last, scope_label
        """
    )


def unknown_costs(warehouse: Warehouse) -> Evidence:
    """Models some of whose calls have neither a charge nor a price, so that no sum has them."""
    return warehouse.evidence(
        """
        select
            scope_id as model,
            unknown_cost_days
        from planning.rpt_cost_outlook
        where scope = 'model' and unknown_cost_days > 0
        order by unknown_cost_days desc, scope_id
        """
    )


def doubtful_ranges(warehouse: Warehouse) -> Evidence:
    """Scopes of whose past days too few lay within their range, the fewest first."""
    return warehouse.evidence(
        """
        select scope_label, days_within_range_share, doubtful_below_share
        from planning.rpt_cost_outlook
        where is_range_doubtful
        order by days_within_range_share, scope_label
        """
    )


def tested_sums(warehouse: Warehouse) -> Evidence:
    """How the ranges of past sums of 30 days held: of all spend, and of how many other scopes too few."""
    return warehouse.evidence(
        """
        select
            max(sums_within_range_share) filter (where scope = 'total') as sums_within_range_share,
            max(tested_sums) filter (where scope = 'total') as tested_sums,
            max(independent_tested_sums) filter (where scope = 'total') as independent_tested_sums,
            count(*) filter (
                where scope <> 'total' and sums_within_range_share < doubtful_below_share
            ) as other_scopes,
            count(*) filter (where scope <> 'total' and tested_sums > 0) as other_tested_scopes,
            max(doubtful_below_share) as doubtful_below_share
        from planning.rpt_cost_outlook
        """
    )


def daily_forecast(warehouse: Warehouse) -> Evidence:
    """The forecast per day, where history suffices for one."""
    return warehouse.evidence(
        """
        select forecast_date as day, forecast_usd, lower_usd, upper_usd
        from planning.fct_cost_forecasts_daily
        where scope = 'component' and scope_id = 'ai' and forecast_usd is not null
        order by forecast_date
        """
    )


def accuracy(warehouse: Warehouse) -> Evidence:
    """The error of the method in use, by day and in the sum of 30, beside that of repeating last week."""
    return warehouse.evidence(
        """
        select
            origins,
            wape as daily_wape,
            total_wape,
            naive_total_wape,
            abs(bias_share) as lean_share,
            bias_direction,
            interval_coverage_share,
            interval_target_share,
            verdict
        from planning.rpt_forecast_accuracy
        where scope = 'component' and scope_id = 'ai' and is_used and horizon = 'all days'
        """
    )


def scores(warehouse: Warehouse) -> Evidence:
    """Every method at every horizon, for AI."""
    return warehouse.evidence(
        """
        select
            forecast_method, horizon, is_used, wape, bias_share, skill_share, interval_coverage_share,
            interval_95_coverage_share, origins
        from planning.rpt_forecast_accuracy
        where scope = 'component' and scope_id = 'ai'
        order by is_used desc, forecast_method, first_origin_date, last_origin_date desc, horizon
        """
    )


def scores_by_scope(warehouse: Warehouse) -> Evidence:
    """The method in use of every scope: how far it missed past days and sums, and what its ranges held.

    Customers go by their names, and with their error, among what they will cost.
    """
    return warehouse.evidence(
        """
        select
            scope, scope_name, forecast_method, wape, bias_share, skill_share,
            interval_coverage_share as days_held_share, interval_95_coverage_share as days_95_held_share,
            total_wape as sum_wape, total_coverage_share as sums_held_share,
            total_independent_sums as independent_sums, verdict
        from planning.rpt_forecast_accuracy
        where is_used and horizon = 'all days' and scope <> 'customer'
        order by scope = 'total' desc, scope = 'component' desc, scope = 'team' desc, scope, scope_id
        """
    )


def record(warehouse: Warehouse) -> Evidence:
    """What was forecast of days that are over, as it was written down before, the newest first."""
    return warehouse.evidence(
        """
        select
            first_forecast_date, last_forecast_date, scope, scope_id, forecast_usd, actual_usd, error_share,
            is_within_range
        from planning.rpt_forecast_record
        where actual_usd is not null
        order by first_forecast_date desc, scope = 'total' desc, scope, scope_id
        """
    )
