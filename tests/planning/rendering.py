"""The SQL of a model as DuckDB runs it, without dbt: for tests that put series of their own in the place of its inputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2

from tests.workspace import ROOT

PROJECT = ROOT / "dbt_project"
MACROS = (
    "assumption.sql",
    "charges.sql",
    "company_scopes.sql",
    "compared_days.sql",
    "money.sql",
    "stable_sum.sql",
    "dialect/quantiles.sql",
    "dialect/numbers.sql",
    "dialect/dates.sql",
    "dialect/tables.sql",
    "owners.sql",
    "statistics.sql",
)


def render(model: str) -> str:
    """The model's SQL; each `ref` is a table of that name."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    text = "".join((PROJECT / "macros" / name).read_text() for name in MACROS)
    # Jinja exports no name that begins with an underscore.
    text = re.sub(r"(?<!\w)_(\w+\()", r"own_\1", text)

    class Adapter:
        """Dispatches to the macro of DuckDB."""

        def dispatch(self, name: str) -> Any:
            return getattr(macros, f"default__{name}")

    environment.globals |= {
        "adapter": Adapter(),
        "return": lambda value: value,
        "ref": lambda name: name,
        "config": lambda **_: "",
    }
    macros = environment.from_string(text).module
    for name in re.findall(r"macro (\w+)\(", text):
        environment.globals[name] = getattr(macros, name)
    [path] = Path(PROJECT / "models").rglob(f"{model}.sql")
    return environment.from_string(path.read_text()).render()
