{# one row per way that may lift a task to its quality floor x model whose calls it moves: where they go #}

with judged as (

    select * from {{ ref('int_quality_moves_judged') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

singles as (

    select
        task_type,
        move_id,
        from_provider,
        from_model,
        to_provider,
        to_model,
        calls
    from judged
    where from_model is not null

),

pairs as (

    select
        judged.task_type,
        judged.move_id,
        judged.is_advised,
        one.move_id as one_move_id,
        other.move_id as other_move_id
    from judged
    inner join singles as one on judged.task_type = one.task_type
    inner join singles as other on judged.task_type = other.task_type and judged.move_id = one.move_id || ', ' || other.move_id

),

parts as (

    select task_type, move_id, is_advised, from_provider, from_model, to_provider, to_model, calls from judged
    where from_model is not null
    union all
    select
        pairs.task_type, pairs.move_id, pairs.is_advised, singles.from_provider, singles.from_model, singles.to_provider, singles.to_model, singles.calls
    from pairs
    inner join singles on pairs.task_type = singles.task_type and singles.move_id in (pairs.one_move_id, pairs.other_move_id)
    union all
    select
        judged.task_type, judged.move_id, judged.is_advised, switches.from_provider, switches.from_model, switches.to_provider, switches.to_model, switches.calls
    from judged
    inner join switches
        on judged.task_type = switches.task_type and judged.to_provider = switches.to_provider and judged.to_model = switches.to_model
    where judged.move_id like 'all>%'

)

select * from parts
