{# one row per free allowance x segment of users (`all` is all of them): of 1,000 who sign up, whom it covers, what it gives away, who begins to pay #}

{% set z = 1.96 %}

with segments as (

    select * from {{ ref('token_segments') }}

),

experiments as (

    select * from {{ ref('allowance_experiments') }}

),

steps as (

    {{ whole_numbers(0, 40) }}

),

assumed as (

    select
        {{ assumption('free_tier_token_cost_usd') }} as token_cost_usd,
        {{ assumption('free_tier_conversion_share') }} as conversion_share,
        {{ assumption('free_tier_reference_tokens') }} as reference_tokens,
        {{ assumption('free_tier_elasticity') }} as elasticity,
        {{ assumption('free_tier_elasticity_low') }} as elasticity_low,
        {{ assumption('free_tier_elasticity_high') }} as elasticity_high,
        {{ assumption('free_tier_free_months') }} as free_months

),

tried as (

    select
        allowance_tokens,
        sum(trials) as trials,
        sum(conversions) as conversions
    from experiments
    where trials > 0
    group by allowance_tokens

),

{# From no free token to 10,000, in steps of 250, and what was tried. #}
allowances as (

    select cast(number * 250 as bigint) as allowance_tokens from steps
    union
    select allowance_tokens from tried

),

covered as (

    select
        segments.segment,
        segments.customer_share,
        segments.tokens_per_month,
        allowances.allowance_tokens,
        case when segments.tokens_per_month <= allowances.allowance_tokens then 1.0 else 0.0 end as is_covered,
        least(segments.tokens_per_month, allowances.allowance_tokens) as free_tokens
    from segments
    cross join allowances

),

{# Who is left short may begin to pay; who is covered has no reason to. The more of the product one has seen, the likelier. #}
converted as (

    select
        covered.*,
        assumed.*,
        (1 - covered.is_covered) * assumed.conversion_share as short_share,
        greatest(covered.allowance_tokens, 1) / assumed.reference_tokens as seen_ratio
    from covered
    cross join assumed

),

{# Powers differ in the last digits from engine to engine: users who pay are counted to the billionth. #}
per_segment as (

    select
        segment,
        allowance_tokens,
        1000 * customer_share as users,
        1000 * customer_share * tokens_per_month as wanted_tokens,
        1000 * customer_share * free_tokens as free_tokens,
        1000 * customer_share * is_covered as covered_users,
        1000 * customer_share * free_tokens * token_cost_usd * free_months as free_cost,
        round(1000 * customer_share * least(short_share * power(seen_ratio, elasticity), 1), 9) as payers,
        round(1000 * customer_share * least(short_share * power(seen_ratio, elasticity_low), short_share * power(seen_ratio, elasticity_high)), 9) as lower_payers,
        round(1000 * customer_share * least(greatest(short_share * power(seen_ratio, elasticity_low), short_share * power(seen_ratio, elasticity_high)), 1), 9) as upper_payers
    from converted

),

stacked as (

    select * from per_segment
    union all
    select
        'all' as segment,
        allowance_tokens,
        {{ stable_sum('users') }} as users,
        {{ stable_sum('wanted_tokens') }} as wanted_tokens,
        {{ stable_sum('free_tokens') }} as free_tokens,
        {{ stable_sum('covered_users') }} as covered_users,
        {{ stable_sum('free_cost') }} as free_cost,
        {{ stable_sum('payers') }} as payers,
        {{ stable_sum('lower_payers') }} as lower_payers,
        {{ stable_sum('upper_payers') }} as upper_payers
    from per_segment
    group by allowance_tokens

),

{# An experiment says what all who signed up did, not which segment they are of: it takes the place of what was assumed of all. #}
final as (

    select
        stacked.segment,
        stacked.allowance_tokens,
        stacked.users,
        stacked.wanted_tokens,
        stacked.free_tokens,
        stacked.covered_users,
        stacked.free_cost,
        coalesce(round(stacked.users * {{ ratio('tried.conversions', 'tried.trials') }}, 9), stacked.payers) as payers,
        coalesce(round(stacked.users * {{ wilson_bound('tried.conversions', 'tried.trials', z, '-') }}, 9), stacked.lower_payers) as lower_payers,
        coalesce(round(stacked.users * {{ wilson_bound('tried.conversions', 'tried.trials', z, '+') }}, 9), stacked.upper_payers) as upper_payers,
        case when tried.trials is not null then 'experiment' else 'assumption' end as conversion_source
    from stacked
    left join tried on case when stacked.segment = 'all' then stacked.allowance_tokens end = tried.allowance_tokens

)

select * from final
