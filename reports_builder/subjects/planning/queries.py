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
            case when change_share is not null then forecast_usd - trailing_cost_usd end as change_usd,
            case
                when forecast_usd is null then 'too little history for a forecast'
                when lower_usd is null then 'too little history for a range'
                else 'in four of five past outcomes'
            end as status
        from planning.rpt_cost_outlook
        where scope = :scope and scope_id = :scope_id
        """,
        scope="total" if all_spend else "component",
        scope_id="total" if all_spend else "ai",
    )


def causes(warehouse: Warehouse) -> Evidence:
    """What makes the next 30 days dearer or cheaper than the last: one row, its parts sum to the change."""
    return warehouse.evidence(
        """
        select
            max(change_usd) filter (where cause = 'customers that started') as started_usd,
            max(change_usd) filter (where cause = 'customers that stopped') as stopped_usd,
            max(change_usd) filter (where cause = 'customers that stayed') as stayed_usd,
            max(change_usd) filter (where cause = 'abnormal days') as abnormal_usd,
            max(change_usd) filter (where cause = 'weekdays, trend and other costs') as rest_usd,
            sum(change_usd) as causes_usd
        from planning.rpt_outlook_causes
        """
    )


def outlooks(warehouse: Warehouse) -> Evidence:
    """The same for all spend, each component, provider and team."""
    return warehouse.evidence(
        """
        with outlooks as (
            select
                outlook.scope,
                case
                    when outlook.scope = 'total' then 'all spend'
                    when outlook.scope = 'component' and outlook.scope_id = 'ai' then 'component AI'
                    else outlook.scope || ' ' || outlook.scope_id
                end as name,
                outlook.trailing_cost_usd,
                outlook.forecast_usd,
                outlook.lower_usd,
                outlook.upper_usd,
                outlook.change_share,
                accuracy.wape,
                false as is_rest
            from planning.rpt_cost_outlook as outlook
            left join planning.rpt_forecast_accuracy as accuracy
                on outlook.scope = accuracy.scope and outlook.scope_id = accuracy.scope_id
                and accuracy.is_used and accuracy.horizon = '30-day total'
        ),
        rests as (
            select
                parts.scope, 'rest: all spend less the ' || parts.scope || 's',
                max(total.trailing_cost_usd) - sum(parts.trailing_cost_usd),
                max(total.forecast_usd) - sum(parts.forecast_usd),
                null::decimal, null::decimal, null::double, null::double, true
            from outlooks as parts
            cross join (select trailing_cost_usd, forecast_usd from outlooks where scope = 'total') as total
            where parts.scope <> 'total'
            group by parts.scope
            having count(parts.forecast_usd) = count(*)
        )
        select * exclude (is_rest, scope)
        from (select * from outlooks union all select * from rests)
        order by
            scope = 'total' desc, scope = 'component' desc, scope = 'team' desc, scope, is_rest,
            forecast_usd desc nulls last, name
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
            used.origins,
            used.wape as daily_wape,
            total.wape,
            naive.wape as naive_wape,
            abs(used.bias_share) as lean_share,
            case when used.bias_share < 0 then 'low' else 'high' end as lean_word,
            used.interval_coverage_share,
            used.interval_target_share,
            case
                when used.forecast_method = 'seasonal_naive' then 'repeating last week is the best method'
                when total.skill_share > 0 then 'better than repeating last week'
                else 'no better than repeating last week'
            end as status
        from planning.rpt_forecast_accuracy as used
        left join planning.rpt_forecast_accuracy as total
            on used.scope = total.scope and used.scope_id = total.scope_id and total.is_used
            and total.horizon = '30-day total'
        left join planning.rpt_forecast_accuracy as naive
            on total.scope = naive.scope and total.scope_id = naive.scope_id and total.horizon = naive.horizon
            and naive.forecast_method = 'seasonal_naive'
        where used.scope = 'component' and used.scope_id = 'ai' and used.is_used and used.horizon = 'all days'
        """
    )


def scores(warehouse: Warehouse) -> Evidence:
    """Every method at every horizon, for AI."""
    return warehouse.evidence(
        """
        select
            forecast_method, horizon, is_used, wape, bias_share, skill_share, interval_coverage_share, origins
        from planning.rpt_forecast_accuracy
        where scope = 'component' and scope_id = 'ai'
        order by is_used desc, forecast_method, first_origin_date, last_origin_date desc, horizon
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
