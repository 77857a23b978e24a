"""Returns of investments: textbook plans and their published answers, from their seeds to the mart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports_builder.budgets.changes import BudgetChanges, budget_change
from reports_builder.investments.changes import InvestmentChanges
from reports_builder.investments.changes import investment as plan
from tests.planning.project import PlanningProject
from tests.real_files import real_file

LIBRARY_RATES = (0.05, 0.08, 0.1, 0.12, 0.2)


def cases() -> list[dict[str, Any]]:
    return list(json.loads(real_file("planning/roi/cash_flow_cases.json").read_text()))


def investment(name: str, rate: float, finance: float = 0.1, reinvest: float = 0.1) -> dict[str, Any]:
    return {
        "investment_id": name, "investment_name": name, "owner_role": "Head of Finance", "period_unit": "year",
        "first_period_date": "2026-01-01", "discount_rate": rate, "finance_rate": finance, "reinvest_rate": reinvest,
        "is_illustrative": "false", "measured_action_id": "",
    }  # fmt: skip


def flow(name: str, period: int, amount: float, basis: str = "planned") -> dict[str, Any]:
    return {
        "investment_id": name, "line_id": f"{basis}-{period}", "line_name": "Flow", "driver_id": "all", "basis": basis,
        "kind": "benefit" if amount > 0 else "cost", "is_ai_cost": "false", "amount_usd": abs(amount),
        "first_period": period, "last_period": period, "growth_share": 0,
    }  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> PlanningProject:
    """Each case once for every rate at which it is answered, and the shipped content engine beside them."""
    project = PlanningProject(tmp_path_factory.mktemp("returns"))
    shipped = [investment("content_engine", 0.1)]
    lines = [
        dict(zip(header, row, strict=True)) for header, row in _rows(project) if row[0] == "content_engine"
    ]
    for case in cases():
        mirr = case.get("mirr", {})
        for rate in LIBRARY_RATES:
            name = f"{case['id']}@{rate}"
            shipped.append(
                investment(name, rate, mirr.get("finance_rate", 0.1), mirr.get("reinvest_rate", 0.1))
            )
            lines += [flow(name, period, amount) for period, amount in enumerate(case["cash_flows"])]
    lines += [flow("content_engine", 0, -26000, "realised"), flow("content_engine", 1, 150000, "realised")]
    shipped.append(investment("gone", 0))
    lines.append(flow("gone", 0, -1))
    project.seed("investments", shipped)
    project.seed("investment_lines", lines)
    changes = BudgetChanges(project.workspace.published)
    changes.append([budget_change("team", "agents-team", "2026-11", "701.50", actor="ann")])
    entered = InvestmentChanges(project.workspace.published)
    entered.enter(
        plan(
            {
                "investment_name": "Entered on a page", "owner_role": "Head of X", "first_period_date": "2026-12-01",
                "period_unit": "month", "last_period": "3", "discount_rate": "0", "once_cost_usd": "100", "running_cost_usd": "10",
                "benefit_usd": "60", "benefit_low_ratio": "0.5", "benefit_high_ratio": "1.5",
            }
        ),
        "ann",
    )  # fmt: skip
    entered.withdraw("gone", "ann")
    project.build("rpt_investment_returns", "int_budgets")
    return project


def _rows(project: PlanningProject) -> list[tuple[list[str], list[str]]]:
    header, *rows = (project.project / "seeds" / "investment_lines.csv").read_text().splitlines()
    return [(header.split(","), row.split(",")) for row in rows if '"' not in row]


def figures(project: PlanningProject, name: str, method: str, scenario: str = "base") -> list[float | None]:
    rows = project.query(
        f"""
        select value from planning.rpt_investment_returns
        where investment_id = '{name}' and kind = 'measure' and scenario = '{scenario}' and method = '{method}'
        order by cast(item as integer)
        """
    )
    return [value for (value,) in rows]


def status(project: PlanningProject, name: str, method: str) -> str:
    [(found,)] = project.query(
        f"""
        select distinct status from planning.rpt_investment_returns
        where investment_id = '{name}' and kind = 'measure' and scenario = 'base' and method = '{method}'
        """
    )
    return str(found)


def test_textbook_plans_have_their_published_answers(project: PlanningProject) -> None:
    for case in cases():
        for rate in LIBRARY_RATES:
            name = f"{case['id']}@{rate}"
            assert figures(project, name, "npv") == pytest.approx([case["npv"][str(rate)]], abs=1e-6), name
            expected = [case["payback_discounted_periods"][str(rate)]]
            assert figures(project, name, "payback_discounted") == pytest.approx(expected, abs=1e-8), name
        name = f"{case['id']}@0.1"
        assert figures(project, name, "irr") == pytest.approx(case["irr_all"] or [None], abs=2e-9), name
        known = {0: "none", 1: "known"}.get(len(case["irr_all"]), "several")
        assert status(project, name, "irr") == known, name
        payback = figures(project, name, "payback_simple")
        assert payback == pytest.approx([case["payback_simple_periods"]], abs=1e-8), name
        if "mirr" in case:
            assert figures(project, name, "mirr") == pytest.approx([case["mirr"]["value"]], abs=1e-9), name
        if case["sign_changes"] == 0:
            assert figures(project, name, "mirr") == [None], name


def test_a_payback_after_which_money_goes_out_again_is_called_so(project: PlanningProject) -> None:
    assert status(project, "two_irrs_strip_mine@0.1", "payback_simple") == "first crossing only"
    assert status(project, "rwj_9_1@0.1", "payback_simple") == "known"


def test_the_content_engine_returns_what_its_inputs_say(project: PlanningProject) -> None:
    expected = json.loads(real_file("planning/roi/seed_004_roi.json").read_text())
    recomputed = expected["recomputed"]
    assert figures(project, "content_engine", "npv") == pytest.approx([recomputed["npv"]["0.1"]], abs=0.01)
    assert figures(project, "content_engine", "irr") == pytest.approx([recomputed["irr"]], abs=1e-5)
    [payback] = figures(project, "content_engine", "payback_simple")
    assert payback is not None
    assert payback * 12 == pytest.approx(recomputed["payback_months"], abs=1e-4)
    by_year = project.query(
        """
        select cumulative_return_share * 100, cumulative_cost_usd, cash_flow_usd, cumulative_cash_flow_usd
        from planning.fct_investment_flows
        where investment_id = 'content_engine' and scenario = 'base' order by period
        """
    )
    assert [row[0] for row in by_year[1:]] == pytest.approx(recomputed["cumulative_roi_percent"], abs=1e-4)
    assert [int(row[1]) for row in by_year[1:]] == recomputed["cumulative_investment"]
    assert [float(row[2]) for row in by_year] == pytest.approx(expected["cash_flows"], abs=1e-6)
    assert float(by_year[-1][3]) == pytest.approx(recomputed["five_year_net"], abs=0.01)
    # Scenarios grow by 15 % as the plan does, not by the 1.75 of the claim.
    assert figures(project, "content_engine", "roi", "conservative") == pytest.approx(
        [(0.8 * 1108042.934625 - 179800) / 179800], abs=1e-8
    )


def test_nine_printed_claims_are_listed_and_none_follows(project: PlanningProject) -> None:
    claims = project.query("select status, note from planning.rpt_investment_returns where kind = 'claim'")
    known = json.loads(real_file("planning/roi/seed_004_roi.json").read_text())["claims_that_do_not_follow"]
    assert len(claims) == len(known)
    assert {found for found, _ in claims} == {"does not follow", "not a figure"}


def test_what_was_realised_is_held_against_the_plan_of_the_same_periods(project: PlanningProject) -> None:
    rows = project.query(
        "select method, value, compared_value from planning.rpt_investment_returns where kind = 'realised' order by 1"
    )
    assert rows == [("total_benefit", 150000, 164340), ("total_cost", 26000, 50800)]


def test_percentiles_are_those_of_another_draw(project: PlanningProject) -> None:
    """The share of draws below the plan, and their middle, as numpy draws them with its own random numbers."""
    numpy = pytest.importorskip("numpy")
    ranges = project.query(
        "select present_value, low_ratio, high_ratio from intermediate.int_investment_drivers_summed where investment_id = 'content_engine'"
    )
    generator = numpy.random.default_rng(7)
    drawn = sum(
        value * (generator.triangular(low, 1, high, 200_000) if low < high else 1)
        for value, low, high in ranges
    )
    risks = dict(
        project.query(
            """
            select method, value from planning.rpt_investment_returns
            where kind = 'risk' and scenario = 'base' and investment_id = 'content_engine'
            """
        )
    )
    for percent in (5, 10, 50, 90, 95):
        assert risks[f"npv_p{percent:02}"] == pytest.approx(numpy.percentile(drawn, percent), rel=0.03)
    assert risks["npv_mean"] == pytest.approx(drawn.mean(), rel=0.01)


def test_a_budget_that_was_set_is_in_force_in_the_build(project: PlanningProject) -> None:
    rows = project.query(
        """
        select cast(budget_usd as varchar), stated_by from intermediate.int_budgets
        where scope = 'team' and scope_id = 'agents-team' and period_start_date between '2026-10-01' and '2026-11-30'
        order by period_start_date
        """
    )
    assert rows == [("650.00", "seed"), ("701.50", "ann")]


def test_an_investment_that_was_entered_is_judged_and_one_that_was_withdrawn_is_not(
    project: PlanningProject,
) -> None:
    """100 once, then three months of 60 less 10; half the benefit, or half more of it, is 90 either way."""
    assert figures(project, "entered_on_a_page", "npv") == pytest.approx([50])
    assert figures(project, "entered_on_a_page", "payback_simple") == pytest.approx([2])
    [(low, high)] = project.query(
        """
        select low_value, high_value from planning.rpt_investment_returns
        where investment_id = 'entered_on_a_page' and kind = 'tornado' and item = 'benefit'
        """
    )
    assert (low, high) == pytest.approx((-40, 140))
    assert project.query(
        "select count(*) from intermediate.int_investments where investment_id = 'gone'"
    ) == [(0,)]


def test_a_jump_of_the_price_of_ai_is_that_of_its_specification(project: PlanningProject) -> None:
    """(25,800 + 2 x 1,200) x 1.5 a year: AI services at three times their price, and all running costs half more."""
    assert figures(project, "content_engine", "total_cost", "ai_cost_spike") == pytest.approx(
        [25_000 + 5 * 42_300]
    )
    assert figures(project, "content_engine", "total_benefit", "ai_cost_spike") == figures(
        project, "content_engine", "total_benefit"
    )
    assert figures(project, "content_engine", "roi") == pytest.approx([6.195], abs=0.0005)
