"""Stands in for dbt's `adapter` while sqlfluff renders a model: a dispatched macro becomes its first argument."""

from __future__ import annotations

from collections.abc import Callable

# Dispatched macros that emit a whole select.
SELECTS = {"day_spine", "whole_numbers", "raw_call_files"}


def dispatch(macro_name: str, *_namespaces: str) -> Callable[..., str]:
    """Return a stub of the macro that keeps the statement around it parseable."""

    def stub(*arguments: object, **_named: object) -> str:
        if macro_name in SELECTS:
            return "select 1 as stub"
        return f"({arguments[0]})" if arguments else f"{macro_name}()"

    return stub
