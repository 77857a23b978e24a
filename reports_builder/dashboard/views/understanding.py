"""Where the money goes, who it belongs to, what a token costs, how good the forecast is."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views.overview import daily_section, spend_said, spend_tiles, split_section
from reports_builder.domains.spend import queries as summary
from reports_builder.domains.understanding import queries as ask
from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table


def build(warehouse: NarrowedWarehouse) -> View:
    """Understanding usage and cost."""
    spend = summary.spend(warehouse)
    tokens = ask.total_tokens(warehouse)
    coverage = ask.coverage(warehouse)
    outlook = ask.outlook(warehouse)
    accuracy = ask.accuracy(warehouse)
    return View(
        title="Understanding",
        headline=(
            spend_said(spend),
            tokens.say(
                "1,000 tokens cost **{cost_per_1k_tokens_usd:usd_unit}**; the providers' caches answered "
                "{cached_input_share:percent} of the input."
            ),
            coverage.say(
                "**{customer_coverage_share:percent}** of the cost has a customer on record and "
                "{with_team_share:percent} a team."
            ),
        ),
        tiles=(
            *spend_tiles(spend),
            KeyFigure(
                "Cost of 1,000 tokens",
                tokens.cell("cost_per_1k_tokens_usd", "usd_unit"),
                tokens.cell("prior_cost_per_1k_tokens_usd", "usd_unit"),
                tokens.cell("price_change_share", "delta"),
            ),
            KeyFigure("Output tokens per input token", tokens.cell("output_input_ratio", "ratio")),
            KeyFigure(
                "Cost without a customer",
                coverage.cell("without_customer_usd", "usd_table"),
                status=coverage.say("{without_customer_calls:count} calls"),
            ),
            KeyFigure(
                "Error of past forecasts per day",
                accuracy.cell("wape", "percent"),
                status=accuracy.say("{naive_wape:percent} by repeating last week"),
            ),
        ),
        sections=(
            daily_section(warehouse, outlook),
            split_section(warehouse, "organization", "Organization", "Organizations"),
            split_section(warehouse, "model", "Model", "Models"),
            _token_section(warehouse),
            _forecast_table(warehouse),
            _gaps(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _token_section(warehouse: NarrowedWarehouse) -> Section:
    tokens = ask.tokens(warehouse, "feature")
    table = Table(
        (
            Column("value", "Feature", "words"),
            Column("cost_per_1k_tokens_usd", "Per 1,000 tokens", "usd_unit"),
            Column("cost_per_call_usd", "Per call", "usd_unit"),
            Column("tokens_per_call", "Tokens per call", "count"),
            Column("cached_input_share", "Cached input", "percent"),
            Column("cost_share", "Share of cost", "percent"),
        ),
        tokens,
    )
    return Section("What a token costs by feature", figures=_token_figure(tokens), tables=(table,))


def _token_figure(tokens: Evidence) -> tuple[Figure, ...]:
    if not tokens.rows:
        return ()
    title = tokens.say("{value:words} has the dearest tokens: {times_average:ratio} times the average")
    chart = ranked_bars(
        tokens,
        label="value",
        value="cost_per_1k_tokens_usd",
        style="usd_unit",
        axis_title="US dollars for 1,000 tokens",
        axis_format="$,.4~f",
        marker="average_usd",
    )
    height = 70 + 26 * len(tokens.rows)
    key = "Bar: cost of 1,000 tokens. Upright mark: the average."
    return (Figure("token-cost", chart, title, title + note("."), tokens, height=height, key=key),)


def _forecast_table(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("name", "Of"),
        Column("trailing_cost_usd", "Last 30 days", "usd_table"),
        Column("forecast_usd", "Next 30 days", "usd_table"),
        Column("lower_usd", "Low", "usd_table"),
        Column("upper_usd", "High", "usd_table"),
        Column("change_share", "Change", "delta"),
        Column("wape", "Error a day", "percent"),
    )
    return Section("Forecasts", tables=(Table(columns, ask.outlooks(warehouse), max_rows=30),))


def _gaps(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("gap", "What is missing or odd", "words"),
        Column("affected_calls", "Calls", "count"),
        Column("affected_call_share", "Share of calls", "percent"),
        Column("affected_cost_usd", "Cost", "usd_table"),
        Column("affected_share", "Share of cost", "percent"),
    )
    return Section("How complete the data is", tables=(Table(columns, ask.gaps(warehouse)),))
