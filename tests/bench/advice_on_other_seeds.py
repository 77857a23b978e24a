"""Whether the advice stays sane on demo data of other seeds: `python -m tests.bench.advice_on_other_seeds [--seeds 11 12 13]`.

For each seed: no plan is proposed that earns less than doing nothing in its worst case, the choice is no worse than the plans of the
list unless the mart says so, and the waterfall adds up: customers to the company, steps to what they change, what a programme is worth
alone to its change and its overlaps. Ends with 1 where anything of this does not hold.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.workspace import Workspace

CLAIMS = {
    "a plan is proposed that earns less than doing nothing in its worst case": """
        select candidate_id, gain_worst_usd from pricing.rpt_plan_frontier where is_chosen and gain_worst_usd < 0""",
    "not one plan is chosen": """
        select count(*) from pricing.rpt_plan_frontier where is_chosen having count(*) <> 1""",
    "a plan is proposed that a rule rejects": """
        select candidate_id, verdict from pricing.rpt_plan_frontier where is_chosen and verdict not in ('eligible', 'today')""",
    "a plan of the list is better in every scenario than the chosen one": """
        select listed.candidate_id from pricing.rpt_plan_frontier as listed, pricing.rpt_plan_frontier as chosen
        where chosen.is_chosen and listed.is_listed and listed.verdict = 'eligible'
            and listed.gross_margin_usd > chosen.gross_margin_usd
            and listed.gross_margin_low_churn_usd > chosen.gross_margin_low_churn_usd
            and listed.gross_margin_base_churn_usd > chosen.gross_margin_base_churn_usd
            and listed.gross_margin_high_churn_usd > chosen.gross_margin_high_churn_usd""",
    "the customers of a step do not sum to the company": """
        select step from rates.rpt_decision_waterfall group by step
        having sum(case scope_type when 'company' then revenue_usd else -revenue_usd end) <> 0
            or sum(case scope_type when 'company' then cost_usd else -cost_usd end) <> 0
            or sum(case scope_type when 'company' then overlap_usd else -overlap_usd end) <> 0""",
    "what a programme is worth alone is not its change and its overlap": """
        select step, scope_id from rates.rpt_decision_waterfall
        where customers_of_unknown_cost = 0 and alone_usd <> change_usd + overlap_usd""",
    "an action is in the plan whose effort does not come back in time": """
        select work_id, payback_months from rates.rpt_savings_actions where is_counted and payback_months > 24""",
    "the works do not save what their opportunities do": """
        select 'sum' where (select sum(net_monthly_savings_usd) from rates.rpt_savings_actions where is_counted)
            <> (select sum(net_monthly_savings_usd) from rates.rpt_savings_opportunities where is_counted)""",
}
TOLD = """
    select plan_name, transition_name, gain_base_usd, gain_worst_usd, profitable_steep_rises, profitable_customers,
        is_no_worse_than_listed
    from pricing.rpt_plan_frontier where is_chosen"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--customers", type=int, default=60)
    parser.add_argument("--days", type=int, default=60)
    arguments = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in arguments.seeds:
            workspace = Workspace(Path(folder) / str(seed), Path(folder) / "target")
            workspace.generate(arguments.customers, arguments.days, "--seed", str(seed))
            workspace.build()
            sys.stdout.write(f"seed {seed}: {workspace.query(TOLD)}\n")
            for claim, sql in CLAIMS.items():
                for row in workspace.query(sql):
                    wrong += 1
                    sys.stdout.write(f"seed {seed}: {claim}: {row}\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
