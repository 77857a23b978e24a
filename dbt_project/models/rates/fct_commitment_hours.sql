{# one row per offer x usage basis x hour with usage that the offer could cover; of 90 days, or of commitment_lookback_days if it is more #}

{% set lookback_days = var('commitment_lookback_days') | int %}

with usage_hourly as (

    select * from {{ ref('int_usage_hourly') }}

),

task_usage as (

    select * from {{ ref('int_task_usage') }}

),

task_savings as (

    select * from {{ ref('int_task_savings') }}

),

commitment_offers as (

    select * from {{ ref('commitment_offers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

in_use as (

    select
        provider,
        model,
        cast(sum(effective_cost_usd) as double) as cost_usd,
        cast(sum(input_tokens) as double) as input_tokens,
        cast(sum(output_tokens) as double) as output_tokens
    from task_usage
    where service_tier = 'standard'
    group by provider, model

),

{# Of a switch the calls move that are counted as kept on the other model; nobody knows what could be done about those that cannot be judged. #}
remaining as (

    {%- for place, planned in [('stays', ''), ('moves', 'planned_')] %}
    select
        provider, model, {{ planned }}provider as planned_provider, {{ planned }}model as planned_model,
        {{ place }}_usd as cost_usd,
        cast(input_tokens as double) * {{ place }}_share as input_tokens,
        cast(output_tokens as double) * {{ place }}_share as output_tokens
    from task_savings
    union all
    {%- endfor %}
    select
        provider, model, provider as planned_provider, model as planned_model,
        cast(effective_cost_usd as double) as cost_usd,
        cast(input_tokens as double) as input_tokens,
        cast(output_tokens as double) as output_tokens
    from task_usage
    where service_tier = 'standard' and not is_judged

),

moved as (

    select
        provider, model, planned_provider, planned_model,
        {{ stable_sum('cost_usd') }} as cost_usd,
        {{ stable_sum('input_tokens') }} as input_tokens,
        {{ stable_sum('output_tokens') }} as output_tokens
    from remaining
    group by provider, model, planned_provider, planned_model

),

{# The shares of a model's cost and tokens that stay or move, of the trailing 30 days: they apply to every hour alike. #}
usage_flows as (

    select
        'after_actions' as usage_basis,
        moved.provider as from_provider, moved.model as from_model,
        moved.planned_provider as provider, moved.planned_model as model,
        coalesce(moved.cost_usd / nullif(in_use.cost_usd, 0), 0) as cost_share,
        coalesce(moved.input_tokens / nullif(in_use.input_tokens, 0), 0) as input_token_share,
        coalesce(moved.output_tokens / nullif(in_use.output_tokens, 0), 0) as output_token_share
    from moved
    inner join in_use on moved.provider = in_use.provider and moved.model = in_use.model

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
        on usage_hourly.usage_date between as_of.as_of_date + 1 - {{ [lookback_days, 90] | max }} and as_of.as_of_date
    where usage_hourly.service_tier = 'standard' and usage_hourly.effective_cost_usd is not null

),

{# No action is on a model that nobody used in those 30 days: its earlier usage stays as it was. #}
flowed as (

    select
        bases.usage_basis,
        hours.usage_hour_at,
        coalesce(usage_flows.provider, hours.provider) as provider,
        coalesce(usage_flows.model, hours.model) as model,
        cast(floor(hours.input_tokens * coalesce(usage_flows.input_token_share, 1)) as bigint) as input_tokens,
        cast(floor(hours.output_tokens * coalesce(usage_flows.output_token_share, 1)) as bigint) as output_tokens,
        case
            when usage_flows.cost_share is null then hours.effective_cost_usd
            else {{ money_of_double('hours.effective_cost_usd * usage_flows.cost_share') }}
        end as cost_usd
    from hours
    cross join (values ('as_used'), ('after_actions')) as bases (usage_basis)
    left join usage_flows
        on bases.usage_basis = usage_flows.usage_basis and hours.provider = usage_flows.from_provider and hours.model = usage_flows.from_model

),

covered_usage as (

    select
        offers.offer_id,
        flowed.usage_basis,
        flowed.usage_hour_at,
        cast(flowed.usage_hour_at as date) > as_of.as_of_date - {{ lookback_days }} as is_in_lookback,
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
        is_in_lookback,
        on_demand_cost_usd,
        greatest(
            case
                when commitment_kind = 'spend' then cast(on_demand_cost_usd as double) * (1 - cast(discount_share as double))
                else greatest({{ ratio('input_tokens', 'input_tokens_per_unit') }}, {{ ratio('output_tokens', 'output_tokens_per_unit') }})
            end,
            0.000001
        ) as demanded_units
    from covered_usage
    where on_demand_cost_usd > 0

),

rounded as (

    select offer_id, usage_basis, usage_hour_at, is_in_lookback, on_demand_cost_usd, {{ decimal_of_double('demanded_units', 'decimal(15, 6)') }} as demanded_units
    from demanded

),

valued as (

    select
        offer_id, usage_basis, usage_hour_at, on_demand_cost_usd, demanded_units,
        {{ decimal_of_double(ratio('on_demand_cost_usd', 'demanded_units'), 'decimal(22, 12)') }} as usd_per_demanded_unit,
        case
            when is_in_lookback
                then cast(row_number() over (partition by offer_id, usage_basis, is_in_lookback order by demanded_units desc, usage_hour_at asc) as bigint)
        end as demand_rank
    from rounded

)

select * from valued
