{# Days and hours of a price that cannot be read would be no time at all, and the price nobody's. #}

with stated as (

    select 'price_book' as seed, weekdays, hours_utc from {{ ref('price_book') }}
    union
    select 'price_book_meters' as seed, weekdays, hours_utc from {{ ref('price_book_meters') }}
    union
    select 'model_prices' as seed, weekdays, hours_utc from {{ ref('model_prices') }}
    union
    select 'price_overrides' as seed, weekdays, hours_utc from {{ ref('price_overrides') }}

)

select *
from stated
where
    not {{ regex_found("coalesce(weekdays, '1')", "'^([1-7]|1-[2-7]|2-[3-7]|3-[4-7]|4-[5-7]|5-[67]|6-7)$'") }}
    or not {{ regex_found("coalesce(hours_utc, '00:00-00:00')", "'^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'") }}
