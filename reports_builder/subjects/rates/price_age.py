"""How old the list prices are that every saving rests on."""

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.warehouse import Warehouse


def model_prices_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """When the list prices of the models in use were written down; nothing while none has a price."""
    prices = warehouse.evidence(
        """
        select
            count(*) as priced_models,
            min(list_price_recorded_date) as oldest_price_date,
            max(list_price_recorded_date) as newest_price_date,
            string_agg(distinct list_price_source, '; ' order by list_price_source) as price_sources,
            string_agg(distinct other_price_source, '; ' order by other_price_source) as other_sources
        from core.dim_models
        where is_priced and last_usage_date >= :window_start
        having count(list_price_recorded_date) > 0
        """
    )
    sources = (
        " Their source: {price_sources:text}; of cached input and the batch service: {other_sources:text}."
        if prices.rows and prices["price_sources"] and prices["other_sources"]
        else ""
    )
    return tuple(
        said + _ends_said(warehouse)
        for said in _aged(
            prices,
            "List prices of the models in use ({priced_models:count}) are those written down ",
            sources + " Check those of a model before you move calls to it.",
        )
    )


def _ends_said(warehouse: Warehouse) -> Prose:
    """Which models in use their providers end, and of how many nobody has written down whether."""
    models = warehouse.evidence(
        """
        select model, retired_date, is_kept_beyond_end, is_ending
        from core.dim_models
        where last_usage_date >= :window_start
        order by retired_date nulls last, model
        """
    )
    dated = [model for model in models.each() if model["retired_date"] is not None]
    if not dated:
        return note(
            " Whether a provider ends one of them is not on record (seed model_retirements): ask before you "
            "move calls to it."
        )
    said = (
        note(" By their providers' own pages these end, or have ended: ")
        + join([model.say("{model:text} on {retired_date:day}") for model in dated], ", ")
        + note(".")
    )
    if any(model["is_kept_beyond_end"] for model in dated):
        said += note(
            " What still answers after its day is kept by an arrangement that those pages do not know: ask "
            "until when, before you move calls to it."
        )
    if any(model["is_ending"] for model in dated):
        said += note(" Nothing is advised to move to one that has ended, or ends soon.")
    if len(dated) < len(models.rows):
        said += note(" Of the others no end is on record (seed model_retirements).")
    return said


def machine_prices_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """Since when the prices of machines on file hold; nothing without any."""
    prices = warehouse.evidence(
        """
        select
            count(distinct instance_type) as priced_types,
            min(valid_from) as oldest_price_date,
            max(valid_from) as newest_price_date
        from seeds.instance_prices
        where :as_of between valid_from and valid_to
        having count(*) > 0
        """
    )
    return _aged(
        prices,
        "List prices of machines ({priced_types:count} types, seed instance_prices) are those listed ",
        " Check that of a type before you change to it.",
    )


def _aged(prices: Evidence, what: str, to_do: str) -> tuple[Prose, ...]:
    if not prices.rows:
        return ()
    when = (
        "on {oldest_price_date:day}."
        if prices["oldest_price_date"] == prices["newest_price_date"]
        else "between {oldest_price_date:day} and {newest_price_date:day}."
    )
    return (prices.say(what + when + to_do),)
