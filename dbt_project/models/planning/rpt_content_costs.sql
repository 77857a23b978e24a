{# one row per type of content, and one for all of them: what a piece and a month of them cost #}

with plans as (

    select * from {{ ref('content_plans') }}

),

models as (

    select * from {{ ref('dim_models') }}

),

priced as (

    select
        plans.content_type,
        plans.provider,
        plans.model,
        plans.pieces_per_month,
        plans.input_tokens + plans.output_tokens as tokens_per_piece,
        case
            when plans.usd_per_million_input_tokens is not null and plans.usd_per_million_output_tokens is not null then 'stated'
            when models.usd_per_million_input_tokens is not null and models.usd_per_million_output_tokens is not null then 'price list'
            else 'unknown'
        end as price_source,
        {{ token_cost('plans.input_tokens', 'cast(coalesce(plans.usd_per_million_input_tokens, models.usd_per_million_input_tokens) * 0.000001 as decimal(18, 12))') }}
        + {{ token_cost('plans.output_tokens', 'cast(coalesce(plans.usd_per_million_output_tokens, models.usd_per_million_output_tokens) * 0.000001 as decimal(18, 12))') }}
            as cost_per_piece_usd
    from plans
    left join models on plans.provider = models.provider and plans.model = models.model

),

monthly as (

    select
        content_type,
        provider,
        model,
        pieces_per_month,
        tokens_per_piece,
        price_source,
        {{ money('cost_per_piece_usd') }} as cost_per_piece_usd,
        {{ money('cast(cost_per_piece_usd as decimal(25, 12)) * cast(pieces_per_month as decimal(12, 0))') }} as monthly_cost_usd
    from priced

),

{# A type without a price is in no total: the total says so. #}
summed as (

    select
        'all' as content_type,
        cast(null as string) as provider,
        cast(null as string) as model,
        cast(sum(pieces_per_month) as bigint) as pieces_per_month,
        cast(null as bigint) as tokens_per_piece,
        case when count(monthly_cost_usd) = count(*) then 'every type' else 'some types have no price' end as price_source,
        {{ money_of_double(ratio('sum(monthly_cost_usd)', 'sum(case when monthly_cost_usd is not null then pieces_per_month end)')) }} as cost_per_piece_usd,
        {{ money('sum(monthly_cost_usd)') }} as monthly_cost_usd
    from monthly
    having count(*) > 0

),

final as (

    select
        content_type,
        provider,
        model,
        pieces_per_month,
        tokens_per_piece,
        price_source,
        cost_per_piece_usd,
        monthly_cost_usd
    from monthly
    union all
    select
        content_type,
        provider,
        model,
        pieces_per_month,
        tokens_per_piece,
        price_source,
        cost_per_piece_usd,
        monthly_cost_usd
    from summed

)

select * from final
