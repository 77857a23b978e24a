"""What an alert says: one sentence by the template of its measure, every figure from its row.

Names appear as they are in the data: whoever shows the sentence escapes it.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

import jinja2

from reports_builder import formatting
from reports_builder.escaping import sql_literal
from reports_builder.formatting import Value

_LONGEST_NAME = 60
# For a measure that somebody has added without words of its own: its alert must not be lost.
_ANY_MEASURE = "_any_measure.j2"


def sentence(row: Mapping[str, Value]) -> str:
    """The whole in one sentence, with its amounts; ``row`` is one of ``anomalies.rpt_alerts``."""
    facts = json.loads(str(row["facts"]), parse_float=Decimal)
    template = _environment().select_template([f"{row['measure']}.j2", _ANY_MEASURE])
    return " ".join(template.render({**row, **facts}).split())


def source_query(row: Mapping[str, Value]) -> str:
    """A query that shows where the figure of an alert comes from."""
    keys = json.loads(str(row["source_keys"]))
    conditions = [f"{name} = {sql_literal(value)}" for name, value in keys.items() if value is not None]
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select * from {row['source_mart']}{where};"  # noqa: S608 - names of the project's own model


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("reports_builder.alerts", "words"),
        undefined=jinja2.StrictUndefined,
        # A sentence is plain text.
        autoescape=False,  # noqa: S701
    )
    environment.filters |= formatting.STYLES | {"name": _short_name}
    return environment


def _short_name(name: str) -> str:
    """A name of any length must leave room for the figures."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"
