{# one row per bucket that a bill charges for: what another class, or none, would take off its cost, or why not #}

{{ config(materialized=view_or_table()) }}

with resources as (

    select * from {{ ref('int_resources_measured') }}

),

storage_classes as (

    select * from {{ ref('storage_classes') }}

),

{# What a bucket would cost in each class of its region, at list prices: small objects are paid for as if they were larger. A class that takes hours to
   read is for buckets whose tag says that reads may wait. #}
buckets as (

    select
        resources.*,
        classes.storage_class as target_class,
        classes.minimum_days,
        classes.hours_to_read,
        resources.size_gb * classes.retrieval_usd_per_gb + cast(resources.object_count as double) / 1000 * classes.usd_per_1000_reads as whole_read_usd,
        cast(resources.object_count as double) / 1000 * classes.usd_per_1000_moves as move_usd,
        cast(greatest(cast(resources.size_gb as double), cast(resources.object_count as double) * classes.minimum_object_kb / 1000000) as double) * classes.usd_per_gb_month
        + resources.reads * {{ ratio('resources.size_gb', 'resources.object_count') }} * classes.retrieval_usd_per_gb
        + resources.reads / 1000 * classes.usd_per_1000_reads as list_usd_per_month,
        {{ gone_or_discounted('resources') }} as general_reason
    from resources
    left join storage_classes as classes
        on
            resources.provider_name = classes.provider_name
            and resources.region_id = classes.region_id
            and classes.valid_from <= resources.window_end_date
            and resources.window_end_date < classes.valid_to
            and (classes.hours_to_read = 0 or resources.may_wait_to_read or classes.storage_class = resources.storage_class)
    where resources.storage_class is not null and resources.on_demand_cost_usd + resources.discounted_cost_usd > 0

),

compared as (

    select
        others.*,
        own.target_class as own_class,
        1 - {{ ratio('others.list_usd_per_month', 'own.list_usd_per_month') }} as saved_share,
        {# Low: what lies in an archive is read once a year after all, the whole of it. #}
        1 - {{ ratio('others.list_usd_per_month + case when others.hours_to_read > 0 then others.whole_read_usd / 12 else 0 end', 'own.list_usd_per_month') }} as saved_low_share,
        (1 - {{ ratio('others.list_usd_per_month', 'own.list_usd_per_month') }}) * others.on_demand_cost_usd as saved_usd
    from buckets as others
    left join buckets as own
        on others.provider_name = own.provider_name and others.resource_id = own.resource_id and own.target_class = own.storage_class

),

{# A class with a high price of reading is for what nobody has read for months; one with a minimum of days for what is older. #}
allowed as (

    select
        *,
        target_class <> own_class
        and saved_usd > 0
        and cast(move_usd as double) <= saved_usd * {{ assumption('storage_payback_months_up_to') }}
        and {{ days_between('created_date', 'window_end_date') }} >= minimum_days
        and (minimum_days < 90 or (
            {{ days_between('first_billed_date', 'window_end_date') }} >= {{ assumption('storage_unread_days') }}
            and (last_read_date is null or {{ days_between('last_read_date', 'window_end_date') }} >= {{ assumption('storage_unread_days') }})
        )) as is_allowed
    from compared

),

best as (

    select
        *,
        row_number() over (
            partition by provider_name, resource_id
            order by case when is_allowed then 0 else 1 end asc, saved_usd * 12 - move_usd desc nulls last, target_class asc nulls last
        ) as option_rank
    from allowed

),

options as (

    select
        provider_name,
        resource_id,
        'storage_tier' as action_kind,
        case when is_allowed then target_class end as target,
        saved_share,
        saved_low_share,
        saved_share as saved_high_share,
        cast(null as double) as resized_saved_share,
        cast(move_usd as double) as one_off_usd,
        cast(cast(round(reads) as bigint) as string) || ' reads in 30 days of ' || cast(object_count as string) || ' objects in ' || storage_class
        || case when is_allowed and hours_to_read > 0 then ', ' || cast(hours_to_read as string) || ' hours to read there' else '' end as evidence,
        case
            when object_count is null or size_gb is null then 'the inventory does not say how much is in it'
            when own_class is null then 'its class and region are not in the seed storage_classes'
            when not are_reads_billed then 'no bill shows how often it is read'
        end as unknown_reason,
        coalesce(general_reason, case
            when object_count = 0 then 'it is empty'
            when not is_allowed and may_wait_to_read then 'no class pays for how it is read, how old it is and what the move costs'
            when not is_allowed then 'no class at once readable pays for how it is read, how old it is and what the move costs'
        end) as rejection_reason,
        false as is_illustrative
    from best
    where option_rank = 1
    union all
    {# What costs without an object: uploads that were never finished, and old versions. #}
    select
        provider_name,
        resource_id,
        'empty_bucket' as action_kind,
        'deleted' as target,
        cast(1 as double) as saved_share,
        cast(1 as double) as saved_low_share,
        cast(1 as double) as saved_high_share,
        cast(null as double) as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'no object in it' as evidence,
        case when created_date is null then 'the inventory does not say since when it is there' end as unknown_reason,
        coalesce(general_reason, case when created_date > window_start_date then 'it is younger than 30 days' end) as rejection_reason,
        false as is_illustrative
    from best
    where option_rank = 1 and object_count = 0

)

select * from options
