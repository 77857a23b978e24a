"""Analysis: where the money goes, who it belongs to, what a token costs, what comes next."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, Page, Section, Table
from reports_builder.savings import action_plan
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.breakdown import queries as ask
from reports_builder.subjects.allocation.breakdown.statements import (
    breakdown_table,
    coverage_figure,
    feature_tokens_table,
    owners,
    token_figures,
    token_price,
)
from reports_builder.subjects.core import queries as spend_queries
from reports_builder.subjects.core.statements import (
    BESIDE_BEFORE,
    features_of_customers_section,
    hours_section,
    spend_figures,
    spend_said,
)
from reports_builder.subjects.planning import queries as forecast
from reports_builder.subjects.planning.statements import (
    accuracy_figure,
    forecast_figure,
    spend_by_day,
    what_comes,
)
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Assumed: what a call costs belongs to the customer who made it, not to the one it was made for."),
    note("Assumed: the forecast goes on from past cost; no price change or new large customer is in it."),
)


def build(warehouse: Warehouse) -> Page:
    """Spend, allocation, token efficiency and forecast of the trailing window."""
    spend = spend_queries.spend(warehouse)
    tokens = ask.total_tokens(warehouse)
    coverage = ask.coverage(warehouse)
    organizations = ask.organizations(warehouse)
    organizations_in_all = ask.organizations_in_all(warehouse)
    providers = ask.breakdown(warehouse, "provider")
    models = ask.breakdown(warehouse, "model")
    outlook = forecast.outlook(warehouse)
    accuracy = forecast.accuracy(warehouse)
    return Page(
        path="analyses/understanding.md",
        title="Understanding usage and cost",
        period=warehouse.period,
        question=note(
            "A bill by provider does not say which customer, product or feature caused it, whether it was "
            "well spent, or what the next one will be."
        ),
        answer=(
            _spend(warehouse, spend, providers, models),
            owners(coverage) + _largest(organizations_in_all),
            token_price(tokens),
            what_comes(outlook) + _missed(outlook, accuracy),
        ),
        key_figures=(
            spend_figures(spend)[0],
            *token_figures(tokens),
            coverage_figure(coverage),
            forecast_figure(outlook),
            accuracy_figure(accuracy),
        ),
        figures=(_organizations_figure(organizations, organizations_in_all),) if organizations.rows else (),
        insights=insights.understanding(warehouse),
        plan=action_plan(warehouse, "model_switch", "caching"),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            _spend_section(warehouse, providers, models),
            *features_of_customers_section(warehouse),
            *hours_section(warehouse),
            _allocation_section(warehouse, organizations),
            Section("Token efficiency by feature", tables=(feature_tokens_table(warehouse),)),
            _forecast_section(warehouse, outlook),
        ),
    )


def _spend(warehouse: Warehouse, spend: Evidence, providers: Evidence, models: Evidence) -> Prose:
    return (
        spend_said(warehouse, spend)
        + providers.say(" {value:text} takes {spend_share:percent} of it; ")
        + models.say("{value:text} alone takes {spend_share:percent}.")
    )


def _largest(in_all: Evidence) -> Prose:
    if not in_all["listed_organizations"]:
        return note("")
    return in_all.say(
        " The {listed_organizations:count} largest organizations cause {listed_share:percent} of the cost."
    )


def _missed(outlook: Evidence, accuracy: Evidence) -> Prose:
    if outlook["lower_usd"] is None or accuracy["total_wape"] is None:
        return note("")
    return accuracy.say(
        " Past forecasts missed the cost of their 30 days by {total_wape:percent}, where repeating last week "
        "misses it by {naive_total_wape:percent}."
    )


def _organizations_figure(organizations: Evidence, in_all: Evidence) -> Figure:
    has_prior = organizations["prior_cost_usd"] is not None
    title = in_all.say(
        "{listed_organizations:count} of {all_organizations:count} organizations cause "
        "{listed_share:percent} of AI cost"
    )
    return Figure(
        "organizations",
        ranked_bars(
            organizations,
            label="organization_id",
            value="cost_usd",
            style="usd",
            axis_title="US dollars in 30 days",
            marker="prior_cost_usd" if has_prior else None,
            end_label=("now, before", "prior_cost_usd") if has_prior else None,
        ),
        title,
        title + organizations.say(". The largest is {organization_id:text} with {cost_usd:usd}."),
        organizations,
        height=320,
        key=BESIDE_BEFORE if has_prior else "",
    )


def _spend_section(warehouse: Warehouse, providers: Evidence, models: Evidence) -> Section:
    return Section(
        "Spend by provider, model and customer",
        tables=(
            breakdown_table(Column("value", "Provider"), providers),
            breakdown_table(Column("value", "Model"), models),
            breakdown_table(Column("value", "Customer"), ask.customers(warehouse)),
        ),
    )


def _allocation_section(warehouse: Warehouse, organizations: Evidence) -> Section:
    columns = (
        Column("cost_usd", "Cost", "usd_table"),
        Column("prior_cost_usd", "Period before", "usd_table"),
        Column("cost_change_share", "Change", "delta"),
        Column("cost_share", "Share", "percent"),
        Column("team_coverage_share", "With a team", "percent"),
    )
    return Section(
        "Allocation: organization, product, customer, feature",
        text=(
            note(
                "Each level adds up to the same total. Cost without a customer on record stands in its own "
                "row, unallocated."
            ),
        ),
        tables=(
            Table((Column("organization_id", "Organization"), *columns), organizations),
            Table(
                (
                    Column("organization_id", "Organization"),
                    Column("product_id", "Product", "words"),
                    *columns,
                ),
                ask.organization_products(warehouse),
            ),
            Table(
                (
                    Column("organization_id", "Organization"),
                    Column("product_id", "Product", "words"),
                    Column("customer", "Customer"),
                    *columns,
                ),
                ask.organization_customers(warehouse),
            ),
            breakdown_table(
                Column("value", "Product and feature", "words"),
                ask.breakdown(warehouse, "feature"),
            ),
            breakdown_table(Column("value", "Team"), ask.breakdown(warehouse, "team")),
        ),
    )


def _forecast_section(warehouse: Warehouse, outlook: Evidence) -> Section:
    return Section(
        "Forecast and how it was tested",
        text=(
            note(
                "Seven methods and the middle of them (combined) looked ahead from each of up to 120 past "
                "days, each knowing only what was known then. The one in use is not the best of these "
                "days: from 14 tested days on it is the combined one, unless repeating last week missed "
                "clearly less; before that the usual cost of the weekday (weekday profile). What was best in "
                "the past is often not best on the days to come. Skill is the error saved against "
                "repeating last week; neighbouring test windows overlap, so there are fewer independent "
                "trials than days."
            ),
            *_wide_range(outlook),
        ),
        tables=(
            Table(
                (
                    Column("forecast_method", "Method", "words"),
                    Column("horizon", "Ahead"),
                    Column("is_used", "Used", "yes_no"),
                    Column("wape", "Error", "percent"),
                    Column("bias_share", "Lean", "percent"),
                    Column("skill_share", "Skill", "percent"),
                    Column("interval_coverage_share", "Within its 80 % range", "percent"),
                    Column("interval_95_coverage_share", "Within its 95 % range", "percent"),
                    Column("origins", "Days tested", "count"),
                ),
                forecast.scores(warehouse),
                max_rows=18,
            ),
            *_record_table(forecast.record(warehouse)),
        ),
        figures=(spend_by_day(warehouse, outlook),),
    )


def _wide_range(outlook: Evidence) -> tuple[Prose, ...]:
    """Why the sum of 30 days has no range that holds 19 of 20; nothing where it has no range at all."""
    if not outlook["independent_sums"]:
        return ()
    return (
        outlook.say(
            "A day has two ranges, for four in five and for 19 in 20 of the days to come. The sum of 30 days "
            "has none for 19 in 20: it would take 19 past sums that do not overlap, and there are "
            "{independent_sums:count}."
        ),
    )


def _record_table(record: Evidence) -> tuple[Table, ...]:
    """What was forecast ahead and is over; nothing before the first is."""
    if not record.rows:
        return ()
    columns = (
        Column("first_forecast_date", "From"),
        Column("last_forecast_date", "To"),
        Column("scope", "Of"),
        Column("scope_id", "Which"),
        Column("forecast_usd", "Forecast before", "usd_table"),
        Column("actual_usd", "It cost", "usd_table"),
        Column("error_share", "Error", "delta"),
        Column("is_within_range", "Within its range", "yes_no"),
    )
    return (
        Table(
            columns, record, note("What was forecast before the days began, beside what came."), max_rows=18
        ),
    )
