"""Scopes of budgets, forecasts and variances in words."""

from collections.abc import Mapping

from reports_builder.formatting import Value


def scope_in_words(record: Mapping[str, Value]) -> str:
    """What a row is of, by its ``scope`` and ``scope_name``: all spend, team Agents."""
    if record["scope"] == "total":
        return "all spend"
    return f"{str(record['scope']).replace('_', ' ')} {record['scope_name']}"
