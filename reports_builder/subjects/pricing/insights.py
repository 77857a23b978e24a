"""The insight blocks of the pricing proposal."""

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import UNIT_ECONOMICS
from reports_builder.subjects.pricing.frontier import why_said
from reports_builder.subjects.pricing.queries import PLAN_EFFORT
from reports_builder.subjects.pricing.statements import (
    PLAN_COLUMNS,
    closeness,
    included_units,
    served_up_to,
    unit_of_price,
)
from reports_builder.subjects.rates.decisions import COMPANY_COLUMNS, company_result, hosting_said
from reports_builder.warehouse import Warehouse

PRICING = "Organizational Alignment (price and cost); usage-based revenue: pricing strategy"

PRICE_COLUMNS = (
    Column("subscription_tier", "Tier"),
    Column("today_fee_usd", "Fee today", "usd_table"),
    Column("base_fee_usd", "New base fee", "usd_table"),
    Column("included_units", "Included a month", words=included_units),
    Column("usage_cap_units", "Served up to a month", words=served_up_to),
    Column("usd_per_unit", "Each further one", "usd_price"),
    Column("usage_unit", "Unit", words=unit_of_price),
    Column("unit_cost_basis_usd", "Cost of it", "usd_unit"),
    Column("target_margin_share", "Target margin", "percent"),
)

SEGMENT_COLUMNS = (
    Column("segment", "Segment", "words"),
    Column("customers", "Customers", "count"),
    Column("current_revenue_usd", "Revenue today", "usd_table"),
    Column("revenue_usd", "Under the plan", "usd_table"),
    Column("revenue_change_share", "Change", "delta"),
    Column("current_gross_margin_usd", "Margin today", "usd_table"),
    Column("gross_margin_base_churn_usd", "Margin, base churn", "usd_table"),
    Column("customers_paying_more", "Pay more", "count"),
    Column("customers_paying_less", "Pay less", "count"),
)

RISE_COLUMNS = (
    Column("customer_name", "Customer"),
    Column("subscription_tier", "Tier"),
    Column("subscribed_days", "Days subscribed", "count"),
    Column("billable_calls", "Calls", "count"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("current_revenue_usd", "Fees today", "usd_table"),
    Column("revenue_usd", "Invoice then", "usd_table"),
    Column("revenue_change_share", "Change", "delta"),
    Column("leave_probability_base", "May leave", "percent"),
)

HISTORY_COLUMNS = (
    Column("month_start_date", "Month", "month"),
    Column("current_revenue_usd", "Revenue as it was", "usd_table"),
    Column("revenue_usd", "Under the plan", "usd_table"),
    Column("revenue_change_usd", "Difference", "delta_usd_table"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("current_gross_margin_usd", "Margin as it was", "usd_table"),
    Column("gross_margin_usd", "Under the plan", "usd_table"),
)


def flat_fee(
    today: Evidence, losses: Evidence, archetypes: Evidence, gains: Evidence, *, is_proposed: bool
) -> Insight:
    """Why today's prices do not work: the fee is the same whatever is used.

    ``is_proposed`` says that the actions hold the plan that follows use.
    """
    return Insight(
        title=today.say("Today's flat fees leave {today_unprofitable:count} customers below their cost"),
        problem=say(
            "A customer pays {revenue_per_customer_usd:usd} on average, whatever it uses. Fees "
            "brought **{today_revenue_usd:usd}** for **{today_cost_usd:usd}** of cost. The "
            "customers that use most have the least reason to use less, and the others pay for "
            "them.",
            today,
        ),
        domain_spec=PRICING,
        domain_framework=UNIT_ECONOMICS,
        ubr_impact=losses.say(
            "**{loss_usd:usd}** lost in 30 days on the customers whose use outgrew their fee."
        ),
        recommendation=Recommendation(
            note("Let the invoice follow use, not the tier alone."),
            "Head of Product",
            PLAN_EFFORT if is_proposed else "weeks",
            is_in_plan=is_proposed,
        ),
        outcome=gains.say(
            "The margin of all customers together moves by **{gain_total_usd:usd}** in 30 days "
            "({gain_total_low_usd:usd} to {gain_total_high_usd:usd}) under the recommended plan. "
            "Assumption: unchanged use, departures by the churn scenarios."
        ),
        supporting=Table(
            (
                Column("segment", "Declared use"),
                Column("customers", "Customers", "count"),
                Column("current_revenue_usd", "Revenue today", "usd_table"),
                Column("current_gross_margin_usd", "Margin today", "usd_table"),
                Column("current_unprofitable_customers", "With a loss", "count"),
            ),
            archetypes,
            note("today's fees by the use that the customer list declares, in the period."),
        ),
    )


def hosting_to_assign(warehouse: Warehouse) -> tuple[Insight, ...]:
    """That no hosting is in the cost that prices are set on; nothing where it is, or AI is all spend."""
    if not hosting_said(warehouse):
        return ()
    result = company_result(warehouse)
    then = result.at(1)
    return (
        Insight(
            title=result.say(
                "Prices are set on AI cost alone: by no rule do the {beside_ai_usd:usd} spent beside AI "
                "serve customers"
            ),
            problem=result.say(
                "Machines, storage and the like cost **{beside_ai_usd:usd}** in 30 days, and none of it is "
                "in the cost of a call or of a customer. What fees leave after AI pays for "
                "{beside_ai_borne_share:percent} of it today"
            )
            + then.say(", and for {beside_ai_borne_share:percent} after the AI and price programmes."),
            domain_spec=PRICING,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=result.say("Fees less all spend are **{result_usd:usd}** a month today")
            + then.say(", **{result_usd:usd}** after the AI and price programmes."),
            recommendation=Recommendation(
                note(
                    "Say which machines and storage serve customers before the price list is signed: their "
                    "cost then falls to customers by a driver (seeds bill_pools and shared_cost_pools), and "
                    "the plans are rated with it."
                ),
                "Head of Finance",
                "days",
            ),
            outcome=note("No cost is saved: the target margin is then one after hosting. ")
            + then.say(
                "With more than {beside_ai_borne_share:percent} of that spend in the cost of customers, they "
                "bring less than they cost even after the programmes. Assumption: fees and calls stay as the "
                "programmes leave them."
            ),
            supporting=Table(COMPANY_COLUMNS, result, note("the whole company, 30 days.")),
        ),
    )


def structure(plan: Evidence, prices: Evidence, limits: Evidence, choice: Evidence) -> Insight:
    """The proposed price list and where its prices come from."""
    return Insight(
        title=plan.say("Recommended: “{plan_name:text}”"),
        problem=note("A price must cover the cost of the use that it allows. ")
        + note(_principle(prices))
        + choice.say(" How it comes: {chosen_transition:text}."),
        domain_spec=PRICING,
        domain_framework=UNIT_ECONOMICS,
        ubr_impact=plan.say(
            "**{revenue_change_base_churn_usd:usd}** more revenue in 30 days after expected departures, "
            "{revenue_change_base_churn_share:delta}."
        ),
        recommendation=Recommendation(
            note(
                "Check the price list against your contracts; write it into your list of plans (seed "
                "pricing_plans) where a price must be another one."
            ),
            "Head of Product",
            "days",
        ),
        outcome=plan.say(
            "**{gross_margin_change_base_churn_usd:usd}** more margin a month, between "
            "{gross_margin_change_low_usd:usd} and {gross_margin_change_high_usd:usd}. "
        )
        + why_said(choice)
        + note(" ")
        + closeness(limits)
        + note(" Assumption: use stays the same."),
        supporting=Table(PRICE_COLUMNS, prices, note("the price list, per month.")),
    )


def _principle(prices: Evidence) -> str:
    tiers = prices.records()
    if all(tier["usage_unit"] == "none" for tier in tiers):
        return "The fee does not change with use, so each tier's has to cover what its customers use."
    if any(tier["included_units"] for tier in tiers):
        return (
            "Each tier's fee is held to the use that it can pay for; what goes beyond has a price that earns "
            "the target margin."
        )
    if any(tier["base_fee_usd"] for tier in tiers):
        return (
            "The base fee is due whatever is used, and includes no use: every unit has a price that earns "
            "the target margin on its cost."
        )
    return "There is no base fee: every unit has a price that earns the target margin on its cost."


def projection(plan: Evidence, plans: Evidence, impacts: Evidence, sequence: Prose) -> Insight:
    """Revenue and margin if few, some or many customers leave."""
    return Insight(
        title=plan.say(
            "The recommended plan: revenue {revenue_change_base_churn_share:delta}, even after expected "
            "departures"
        ),
        problem=say(
            "{customers_paying_more:count} customers would pay more, "
            "{steep_customers:count} of them much more. Some will leave: about "
            "{customers_lost_base_churn:count} by the base scenario, "
            "{customers_lost_low_churn:count} by the low and {customers_lost_high_churn:count} by "
            "the high one.",
            plan,
            impacts,
        ),
        domain_spec=PRICING,
        domain_framework="Quantify Business Value: Planning & Estimating; Unit Economics",
        ubr_impact=plan.say(
            "**{revenue_change_base_churn_usd:usd}** of revenue in 30 days ({revenue_change_low_usd:usd} to "
            "{revenue_change_high_usd:usd}); margin of {gross_margin_base_churn_share:percent} instead of "
            "{current_gross_margin_share:percent}."
        ),
        recommendation=Recommendation(
            sequence,
            "Head of Product",
            PLAN_EFFORT,
            is_in_plan=True,
        ),
        outcome=plan.say(
            "**{gross_margin_change_base_churn_usd:usd}** more margin a month "
            "({gross_margin_change_low_usd:usd} to "
            "{gross_margin_change_high_usd:usd}). Assumption: the probabilities of leaving are "
            "illustrative, not measured; a customer that leaves takes its cost along."
        ),
        supporting=Table(PLAN_COLUMNS, plans, note("all plans on the same use, in the period.")),
    )


def hardest_hit(rises: Evidence, impacts: Evidence) -> tuple[Insight, ...]:
    """Who pays much more, and that they are the ones who cost most."""
    if not rises.rows:
        return ()
    return (
        Insight(
            title=impacts.say(
                "{largest_rises:count} customers bear {largest_rises_share:percent} of the rise"
            ),
            problem=say(
                "For the {rising_customers:count} customers that pay more, the typical invoice "
                "goes {rising_revenue_change_share_p50:delta}. The largest rise is {customer_name:text}: "
                "{current_revenue_usd:usd} today, {revenue_usd:usd} then, for a use that costs "
                "{cost_to_serve_usd:usd}.",
                rises,
                impacts,
            ),
            domain_spec=PRICING,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=impacts.say(
                "**{largest_rises_usd:usd}** of what is asked beyond today in 30 days, with nobody leaving, "
                "rests on them."
            ),
            recommendation=Recommendation(
                note(
                    "Speak with each of them in person before the notice, and offer a higher tier where that "
                    "costs less."
                    if impacts["moving_customers"]
                    else "Speak with each of them in person before the notice."
                ),
                "Head of Sales",
                "weeks",
            ),
            outcome=impacts.say(
                "**{largest_rises_margin_change_usd:usd}** more margin in 30 days from these customers "
                "({largest_rises_margin_change_low_usd:usd} to "
                "{largest_rises_margin_change_high_usd:usd}), part of the total above. "
                "Assumption: departures by the churn scenarios; none of them uses less because it "
                "costs more."
            ),
            supporting=Table(
                RISE_COLUMNS, rises, note("the largest rises, invoice before and after, in the period.")
            ),
        ),
    )


def _carried(tiers: Evidence) -> Prose:
    share = tiers["rise_share"]
    if share is None:
        return note("No tier pays more than today in total")
    if share > 0.5:  # type: ignore[operator]
        return tiers.say("The {segment:words} tier carries most of the change ({rise_share:percent})")
    return tiers.say("The {segment:words} tier carries the largest part of the change ({rise_share:percent})")


def spared(tiers: Evidence) -> Insight:
    """How the change falls on each tier."""
    return Insight(
        title=_carried(tiers),
        problem=tiers.say(
            "Its {customers:count} customers go from {current_revenue_usd:usd} to {revenue_usd:usd}; of the "
            "{active_customers:count} subscribed on the last day {customers_paying_more:count} pay more, "
            "{customers_paying_less:count} pay less"
            + (", {customers_unchanged:count} see no change." if tiers["customers_unchanged"] else ".")
        ),
        domain_spec=PRICING,
        domain_framework=UNIT_ECONOMICS,
        ubr_impact=tiers.say(
            "**{revenue_change_usd:usd}** of revenue in 30 days from this tier, nobody leaving."
        ),
        recommendation=Recommendation(
            note("Write to the customers without a change as well: for them the fee stays.")
            if tiers["customers_unchanged"]
            else tiers.say(
                "Write to each customer of the {segment:words} tier, before its turn comes, what its last "
                "invoice would have been."
            ),
            "Head of Customer Success",
            "days",
        ),
        outcome=tiers.say(
            "**{gain_usd:usd}** of margin from this tier ({gain_low_usd:usd} to "
            "{gain_high_usd:usd}), part of the total above. Assumption: departures by the churn "
            "scenarios."
        ),
        supporting=Table(SEGMENT_COLUMNS, tiers, note("impact by tier, in the period.")),
    )


def pricing(plan: Evidence, plans: Evidence, sequence: Prose) -> Insight:
    """What to charge instead, in one block; the pricing proposal has the rest."""
    supporting = Table(PLAN_COLUMNS, plans, note("every customer's use of the period under each plan."))
    if plan["is_current_plan"] and not plan["comparable_plans"]:
        return Insight(
            title=note("No plan on the list names the tiers of your customers"),
            problem=note(
                "A plan says what a customer of a tier would pay. The plans on the list name other tiers, so "
                "every customer keeps today's invoice under each of them."
            ),
            domain_spec=PRICING,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=plan.say(
                "Unknown; today's prices leave a margin of **{current_gross_margin_usd:usd}** in 30 days."
            ),
            recommendation=Recommendation(
                note(
                    "Add rows for your tiers to the seed pricing_plans, today's fees first, and build again."
                ),
                "Head of Product",
                "days",
            ),
            outcome=note("A comparison of the plans on the use that was measured. Assumption: none yet."),
            supporting=supporting,
        )
    if plan["is_current_plan"]:
        return Insight(
            title=note("No plan beats today's prices"),
            problem=note(
                "Each other plan, searched for or on your list, shocks or loses too many customers, or "
                "earns too little more to be worth the change."
            ),
            domain_spec=PRICING,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=plan.say("Today's margin of **{current_gross_margin_usd:usd}** in 30 days stays."),
            recommendation=Recommendation(
                note("Keep the prices, and treat the loss-making customers one by one."),
                "Head of Product",
                "none",
            ),
            outcome=note("No change. Assumption: use stays as it is."),
            supporting=supporting,
        )
    return Insight(
        title=plan.say(
            "Charging for use would earn {gross_margin_change_base_churn_usd:usd} more margin a month"
        ),
        problem=plan.say(
            "Today's fees bring {current_revenue_usd:usd} for {cost_to_serve_usd:usd} of cost, "
            "whoever causes it. Under the plan “{plan_name:text}” the same use would have brought "
            "{revenue_usd:usd}."
        ),
        domain_spec=PRICING,
        domain_framework=UNIT_ECONOMICS,
        ubr_impact=plan.say(
            "**{gross_margin_change_base_churn_usd:usd}** more margin in 30 days after expected "
            "departures; the "
            "number of customers with a loss falls to {unprofitable_customers:count}."
        ),
        recommendation=Recommendation(
            plan.say("Introduce “{plan_name:text}”. ") + sequence,
            "Head of Product",
            PLAN_EFFORT,
            is_in_plan=True,
        ),
        outcome=plan.say(
            "**{gross_margin_change_base_churn_usd:usd}** a month, between "
            "{gross_margin_change_low_usd:usd} and "
            "{gross_margin_change_high_usd:usd}. Assumption: use stays the same; "
            "about {customers_lost_base_churn:count} customers leave ({customers_lost_low_churn:count} "
            "to {customers_lost_high_churn:count}), and what they cost goes with them. A call costs what it "
            "costs today: savings on models are counted apart, on all calls, so a part of them would go as "
            "well."
        ),
        supporting=supporting,
    )
