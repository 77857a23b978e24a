"""What the reports and the dashboard say of teams, their accounts and their budgets."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import TEAM_PAGE, Column, Figure, KeyFigure, Table
from reports_builder.subjects.allocation.teams import queries as ask
from reports_builder.warehouse import Warehouse

TEAM_COLUMNS = (
    Column("team_name", "Team", page=TEAM_PAGE),
    Column("cost_usd", "Cost", "usd_table"),
    Column("cost_change_share", "Change", "delta"),
    Column("calls", "Calls", "count"),
    Column("calls_change_share", "Change of calls", "delta"),
    Column("cost_per_call_usd", "Per call", "usd_unit"),
    Column("cost_per_1k_tokens_usd", "Per 1,000 tokens", "usd_unit"),
    Column("failure_share", "Failed", "percent"),
    Column("customers", "Customers", "count"),
)
RUNNING_COLUMNS = (
    Column("team_name", "Team"),
    Column("budget_usd", "Budget", "usd_table"),
    Column("actual_cost_usd", "Spent", "usd_table"),
    Column("variance_usd", "Against plan so far", "delta_usd_table"),
    Column("burn_rate", "Pace (1 is plan)", "ratio"),
    Column("projected_cost_usd", "Whole month", "usd_table"),
    Column("budget_status", "Status"),
)
# Of a month that is over, the whole is what was spent.
ENDED_COLUMNS = (
    Column("team_name", "Team"),
    Column("budget_usd", "Budget", "usd_table"),
    Column("actual_cost_usd", "Spent", "usd_table"),
    Column("variance_usd", "Against budget", "delta_usd_table"),
    Column("burn_rate", "Of budget, times", "ratio"),
    Column("budget_status", "Status"),
)


def charged(charges: Evidence, month: Evidence) -> Prose:
    """What the month cost, and who is billed for it."""
    return say(
        "All spend of {month_start_date:month} was **{month_cost_usd:usd}**: **{charged_usd:usd}** is billed "
        "to teams, {shown_usd:usd} is only shown to them, and {without_team_usd:usd} has no team.",
        charges,
        month,
    )


def budget_kept(month: Evidence, budgets: Evidence) -> Prose:
    """Whether the teams keep their budgets."""
    if not month["teams"]:
        return note(
            "No team has a budget for this month, so nothing can be held against one: put budgets into the "
            "seed budgets, and which team answers for which feature into the seed owner_assignments."
        )
    if not month["is_reached"]:
        return note(
            "No cost reaches a team that has a budget: the seeds owner_assignments and budgets speak of "
            "other features and teams than the calls do. Put yours there."
        )
    ended = month["is_ended"]
    held = month.say(
        "Teams with a budget spent **{budgeted_actual_usd:usd}** where {planned_usd:usd} was planned"
        + ("" if ended else " for the days so far")
    )
    if not month["teams_over"]:
        return held + note(
            "; no team was over its budget." if ended else "; no team is over its budget or heading over it."
        )
    return held + say(
        ("; over budget were " if ended else "; over budget or heading over it: ")
        + "{teams_over:count} of {teams:count} teams, {team_name:text} "
        "most ({projected_variance_usd:usd} over).",
        month,
        budgets,
    )


def dearest_call(teams: Evidence) -> Prose:
    """The team whose calls cost most, without a full stop."""
    return teams.say(
        "A call of {team_name:text} costs {cost_per_call_usd:usd_unit}, {cost_per_call_to_average:ratio} "
        "times the average"
    )


def key_figures(month: Evidence, charges: Evidence) -> tuple[KeyFigure, ...]:
    """The month's cost, what is held against budgets, what is billed and what is shown."""
    return (
        KeyFigure(
            month.say("Spend in {month_start_date:month}"),
            charges.cell("month_cost_usd", "usd_table"),
            charges.cell("prior_month_cost_usd", "usd_table"),
            _daily_change(charges),
            status=note("not the whole month" if charges["is_partial_month"] else "the whole month"),
        ),
        KeyFigure(
            "Of it, teams with a budget",
            month.cell("budgeted_actual_usd", "usd_table"),
            target=month.say(
                "{budget_usd:usd_table}"
                if month["is_ended"]
                else "{planned_usd:usd_table} so far, {budget_usd:usd_table} in all"
            )
            if month["is_reached"]
            else None,
            status=budget_status(month),
        ),
        KeyFigure(
            "Of it, cost without a budget",
            month.cell("unbudgeted_actual_usd", "usd_table"),
            status=note("belongs to no team that has one"),
        ),
        *_against_budget(month),
        KeyFigure(
            "Billed to teams (chargeback)",
            charges.cell("charged_usd", "usd_table"),
            status=charges.say("{charged_share:percent} of the month's cost"),
        ),
        KeyFigure(
            "Only shown to teams (showback)",
            charges.cell("shown_usd", "usd_table"),
            status=charges.say("and {without_team_usd:usd_table} without a team"),
        ),
    )


def budget_status(month: Evidence) -> Prose:
    """How the teams stand to their budgets, in a few words."""
    if not month["teams"]:
        return note("no budget is set")
    if not month["is_reached"]:
        return note("no cost reaches a team with a budget")
    if not month["teams_over"]:
        return note("every team is within budget")
    return month.say(
        "{teams_over:count} of {teams:count} teams were over budget"
        if month["is_ended"]
        else "{teams_over:count} of {teams:count} teams over or heading over budget"
    )


def _against_budget(month: Evidence) -> tuple[KeyFigure, ...]:
    """How far the teams are off their budgets; the whole month is a figure of its own while it runs."""
    if not month["is_reached"]:
        return ()
    variance = KeyFigure(
        "Variance of these teams to their budgets"
        if month["is_ended"]
        else "Variance of these teams to their budgets so far",
        month.cell("total_variance_usd", "delta_usd_table"),
        status=month.say("without the {unbudgeted_actual_usd:usd_table} that has no budget")
        if month["unbudgeted_actual_usd"]
        else None,
    )
    if month["is_ended"]:
        return (variance,)
    whole = KeyFigure(
        "Whole month of these teams, spent and forecast",
        month.cell("projected_usd", "usd_table"),
        target=month.cell("budget_usd", "usd_table"),
    )
    return variance, whole


def _daily_change(charges: Evidence) -> Prose:
    """Months differ in length, so they are compared by cost per day."""
    if charges["daily_change_share"] is None:
        return charges.cell("daily_change_share", "delta")
    return charges.say(
        "cost per day {daily_change_share:delta}, {covered_days:count} days against {prior_days:count}"
    )


def month_budget_figure(month: Evidence) -> KeyFigure:
    """What teams with a budget spent in the month, beside it: spend without one is on another base."""
    return KeyFigure(
        month.say("Spend of teams with a budget, {month_start_date:month}"),
        month.cell("budgeted_actual_usd", "usd_table"),
        target=month.cell("budget_usd", "usd_table") if month["is_reached"] else None,
        status=budget_status(month),
    )


def budgets_figure(month: Evidence, budgets: Evidence, *, narrow: bool = False) -> tuple[Figure, ...]:
    """A bar per team beside its budget; ``narrow`` bars have no room for both values at their ends."""
    if not budgets.rows or not month["budgeted_actual_usd"]:
        return ()
    if month["teams_over"]:
        title = month.say(
            "{teams_over:count} of {teams:count} teams were over budget in {month_start_date:month}"
            if month["is_ended"]
            else "{teams_over:count} of {teams:count} teams are over budget, or heading over it, in "
            "{month_start_date:month}"
        )
    else:
        title = month.say(
            "Every team kept its budget in {month_start_date:month}"
            if month["is_ended"]
            else "Every team keeps its budget in {month_start_date:month}"
        )
    figure = Figure(
        "budgets",
        ranked_bars(
            budgets,
            label="team_name",
            value="actual_usd",
            style="usd",
            axis_title="US dollars in the month",
            highlight="is_over",
            marker="budget_usd",
            end_label=None if narrow else ("spent, budget", "budget_usd"),
        ),
        title,
        title + budgets.say(". {team_name:text} spent {actual_usd:usd} of {budget_usd:usd}."),
        budgets,
        height=240,
        key=(
            "Bar: spent in the month. Upright mark: its budget. Dark bar: over budget."
            if month["is_ended"]
            else "Bar: spent so far. Upright mark: budget of the whole month. Dark bar: over budget or "
            "heading over it."
        ),
    )
    return (figure,)


def statement_table(warehouse: Warehouse) -> Table:
    """The account of the month: what each cost centre is billed, or shown."""
    columns = (
        Column("team_name", "Team"),
        Column("cost_centre", "Cost centre"),
        Column("charging_method", "Method"),
        Column("direct_cost_usd", "Direct cost", "usd_table"),
        Column("shared_cost_usd", "Shared costs", "usd_table"),
        Column("allocated_cost_usd", "Cost", "usd_table"),
        Column("charged_cost_usd", "Billed", "usd_table"),
        Column("cost_share", "Share", "percent"),
        Column("daily_cost_change_share", "Change of cost per day", "delta"),
    )
    return Table(columns, ask.statement(warehouse))


def budget_history_table(warehouse: Warehouse) -> Table:
    """Budget against actual, the latest month first."""
    columns = (
        Column("month_start_date", "Month", "month"),
        Column("team_name", "Team"),
        Column("budget_usd", "Budget", "usd_table"),
        Column("actual_cost_usd", "Spent", "usd_table"),
        Column("variance_usd", "Against plan", "delta_usd_table"),
        Column("projected_cost_usd", "Whole month", "usd_table"),
        Column("budget_status", "Status"),
    )
    caption = note("Budget against actual, the latest month first.")
    return Table(columns, ask.budget_history(warehouse), caption, max_rows=15)
