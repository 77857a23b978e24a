"""What a page on prices answers first, and what stands behind it."""

from reports_builder.evidence import Evidence, Prose, join
from reports_builder.model import Section
from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.frontier import behind_the_choice, chosen_said
from reports_builder.subjects.pricing.introducing import gain_lost_said, tiers_said
from reports_builder.subjects.pricing.statements import (
    after_savings_said,
    invoices_said,
    listed_said,
    months_said,
    other_fees_said,
    own_fees_said,
    proposal_said,
    rejected_said,
    today_said,
)
from reports_builder.subjects.rates.decisions import hosting_said
from reports_builder.warehouse import Warehouse


def answer(warehouse: Warehouse, plan: Evidence, rules: Evidence) -> tuple[Prose, ...]:
    """Whether we make money today, what is proposed, and what people have to decide."""
    prices = ask.price_list(warehouse)
    now = join([today_said(warehouse, plan), *other_fees_said(prices), *own_fees_said(prices)])
    if plan["is_current_plan"]:
        rejected = rejected_said(ask.best_rejected(warehouse), rules)
        kept = join([proposal_said(plan), *listed_said(ask.best_listed(warehouse)), *rejected])
        return (now, *hosting_said(warehouse), *chosen_said(warehouse), kept)
    return (
        join([*gain_lost_said(warehouse), now]),
        *hosting_said(warehouse),
        *chosen_said(warehouse),
    )


def behind_section(warehouse: Warehouse, plan: Evidence) -> tuple[Section, ...]:
    """What the proposal rests on, whose invoices change, and what else there is; nothing without one."""
    if not plan.rows or plan["is_current_plan"]:
        return ()
    rules = ask.rules(warehouse)
    # A plan under which nobody pays less cannot have invoiced less: that proves nothing.
    tried = months_said(ask.months(warehouse)) if plan["customers_paying_less"] else ()
    listed = listed_said(ask.best_listed(warehouse))
    compared = (*tried, *listed, *rejected_said(ask.best_rejected(warehouse), rules))
    return (
        Section(
            "Behind the proposal",
            text=(
                *behind_the_choice(warehouse),
                proposal_said(plan),
                *after_savings_said(ask.after_savings(warehouse)),
                join([invoices_said(plan, rules, ask.room(warehouse)), *tiers_said(warehouse)]),
                *((join(compared),) if compared else ()),
            ),
        ),
    )
