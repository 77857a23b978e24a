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
                say(
                    "Wave 1 costs more than it pays today, and begins. No date is before a notice of "
                    "{price_notice_days:count} days (assumption price_notice_days), nor within a contract of "
                    "the seed customer_contracts; where none is on file, what was signed is unknown: check "
                    "before you write. The dashboard's page Pricing has this table with every row as CSV.",
                    assumption(warehouse, "price_notice_days"),
                ),
            ),
            tables=(Table(_MOVES, customers, max_rows=_ALL_SHOWN),),
        ),
    )


def new_customers(warehouse: Warehouse) -> Evidence:
    """What a customer that comes later pays under the recommended plan, by tier and use."""
    return warehouse.evidence(
        """
        select
            subscription_tier, use_level, customers, usage_unit, units, cost_to_serve_usd, minimum_usd,
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
    return (
        Section(
            "What a new customer pays",
            text=(_new_customers_said(priced),),
            tables=(Table(_NEW_CUSTOMERS, priced, max_rows=_ALL_SHOWN),),
        ),
    )


def _new_customers_said(priced: Evidence) -> Prose:
    said = note(
        "A customer that comes later pays the list of the recommended plan from its first day, and at least "
        "the minimum of its tier: the base fee or, where that is less, what the median use of the tier costs "
        "over one less the target margin. Use is that of today's customers of the tier, at today's cost. "
    )
    losing = [row for row in priced.each() if (row["gross_margin_usd"] or 0) < 0]  # type: ignore[operator]
    if not losing:
        return said + note("No tier loses money at any of these uses.")
    return said + losing[0].say(
        "**A {subscription_tier:text} customer of {use_level:text} would be a loss** of "
        "{gross_margin_usd:usd_table} a month."
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
