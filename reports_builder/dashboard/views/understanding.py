"""Where the money goes, who it belongs to, what a token costs, how good the forecast is."""

from dataclasses import replace

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views.overview import spend_tiles
from reports_builder.evidence import Evidence, note
from reports_builder.model import FEATURE_PAGE, Figure, Section, Table
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.breakdown import queries as ask
from reports_builder.subjects.allocation.breakdown.statements import (
    GAP_COLUMNS,
    coverage_figure,
    feature_tokens_table,
    owners,
    token_figures,
    token_price,
)
from reports_builder.subjects.core.queries import spend as spend_of
from reports_builder.subjects.core.statements import (
    features_of_customers_section,
    hours_section,
    spend_said,
    split_section,
)
from reports_builder.subjects.planning import queries as forecast
from reports_builder.subjects.planning.statements import (
    OUTLOOK_COLUMNS,
    OUTLOOK_NOTE,
    accuracy_figure,
    how_ranges_held,
    spend_by_day,
)


def build(warehouse: NarrowedWarehouse) -> View:
    """Understanding usage and cost."""
    spend = spend_of(warehouse)
    tokens = ask.total_tokens(warehouse)
    coverage = ask.coverage(warehouse)
    outlook = forecast.outlook(warehouse)
    return View(
        title="Understanding",
        headline=(spend_said(warehouse, spend), token_price(tokens), owners(coverage)),
        tiles=(
            *spend_tiles(spend),
            *token_figures(tokens),
            coverage_figure(coverage),
            accuracy_figure(forecast.accuracy(warehouse)),
        ),
        sections=(
            Section("AI spend by day", figures=(spend_by_day(warehouse, outlook),)),
            split_section(warehouse, "model", "Model", "Models"),
            *features_of_customers_section(warehouse),
            *hours_section(warehouse),
            # Who uses what is drawn above; its organizations are a list.
            replace(split_section(warehouse, "organization", "Organization", "Organizations"), figures=()),
            _token_section(warehouse),
            Section(
                "Forecasts",
                text=how_ranges_held(warehouse),
                tables=(
                    Table(OUTLOOK_COLUMNS, forecast.outlooks(warehouse), note(OUTLOOK_NOTE), max_rows=30),
                ),
            ),
            Section("How complete the data is", tables=(Table(GAP_COLUMNS, ask.gaps(warehouse)),)),
        ),
        period=warehouse.chosen_period,
        insights=insights.understanding(warehouse.whole),
    )


def _token_section(warehouse: NarrowedWarehouse) -> Section:
    table = feature_tokens_table(warehouse)
    return Section("What a token costs by feature", figures=_token_figure(table.evidence), tables=(table,))


def _token_figure(tokens: Evidence) -> tuple[Figure, ...]:
    if not tokens.rows:
        return ()
    title = tokens.say("{value:words} has the dearest tokens: {times_average:ratio} times the average")
    chart = ranked_bars(
        tokens,
        # On a phone a product before it leaves no room for the feature.
        label="short_name",
        value="cost_per_1k_tokens_usd",
        style="usd_unit",
        axis_title="US dollars for 1,000 tokens",
        axis_format="$,.4~f",
        marker="average_usd",
    )
    height = 70 + 26 * len(tokens.rows)
    key = "Bar: cost of 1,000 tokens. Upright mark: the average."
    return (
        Figure(
            "token-cost", chart, title, title + note("."), tokens, height=height, key=key, page=FEATURE_PAGE
        ),
    )
