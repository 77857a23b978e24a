"""The insight blocks of the analysis of organizational alignment."""

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.allocation.teams.statements import TEAM_COLUMNS
from reports_builder.subjects.capabilities import BENCHMARKING, INVOICING

_DOMAIN = "Organizational Alignment"

_RUNNING_COLUMNS = (
    Column("team_name", "Team"),
    Column("budget_usd", "Budget", "usd_table"),
    Column("actual_cost_usd", "Spent", "usd_table"),
    Column("variance_usd", "Against plan so far", "delta_usd_table"),
    Column("burn_rate", "Pace (1 is plan)", "ratio"),
    Column("projected_cost_usd", "Whole month", "usd_table"),
    Column("budget_status", "Status"),
)
# Of a month that is over, the whole is what was spent.
_ENDED_COLUMNS = (
    Column("team_name", "Team"),
    Column("budget_usd", "Budget", "usd_table"),
    Column("actual_cost_usd", "Spent", "usd_table"),
    Column("variance_usd", "Against budget", "delta_usd_table"),
    Column("burn_rate", "Of budget, times", "ratio"),
    Column("budget_status", "Status"),
)


def overrun(budgets: Evidence, month: Evidence, table: Evidence, ahead: Evidence) -> tuple[Insight, ...]:
    """The team furthest over its budget or heading over it; nothing when every team keeps its own."""
    if not budgets["is_over"]:
        return ()
    return (
        Insight(
            title=budgets.say(
                "{team_name:text} was over its budget of {month_start_date:month} by "
                "{projected_variance_usd:usd}"
                if budgets["is_ended"]
                else "{team_name:text} is {budget_status:text} by {projected_variance_usd:usd}"
            ),
            problem=budgets.say(
                "In {month_start_date:month} {team_name:text} spent **{actual_usd:usd}** of a budget of "
                "**{budget_usd:usd}**, {burn_rate:ratio} times what was planned."
                if budgets["is_ended"]
                else "{team_name:text} may spend **{budget_usd:usd}** in {month_start_date:month}. It has "
                "spent **{actual_usd:usd}** and comes to **{projected_cost_usd:usd}** for the whole month; "
                "at {burn_rate:ratio} times the planned pace."
            ),
            domain_spec=f"{_DOMAIN} (budget against actual)",
            domain_framework="Quantify Business Value: Budgeting",
            ubr_impact=budgets.say(
                "**{projected_variance_usd:usd}** of margin in the month that was not planned to go."
            ),
            recommendation=Recommendation(
                budget_decision(ahead),
                "Head of Finance",
                "days",
            ),
            outcome=budget_outcome(ahead),
            supporting=Table(
                _ENDED_COLUMNS if budgets["is_ended"] else _RUNNING_COLUMNS,
                table,
                month.say(
                    "budgets of {month_start_date:month}; what has no team counts in the last row, so that "
                    "it adds up to the month."
                ),
            ),
        ),
    )


def budget_decision(budgets: Evidence) -> Prose:
    """Who decides what by when: each budget that was never kept, else the use that breaks the first."""
    if budgets["is_covered_by_savings"]:
        return budgets.say(
            "The use is to change, not the budget: open savings of {team_name:text} on machines and storage, "
            "{open_savings_usd:usd_table} a month, cover the {projected_variance_usd:usd_table} that it "
            + ("was" if budgets["is_ended"] else "is heading")
            + " over. Do the savings first, and do not raise the budget: have the team say by "
            "{decide_by_date:day} which it does (the optimization page lists them)."
        ) + join([_as_wrong(other) for other in budgets.each() if _is_wrong_beside(other, budgets)], "")
    if budgets["overrun_verdict"] == "the budget is wrong":
        return budgets.say(
            "The budget is wrong, not the use: {team_name:text} was over it in {over_months:count} of "
            "{judged_months:count} whole months. Decide first which savings of the optimization page the "
            "team carries out; without them set it to {suggested_budget_usd:usd_table}, what a month "
            "has cost lately or what is forecast, whichever is more, by {decide_by_date:day}."
        ) + join(
            [
                *(_as_wrong(other) for other in budgets.each() if _is_as_wrong(other, budgets)),
                budgets.say(
                    " The teams' budgets would then come to {suggested_team_budgets_usd:usd} a month"
                    + (
                        "."
                        if budgets["company_budget_usd"] is None
                        else "; the company's is {company_budget_usd:usd}."
                    )
                ),
            ],
            "",
        )
    return budgets.say(
        "Ask {team_name:text} what took it {projected_variance_usd:usd} over in {month_start_date:month}, "
        "and settle the next budget by the answer, by {decide_by_date:day}."
        if budgets["is_ended"]
        else "Decide by {decide_by_date:day}: raise the budget of {team_name:text} for "
        "{month_start_date:month} to {projected_cost_usd:usd}, or have the team say what it cuts to save "
        "{projected_variance_usd:usd}."
    )


def _is_wrong_beside(other: Evidence, first: Evidence) -> bool:
    return (
        other["overrun_verdict"] == "the budget is wrong"
        and other["month_start_date"] == first["month_start_date"]
    )


def _is_as_wrong(other: Evidence, first: Evidence) -> bool:
    return (
        other["overrun_verdict"] == first["overrun_verdict"]
        and other["month_start_date"] == first["month_start_date"]
        and other["team_name"] != first["team_name"]
    )


def _as_wrong(other: Evidence) -> Prose:
    return other.say(
        " The budget of {team_name:text} is wrong: it was over in {over_months:count} of "
        "{judged_months:count} whole months, and no open saving on machines and storage covers that. Set it "
        "to {suggested_budget_usd:usd_table}."
    )


def budget_outcome(budgets: Evidence) -> Prose:
    """What that decision is worth, in the month that it is about."""
    if budgets["is_covered_by_savings"]:
        return budgets.say(
            "Up to **{open_savings_usd:usd_table}** a month, which the optimization page counts: the budget "
            "is then kept. Assumption: the savings are made before the month, and use stays as it is."
        )
    if budgets["overrun_verdict"] == "the budget is wrong":
        return budgets.say(
            "No cost is saved: a budget that can be met says again when use changes. Below "
            "{budget_usd:usd} the team would have to do less. Assumption: its use stays at the level of "
            "these months."
        )
    return budgets.say(
        "Nothing of the month that is over; up to **{projected_variance_usd:usd}** a month, if use is held "
        "to a budget of that size. Assumption: the next months would cost what that one did."
        if budgets["is_ended"]
        else "Between nothing, if the budget is raised, and **{projected_variance_usd:usd}** in "
        "{month_start_date:month}, if use is cut to it. Assumption: the forecast of the team holds."
    )


def dear_team(teams: Evidence) -> tuple[Insight, ...]:
    """The team whose calls cost most; nothing when there is no other to compare it with."""
    if len(teams.rows) < 2:
        return ()
    return (
        Insight(
            title=teams.say(
                "A call of {team_name:text} costs {cost_per_call_to_average:ratio} times the average of "
                "all teams"
            ),
            problem=teams.say(
                "{team_name:text} caused **{cost_usd:usd}** with {calls:count} calls, "
                "{cost_per_call_usd:usd_unit} each; 1,000 of its tokens cost "
                "{cost_per_1k_tokens_usd:usd_unit}."
            ),
            domain_spec=f"{_DOMAIN} (cross-team comparison)",
            domain_framework=f"{BENCHMARKING}; Unit Economics",
            ubr_impact=teams.say(
                "**{cost_usd:usd}** of cost to serve in 30 days, {cost_share:percent} of the total."
            ),
            recommendation=Recommendation(
                teams.say(
                    "Move the team's calls as “Which model for which task” advises, which names a cheaper "
                    "model for {tasks_to_switch:count} of its {team_tasks:count} kinds of task."
                )
                if teams["tasks_to_switch"]
                else note(
                    "Look at how much each call sends and gets back: “Which model for which task” names no "
                    "cheaper model that is good enough for this team's work."
                ),
                "Head of Engineering",
                "days",
            ),
            outcome=teams.say(
                "Between nothing and **{above_average_usd:usd}** in 30 days, if its calls came to cost the "
                "average"
                + ("; it overlaps with the savings of that page. " if teams["tasks_to_switch"] else ". ")
                + "Assumption: teams do "
                "different work; a dear call may be worth its price, which the feature analysis judges."
            ),
            supporting=Table(TEAM_COLUMNS, teams, note("teams side by side, the dearest call first.")),
        ),
    )


def shown_only(shown: Evidence, sums: Evidence) -> tuple[Insight, ...]:
    """Teams that see their cost and are not billed, and the ``sums`` over them; nothing when all are."""
    if not shown.rows:
        return ()
    return (
        Insight(
            title=sums.say("{shown_cost_usd:usd} of the month is shown to teams and billed to none"),
            problem=shown.say(
                "{team_name:text} sees its cost without paying it: **{allocated_cost_usd:usd}** in "
                "{month_start_date:month}"
                + (
                    ". "
                    if shown["daily_cost_change_share"] is None
                    else ", its cost per day {daily_cost_change_share:delta} on that of the month before. "
                )
            )
            + sums.say("Teams of which that holds: {shown_teams:count}."),
            domain_spec=f"{_DOMAIN} (chargeback and showback)",
            domain_framework=INVOICING,
            ubr_impact=sums.say(
                "**{shown_cost_usd:usd}** of cost in the month stands in no team's own result."
            ),
            recommendation=Recommendation(
                shown.say("Decide whether {team_name:text} is ready to be billed."),
                "Head of Finance",
                "hours",
            ),
            outcome=sums.say(
                "Between nothing and **{shown_cost_usd:usd}** a month moves from the common account to the "
                "teams that cause it. Assumption: billing moves cost, it does not by itself reduce it."
            ),
            supporting=Table(
                (
                    Column("team_name", "Team"),
                    Column("cost_centre", "Cost centre"),
                    Column("allocated_cost_usd", "Cost", "usd_table"),
                    Column("cost_share", "Share of the month", "percent"),
                    Column("daily_cost_change_share", "Change of cost per day", "delta"),
                ),
                shown,
                note("teams that are shown their cost."),
            ),
        ),
    )
