{# Where the cost of support pools is after twice as many steps: what is in a pool goes where that pool's own cost is after the same
   steps, and what has arrived stays. Shares have 15 decimals, so that their products are exact before they are rounded; a cost that
   goes round in a closed loop of pools comes by each of them at most once a step, which three digits hold. #}
{% macro passed_twice(passed) -%}
    select
        driver,
        cost_pool,
        target_column,
        target_value,
        cast(sum(cost_share) as decimal(18, 15)) as cost_share
    from (
        select
            moving.driver,
            moving.cost_pool,
            onward.target_column,
            onward.target_value,
            moving.cost_share * onward.cost_share as cost_share
        from {{ passed }} as moving
        inner join {{ passed }} as onward on moving.driver = onward.driver and moving.target_value = onward.cost_pool
        where moving.target_column = 'cost_pool'
        union all
        select driver, cost_pool, target_column, target_value, cast(cost_share as decimal(36, 30)) as cost_share
        from {{ passed }}
        where target_column <> 'cost_pool'
    ) as moved
    group by driver, cost_pool, target_column, target_value
{%- endmacro %}

{# Stops a build where the cost of a support department ends with nobody, and names it. #}
{% macro refuse_unsolved_support_pools() -%}
    {%- set pools, targets = ref('support_pools'), ref('pool_targets') -%}
    {%- if execute -%}
        {%- set problems = run_query(
            "with served as (select cost_pool, target_column, target_value from " ~ targets ~ " where weight > 0),"
            ~ " reached as (select pools.cost_pool, count(case when units.driver = 'reciprocal' then 1 end) as owners,"
            ~ " count(case when units.driver = 'step_down' then 1 end) as later_owners"
            ~ " from " ~ pools ~ " as pools left join " ~ this ~ " as units"
            ~ " on pools.cost_pool = units.cost_pool and units.target_column not in ('came by', 'unallocated') group by pools.cost_pool)"
            ~ " select cost_pool || ' has no row in pool_targets with a weight' as problem from " ~ pools
            ~ " where cost_pool not in (select cost_pool from served)"
            ~ " union select cost_pool || ' passes its cost on only to departments that pass it back, and no owner gets any' from reached"
            ~ " where owners = 0 and cost_pool in (select cost_pool from served)"
            ~ " union select cost_pool || ' serves only departments that come before it in the order of support_pools' from reached"
            ~ " where owners > 0 and later_owners = 0"
            ~ " union select cost_pool || ' serves ' || target_value || ', and one of the two is no row of support_pools' from served"
            ~ " where target_column = 'cost_pool' and (cost_pool not in (select cost_pool from " ~ pools ~ ") or target_value not in (select cost_pool from " ~ pools ~ "))"
            ~ " order by 1"
        ).columns[0].values() -%}
        {%- if problems -%}
            {{ refuse('The cost of support departments ends with nobody: ' ~ problems | join('; ') ~ '. Correct the seeds support_pools and pool_targets') }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
