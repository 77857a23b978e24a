"""Words of insights are templates that hold words and figures, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports_builder.insight_words import problems
from tests.workspace import ROOT

CODE = ROOT / "reports_builder"
FILES = sorted(CODE.glob("subjects/**/words/*.md"))


def _name(path: Path) -> str:
    subject = path.parent.parent.relative_to(CODE / "subjects").as_posix()
    return f"{subject}/{path.stem}"


def test_words_say_and_do_nothing_else() -> None:
    found = [
        f"{_name(path)}, line {line}: {what}" for path in FILES for line, what in problems(path.read_text())
    ]
    assert FILES
    assert not found, "\n".join(found)


def test_all_words_are_said() -> None:
    read = [path.read_text() for path in (*CODE.rglob("*.py"), *FILES)]
    said = {name for text in read for name in re.findall(r'(?<=")[\w/]+(?=(?:\.md)?")', text)}
    assert not {_name(path) for path in FILES} - said


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("It cost\n$ {{ cost_usd | usd }}", "line 2: a figure is typed ($)"),
        ("for 30 days", "line 1: a figure is typed (3)"),
        ("{% if a == 5 %}x{% endif %}", "a figure is typed (5)"),
        ("{{ (a + b) | usd }}", "a style is of one column"),
        ("{% if a - b %}x{% endif %}", "words hold no Sub"),
        ("{% set a = b %}", "words hold no Assign"),
        ("{% macro a() %}x{% endmacro %}", "words hold no Macro"),
        ("{{ a.b() }}", "words hold no Call"),
        ("{{ 'x' if a else 'y' }}", "words hold no CondExpr"),
        ("{{ row.cost_usd }}", "a column is shown without a style"),
        ("{% if a %}x{% elif b %}y{% else %}z{% endif %}", "more than two branches"),
        ("{% if a %}x{% else %}{% if a %}y{% endif %}{% endif %}", "more than two branches"),
        ("{% if a %}{% if b %}{% if c %}x{% endif %}{% endif %}{% endif %}", "a choice within a choice within"),
        ("## Title\nx", "nothing stands under Problem, Domain"),
        ("## Titel\nx", "no part is called Titel"),
    ],
)  # fmt: skip
def test_what_words_must_not_hold_is_named(text: str, what: str) -> None:
    assert what in "\n".join(f"line {line}: {problem}" for line, problem in problems(text))
