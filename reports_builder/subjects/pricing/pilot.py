"""What a unit costs in each feature beside its price, and a pilot that can measure who leaves."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.insight_words import phrase
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse

_UNITS = (
    Column("feature_id", "Feature", "words"),
    Column("usage_unit", "Unit"),
    Column("cost_per_unit_usd", "Cost of a unit", "usd_unit"),
    Column("usd_per_unit", "Price", "usd_price"),
    Column("unit_margin_share", "Margin of it", "percent"),
    Column("cost_share", "Of cost", "percent"),
)
_PILOTS = (
    Column("customer_group", "Group", "words"),
    Column("churn_scenario", "If churn is"),
    Column("customers_with_notice", "Get notice", "count"),
    Column("control_leave_share", "Leave without", "percent"),
    Column("notice_leave_share", "Leave with notice", "percent"),
    Column("power_share", "Power", "percent"),
    Column("verdict", "Verdict"),
    Column("departures_that_stop_it", "Stop beyond departures", "count"),
    Column("margin_lost_usd", "Costs a month", "usd_table"),
)


def below_cost(warehouse: Warehouse) -> Evidence:
    """What the unit of the chosen plan costs in each feature, the dearest first."""
    return warehouse.evidence(
        """
        select
            feature_id, usage_unit, cost_per_unit_usd, usd_per_unit, unit_margin_share, cost_share,
            is_below_cost, target_margin_share, unit_features_below_target as features_below_target,
            unit_cost_share_below_target as cost_share_below_target
        from pricing.rpt_feature_unit_margins
        where is_unit_of_chosen_plan
        order by unit_margin_share nulls last, product_id, feature_id
        """
    )


def units(warehouse: Warehouse) -> Evidence:
    """Per unit, how many features and how much of the cost is sold below cost at the same target margin."""
    return warehouse.evidence(
        """
        select
            usage_unit, unit_features_below_cost as features_below,
            unit_cost_share_below_cost as cost_share_below, unit_margin_share as least_margin_share
        from pricing.rpt_feature_unit_margins
        where has_least_margin
        order by unit_cost_share_below_cost, unit_margin_share desc, usage_unit
        """
    )


def pilots(warehouse: Warehouse) -> Evidence:
    """What a pilot with each group could measure; no row while today's plan is kept."""
    return warehouse.evidence(
        """
        select
            customer_group, churn_scenario, customers_with_notice, control_leave_share, notice_leave_share,
            power_share, verdict, departures_that_stop_it, margin_lost_usd, can_be_measured
        from pricing.rpt_pilot_design
        order by customer_group, churn_scenario
        """
    )


def can_measure(warehouse: Warehouse) -> bool:
    """Whether a pilot with a group of the customers can measure the departures of the base scenario."""
    return any(row["can_be_measured"] and row["churn_scenario"] == "base" for row in pilots(warehouse).each())


def first_step_said(warehouse: Warehouse) -> Prose:
    """With whom the change of prices begins, as ``sequence_said`` has it."""
    return phrase("pricing/_first_step", can_be_measured=can_measure(warehouse))


def sequence_said(warehouse: Warehouse) -> Prose:
    """In which order customers get the new price, by what a pilot with them can measure."""
    return phrase("pricing/_sequence", can_be_measured=can_measure(warehouse))


def units_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Price per unit against cost per unit by feature; nothing where no unit is sold."""
    features = below_cost(warehouse)
    if not features.rows:
        return ()
    return (
        Section(
            "Price of a unit against its cost, by feature",
            text=(_sold_below_cost(features),),
            tables=(
                Table(_UNITS, features, note("The unit of the chosen plan"), max_rows=20),
                Table(
                    (
                        Column("usage_unit", "Unit"),
                        Column("features_below", "Features sold below cost", "count"),
                        Column("cost_share_below", "Of cost", "percent"),
                        Column("least_margin_share", "Least margin of a unit", "percent"),
                    ),
                    units(warehouse),
                    note("Which unit follows cost, all at the same target margin"),
                ),
            ),
        ),
    )


def _sold_below_cost(features: Evidence) -> Prose:
    dearest = features.at(0)
    if not dearest["is_below_cost"]:
        least = dearest.say(
            "No feature is sold below its cost; the least margin of a unit has {feature_id:words}, "
            "{unit_margin_share:percent}. "
        )
        if not dearest["features_below_target"]:
            return least + dearest.say("Each reaches the target margin of {target_margin_share:percent}.")
        return least + dearest.say(
            "**{features_below_target:count} features, {cost_share_below_target:percent} of cost, miss "
            "the target "
            "margin of {target_margin_share:percent}**: one price for all is set by the mean cost of a unit."
        )
    return dearest.say(
        "**Sold below cost**: a unit of {feature_id:words} costs {cost_per_unit_usd:usd_unit} and is sold at "
        "{usd_per_unit:usd_price}; the table has each feature."
    )


def pilot_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Who gets the notice, how many, what stops it, what it costs, and whether it can measure anything."""
    designs = pilots(warehouse)
    if not designs.rows:
        return ()
    measurable = [row for row in designs.each() if row["can_be_measured"]]
    unstopped = [row for row in designs.each() if row["departures_that_stop_it"] is None]
    return (
        Section(
            "Whether a pilot can measure who leaves",
            text=(
                note(
                    "Notice goes to one half of the customers of a group whose price would rise, drawn by "
                    "lot; the other half keeps "
                    "its price. Those that cost more than they pay come first: who of them leaves takes no "
                    "margin along. "
                )
                + (
                    note("What can be told apart with so many customers is in the table.")
                    if measurable
                    else note(
                        "**With so few customers no pilot can tell the scenarios from today**: choose one "
                        "as a judgement, and "
                        "watch the departures that would stop it."
                    )
                )
                + (
                    note(
                        " Where no number of departures is given, not even the departure of all with notice "
                        "would be more than chance, so nothing can stop that pilot."
                    )
                    if unstopped
                    else note("")
                ),
            ),
            tables=(Table(_PILOTS, designs, max_rows=12),),
        ),
    )
