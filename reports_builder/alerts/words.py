"""What an alert says: one sentence by the template of its measure, every figure from its row.

Names appear as they are in the data: whoever shows the sentence escapes it.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import jinja2
from jinja2 import sandbox

from reports_builder import formatting, own_words
from reports_builder.escaping import sql_literal
from reports_builder.formatting import Value

OWN_WORDS = Path("alert_words")
"""Where a company keeps words of its own, as seen from where commands run: each file counts in place of the
product's of its name."""
COLUMNS = (
    *("severity", "subject_name", "subject_type", "subject_id", "measure", "unit", "observed_value"),
    *("comparison", "threshold_value", "prior_value", "amount_usd", "money_at_risk_usd", "facts"),
    *("period_start_date", "as_of_date", "alert_id"),
)
"""What every reader of alerts reads, and words may therefore use beside the facts of their measure."""
_LONGEST_NAME = 60
# For a measure that somebody has added without words of its own: its alert must not be lost.
_ANY_MEASURE = "_any_measure.j2"


def sentence(row: Mapping[str, Value]) -> str:
    """The whole in one sentence, with its amounts; ``row`` is one of ``anomalies.rpt_alerts``."""
    facts = json.loads(str(row["facts"]), parse_float=Decimal)
    try:
        return _said(row, facts, with_own=True)
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError) as error:
        # Words that do not fit this row must not lose the alert.
        said = _said(row, facts, with_own=False)
        _warn(str(row["measure"]), str(error))
        return said


def problems_of_own_words(folder: Path) -> Iterator[str]:
    """What is wrong with the templates in a company's folder, by file and line."""
    return own_words.problems_of_own_words(
        folder, _environment(with_own=False), "alert", known=frozenset(COLUMNS)
    )


def _said(row: Mapping[str, Value], facts: Mapping[str, Value], *, with_own: bool) -> str:
    template = _environment(with_own=with_own).select_template([f"{row['measure']}.j2", _ANY_MEASURE])
    return " ".join(template.render({**row, **facts}).split())


@cache
def _warn(measure: str, problem: str) -> None:
    """Say once what was wrong."""
    sys.stderr.write(
        f"Warning: an alert on {measure} is said in the words of the product, because those in {OWN_WORDS} "
        f"do not fit it ({problem}).\n"
    )


def source_query(row: Mapping[str, Value]) -> str:
    """A query that shows where the figure of an alert comes from."""
    keys = json.loads(str(row["source_keys"]))
    conditions = [f"{name} = {sql_literal(value)}" for name, value in keys.items() if value is not None]
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select * from {row['source_mart']}{where};"  # noqa: S608 - names of the project's own model


@cache
def _environment(*, with_own: bool) -> jinja2.Environment:
    shipped = jinja2.PackageLoader("reports_builder.alerts", "words")
    environment = sandbox.SandboxedEnvironment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(OWN_WORDS), shipped]) if with_own else shipped,
        undefined=jinja2.StrictUndefined,
        # A sentence is plain text.
        autoescape=False,
    )
    environment.filters |= formatting.STYLES | {"name": _short_name}
    return environment


def _short_name(name: str) -> str:
    """A name of any length must leave room for the figures."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"
