{# one row per product x feature; how its successful calls of the trailing 30 days spread over the customers that use it #}

with customer_features as (

    select * from {{ ref('int_customer_features_summed') }}

),

ranked as (

    select
        product_id,
        feature_id,
        successful_calls,
        call_cost_usd,
        row_number() over (partition by product_id, feature_id order by successful_calls, customer_id) as rank_upward,
        count(*) over (partition by product_id, feature_id) as customers_using
    from customer_features
    where is_known_customer and successful_calls > 0

),

{# Gini = 2 x sum(rank x calls) / (n x sum(calls)) - (n + 1) / n. The top tenth is rounded up to whole customers. #}
distributed as (

    select
        product_id,
        feature_id,
        max(customers_using) as customers_using,
        {{ percentile('cast(successful_calls as double)', 0.5) }} as calls_per_customer_p50,
        {{ percentile('cast(successful_calls as double)', 0.9) }} as calls_per_customer_p90,
        {{ ratio(
            'sum(successful_calls) filter (where rank_upward > customers_using - ceil(customers_using / 10.0))',
            'sum(successful_calls)'
        ) }} as top_tenth_call_share,
        cast(ceil(max(customers_using) / 10.0) as bigint) as top_tenth_customers,
        {{ money('sum(call_cost_usd) filter (where rank_upward > customers_using - ceil(customers_using / 10.0))') }} as top_tenth_cost_usd,
        2 * {{ ratio('sum(rank_upward * successful_calls)', 'max(customers_using) * sum(successful_calls)') }}
        - {{ ratio('max(customers_using) + 1', 'max(customers_using)') }} as usage_gini
    from ranked
    group by product_id, feature_id

)

select * from distributed
