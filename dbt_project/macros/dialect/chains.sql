{# Sums over a chain of a group's rows, which have increasing numbers: from the row with the highest number to the one that
   its `previous` names, and so on; all other rows are passed over. Gives first_sum and second_sum. A walk down the sorted rows
   costs as much as a sum, where a recursive query is a job per step on a cluster. #}
{% macro sums_along_chain(number, previous, first, second) -%}
    {{ return(adapter.dispatch('sums_along_chain')(number, previous, first, second)) }}
{%- endmacro %}
{% macro default__sums_along_chain(number, previous, first, second) -%}
    list_reduce(
        list(struct_pack(number := {{ number }}, previous := {{ previous }}, first_sum := {{ first }}, second_sum := {{ second }}) order by {{ number }} desc),
        lambda chain, link: case
            when link.number = chain.previous then struct_pack(
                number := link.number, previous := link.previous,
                first_sum := chain.first_sum + link.first_sum, second_sum := chain.second_sum + link.second_sum
            )
            else chain
        end
    )
{%- endmacro %}
{% macro spark__sums_along_chain(number, previous, first, second) -%}
    aggregate(
        sort_array(collect_list(named_struct('number', {{ number }}, 'previous', {{ previous }}, 'first_sum', {{ first }}, 'second_sum', {{ second }})), false),
        named_struct('number', cast(null as bigint), 'previous', cast(null as bigint), 'first_sum', cast(0 as bigint), 'second_sum', cast(0 as bigint)),
        (chain, link) -> case
            when chain.number is null or link.number = chain.previous then named_struct(
                'number', cast(link.number as bigint), 'previous', cast(link.previous as bigint),
                'first_sum', cast(chain.first_sum + link.first_sum as bigint), 'second_sum', cast(chain.second_sum + link.second_sum as bigint)
            )
            else chain
        end
    )
{%- endmacro %}
