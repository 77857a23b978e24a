"""The SQL of a model as DuckDB runs it, without dbt: for tests that put series of their own in the place of its inputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2

from tests.workspace import ROOT

PROJECT = ROOT / "dbt_project"
# What dbt alone can parse: a generic test, a materialization.
BLOCKS_OF_DBT = re.compile(r"{%-?\s*(test|materialization|docs|snapshot)\s")


def _macros() -> str:
    """The text of all of the project's macros, so that a new one needs no line here."""
    texts = (path.read_text() for path in sorted((PROJECT / "macros").rglob("*.sql")))
    return "".join(text for text in texts if not BLOCKS_OF_DBT.search(text))


def render(model: str) -> str:
    """The model's SQL; each `ref` is a table of that name."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    text = _macros()
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
    for name in re.findall(r"{%-? macro (\w+)\(", text):
        environment.globals[name] = getattr(macros, name)
    [path] = Path(PROJECT / "models").rglob(f"{model}.sql")
    return environment.from_string(path.read_text()).render()
