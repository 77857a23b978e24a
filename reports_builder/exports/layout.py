"""A file of columns for a ledger, as a layout file says: which columns, in which order, how written."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from reports_builder.errors import ReportError
from reports_builder.exports.journal import Journal, Line
from reports_builder.spreadsheet_cells import guarded

SHIPPED = Path(__file__).parent / "layouts"

AMOUNTS = ("debit", "credit", "amount", "absolute_amount")
FIELDS = (
    *("number", "date", "month", "narration", "currency", "account_code", "account_name", "cost_centre"),
    *("side", "line", *AMOUNTS),
)
"""What a column may say: `{amount}` is positive for a debit, `{side}` the layout's word for the side."""
_OPTIONS = {
    *("columns", "what", "delimiter", "date_format", "decimal_mark", "debit_word", "credit_word"),
    *("expenses_only", "max_lines", "max_number_length", "header", "byte_order_mark"),
}


@dataclass(frozen=True)
class Layout:
    """How a file is written; ``columns`` maps a heading to its text and the field that it needs filled."""

    columns: Mapping[str, tuple[str, str | None]]
    delimiter: str = ","
    date_format: str = "%Y-%m-%d"
    decimal_mark: str = "."
    debit_word: str = "D"
    credit_word: str = "C"
    expenses_only: bool = False
    header: bool = True
    byte_order_mark: bool = False
    max_lines: int | None = None
    max_number_length: int | None = None


def shipped_layouts() -> tuple[str, ...]:
    """The names of the layouts that come with the project."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yml")))


def read_layout(path: Path) -> Layout:
    """The layout in a YAML file; ReportError says what is wrong with it."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"cannot read the layout {path} ({error.strerror}).") from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ReportError(f"the layout {path} is not YAML.") from error
    if (
        not isinstance(content, dict)
        or not isinstance(content.get("columns"), dict)
        or not content["columns"]
    ):
        raise ReportError(f"the layout {path} lists no columns: give `columns:` with headings and texts.")
    unknown = sorted(set(map(str, content)) - _OPTIONS)
    if unknown:
        raise ReportError(
            f"the layout {path} says {', '.join(unknown)}; there is {', '.join(sorted(_OPTIONS))}."
        )
    columns = {str(heading): _column(path, heading, said) for heading, said in content["columns"].items()}
    given: dict[str, Any] = {
        name: value for name, value in content.items() if name not in ("columns", "what")
    }
    for name in ("delimiter", "decimal_mark"):
        if name in given and (not isinstance(given[name], str) or len(given[name]) != 1):
            raise ReportError(f"the layout {path}: {name} is one character.")
    return Layout(columns, **given)


def _column(path: Path, heading: object, said: object) -> tuple[str, str | None]:
    """The text of a column and the field that must be filled for it."""
    text, needed = (said.get("text"), said.get("when")) if isinstance(said, dict) else (said, None)
    text = "" if text is None else str(text)
    try:
        named = [
            # A field is taken as it is: nothing behind its name.
            field if not (spec or change) else f"{field}:{spec or change}"
            for _, field, spec, change in Formatter().parse(text)
            if field is not None
        ]
    except ValueError as error:
        raise ReportError(f"the layout {path}, column {heading}: {error}.") from error
    for field in (*named, *([needed] if needed else [])):
        if field not in FIELDS:
            raise ReportError(
                f"the layout {path}, column {heading}: there is no {{{field}}}; there is {', '.join(FIELDS)}."
            )
    return text, needed


def as_columns(journal: Journal, layout: Layout) -> bytes:
    """The journal in the layout; ReportError where the target would not take it."""
    lines = journal.expenses if layout.expenses_only else journal.lines
    if layout.max_lines is not None and len(lines) > layout.max_lines:
        raise ReportError(
            f"the entry has {len(lines)} lines and the target takes {layout.max_lines}: book cost centres "
            "together (seed owners, cost_centre), or use another format."
        )
    if layout.max_number_length is not None and len(journal.number) > layout.max_number_length:
        raise ReportError(f"the number {journal.number} has more than {layout.max_number_length} characters.")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator="\n")
    if layout.header:
        writer.writerow(layout.columns)
    for place, line in enumerate(lines, start=1):
        values = _values(journal, line, place, layout)
        writer.writerow(_cell(text, needed, values) for text, needed in layout.columns.values())
    return text.getvalue().encode("utf-8-sig" if layout.byte_order_mark else "utf-8")


def _cell(text: str, needed: str | None, values: Mapping[str, str]) -> str:
    if needed and not values[needed]:
        return ""
    if text in {f"{{{name}}}" for name in AMOUNTS}:
        return values[text[1:-1]]
    return guarded(text.format_map(values))


def _values(journal: Journal, line: Line, place: int, layout: Layout) -> dict[str, str]:
    def written(amount: Decimal | None) -> str:
        return "" if amount is None else f"{amount:.2f}".replace(".", layout.decimal_mark)

    return {
        "number": journal.number,
        "date": journal.day.strftime(layout.date_format),
        "month": f"{journal.day:%Y-%m}",
        "narration": journal.narration,
        "currency": journal.currency,
        "account_code": line.account.code,
        "account_name": line.account.name,
        "cost_centre": line.cost_centre,
        "side": layout.debit_word if line.amount > 0 else layout.credit_word,
        "line": str(place),
        "debit": written(line.debit),
        "credit": written(line.credit),
        "amount": written(line.amount),
        "absolute_amount": written(abs(line.amount)),
    }
