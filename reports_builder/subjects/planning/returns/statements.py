"""What the reports and the dashboard say of investments."""

from collections.abc import Mapping

from reports_builder.chart_kinds import ranges
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.formatting import Value, plain
from reports_builder.insight_words import phrase
from reports_builder.model import Column, Figure, KeyFigure, Section, Table
from reports_builder.subjects.planning.returns import queries as ask
from reports_builder.warehouse import Warehouse

Unmeasured = frozenset[str]
"""Investments whose benefit the savings ledger does not find on the calls of today."""

_SCENARIOS = {
    "conservative": "Value if cautious",
    "optimistic": "Value if it goes well",
    "ai_cost_spike": "Value if AI costs jump",
}
_STYLES = {"share": "percent", "usd": "usd_table", "periods": "ratio", "ratio": "ratio", "tokens": "count"}


def _rate(record: Mapping[str, Value]) -> str:
    if record["irr_status"] == "known":
        return plain(record["irr_share"], "percent")
    return {"several": "several: none is the return"}.get(str(record["irr_status"]), "none")


def _payback(record: Mapping[str, Value]) -> str:
    if record["payback_periods"] is None:
        return "never"
    said = f"{plain(record['payback_periods'], 'ratio')} {record['period_unit']}s"
    return said if record["payback_status"] == "known" else f"{said}, then paid out again"


def _figure(column: str, record: Mapping[str, Value]) -> str:
    if record[column] is None:
        return "-"
    return plain(record[column], _STYLES.get(str(record["unit"]), "ratio"))


def _claimed(record: Mapping[str, Value]) -> str:
    return _figure("claimed", record)


def _computed(record: Mapping[str, Value]) -> str:
    return _figure("computed", record)


def _kind(record: Mapping[str, Value]) -> str:
    return "Quick win" if record["method"] == "quick_win" else "Longer work"


def returns_said(
    investments: Evidence, doubtful: Evidence, unmeasured: Unmeasured = frozenset()
) -> tuple[Prose, ...]:
    """What a page answers of investments: the best and the doubtful one; examples are only named."""
    is_example = investments.rows and investments["is_illustrative"]
    return (what_returns(investments), *(() if is_example else (doubt(doubtful, unmeasured),)))


def what_returns(investments: Evidence) -> Prose:
    """The investment of the highest value with its range."""
    if not investments.rows:
        return note("No investment is on record: put yours into the seeds investments and investment_lines.")
    if investments["is_illustrative"]:
        return investments.say(
            "No investment of yours is on record. Those shown below, as {investment_label:text}, "
            "are examples: they decide nothing, and are gone once yours are in the seeds investments and "
            "investment_lines."
        )
    beyond = " The plan is better than nine in ten of them: decide by the range."
    return investments.say(
        "The investment worth most is {investment_label:text}: **{npv_usd:usd}** in today's money by its "
        "plan, and {p10_usd:usd} to {p90_usd:usd} in four of five random draws of its drivers."
        + (beyond if investments["is_plan_above_draws"] else "")
    )


def unmeasured_plans(warehouse: Warehouse, investments: Evidence) -> Unmeasured:
    """The plans that count on an action of which the savings ledger finds nothing that is worth counting."""
    return frozenset(
        str(plan["investment_id"])
        for plan in investments.each()
        if plan["measured_action_id"]
        and not ask.measured(warehouse, str(plan["measured_action_id"]))["is_counted"]
    )


def measured_beside(warehouse: Warehouse, investments: Evidence) -> tuple[Prose, ...]:
    """What the savings ledger measures of an investment, beside what its plan counts on."""
    beside = (
        (plan, ask.measured(warehouse, str(plan["measured_action_id"])))
        for plan in investments.each()
        if plan["measured_action_id"] and plan["first_period_benefit_usd"] is not None
    )
    return tuple(
        plan.say(
            "{investment_label:text}: its plan counts on {first_period_benefit_usd:usd} in the first "
            "{period_unit:text}. On the calls of today the savings ledger "
        )
        + (
            measured.say(
                "measures **{measured_monthly_usd:usd_table}** a month for {subject:text}"
                + ("" if measured["is_counted"] else ", too little to be counted")
            )
            if measured.rows
            else plan.say("finds nothing to save ({measured_action_id:text})")
        )
        + note(". Measure first: the verdict by the plan holds only if its benefit comes.")
        for plan, measured in beside
    )


def value_figures(investments: Evidence) -> tuple[KeyFigure, ...]:
    """Value and range of the best investment, and the chance that it loses money; nothing of an example."""
    if not investments.rows or investments["is_illustrative"]:
        return ()
    return (
        KeyFigure(
            investments.say("Net present value, {investment_label:text}"),
            investments.cell("npv_usd", "usd_table"),
            status=investments.say("{p10_usd:usd} to {p90_usd:usd} in four of five draws"),
        ),
        KeyFigure(
            investments.say("Chance that {investment_label:text} loses money"),
            investments.cell("loss_share", "percent"),
        ),
    )


def doubt(doubtful: Evidence, unmeasured: Unmeasured = frozenset()) -> Prose:
    """Which investment is likely to lose money, and what would have to be certain; silence where none is."""
    if not doubtful.rows or not doubtful["loss_share"]:
        return note("No investment on record loses money in any draw.")
    chance = doubtful.say("{investment_label:text} loses money in {loss_share:percent} of the draws; ")
    if doubtful["verdict"] == "sign":
        return chance + doubtful.say("its value hangs most on: {driver_name:text}.")
    return (
        chance
        + doubtful.say("after every step that pays in {loss_share_after_steps:percent}. ")
        + condition(doubtful, unmeasured)
    )


def condition(doubtful: Evidence, unmeasured: Unmeasured) -> Prose:
    """When an investment of which a loss is too likely may be signed."""
    if doubtful["investment_id"] in unmeasured:
        return phrase("planning/returns/_measure_first", doubtful)
    return phrase("planning/returns/_condition", doubtful)


def tornado_figure(warehouse: Warehouse, investments: Evidence) -> tuple[Figure, ...]:
    """The drivers of the best investment, each alone at its least and its most."""
    if not investments.rows:
        return ()
    drivers = ask.tornado(warehouse, str(investments["investment_id"]))
    title = drivers.say("What moves the value of {investment_label:text} most is {driver_name:text}")
    chart = ranges(
        drivers,
        label="driver_name",
        low="low_usd",
        high="high_usd",
        middle="npv_usd",
        axis_title="Net present value in US dollars",
    )
    return (
        Figure(
            "value-by-driver",
            chart,
            title,
            title + note(". A bar per driver from its least to its most; the tick is the plan."),
            drivers,
            height=70 + 28 * len(drivers.rows),
            key="Each driver alone, all others as planned. The tick is the plan.",
        ),
    )


def return_tables(warehouse: Warehouse, investments: Evidence) -> tuple[Table, ...]:
    """What investments are worth, what became of those that are under way, and what the scenarios assume."""
    realised = ask.realised(warehouse)
    return (
        investments_table(investments, unmeasured_plans(warehouse, investments)),
        *((_realised_table(realised),) if realised.rows else ()),
        scenarios_table(warehouse),
    )


def _realised_table(realised: Evidence) -> Table:
    """What was paid and gained beside the plan of the same periods."""
    return Table(
        (
            Column("investment_label", "Investment"),
            Column("owner_role", "Who answers"),
            Column("planned_cost_so_far_usd", "Planned cost so far", "usd_table"),
            Column("realised_cost_usd", "Paid", "usd_table"),
            Column("realised_cost_variance_usd", "Difference", "delta_usd_table"),
            Column("planned_benefit_so_far_usd", "Planned benefit so far", "usd_table"),
            Column("realised_benefit_usd", "Gained", "usd_table"),
            Column("realised_benefit_variance_usd", "Difference", "delta_usd_table"),
        ),
        realised,
        note(
            "What was paid and gained (seed investment_lines, basis realised) beside the plan of the periods "
            "up to the last on record, what lags furthest behind its plan first."
        ),
        max_rows=20,
    )


def investments_table(investments: Evidence, unmeasured: Unmeasured = frozenset()) -> Table:
    """Every way of computing the return, side by side; ``unmeasured`` are told to be measured first."""

    def verdict(record: Mapping[str, Value]) -> Value:
        return "measure first" if record["investment_id"] in unmeasured else record["verdict"]

    return Table(
        (
            Column("investment_label", "Investment"),
            Column("owner_role", "Who answers"),
            Column("npv_usd", "Value by the plan", "usd_table"),
            Column("p50_usd", "Middle draw", "usd_table"),
            Column("p10_usd", "One draw in ten is below", "usd_table"),
            Column("p90_usd", "One draw in ten is above", "usd_table"),
            Column("plan_against_draws", "The plan is"),
            Column("loss_share", "Chance of a loss", "percent"),
            Column("loss_share_after_steps", "After the steps", "percent"),
            Column("verdict", "Verdict", words=verdict),
            Column("roi_share", "Return", "percent"),
            Column("irr_share", "Internal rate", words=_rate),
            Column("mirr_share", "Modified rate", "percent"),
            Column("payback_periods", "Paid back after", words=_payback),
            Column("conservative_npv_usd", _SCENARIOS["conservative"], "usd_table"),
            Column("optimistic_npv_usd", _SCENARIOS["optimistic"], "usd_table"),
            Column("ai_cost_spike_npv_usd", _SCENARIOS["ai_cost_spike"], "usd_table"),
        ),
        investments,
        note(
            "Values are in today's money. A draw takes each driver at random between its lowest and its "
            "highest part of the plan (seed investment_drivers). Most can fall short by more than they can "
            "exceed it, so the draws are not around the plan, which may be better than nearly all of them. "
            "Return is over all periods, not discounted."
        ),
        name="Every way of computing the return",
    )


def scenarios_table(warehouse: Warehouse) -> Table:
    """What the scenarios of the table of investments assume."""
    return Table(
        (
            Column("scenario", "Column", words=lambda record: _SCENARIOS[str(record["scenario"])]),
            Column("assumes", "What it assumes"),
            Column("investment_labels", "Of"),
        ),
        ask.scenarios(warehouse),
        name="What the scenarios assume",
    )


def improvements_table(warehouse: Warehouse) -> Table:
    """What can be improved, for what."""
    return Table(
        (
            Column("investment_label", "Investment"),
            Column("method", "Kind", words=_kind),
            Column("note", "What"),
            Column("worth_usd", "Worth", "usd_table"),
            Column("cost_usd", "Costs", "usd_table"),
            Column("status", "Verdict"),
        ),
        ask.improvements(warehouse),
        note("Quick wins take three months at most; each kind by what it brings for its cost."),
        max_rows=15,
        name="What can be improved",
    )


CLAIM_COLUMNS = (
    Column("note", "Claim and where the difference comes from"),
    Column("claimed", "Claimed", words=_claimed),
    Column("computed", "Computed", words=_computed),
    Column("status", "Verdict"),
)


def claims_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Printed figures and what follows from the plan; nothing without any."""
    claims = ask.claims(warehouse)
    if not claims.rows:
        return ()
    return (
        Section(
            "Example: figures that others printed on investments, checked",
            tables=(_claims_table(claims),),
        ),
    )


def _claims_table(claims: Evidence) -> Table:
    return Table(
        (
            Column("investment_label", "Investment"),
            *CLAIM_COLUMNS,
        ),
        claims,
        note(
            "Claims of others, shipped as examples in the seed investment_claims; nobody in your company "
            "made them. Computed from the plan's own lines."
        ),
        max_rows=20,
    )


def years_table(warehouse: Warehouse) -> Table:
    """The plan by period."""
    return Table(
        (
            Column("investment_label", "Investment"),
            Column("period", "Period", "count"),
            Column("cost_usd", "Cost", "usd_table"),
            Column("benefit_usd", "Benefit", "usd_table"),
            Column("cumulative_cash_flow_usd", "So far", "usd_table"),
            Column("cumulative_discounted_cash_flow_usd", "So far, discounted", "usd_table"),
            Column("cumulative_return_share", "Return so far", "percent"),
        ),
        ask.years(warehouse),
        max_rows=20,
    )
