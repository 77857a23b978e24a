"""How a price plan is introduced: who is asked when, what later customers pay, what a credit is."""

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse

# Whom a plan hits is read to the end; what is longer is a file.
_ALL_SHOWN = 60
_MOVES = (
    Column("customer_name", "Customer"),
    Column("subscription_tier", "Tier"),
    Column("wave", "Wave", "count"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("current_revenue_usd", "Fees today", "usd_table"),
    Column("revenue_usd", "Invoice then", "usd_table"),
    Column("revenue_change_share", "Change", "delta"),
    Column("leave_probability_base", "May leave", "percent"),
    Column("contract_status", "Contract"),
    Column("moved_from_date", "New price from", "day_short"),
)
_CHEAPEST = (
    Column("subscription_tier", "Tier today"),
    Column("customers", "Customers", "count"),
    Column("customers_gaining_in_own_tier", "Would gain as new ones of it", "count"),
    Column("lost_in_own_tier_usd", "Lost so", "usd_table"),
    Column("customers_gaining", "Would gain in the cheapest tier", "count"),
    Column("lost_usd", "Lost so", "usd_table"),
    Column("lost_today_usd", "The same at today's fees", "usd_table"),
    Column("gaining_customers", "Who"),
)
_NEW_CUSTOMERS = (
    Column("subscription_tier", "Tier"),
    Column("use_level", "Use in a month"),
    Column("units", "Units", "count"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("minimum_usd", "Minimum", "usd_table"),
    Column("revenue_usd", "Pays", "usd_table"),
    Column("gross_margin_usd", "Margin", "usd_table"),
    Column("gross_margin_share", "Of what it pays", "percent"),
)
_CREDITS = (
    Column("model_class", "Models"),
    Column("from_usd_per_million_output_tokens", "From a price of a million output tokens of", "usd_table"),
    Column("credits_per_1k_input_tokens", "Credits per 1,000 input tokens", "ratio"),
    Column("credits_per_1k_cached_input_tokens", "Read from a cache", "ratio"),
    Column("credits_per_1k_output_tokens", "Output", "ratio"),
)


def moves(warehouse: Warehouse) -> Evidence:
    """Each customer whose invoice the recommended plan changes, who costs more than it pays first."""
    return warehouse.evidence(
        """
        select
            customer_id, customer_name, subscription_tier, wave, subscribed_days, billable_calls,
            cost_to_serve_usd, current_revenue_usd, revenue_usd, revenue_change_usd, revenue_change_share,
            leave_probability_base, contract_end_date, contract_status, moved_from_date
        from pricing.rpt_plan_moves
        order by wave, moved_from_date nulls last, revenue_change_usd desc, customer_id
        """
    )


def moves_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Who is asked for another price, and from when; nothing where no invoice changes."""
    customers = moves(warehouse)
    if not customers.rows:
        return ()
    return (
        Section(
            "Who is asked for another price, and from when",
            text=(
                waves_said(warehouse),
                say(
                    "No date is before {price_preparation_days:count} days of work on contracts, list and "
                    "conversations (assumption price_preparation_days) and a notice of "
                    "{price_notice_days:count} days (assumption price_notice_days), nor within a contract of "
                    "the seed customer_contracts; where none is on file, what was signed is unknown: check "
                    "before you write. The dashboard's page Pricing has this table with every row as CSV.",
                    assumption(warehouse, "price_preparation_days"),
                    assumption(warehouse, "price_notice_days"),
                ),
            ),
            tables=(Table(_MOVES, customers, max_rows=_ALL_SHOWN),),
        ),
    )


def waves(warehouse: Warehouse) -> Evidence:
    """When each wave begins, whom it asks, and what the first may lose before the second: one row."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where wave = 1) as first_customers,
            count(*) filter (where wave = 2) as second_customers,
            min(wave_from_date) filter (where wave = 1) as first_date,
            min(wave_from_date) filter (where wave = 2) as second_date,
            sum(leave_probability_base) filter (where wave = 1)::double as first_lost_base,
            sum(leave_probability_high) filter (where wave = 1)::double as first_lost_high
        from pricing.rpt_plan_moves
        """
    )


def waves_said(warehouse: Warehouse) -> Prose:
    """The waves by date, and how many departures of the first stop the second."""
    order = waves(warehouse)
    if not order["first_customers"]:
        return order.say("All {second_customers:count} customers are asked from {second_date:day} on.")
    first = order.say(
        "Wave 1, the {first_customers:count} customers that cost more than they pay, is asked for the new "
        "price from {first_date:day} on"
    )
    if not order["second_customers"]:
        return first + note(".")
    return (
        first
        + order.say("; wave 2, the {second_customers:count} others, from {second_date:day} on. ")
        + say(
            "Of the {price_wave_gap_days:count} days between them (assumption price_wave_gap_days) the last "
            "{price_notice_days:count} are the notice of wave 2, and those before show who of wave 1 left: ",
            assumption(warehouse, "price_wave_gap_days"),
            assumption(warehouse, "price_notice_days"),
        )
        + order.say(
            "about {first_lost_base:count} are expected, and if more than {first_lost_high:count} have left "
            "(high churn), stop and judge the plan again."
        )
    )


def cheapest_tiers(warehouse: Warehouse) -> Evidence:
    """What is lost if customers sign up again, all of them first; no row while today's plan is kept."""
    return warehouse.evidence(
        """
        select
            subscription_tier, customers, customers_gaining_in_own_tier, lost_in_own_tier_usd,
            customers_gaining, gaining_customers, lost_usd, lost_today_usd, gain_base_usd,
            lost_share_of_gain, is_gain_lost
        from pricing.rpt_plan_cheapest_tiers
        order by subscription_tier = 'all' desc, lost_usd desc, subscription_tier
        """
    )


def gain_lost_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """That customers in the cheapest tier would take the whole gain; nothing where they would not."""
    lost = cheapest_tiers(warehouse)
    if not lost.rows or not lost["is_gain_lost"]:
        return ()
    return (
        lost.say(
            "**The tiers do not hold**: if each customer signed up again in the cheapest tier that serves "
            "its use, {lost_usd:usd} a month would be lost, more than the {gain_base_usd:usd} that the plan "
            "is expected to gain. Say first what separates the tiers."
        ),
    )


def tiers_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """What customers in the cheapest tier would take of the gain; nothing where it is all, or nothing."""
    lost = cheapest_tiers(warehouse)
    if not lost.rows or lost["is_gain_lost"] or not lost["customers_gaining"]:
        return ()
    return (
        lost.say(
            "If each customer signed up again in the cheapest tier that serves its use, {lost_usd:usd} "
            "of the gain would be lost ({lost_share_of_gain:percent}), which is one of the scenarios that "
            "the plan is judged by: say in the offer what separates the tiers."
        ),
    )


def _cheapest_said(lost: Evidence) -> Prose:
    said = (
        lost.say(
            "{customers_gaining_in_own_tier:count} of {customers:count} customers would pay less by leaving "
            "and signing up again in their own tier: {lost_in_own_tier_usd:usd_table} a month. "
        )
        if lost["customers_gaining_in_own_tier"]
        else note("Nobody would pay less by leaving and signing up again in the same tier. ")
    )
    if not lost["customers_gaining"]:
        return said + note("Nor in a cheaper one.")
    return said + lost.say(
        "**{customers_gaining:count} would in the cheapest tier that serves their use: "
        "{lost_usd:usd_table} a month, {lost_share_of_gain:percent} of what the plan is expected to "
        "gain.** At today's fees the same step would cost {lost_today_usd:usd_table}, and they do not take "
        "it: what a dearer tier gives besides its price is not in your data. Write it into the offer of "
        "each tier before a new customer can choose."
    )


def new_customers(warehouse: Warehouse) -> Evidence:
    """What a customer that comes later pays under the recommended plan, by tier and use."""
    return warehouse.evidence(
        """
        select
            subscription_tier, use_level, customers, usage_unit, units, cost_to_serve_usd, minimum_usd,
            base_fee_usd, included_units, usd_per_unit,
            revenue_usd, gross_margin_usd, gross_margin_share, today_fee_usd
        from pricing.rpt_plan_new_customers
        order by today_fee_usd nulls last, subscription_tier, use_order
        """
    )


def new_customers_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What a customer that comes later pays; nothing where no tier has customers."""
    priced = new_customers(warehouse)
    if not priced.rows:
        return ()
    lost = cheapest_tiers(warehouse)
    return (
        Section(
            "What a new customer pays",
            text=(
                _new_customers_said(priced),
                *_sample_invoice(priced),
                *((_cheapest_said(lost),) if lost.rows else ()),
            ),
            tables=(
                Table(_NEW_CUSTOMERS, priced, max_rows=_ALL_SHOWN),
                *(
                    (
                        Table(
                            _CHEAPEST, lost, note("If customers sign up again as new ones, after departures")
                        ),
                    )
                    if lost.rows
                    else ()
                ),
            ),
        ),
    )


def _new_customers_said(priced: Evidence) -> Prose:
    said = note(
        "A customer that comes later pays the list of the recommended plan from its first day, and at least "
        "the minimum of its tier, which is what a customer who stays in it pays at least: the base fee, or "
        "today's fee where nobody pays less than it. A plan with neither asks for what the median use of the "
        "tier costs over one less the target margin. Use is that of today's customers of the tier, "
        "at today's "
        "cost. "
    )
    losing = [row for row in priced.each() if (row["gross_margin_usd"] or 0) < 0]  # type: ignore[operator]
    if not losing and any(row["gross_margin_usd"] is None for row in priced.each()):
        return said + note("Whether a tier loses money is not known: its calls have no known cost.")
    if not losing:
        return said + note("No tier loses money at any of these uses.")
    return said + losing[0].say(
        "**A {subscription_tier:text} customer of {use_level:text} would be a loss** of "
        "{gross_margin_usd:usd_table} a month."
    )


def _sample_invoice(priced: Evidence) -> tuple[Prose, ...]:
    """One invoice in words, of a customer that uses more than its fee includes; nothing where none does."""
    sample = [row for row in priced.each() if row["revenue_usd"] != row["minimum_usd"]]
    if not sample:
        return ()
    unit = {"call": "calls", "1k_tokens": "thousand tokens"}.get(str(sample[0]["usage_unit"]), "credits")
    fee = (
        f"the fee of {{base_fee_usd:usd_table}} with {{included_units:count}} {unit} in it, and "
        if sample[0]["base_fee_usd"]
        else ""
    )
    each = "each further one" if sample[0]["included_units"] else "each"
    return (
        sample[0].say(
            f"An invoice: a {{subscription_tier:text}} customer that uses {{units:count}} {unit} in a month "
            f"pays {{revenue_usd:usd_table}}, which is {fee}{{usd_per_unit:usd_price}} for {each}."
        ),
    )


def credits_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What a credit is, where plans are priced by credits."""
    rates = warehouse.evidence(
        """
        select
            model_class, from_usd_per_million_output_tokens, credits_per_1k_input_tokens,
            credits_per_1k_cached_input_tokens, credits_per_1k_output_tokens
        from seeds.plan_credit_rates
        order by from_usd_per_million_output_tokens
        """
    )
    if not rates.rows:
        return ()
    return (
        Section(
            "What a credit is",
            text=(
                note(
                    "A credit is a unit of use that weighs tokens by what they cost: a call uses more "
                    "credits on a dear model than on a cheap one, and more for output than for input. Only "
                    "successful calls use any (seed plan_credit_rates)."
                ),
            ),
            tables=(Table(_CREDITS, rates),),
        ),
    )
