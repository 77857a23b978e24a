"""The chain from a figure to its sources as steps, and how it reads as text and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from reports_builder import formatting
from reports_builder.escaping import clean
from reports_builder.evidence import Evidence

MOST_ROWS = 10
_WIDEST_CELL = 60


@dataclass(frozen=True)
class Step:
    """One link: what it says, the rows that it rests on, and whether they are the figure to the last digit.

    ``ties`` is None where nothing was compared. The query of ``rows`` is how a reader repeats the step.
    """

    title: str
    said: tuple[str, ...] = ()
    rows: Evidence | None = None
    ties: bool | None = None

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The first rows as text."""
        rows = self.rows.rows if self.rows else ()
        return tuple(tuple(map(formatting.exact, row)) for row in rows[:MOST_ROWS])

    @property
    def rows_left_out(self) -> int:
        """How many rows the query returns beyond those."""
        return max(0, len(self.rows.rows) - MOST_ROWS) if self.rows else 0


@dataclass(frozen=True)
class Chain:
    """What was asked for, and the steps from there: to the sources, or from one to all that it touched."""

    subject: str
    steps: tuple[Step, ...]


def as_text(chain: Chain) -> str:
    """The chain for a terminal: a numbered step each, with its rows and the query to repeat it."""
    parts = [clean(chain.subject)]
    for number, step in enumerate(chain.steps, start=1):
        parts += ["", f"{number}. {step.title}{_verdict(step)}"]
        parts += [f"   {clean(sentence)}" for sentence in step.said]
        if step.rows and step.shown:
            parts += ["", indent(_table(step.rows.columns, step.shown), "   ")]
            if step.rows_left_out:
                parts.append(f"   ... and {step.rows_left_out:,} more rows.")
        if step.rows and step.rows.sql:
            parts += ["", indent(step.rows.sql, "   > ")]
    return "\n".join(parts) + "\n"


def as_json(chain: Chain) -> str:
    """The same for a program: amounts as text, so that no digit is lost."""
    return json.dumps(
        {
            "subject": chain.subject,
            "steps": [
                {
                    "step": step.title,
                    "said": list(step.said),
                    "ties": step.ties,
                    "rows": [
                        {
                            name: None if value is None else formatting.exact(value)
                            for name, value in record.items()
                        }
                        for record in (step.rows.records()[:MOST_ROWS] if step.rows else ())
                    ],
                    "rows_left_out": step.rows_left_out,
                    "sql": step.rows.sql if step.rows else None,
                }
                for step in chain.steps
            ],
        },
        indent=1,
        ensure_ascii=False,
    )


def _verdict(step: Step) -> str:
    return "" if step.ties is None else " (ties)" if step.ties else " (does not tie)"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[_short(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(columns, *cells, strict=True)]
    lines = [columns, *cells]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _short(cell: str) -> str:
    return cell if len(cell) <= _WIDEST_CELL else f"{cell[: _WIDEST_CELL - 1]}…"
