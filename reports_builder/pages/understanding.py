"""Analysis: where the money goes, who it belongs to, what a token costs, what comes next."""

from reports_builder.chart_kinds import daily_trend, ranked_bars
from reports_builder.confidence import confidence
from reports_builder.domains.understanding import insights
from reports_builder.domains.understanding import queries as ask
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.savings import action_plan
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Assumed: what a call costs belongs to the customer who made it, not to the one it was made for."),
    note(
        "Assumed: the days to come resemble the last eight weeks. A price change or a new large "
        "customer is in no forecast."
    ),
)


def build(warehouse: Warehouse) -> Page:
    """Spend, allocation, token efficiency and forecast of the trailing window."""
    total = ask.total(warehouse)
    tokens = ask.total_tokens(warehouse)
    coverage = ask.coverage(warehouse)
    organizations = ask.organizations(warehouse)
    providers = ask.breakdown(warehouse, "provider")
    models = ask.breakdown(warehouse, "model")
    outlook = ask.outlook(warehouse)
    accuracy = ask.accuracy(warehouse)
    return Page(
        path="analyses/understanding.md",
        title="Understanding usage and cost",
        period=warehouse.period,
        question=note(
            "A bill by provider does not say which customer, product or feature caused it, whether it was "
            "well spent, or what the next one will be."
        ),
        answer=(
            _spend(total, providers, models),
            _owners(coverage, organizations),
            _token_price(tokens),
            _forecast(outlook, accuracy),
        ),
        key_figures=_key_figures(total, tokens, coverage, outlook, accuracy),
        figures=(_organizations_figure(organizations),) if organizations["listed_organizations"] else (),
        insights=(
            *insights.ownership(warehouse, coverage),
            insights.dear_tokens(warehouse),
            *insights.planning(warehouse, outlook, accuracy),
        ),
        plan=action_plan(warehouse, "model_switch", "caching"),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            _spend_section(warehouse, providers, models),
            _allocation_section(warehouse, organizations),
            _tokens_section(warehouse),
            _forecast_section(warehouse, outlook),
        ),
    )


def _spend(total: Evidence, providers: Evidence, models: Evidence) -> Prose:
    head = (
        total.say("AI calls cost **{spend_usd:usd}**; there is no full earlier period to compare with. ")
        if total["prior_spend_usd"] is None
        else total.say("AI calls cost **{spend_usd:usd}**, {spend_change_share:delta} on the period before. ")
    )
    return (
        head
        + providers.say("{value:text} takes {spend_share:percent} of it; ")
        + models.say("{value:text} alone takes {spend_share:percent}.")
    )


def _owners(coverage: Evidence, organizations: Evidence) -> Prose:
    owned = coverage.say(
        "**{customer_coverage_share:percent}** of the cost has a customer on record and "
        "{with_team_share:percent} a team; **{without_customer_usd:usd}** has no customer."
    )
    if not organizations["listed_organizations"]:
        return owned
    return owned + organizations.say(
        " The {listed_organizations:count} largest organizations cause {listed_share:percent} of the cost."
    )


def _token_price(tokens: Evidence) -> Prose:
    if tokens["price_change_share"] is None:
        change = note(". ")
    else:
        change = tokens.say(" ({price_change_share:delta} on the period before). ")
    return (
        tokens.say("1,000 tokens cost **{cost_per_1k_tokens_usd:usd_unit}**")
        + change
        + tokens.say("The providers' caches answered {cached_input_share:percent} of the input.")
    )


def _forecast(outlook: Evidence, accuracy: Evidence) -> Prose:
    if outlook["forecast_usd"] is None:
        return note("History is too short for a forecast: it takes fourteen days of data.")
    said = outlook.say("The next 30 days are expected to cost **{forecast_usd:usd}**")
    if outlook["lower_usd"] is None:
        return said + note("; history is too short to say how far off that may be.")
    return (
        said
        + outlook.say(
            ", with {lower_usd:usd} to {upper_usd:usd} as the range of four in five past outcomes; "
        )
        + accuracy.say(
            "past forecasts missed a day's cost by {wape:percent}, where repeating last week misses it by "
            "{naive_wape:percent}."
        )
    )


def _key_figures(
    total: Evidence, tokens: Evidence, coverage: Evidence, outlook: Evidence, accuracy: Evidence
) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure(
            "Cost of AI calls",
            total.cell("spend_usd", "usd_table"),
            total.cell("prior_spend_usd", "usd_table"),
            total.cell("spend_change_share", "delta"),
            status=total.cell("status", "text"),
        ),
        KeyFigure(
            "Cost of 1,000 tokens",
            tokens.cell("cost_per_1k_tokens_usd", "usd_unit"),
            tokens.cell("prior_cost_per_1k_tokens_usd", "usd_unit"),
            tokens.cell("price_change_share", "delta"),
            status=tokens.cell("price_status", "text"),
        ),
        KeyFigure("Output tokens per input token", tokens.cell("output_input_ratio", "ratio")),
        KeyFigure("Input read from a cache", tokens.cell("cached_input_share", "percent")),
        KeyFigure(
            "Cost with a customer on record",
            coverage.cell("customer_coverage_share", "percent"),
            status=coverage.cell("customer_status", "text"),
        ),
        KeyFigure(
            "Forecast, next 30 days",
            outlook.cell("forecast_usd", "usd_table")
            if outlook["lower_usd"] is None
            else outlook.say("{forecast_usd:usd_table} ({lower_usd:usd_table} to {upper_usd:usd_table})"),
            change=outlook.cell("change_share", "delta"),
            status=outlook.cell("status", "text"),
        ),
        KeyFigure(
            "Error of past forecasts per day",
            accuracy.cell("wape", "percent"),
            target=accuracy.say("{naive_wape:percent}, repeating last week"),
            status=accuracy.cell("status", "text"),
        ),
    )


def _organizations_figure(organizations: Evidence) -> Figure:
    has_prior = organizations["prior_cost_usd"] is not None
    title = organizations.say(
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
        key="Bar: cost of the period. Upright mark: cost of the period before." if has_prior else "",
    )


def _spend_columns(warehouse: Warehouse) -> tuple[Column, ...]:
    """What had no cost in a period before that is known is new; without such a period nothing is."""
    return (
        Column("spend_usd", "Cost", "usd_table"),
        Column("prior_spend_usd", "Period before", "usd_table"),
        Column("spend_change_share", "Change", "delta_or_new" if warehouse.period.has_prior else "delta"),
        Column("spend_share", "Share", "percent"),
        Column("calls", "Calls", "count"),
    )


def _spend_section(warehouse: Warehouse, providers: Evidence, models: Evidence) -> Section:
    return Section(
        "Spend by provider, model and customer",
        tables=(
            Table((Column("value", "Provider"), *_spend_columns(warehouse)), providers),
            Table((Column("value", "Model"), *_spend_columns(warehouse)), models),
            Table((Column("value", "Customer"), *_spend_columns(warehouse)), ask.customers(warehouse)),
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
            Table(
                (Column("value", "Feature", "words"), *_spend_columns(warehouse)),
                ask.breakdown(warehouse, "feature"),
            ),
            Table((Column("value", "Team"), *_spend_columns(warehouse)), ask.breakdown(warehouse, "team")),
        ),
    )


def _tokens_section(warehouse: Warehouse) -> Section:
    return Section(
        "Token efficiency by feature",
        tables=(
            Table(
                (
                    Column("value", "Feature", "words"),
                    Column("cost_per_1k_tokens_usd", "Per 1,000 tokens", "usd_unit"),
                    Column("cost_per_call_usd", "Per call", "usd_unit"),
                    Column("tokens_per_call", "Tokens per call", "count"),
                    Column("output_input_ratio", "Output per input", "ratio"),
                    Column("cached_input_share", "Cached input", "percent"),
                    Column("cost_share", "Share of cost", "percent"),
                ),
                ask.tokens(warehouse, "feature"),
            ),
        ),
    )


def _forecast_section(warehouse: Warehouse, outlook: Evidence) -> Section:
    days = ask.daily_spend(warehouse)
    title = (
        outlook.say("The next 30 days are expected to cost {forecast_usd:usd}")
        if outlook["forecast_usd"] is not None
        else note("History is too short for a forecast")
    )
    return Section(
        "Forecast and how it was tested",
        text=(
            note(
                "Three methods looked ahead from each of up to 120 past days, each knowing only what was "
                "known then: repeating last week (seasonal naive), the usual cost of the weekday at the "
                "level of the last two weeks (weekday profile), and the same with the growth of the last "
                "eight weeks, fading. The one with the least error is used, also if it is the first. Skill "
                "is the error saved against repeating last week; neighbouring test windows overlap, so "
                "there are fewer independent trials than days."
            ),
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
                    Column("interval_coverage_share", "Within its range", "percent"),
                    Column("origins", "Days tested", "count"),
                ),
                ask.scores(warehouse),
                max_rows=15,
            ),
        ),
        figures=(
            Figure(
                "forecast",
                daily_trend(
                    days,
                    ask.daily_forecast(warehouse),
                    day="day",
                    value="spend_usd",
                    axis_title="US dollars a day",
                ),
                title,
                note("Cost of each of the last 90 days as a line, then the forecast inside its range. ")
                + title,
                days,
            ),
        ),
    )
