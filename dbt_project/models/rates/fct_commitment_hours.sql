{# one row per offer x usage basis x hour with usage that the offer could cover; the look-back of commitment_lookback_days #}

with usage_hourly as (

    select * from {{ ref('int_usage_hourly') }}

),

usage_flows as (

    select * from {{ ref('int_usage_flows') }}

),

commitment_offers as (

    select * from {{ ref('commitment_offers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Batch calls are priced apart and run when capacity is free: no commitment covers them. #}
hours as (

    select
        usage_hourly.usage_hour_at,
        usage_hourly.provider,
        usage_hourly.model,
        usage_hourly.input_tokens,
        usage_hourly.output_tokens,
        usage_hourly.effective_cost_usd
    from usage_hourly
    inner join as_of
        on usage_hourly.usage_date between as_of.as_of_date + 1 - {{ var('commitment_lookback_days') }} and as_of.as_of_date
    where usage_hourly.service_tier = 'standard' and usage_hourly.effective_cost_usd is not null

),

flowed as (

    select
        usage_flows.usage_basis,
        hours.usage_hour_at,
        usage_flows.provider,
        usage_flows.model,
        cast(floor(hours.input_tokens * usage_flows.input_token_share) as bigint) as input_tokens,
        cast(floor(hours.output_tokens * usage_flows.output_token_share) as bigint) as output_tokens,
        case
            when usage_flows.usage_basis = 'as_used' then hours.effective_cost_usd
            else {{ money('cast(hours.effective_cost_usd as double) * usage_flows.cost_share') }}
        end as cost_usd
    from hours
    inner join usage_flows on hours.provider = usage_flows.from_provider and hours.model = usage_flows.from_model

),

covered_usage as (

    select
        offers.offer_id,
        flowed.usage_basis,
        flowed.usage_hour_at,
        offers.commitment_kind,
        offers.discount_share,
        offers.input_tokens_per_minute * 60 as input_tokens_per_unit,
        offers.output_tokens_per_minute * 60 as output_tokens_per_unit,
        cast(sum(flowed.input_tokens) as bigint) as input_tokens,
        cast(sum(flowed.output_tokens) as bigint) as output_tokens,
        {{ money('sum(flowed.cost_usd)') }} as on_demand_cost_usd
    from flowed
    inner join commitment_offers as offers
        on flowed.provider = offers.provider and (flowed.model = offers.model or offers.model = 'all models')
    inner join as_of on offers.valid_from <= as_of.as_of_date and as_of.as_of_date < offers.valid_to
    group by all

),

{# Units that would serve the whole hour: the scarcer of input and output capacity, or the discounted dollars. #}
demanded as (

    select
        offer_id,
        usage_basis,
        usage_hour_at,
        on_demand_cost_usd,
        cast(greatest(
            case
                when commitment_kind = 'spend' then cast(on_demand_cost_usd as double) * (1 - cast(discount_share as double))
                else greatest({{ ratio('input_tokens', 'input_tokens_per_unit') }}, {{ ratio('output_tokens', 'output_tokens_per_unit') }})
            end,
            0.000001
        ) as decimal(15, 6)) as demanded_units
    from covered_usage
    where on_demand_cost_usd > 0

),

valued as (

    select
        *,
        cast({{ ratio('on_demand_cost_usd', 'demanded_units') }} as decimal(22, 12)) as usd_per_demanded_unit
    from demanded

)

select * from valued
