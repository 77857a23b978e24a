"""How old the list prices are that every saving rests on."""

from reports_builder.evidence import Evidence, Prose
from reports_builder.warehouse import Warehouse


def model_prices_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """When the list prices of the models in use were written down; nothing while none has a price."""
    prices = warehouse.evidence(
        """
        select
            count(*) as priced_models,
            min(list_price_recorded_date) as oldest_price_date,
            max(list_price_recorded_date) as newest_price_date
        from core.dim_models
        where is_priced and last_usage_date >= :window_start
        having count(list_price_recorded_date) > 0
        """
    )
    return _aged(
        prices,
        "List prices of the models in use ({priced_models:count}) are those written down ",
        " Check those of a model before you move calls to it.",
    )


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
