{# What is listed as wrong is what compliance of the same month counts as not right. #}

with listed as (

    select * from {{ ref('rpt_noncompliant_resources') }}

),

compliance as (

    select * from {{ ref('rpt_tag_compliance') }}

),

counted as (

    select count(*) as resources
    from (select distinct provider_name, resource_id from listed) as wrong

)

select
    counted.resources as listed_resources,
    compliance.resources - compliance.compliant_resources as wrong_resources
from compliance
cross join counted
where
    compliance.scope_kind = 'total' and compliance.is_latest
    and compliance.resources - compliance.compliant_resources <> counted.resources
