"""Analysis: the right model, the right service class and the right contract for each token."""

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.model import Column, Page, Section, Table
from reports_builder.savings import action_plan, works
from reports_builder.subjects import insights
from reports_builder.subjects.core.queries import spend
from reports_builder.subjects.efficiency.statements import lifts_beside_savings
from reports_builder.subjects.rates import queries as ask
from reports_builder.subjects.rates.cloud_commitments import (
    cloud_commitment_sections,
    signing,
)
from reports_builder.subjects.rates.cloud_commitments import totals as cloud_totals
from reports_builder.subjects.rates.decisions import decision_section, decisions_said
from reports_builder.subjects.rates.expiries import expiries_section
from reports_builder.subjects.rates.portfolio import coverage_reasons, portfolio_sections
from reports_builder.subjects.rates.price_age import machine_prices_said, model_prices_said
from reports_builder.subjects.rates.price_tiers import price_tier_section
from reports_builder.subjects.rates.realized import realized_sections
from reports_builder.subjects.rates.regions import provider_section, region_section
from reports_builder.subjects.rates.self_hosting import self_hosting_section
from reports_builder.subjects.rates.statements import (
    KINDS,
    caching_section,
    commitment_section,
    key_figures,
    offers_table,
    owners_section,
    refused_table,
    waterfall_figure,
    what_commitments_save,
    what_first,
    what_is_open,
    what_was_examined,
)
from reports_builder.subjects.rates.team_coverage import team_coverage_section
from reports_builder.subjects.rates.transfer import transfer_section
from reports_builder.subjects.rates.usage import usage_sections
from reports_builder.warehouse import Warehouse


def build(warehouse: Warehouse) -> Page:
    """Savings by kind, switches, batch and caching, and the judgement of every commitment offer."""
    totals = ask.totals(warehouse)
    kinds = {name: ask.kind(warehouse, name) for name in KINDS}
    offer = ask.recommended_offer(warehouse)
    counts = ask.offer_counts(warehouse)
    best = works(warehouse, rows=1)
    return Page(
        path="analyses/optimization.md",
        title="Rate optimization: what the same work could cost",
        period=warehouse.period,
        question=note(
            "Each call is charged by a model, a service class and a contract that somebody once chose; "
            "nobody checks later whether the same work could be had for less."
        ),
        answer=(
            what_is_open(totals),
            *what_was_examined(ask.bridge(warehouse)),
            *what_first(best),
            what_commitments_save(
                offer, ask.offer_beyond_limits(warehouse), counts, cloud_totals(warehouse), signing(warehouse)
            ),
            *_beside_the_total(warehouse, totals),
            *decisions_said(warehouse),
        ),
        key_figures=key_figures(spend(warehouse), totals, kinds, ask.caching_in_all(warehouse)),
        figures=(waterfall_figure(warehouse, totals),),
        insights=insights.optimization(warehouse),
        plan=action_plan(warehouse),
        confidence=confidence(
            warehouse,
            (*model_prices_said(warehouse), *machine_prices_said(warehouse), *_assumptions(counts)),
        ),
        sections=_reference(warehouse, offer),
    )


def _beside_the_total(warehouse: Warehouse, totals: Evidence) -> tuple[Prose, ...]:
    """One paragraph on what the total leaves out: savings that overlap, and what quality costs."""
    lifts = lifts_beside_savings(warehouse)
    if not totals["overlap_usd"]:
        return lifts
    said = totals.say(
        "Each alone, these actions would save {total_gross_usd:usd_table} a month; "
        "**{overlap_usd:usd_table}** of that another of them saves already, so it is counted once: "
    )
    said += join(
        [of.say("{action_kind:words} {overlap_usd:usd_table}") for of in ask.overlaps(warehouse).each()], ", "
    )
    said += note(".")
    for lift in lifts:
        said += note(" ") + lift
    return (said,)


def _assumptions(counts: Evidence) -> tuple[Prose, ...]:
    of_actions = (
        note(
            "The next 30 days bring the same calls with the same tokens. Of the saving that a switch or an "
            "action on machines and storage could bring, a share is counted (seed assumptions); the range of "
            "a switch is a smaller or larger share, and more or fewer tokens on the other model, that of the "
            "others a smaller share, and all of it."
        ),
        note("The share of calls that can wait for the batch service is an estimate of yours to confirm."),
    )
    if not counts["offers_judged"]:
        return of_actions
    return (
        *of_actions,
        counts.say(
            "{offers_illustrative:count} of {offers_judged:count} commitment offers are examples and not "
            "quotes; each was judged on {lookback_hours:count} hours, and hourly usage is assumed to repeat "
            "over its term."
        ),
    )


def _reference(warehouse: Warehouse, offer: Evidence) -> tuple[Section, ...]:
    return (
        *owners_section(warehouse),
        *decision_section(warehouse),
        Section(
            "Actual cost against reserved capacity",
            text=(
                note(
                    "Usage as it was, hour by hour, at the level that would have been cheapest; where no "
                    "level pays, at the smallest that is sold. Coverage is the share of the usage that the "
                    "commitment serves, utilization the share of the commitment that is used; below the "
                    "break-even utilization it loses. The batch service and caching are the way to a lower "
                    "price of the same usage without a promise: what they would save of it by themselves, as "
                    "far as it is known, stands beside each offer."
                ),
            ),
            tables=(offers_table(warehouse),),
        ),
        *commitment_section(warehouse, offer),
        *usage_sections(warehouse),
        *price_tier_section(warehouse),
        *region_section(warehouse),
        *provider_section(warehouse),
        *transfer_section(warehouse),
        *self_hosting_section(warehouse),
        *cloud_commitment_sections(warehouse),
        *portfolio_sections(warehouse),
        *coverage_reasons(warehouse),
        *team_coverage_section(warehouse),
        *expiries_section(warehouse),
        *realized_sections(warehouse),
        Section(
            "Switches that were refused",
            text=(note("They would save money, and something speaks against them."),),
            tables=(refused_table(warehouse),),
        ),
        caching_section(warehouse),
        Section(
            "The ledger by kind of action, in the order of application",
            tables=(
                Table(
                    (
                        Column("action_kind", "Kind", "words"),
                        Column("counting", "In the total"),
                        Column("actions", "Actions", "count"),
                        Column("gross_usd", "Alone", "usd_table"),
                        Column("overlap_usd", "Overlap", "usd_table"),
                        Column("net_usd", "Net a month", "usd_table"),
                        Column("low_usd", "Low", "usd_table"),
                        Column("high_usd", "High", "usd_table"),
                    ),
                    ask.kinds(warehouse),
                ),
            ),
        ),
    )
