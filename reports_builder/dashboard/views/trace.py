"""What runs cost: by workflow, the dearest and the slowest, and one of them down to its calls."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence, note
from reports_builder.model import CUSTOMER_PAGE, Column, KeyFigure, Section, Table

TRACE_COLUMNS = (
    Column("trace_id", "Trace", page=("trace?trace", "trace_id")),
    Column("usage_date", "Day", "day_short"),
    Column("workflow_name", "Workflow", "words"),
    Column("calls", "Calls", "count"),
    Column("failed_calls", "Failed", "count"),
    Column("effective_cost_usd", "Cost", "usd_unit"),
    Column("wall_time_ms", "Time", "milliseconds"),
)
_WORKFLOWS = (
    Column("workflow_name", "Workflow", "words"),
    Column("traces", "Runs", "count"),
    Column("failed_traces", "Failed", "count"),
    Column("effective_cost_usd", "Cost", "usd_table"),
    Column("cost_per_trace_usd", "Per run", "usd_unit"),
    Column("cost_per_trace_p50_usd", "Half cost at most", "usd_unit"),
    Column("cost_per_trace_p95_usd", "One in twenty more than", "usd_unit"),
    Column("wall_time_p50_ms", "Median time", "milliseconds"),
    Column("wall_time_p95_ms", "p95 time", "milliseconds"),
    Column("retried_cost_share", "Cost of retries", "percent"),
    Column("possible_resend_cost_usd", "Possibly sent twice", "usd_table"),
)
_CALLS = (
    Column("called_at", "Called at, UTC"),
    Column("feature_id", "Feature", "words"),
    Column("task_type", "Task", "words"),
    Column("provider", "Provider"),
    Column("model", "Model"),
    Column("status", "Status", "words"),
    Column("input_tokens", "Tokens in", "count"),
    Column("cached_input_tokens", "From a cache", "count"),
    Column("output_tokens", "Tokens out", "count"),
    Column("latency_ms", "Time", "milliseconds"),
    Column("effective_cost_usd", "Cost", "usd_unit"),
)
_MOST_CALLS = 500


def build(warehouse: NarrowedWarehouse, trace_id: str) -> View | None:
    """The calls of one trace; None where no call names it."""
    total = _total(warehouse, trace_id)
    if not total["calls"]:
        return None
    calls = _calls(warehouse, trace_id)
    return View(
        title="Trace",
        headline=(
            total.say(
                "{calls:count} calls, the first at {first_called_at:text}, cost **{cost_usd:usd_unit}**; "
                "{failed_calls:count} did not succeed."
            ),
        ),
        tiles=(
            KeyFigure("Cost", total.cell("cost_usd", "usd_unit")),
            KeyFigure("Calls", total.cell("calls", "count"), status=total.say("{failed_calls:count} failed")),
            KeyFigure("Waited for answers", total.cell("answer_ms", "milliseconds")),
            KeyFigure("Tokens in", total.cell("input_tokens", "count")),
            KeyFigure("Tokens out", total.cell("output_tokens", "count")),
        ),
        sections=(
            Section("Who made it", tables=(Table(_MADE_BY, _makers(warehouse, trace_id)),)),
            Section("Its calls, in order", tables=(Table(_CALLS, calls, max_rows=_MOST_CALLS),)),
        ),
        period=warehouse.chosen_period,
    )


_MADE_BY = (
    Column("customer_id", "Customer", page=CUSTOMER_PAGE),
    Column("organization_id", "Organization"),
    Column("team_id", "Team"),
    Column("agent_id", "Agent"),
    Column("source_name", "Source"),
)


def _total(warehouse: NarrowedWarehouse, trace_id: str) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(*) as calls,
            count(*) filter (where status <> 'success') as failed_calls,
            sum(effective_cost_usd) as cost_usd,
            sum(input_tokens) as input_tokens,
            sum(output_tokens) as output_tokens,
            sum(latency_ms) as answer_ms,
            strftime(min(called_at), '%Y-%m-%d %H:%M:%S UTC') as first_called_at
        from core.fct_calls
        where trace_id = :trace_id
        """,
        trace_id=trace_id,
    )


def _makers(warehouse: NarrowedWarehouse, trace_id: str) -> Evidence:
    """Whose calls they are: one row as a rule, more where the calls name several."""
    return warehouse.evidence(
        """
        select distinct
            customer_id, organization_id, coalesce(team_id, '-') as team_id,
            coalesce(agent_id, '-') as agent_id, source_name
        from core.fct_calls
        where trace_id = :trace_id
        order by customer_id, organization_id, team_id, agent_id, source_name
        """,
        trace_id=trace_id,
    )


def _calls(warehouse: NarrowedWarehouse, trace_id: str) -> Evidence:
    return warehouse.evidence(
        """
        select
            strftime(called_at, '%Y-%m-%d %H:%M:%S.%g') as called_at, feature_id, task_type, provider, model,
            status, input_tokens, cached_input_tokens, output_tokens, latency_ms, effective_cost_usd,
            customer_id
        from core.fct_calls
        where trace_id = :trace_id
        order by called_at, source_name, call_id
        """,
        trace_id=trace_id,
    )


def runs_sections(warehouse: NarrowedWarehouse) -> tuple[Section, ...]:
    """What a run costs by workflow, the dearest runs and the slowest; read from the calls themselves."""
    workflows = warehouse.evidence(
        """
        select
            workflow_name, traces, failed_traces, effective_cost_usd, cost_per_trace_usd,
            cost_per_trace_p50_usd, cost_per_trace_p95_usd, wall_time_p50_ms, wall_time_p95_ms,
            retried_cost_share, possible_resend_cost_usd
        from core.rpt_workflow_costs
        order by effective_cost_usd desc nulls last, source_name, workflow_name
        """
    )
    if not workflows.rows:
        return (Section("What a run costs", text=(note("No call of the period names the run it is of."),)),)
    return (
        Section("What a run costs", tables=(Table(_WORKFLOWS, workflows),)),
        Section("The dearest runs", tables=(Table(TRACE_COLUMNS, _runs(warehouse, "effective_cost_usd")),)),
        Section("The slowest runs", tables=(Table(TRACE_COLUMNS, _runs(warehouse, "wall_time_ms")),)),
    )


def _runs(warehouse: NarrowedWarehouse, by: str) -> Evidence:
    return warehouse.evidence(
        f"""
        select trace_id, usage_date, workflow_name, calls, failed_calls, effective_cost_usd, wall_time_ms
        from core.fct_traces
        order by {by} desc nulls last, trace_id, source_name
        limit 10
        """  # noqa: S608 - a column that is named here
    )
