"""What is said of a promise of answers that is broken, and of the advice that repairs it."""

from reports_builder.subjects.efficiency.statements import service_levels_section
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

LEVELS, MODELS = "efficiency.rpt_service_levels", "efficiency.rpt_model_efficiency"


def test_a_broken_promise_names_what_the_advised_switches_make_of_it() -> None:
    with empty_marts(LEVELS, MODELS) as opened:
        promised = "100 as calls, 17700 as latency_p95_ms, 15000 as latency_p95_target_ms, "
        with_rows(
            opened,
            LEVELS,
            promised + "'search' as task_type, false as is_latency_kept, 'too slow' as status",
            promised + "'chat' as task_type, true as is_latency_kept, 'kept' as status",
        )
        without = service_levels_section(warehouse_of(opened))[0].text
        model = "'search' as task_type, {} as task_call_share, {} as latency_p95_ms, {} as switch_to_latency_p95_ms, {} as is_recommended, '{}' as model"
        with_rows(
            opened,
            MODELS,
            model.format(0.3, 13300, 13300, "true", "small"),
            model.format(0.6, 19300, 13300, "false", "large"),
            model.format(0.1, 32000, 32000, "false", "slow"),
        )
        said = service_levels_section(warehouse_of(opened))[0].text
    assert len(said) == 2
    assert without[1].plain.endswith(
        "No switch that is advised repairs it: ask the task's owner for a quicker way."
    )
    assert said[1].plain == (
        "search: one answer in twenty takes longer than 17.7 s, where 15.0 s are promised. Today 30 % of its calls go to models that "
        "keep it by themselves; once the switches that are advised are made, 90 % do (small: 13.3 s). Owner: Head of Engineering."
    )
