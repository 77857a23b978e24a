"""What is asked of the marts about the cost to come."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def outlook(warehouse: Warehouse) -> Evidence:
    """The cost expected for the 30 days after the as-of date."""
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
        where scope = 'total'
        """
    )


def recent_level(warehouse: Warehouse) -> Evidence:
    """The cost of a day in the last two weeks beside that of the whole period; one row."""
    return warehouse.evidence(
        """
        select
            sum(effective_cost_usd) filter (where usage_date > :as_of - 14) / 14 as recent_daily_usd,
            sum(effective_cost_usd) / (date_diff('day', :window_start, :as_of) + 1) as period_daily_usd,
            case when :is_covered then recent_daily_usd / nullif(period_daily_usd::double, 0) - 1 end
                as recent_change_share
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        """
    )


def outlooks(warehouse: Warehouse) -> Evidence:
    """The same for the total, each provider and each team."""
    return warehouse.evidence(
        """
        with outlooks as (
            select
                outlook.scope,
                case
                    when outlook.scope = 'total' then 'total'
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
                parts.scope, 'rest: total less the ' || parts.scope || 's',
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
        order by scope = 'total' desc, scope = 'team' desc, scope, is_rest, forecast_usd desc nulls last, name
        """
    )


def daily_forecast(warehouse: Warehouse) -> Evidence:
    """The forecast per day, where history suffices for one."""
    return warehouse.evidence(
        """
        select forecast_date as day, forecast_usd, lower_usd, upper_usd
        from planning.fct_cost_forecasts_daily
        where scope = 'total' and forecast_usd is not null
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
        where used.scope = 'total' and used.is_used and used.horizon = 'all days'
        """
    )


def scores(warehouse: Warehouse) -> Evidence:
    """Every method at every horizon, for the total."""
    return warehouse.evidence(
        """
        select
            forecast_method, horizon, is_used, wape, bias_share, skill_share, interval_coverage_share, origins
        from planning.rpt_forecast_accuracy
        where scope = 'total'
        order by is_used desc, forecast_method, first_origin_date, last_origin_date desc, horizon
        """
    )
