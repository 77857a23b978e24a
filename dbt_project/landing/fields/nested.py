"""Maps and lists that stand in one field: as such, as JSON text, or as what databases and data frames print.

What cannot be told for certain is no empty field: the caller learns that it was not readable.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from typing import Any

from dbt_project.landing.fields.values import as_text

Fields = dict[str, Any]

# Printed values beyond this many characters are not taken apart: parsing costs memory many times the text.
_LONGEST_LITERAL = 200_000
# `{input=10, output=2}` and `[a, b]`, as DuckDB, Trino and Java print maps and lists, of plain words alone.
_PRINTED_MAP = re.compile(r"\{\s*[\w.\-]+=[^,=\[\]{}'\"]*(,\s*[\w.\-]+=[^,=\[\]{}'\"]*)*\}")
_PRINTED_LIST = re.compile(r"\[[^\[\]{}'\"]*\]")
# Names for which other languages and libraries have no quotes.
_NAMES: dict[str, object] = {
    "nan": None,
    "NaN": None,
    "NaT": None,
    "null": None,
    "NULL": None,
    "true": True,
    "false": False,
}
# A tag such as `customer:acme` or `customer=acme`.
_TAG = re.compile(r"\s*([\w.\-]+)\s*[:=]\s*(.+)", re.DOTALL)


class UnreadableFieldError(ValueError):
    """Why the text of a field is no map or list, in a few words."""


@dataclass
class Problems:
    """What could not be read of a record, by field. The record counts, with unknown in its place."""

    found: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, reason: str) -> None:
        """Keep the first reason of a field; a reason never quotes the value, which may be a message."""
        self.found.setdefault(name, reason)

    def text(self) -> str | None:
        """As `field: reason`, several apart by `; `; null where there are none."""
        return "; ".join(f"{name}: {reason}" for name, reason in self.found.items()) or None


def parsed(value: object) -> object:
    """A map, a list or a plain value; UnreadableFieldError for text that is none of them."""
    if (
        isinstance(value, list)
        and value
        and all(isinstance(item, tuple) and len(item) == 2 for item in value)
    ):
        return dict(value)
    if not isinstance(value, str):
        return value
    text = value.strip()
    if as_text(text) is None:
        return None
    try:
        found = json.loads(text, parse_float=str, parse_constant=_NAMES.get)
    except (ValueError, RecursionError):
        return _printed(text)
    # Exported twice over, it is text within text.
    return parsed(found) if isinstance(found, str) and found[:1] in ("{", "[") and found != text else found


def map_of(value: object, name: str, problems: Problems) -> Fields:
    """A map; empty where there is none, and where it cannot be read, which is then among the problems."""
    try:
        found = parsed(value)
    except UnreadableFieldError as error:
        problems.add(name, str(error))
        return {}
    # An empty map of a column that allows lists, too.
    if found is None or found == []:
        return {}
    if not isinstance(found, dict):
        problems.add(name, "not a map")
        return {}
    return {str(key): content for key, content in found.items()}


def tags_of(value: object, name: str, problems: Problems) -> Fields:
    """Tags of the form name:value, whether in a list, a map or as text."""
    try:
        found = parsed(value)
    except UnreadableFieldError as error:
        # PostgreSQL prints a list of plain words as {a,b}; words without any form are no tags, and no fault.
        text = str(value).strip()
        if text[:1] == "{" and text[-1:] == "}" and not set("[]'") & set(text):
            found = [word.strip('"') for word in text[1:-1].split(",")]
        elif text[:1] not in ("{", "["):
            found = re.split(r"[,;]", text)
        else:
            problems.add(name, str(error))
            return {}
    if isinstance(found, dict):
        return found
    matches = (
        (_TAG.fullmatch(tag) for tag in found if isinstance(tag, str)) if isinstance(found, list) else ()
    )
    return {match[1]: match[2] for match in matches if match}


def _printed(text: str) -> object:
    """What Python, ClickHouse or DuckDB print: single quotes, None, bare words. Nothing is ever evaluated."""
    if text[:1] not in ("{", "[", "("):
        raise UnreadableFieldError("not JSON")
    if len(text) > _LONGEST_LITERAL:
        raise UnreadableFieldError("not JSON, and too long to be read otherwise")
    if _PRINTED_MAP.fullmatch(text):
        return {
            key.strip(): content.strip()
            for key, content in (part.split("=", 1) for part in text[1:-1].split(","))
        }
    try:
        return _literal(ast.parse(text, mode="eval").body, text.encode())
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        pass
    if _PRINTED_LIST.fullmatch(text):
        return [word.strip() for word in text[1:-1].split(",")]
    raise UnreadableFieldError("not JSON")


def _literal(node: ast.expr, source: bytes) -> Any:  # noqa: PLR0911
    """The value of a literal; numbers with a fraction stay text, so that no digit of an amount is lost."""
    match node:
        case ast.Constant(value=float()) if node.lineno == 1 and node.end_lineno == 1:
            return source[node.col_offset : node.end_col_offset].decode()
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()) as operand):
            return f"-{_literal(operand, source)}"
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        # Decimal('0.1')
        case ast.Call(
            func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() | int() as number)], keywords=[]
        ):
            return str(number)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_literal(item, source) for item in items]
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {
                _literal(key, source): _literal(each, source)
                for key, each in zip(keys, values, strict=True)
                if key
            }
    raise ValueError("not a literal")
