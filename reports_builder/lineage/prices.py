"""The price that a charge rests on, and the row of the price list that says so."""

from collections.abc import Iterator
from decimal import Decimal

from dbt_project.landing.seed_lines import find_seed_line
from reports_builder.errors import ReportError
from reports_builder.escaping import sql_literal
from reports_builder.evidence import Evidence
from reports_builder.formatting import exact
from reports_builder.lineage.chain import Step
from reports_builder.warehouse import Warehouse

_CLASSES = ("input", "cached_input", "cache_write", "output")
# In the order in which they go before each other, with the column of a price and, by token class, its rows.
_LISTS = ("price_overrides", "model_prices", "demo_prices")
_BOOK = "price_book"
_PER_MILLION = Decimal(1_000_000)


def step_of_call(warehouse: Warehouse, call: Evidence) -> Step:
    """The price by token class at the moment of a call, and the lines of the lists that have it."""
    at, model = sql_literal(call["called_at"]), sql_literal(call["model"])
    size = int(str(call["input_tokens"] or 0))
    shown = ", ".join(f"contracted_usd_per_{name}_token" for name in _CLASSES)
    period = warehouse.evidence(
        f"select {shown}, valid_from, valid_to, is_negotiated, from_week_minute\n"
        "from intermediate.int_price_periods\n"
        f"where provider = {sql_literal(call['provider'])} and model = {model} "
        f"and service_tier = {sql_literal(call['service_tier'])}\n"
        f"and valid_from <= {at} and {at} < valid_to\n"
        f"and min_input_tokens <= {size} and {size} < next_min_input_tokens\n"
        "order by from_week_minute"
    )
    if not period.rows:
        return Step(
            "Price",
            ("No price was known for this call: its cost is what its record states, if anything.",),
            period,
        )
    lines = [line for name in _CLASSES for line in _lines(warehouse, call, period, name)]
    return Step(
        "Price",
        (
            f"Call {call['call_id']}: {_worked_out(call, period)}",
            f"The price holds from {period['valid_from']} up to {period['valid_to']}.",
            *lines,
        ),
        period,
    )


def _worked_out(call: Evidence, period: Evidence) -> str:
    """Tokens by price, and whether that is the cost of the call."""
    cached, written = (
        int(str(call["cached_input_tokens"] or 0)),
        int(str(call["cache_write_input_tokens"] or 0)),
    )
    if call["input_tokens"] is None or call["output_tokens"] is None:
        return "its tokens are not known, so its cost is what its record states."
    tokens = {
        "input": int(str(call["input_tokens"])) - cached - written,
        "cached_input": cached,
        "cache_write": written,
        "output": int(str(call["output_tokens"])),
    }
    used = {name: number for name, number in tokens.items() if number}
    prices = {name: period[f"contracted_usd_per_{name}_token"] for name in used}
    parts = " + ".join(f"{used[name]} {name} x {exact(prices[name])}" for name in used)
    if len(period.rows) > 1 or any(not isinstance(price, Decimal) for price in prices.values()):
        return f"{parts}, at prices that depend on the hour or are not all known."
    total = sum((used[name] * Decimal(str(prices[name])) for name in used), Decimal())
    cost = call["effective_cost_usd"]
    return f"{parts} = {exact(total)} USD, " + (
        "its effective cost."
        if total == cost
        else f"where its effective cost is {exact(cost)}: what was charged."
    )


def _lines(warehouse: Warehouse, call: Evidence, period: Evidence, token_class: str) -> Iterator[str]:
    """The line of the list that goes first and states this price."""
    price = period[f"contracted_usd_per_{token_class}_token"]
    if not isinstance(price, Decimal):
        return
    names = _names(warehouse, call)
    tier, at = sql_literal(call["service_tier"]), sql_literal(call["called_at"])
    for seed in (*_LISTS, _BOOK):
        is_book = seed == _BOOK
        column = f"usd_per_million_{token_class}_tokens" if is_book else "usd_per_million_tokens"
        of_class = "" if is_book else f" and token_class = {sql_literal(token_class)}"
        found = warehouse.evidence(
            f"select *\nfrom seeds.{seed}\nwhere (provider, model) in ({names})\n"
            f"and service_tier = {tier}{of_class}\n"
            f"and {column} = {exact(price * _PER_MILLION)} and valid_from <= {at}\n"
            "order by valid_from desc\nlimit 1"
        )
        if found.rows:
            row = found.records()[0]
            line = find_seed_line(
                seed,
                {
                    name: row[name]
                    for name in row
                    if name
                    in (
                        "provider",
                        "model",
                        "service_tier",
                        "token_class",
                        "min_input_tokens",
                        "valid_from",
                        column,
                    )
                },
            )
            told = str(line) if line else f"a row of the seed {seed}, whose file is not here"
            yield f"{token_class}: {exact(price)} USD a token, {told}"
            return


def _names(warehouse: Warehouse, call: Evidence) -> str:
    """The names under which lists may have the model of a call, as rows of a condition."""
    here = f"provider = {sql_literal(call['provider'])} and model = {sql_literal(call['model'])}"
    found = warehouse.evidence(
        f"select priced_provider, priced_model from seeds.model_aliases where {here}\nunion\n"  # noqa: S608
        f"select priced_provider, priced_model from intermediate.int_models_resolved where {here}\n"
        "order by all"
    )
    pairs = [(call["provider"], call["model"]), *found.rows]
    return ", ".join(
        f"({sql_literal(provider)}, {sql_literal(model)})" for provider, model in dict.fromkeys(pairs)
    )


def step_of_bill(warehouse: Warehouse, charge: Evidence) -> Step:
    """What the line of a bill states of its price, and the rate by which its currency was converted."""
    currency, rate = charge["billing_currency"], charge["usd_per_unit"]
    price = charge["list_unit_price_billing_currency"]
    said = ["The price of a bill is on its line, and no list of prices is asked."]
    if price is not None:
        said.append(
            f"Listed at {exact(price)} {currency} a {charge['pricing_unit'] or 'unit'}, "
            f"{exact(charge['pricing_quantity'])} of them."
        )
    if currency == "USD":
        return Step("Price", tuple(said))
    try:
        found = warehouse.evidence(
            "select *\nfrom seeds.currency_rates\n"
            f"where currency = {sql_literal(str(currency))} and usd_per_unit = {exact(rate)}\norder by all"
        )
    except ReportError:
        found = None
    line = find_seed_line("currency_rates", found.records()[0]) if found and found.rows else None
    said.append(f"1 {currency} is {exact(rate)} USD{f': {line}' if line else ''}.")
    return Step("Price", tuple(said), found)
