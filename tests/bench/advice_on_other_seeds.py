"""Whether the advice stays sane on other data: `python -m tests.bench.advice_on_other_seeds [--seeds 11 12 13]`.

Demo data of other seeds, and the calls of the first of them as LiteLLM and as Langfuse would export them. For each: no plan is proposed
that earns less than doing nothing in its worst case, at today's cost or once the savings before it are made; no plan of the list is better
in every scenario; a new customer's minimum covers its cost at the median use; and no effort is advised that does not come back in time. Data tests of the build hold that the waterfall adds up. Ends with 1 where anything
of this does not hold.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

from tests.workspace import Workspace

CLAIMS = {
    "a plan is proposed that earns less than doing nothing in its worst case": """
        select candidate_id, gain_worst_usd from pricing.rpt_plan_frontier where is_chosen and gain_worst_usd < 0""",
    "a plan is proposed whose case is gone once the savings before it are made": """
        select candidate_id, gain_worst_after_savings_usd, profitable_customers_lost_high_after_savings from pricing.rpt_plan_frontier
        where is_chosen and not is_current_plan and (
            gain_worst_after_savings_usd < 0
            or profitable_steep_rises_after_savings > profitable_steep_rises_allowed_after_savings
            or profitable_customers_lost_high_after_savings > profitable_departures_allowed_after_savings)""",
    "a plan gains more after the savings than at today's cost": """
        select candidate_id from pricing.rpt_plan_frontier where gain_base_after_savings_usd > gain_base_usd + 0.01""",
    "the waterfall adds another gain than the plan was chosen for": """
        select change_usd, gain_base_after_savings_usd from pricing.rpt_plan_frontier, rates.rpt_decision_waterfall
        where is_chosen and step = 'price' and scope_type = 'company' and abs(change_usd - gain_base_after_savings_usd) > 0.01""",
    "a new customer of median use is a loss under a plan that names a target margin": """
        select subscription_tier, gross_margin_usd from pricing.rpt_plan_new_customers
        where use_order = 2 and target_margin_share is not null and gross_margin_usd < 0""",
    "not one plan is chosen": """
        select count(*) from pricing.rpt_plan_frontier where is_chosen having count(*) <> 1""",
    "a plan is proposed that a rule rejects": """
        select candidate_id, verdict from pricing.rpt_plan_frontier where is_chosen and verdict not in ('eligible', 'today')""",
    "a plan of the list keeps more than the chosen one in its worst case": """
        select listed.candidate_id from pricing.rpt_plan_frontier as listed, pricing.rpt_plan_frontier as chosen
        where chosen.is_chosen and listed.is_listed and listed.verdict = 'eligible'
            and listed.gross_margin_worst_after_savings_usd > chosen.gross_margin_worst_after_savings_usd""",
    "an action is in the plan whose effort does not come back in time": """
        select work_id, payback_months from rates.rpt_savings_actions where is_counted and payback_months > 24""",
    "the works do not save what their opportunities do": """
        select 'sum' where (select sum(net_monthly_savings_usd) from rates.rpt_savings_actions where is_counted)
            <> (select sum(net_monthly_savings_usd) from rates.rpt_savings_opportunities where is_counted)""",
}
TOLD = """
    select plan_name, transition_name, gain_base_usd, gain_worst_usd, gain_base_after_savings_usd, gain_worst_after_savings_usd, profitable_steep_rises, profitable_customers,
        is_no_worse_than_listed
    from pricing.rpt_plan_frontier where is_chosen"""

# What a gateway and a tracing tool know of a call; who pays what, as a billing system exports it.
EXPORTS = {
    "litellm": """
        select call_id as request_id, 'acompletion' as call_type, cost_usd as spend, input_tokens as prompt_tokens,
            output_tokens as completion_tokens, strftime(timestamp, '%Y-%m-%d %H:%M:%S.%f') as "startTime",
            strftime(timestamp + to_milliseconds(latency_ms), '%Y-%m-%d %H:%M:%S.%f') as "endTime", model,
            provider as custom_llm_provider, case status when 'success' then 'success' else 'failure' end as status,
            to_json({'user_api_key_team_alias': feature_id, 'feature_id': feature_id, 'task_type': task_type}) as metadata,
            'None' as cache_hit, '[]' as request_tags, customer_id as end_user
        from calls""",
    "langfuse": """
        select call_id as id, trace_id, 'GENERATION' as type, strftime(timestamp, '%Y-%m-%dT%H:%M:%S.%fZ') as start_time,
            strftime(timestamp + to_milliseconds(latency_ms), '%Y-%m-%dT%H:%M:%S.%fZ') as end_time, model as provided_model_name,
            case status when 'success' then 'DEFAULT' else 'ERROR' end as level,
            {'input': input_tokens - cached_input_tokens, 'input_cached_tokens': cached_input_tokens, 'output': output_tokens} as usage_details,
            {'total': cost_usd} as cost_details, customer_id as user_id,
            {'gen_ai.system': provider, 'feature_id': feature_id, 'task_type': task_type} as metadata
        from calls""",
}
CUSTOMERS = """
    select customer_id as customer, customer_name as name, subscription_tier as plan, monthly_fee as fee, signup_date as start_date,
        churned_date as end_date, 'USD' as currency
    from customers"""


def export(generated: Workspace, tool: str, folder: Path, target: Path) -> Workspace:
    """The calls and customers of generated data as files of a tool, in a workspace of its own."""
    workspace = Workspace(folder, target)
    for source in (tool, "customers"):
        (workspace.raw / source).mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"create view calls as select * from read_parquet('{generated.raw}/calls/date=*/*.parquet');"
            f"create view customers as select * from '{generated.raw}/customers.parquet';"
            f"copy ({EXPORTS[tool]}) to '{workspace.raw}/{tool}/calls.jsonl' (format json);"
            f"copy ({CUSTOMERS}) to '{workspace.raw}/customers/billing.csv' (header)"
        )
    return workspace


def judge(name: str, workspace: Workspace) -> int:
    """Print what is advised, and each claim that does not hold; how many do not."""
    sys.stdout.write(f"{name}: {workspace.query(TOLD)}\n")
    wrong = 0
    for claim, sql in CLAIMS.items():
        for row in workspace.query(sql):
            wrong += 1
            sys.stdout.write(f"{name}: {claim}: {row}\n")
    sys.stdout.flush()
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--customers", type=int, default=60)
    parser.add_argument("--days", type=int, default=60)
    arguments = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "target"
        for seed in arguments.seeds:
            workspace = Workspace(Path(folder) / str(seed), target)
            workspace.generate(arguments.customers, arguments.days, "--seed", str(seed))
            workspace.build()
            wrong += judge(f"seed {seed}", workspace)
        generated = Workspace(Path(folder) / str(arguments.seeds[0]), target)
        for tool in EXPORTS:
            workspace = export(generated, tool, Path(folder) / tool, target)
            workspace.build("--vars", f"{{sources: [{tool}, customers]}}")
            wrong += judge(tool, workspace)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
