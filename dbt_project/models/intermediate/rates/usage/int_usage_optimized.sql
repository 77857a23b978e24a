{# one row per resource x way to pay less for it: what it saves alone, what on what the ways before it leave, and whether it is taken #}

{# Of what could be saved a share is counted, as of switches of models: some resources turn out to be needed. Options on volumes count their own. #}
{% set counted = [
    ('idle_machine', assumption('idle_machine_low_share'), assumption('idle_machine_base_share', 'decimal(6, 4)')),
    ('off_hours', assumption('off_hours_low_share'), assumption('off_hours_base_share', 'decimal(6, 4)')),
    ('right_size', assumption('right_size_low_share'), assumption('right_size_base_share', 'decimal(6, 4)')),
    ('cheaper_type', assumption('cheaper_type_low_share'), assumption('cheaper_type_base_share', 'decimal(6, 4)')),
    ('gpu_idle', assumption('gpu_released_low_share'), assumption('gpu_released_share', 'decimal(6, 4)')),
    ('arm_type', assumption('arm_type_low_share'), assumption('arm_type_base_share', 'decimal(6, 4)')),
    ('spot', assumption('spot_low_share'), assumption('spot_base_share', 'decimal(6, 4)')),
    ('storage_tier', assumption('storage_tier_low_share'), assumption('storage_tier_base_share', 'decimal(6, 4)')),
    ('empty_bucket', assumption('empty_bucket_low_share'), assumption('empty_bucket_base_share', 'decimal(6, 4)')),
    ('volume_type', assumption('volume_type_low_share'), assumption('volume_type_base_share', 'decimal(6, 4)')),
] %}

with resources as (

    select * from {{ ref('int_resources_measured') }}

),

options as (

    select * from {{ ref('int_usage_options__machines') }}
    union all
    select * from {{ ref('int_usage_options__storage') }}
    union all
    select * from {{ ref('int_usage_options__volumes') }}
    union all
    select * from {{ ref('int_usage_options__gpus') }}

),

kinds as (

    select
        *,
        case action_kind {% for kind, low, _ in counted %}when '{{ kind }}' then {{ low }} {% endfor %}else cast(1 as double) end as counted_low_share,
        case action_kind {% for kind, _, base in counted %}when '{{ kind }}' then {{ base }} {% endfor %}else cast(1 as decimal(6, 4)) end as counted_share
    from {{ ref('savings_actions') }}

),

alone as (

    select
        options.provider_name, options.resource_id, options.action_kind, kinds.applied_order, resources.team_id,
        resources.on_demand_cost_usd, resources.is_use_measured, options.target, options.evidence, options.is_illustrative,
        {# What is gone is gone, whatever else is not known of it. #}
        case
            when options.rejection_reason is not null then 'rejected'
            when options.unknown_reason is not null then 'unknown'
            when options.saved_share > 0 then 'possible'
            else 'rejected'
        end as verdict,
        coalesce(options.rejection_reason, options.unknown_reason, 'it would save nothing') as reason_against,
        {{ decimal_of_double(
            'case when options.rejection_reason is null and options.unknown_reason is null then greatest(least(options.saved_share, 1), 0) end', 'decimal(9, 8)'
        ) }} as saved_share,
        {# What would be done with it if no commitment paid for it. #}
        case when options.rejection_reason = {{ paid_already() }} and options.unknown_reason is null then greatest(least(options.saved_share, 1), 0) end as saved_once_free_share,
        coalesce(options.rejection_reason = {{ paid_already() }} and options.unknown_reason is not null, false) as is_unknown_once_free,
        {{ decimal_of_double('greatest(least(coalesce(options.resized_saved_share, 0), 1), 0)', 'decimal(9, 8)') }} as resized_saved_share,
        coalesce(
            options.action_kind in ('right_size', 'cheaper_type') and options.rejection_reason is null and options.unknown_reason is null
            and cast(kinds.effort_days_per_part * kinds.usd_per_effort_day as double)
            <= cast(resources.on_demand_cost_usd as double) * options.saved_share * cast(kinds.counted_share as double) * {{ assumption('action_payback_months_up_to') }},
            false
        ) as is_likely_resize,
        options.action_kind = 'spot' and options.resized_saved_share is null as is_smaller_unknown,
        kinds.counted_share,
        {{ ratio('greatest(options.saved_low_share, 0)', 'options.saved_share') }} * kinds.counted_low_share / cast(kinds.counted_share as double) as low_of_saving,
        {{ ratio('least(options.saved_high_share, 1)', 'options.saved_share') }} / cast(kinds.counted_share as double) as high_of_saving,
        {{ money_of_double('options.one_off_usd') }} as one_off_cost_usd,
        {{ money('cast(kinds.effort_days_per_part as decimal(12, 2)) * cast(kinds.usd_per_effort_day as decimal(12, 2))') }} as work_usd,
        {{ money('kinds.effort_days * kinds.usd_per_effort_day') }} as fixed_work_usd
    from options
    inner join resources on options.provider_name = resources.provider_name and options.resource_id = resources.resource_id
    inner join kinds on options.action_kind = kinds.action_kind

),

{# First as if all were taken that could be. On spare capacity a smaller type has a price of its own, of fewer cards
   fewer are idle, and arm64 is held against the type that is taken. #}
sized as (

    select
        provider_name, resource_id, action_kind, applied_order, team_id, on_demand_cost_usd, is_use_measured, target, evidence, is_illustrative, verdict, reason_against,
        saved_share, saved_once_free_share, is_unknown_once_free, resized_saved_share, counted_share, low_of_saving, high_of_saving, one_off_cost_usd, work_usd, fixed_work_usd,
        case
            when action_kind in ('spot', 'gpu_idle', 'arm_type') and saved_share is not null and bool_or(is_likely_resize) over (partition by provider_name, resource_id)
                then resized_saved_share
            else saved_share
        end as possible_share,
        is_smaller_unknown and saved_share is not null and bool_or(is_likely_resize) over (partition by provider_name, resource_id)
            as is_smaller_unknown
    from alone

),

possible as (

    select
        *,
        {{ left_after('on_demand_cost_usd', 'possible_share', 'before_it') }} as left_before_usd,
        {{ left_after('on_demand_cost_usd', 'possible_share', 'up_to_it') }} as left_after_usd
    from sized
    window
        before_it as (partition by provider_name, resource_id order by applied_order rows between unbounded preceding and 1 preceding),
        up_to_it as (partition by provider_name, resource_id order by applied_order rows between unbounded preceding and current row)

),

worth as (

    select
        *,
        {{ money('(left_before_usd - left_after_usd) * counted_share') }} as worth_usd,
        verdict = 'possible'
        and left_before_usd > left_after_usd
        and cast(work_usd + one_off_cost_usd as double)
        <= cast(left_before_usd - left_after_usd as double) * cast(counted_share as double) * {{ assumption('action_payback_months_up_to') }} as pays_its_work
    from possible

),

{# All of a kind that a team has is one work: it has to be worth a decision, and what it takes as a whole. #}
works as (

    select
        *,
        sum(case when pays_its_work then worth_usd end) over (partition by action_kind, provider_name, team_id, is_illustrative) as work_net_usd,
        fixed_work_usd + sum(case when pays_its_work then work_usd + one_off_cost_usd end) over (partition by action_kind, provider_name, team_id, is_illustrative) as whole_work_usd
    from worth

),

judged as (

    select
        *,
        pays_its_work and {{ is_worth_its_effort('whole_work_usd', 'work_net_usd', 'false') }} as is_accepted
    from works

),

chosen as (

    select
        *,
        case
            when not is_accepted then cast(null as decimal(9, 8))
            when action_kind in ('spot', 'gpu_idle', 'arm_type') and bool_or(is_accepted and action_kind in ('right_size', 'cheaper_type')) over (partition by provider_name, resource_id) then resized_saved_share
            else saved_share
        end as taken_share
    from judged

),

{# What does not pay for its own work is left, and leaves more to what comes after it. #}
taken as (

    select
        *,
        {{ left_after('on_demand_cost_usd', 'taken_share', 'before_it') }} as cost_before_usd,
        {{ left_after('on_demand_cost_usd', 'taken_share', 'up_to_it') }} as cost_after_usd
    from chosen
    window
        before_it as (partition by provider_name, resource_id order by applied_order rows between unbounded preceding and 1 preceding),
        up_to_it as (partition by provider_name, resource_id order by applied_order rows between unbounded preceding and current row)

),

saved as (

    select
        *,
        case when is_accepted then cost_before_usd - cost_after_usd else cast(0 as decimal(28, 6)) end as possible_usd
    from taken

),

final as (

    select
        provider_name, resource_id, action_kind, applied_order, team_id, target, evidence, on_demand_cost_usd as scope_cost_usd,
        case when is_accepted then 'accepted' when verdict = 'unknown' or is_smaller_unknown then 'unknown' else 'rejected' end as verdict,
        case
            when is_accepted then cast(null as string)
            when verdict <> 'possible' then reason_against
            when is_smaller_unknown then 'the price of spare capacity of the smaller type is not in the seed instance_prices'
            when left_before_usd <= left_after_usd then 'nothing is left to save after the actions before it'
            when not pays_its_work then 'it saves less than its work costs'
            when work_net_usd >= {{ assumption('action_min_savings_usd') }} then 'with all of this kind that its team has, it saves less than its work costs'
            else 'with all of this kind that its team has, it saves less a month than an action must'
        end as reason_against,
        is_accepted, is_use_measured, is_illustrative, saved_once_free_share, is_unknown_once_free,
        {# Two roundings to a millionth may part by one. #}
        case
            when saved_share is not null and not is_smaller_unknown
                then {{ money('greatest(' ~ decimal_of_double('on_demand_cost_usd * saved_share', 'decimal(28, 6)') ~ ', possible_usd) * counted_share') }}
        end as gross_usd,
        {{ money('possible_usd') }} as possible_usd, {{ money('possible_usd * counted_share') }} as net_usd,
        low_of_saving, high_of_saving, one_off_cost_usd, {{ money('work_usd + one_off_cost_usd') }} as effort_usd, {{ money('cost_after_usd') }} as cost_after_usd
    from saved

)

select * from final
