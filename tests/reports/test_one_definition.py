"""What the reports and the dashboard say stands in one place: in the folder of its domain."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspace import ROOT

PACKAGE = ROOT / "reports_builder"
COMPOSED = (
    *PACKAGE.glob("subjects/**/*.py"),
    *PACKAGE.glob("pages/*.py"),
    *PACKAGE.glob("dashboard/views/*.py"),
)
# Shorter ones are headings and labels, which may well recur.
FEWEST_WORDS = 6


def texts(path: Path) -> Iterator[tuple[str, int]]:
    """The sentences and queries of a module with their lines; docstrings are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            words = node.value.split()
            if len(words) >= FEWEST_WORDS:
                yield " ".join(words), node.lineno


def columns(path: Path) -> Iterator[tuple[tuple[str, ...], int]]:
    """The tables of a module by the columns that they show."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Tuple)
            and node.elts
            and all(
                isinstance(part, ast.Call) and getattr(part.func, "id", "") == "Column" for part in node.elts
            )
        ):
            yield tuple(ast.unparse(part) for part in node.elts), node.lineno


@pytest.mark.parametrize("found_in", [texts, columns])
def test_no_sentence_query_or_table_is_written_twice(found_in: object) -> None:
    places: defaultdict[object, list[str]] = defaultdict(list)
    for path in COMPOSED:
        for found, line in found_in(path):  # type: ignore[operator]
            places[found].append(f"{path.relative_to(ROOT)}:{line}")
    assert len(places) > 50
    assert not {str(found): where for found, where in places.items() if len(where) > 1}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("subjects", ("reports_builder.pages", "reports_builder.dashboard")),
        ("pages", ("reports_builder.pages", "reports_builder.dashboard")),
        ("dashboard/views", ("reports_builder.pages",)),
    ],
)
def test_pages_and_views_compose_subjects_and_not_each_other(folder: str, forbidden: tuple[str, ...]) -> None:
    for path in (PACKAGE / folder).rglob("*.py"):
        assert not [name for name in imported(path) if name.startswith(forbidden)], path
