"""Words of insights are templates that hold words and figures, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

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


# What is said, and not a name or a state: more than one word.
SAID = re.compile(r"[A-Za-z]+[^A-Za-z]* [^A-Za-z]*[A-Za-z]")


def _says(part: ast.AST) -> bool:
    texts = (node for node in ast.walk(part) if isinstance(node, ast.JoinedStr | ast.Constant))
    return any(SAID.search(ast.unparse(text)[1:]) for text in texts)


def _outcomes(choice: ast.AST) -> Iterator[ast.AST]:
    """What an `if` with its `elif`s, a `match` or a conditional expression within another comes to."""
    if isinstance(choice, ast.IfExp):
        yield from _outcomes(choice.body)
        yield from _outcomes(choice.orelse)
    elif isinstance(choice, ast.If):
        yield from choice.body[-1:]
        if len(choice.orelse) == 1:
            yield from _outcomes(choice.orelse[0])
        else:
            yield from choice.orelse[-1:]
    elif isinstance(choice, ast.Match):
        yield from (case.body[-1] for case in choice.cases)
    else:
        yield choice


def choices_of_words(source: str) -> Iterator[tuple[int, str]]:
    """The choices between more than two things to say, each with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If | ast.IfExp | ast.Match):
            said = [outcome for outcome in _outcomes(node) if _says(outcome)]
            if len(said) > 2:
                yield node.lineno, ast.unparse(said[0])


def test_code_does_not_choose_between_more_than_two_things_to_say() -> None:
    found = [
        f"{path.relative_to(CODE)}, line {line}: {what}: a column of a mart decides, or a template"
        for path in sorted(CODE.glob("subjects/**/*.py"))
        for line, what in choices_of_words(path.read_text())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "x = 'a b' if one else 'c d' if two else 'e f'",
        "if one:\n    x = 'a b'\nelif two:\n    x = 'c d'\nelse:\n    x = note(f'e {f} g')",
        "match one:\n    case 1:\n        x = 'a b'\n    case 2:\n        x = 'c d'\n    case _:\n        x = 'e f'",
    ],
)
def test_a_choice_between_three_things_to_say_is_found(code: str) -> None:
    assert list(choices_of_words(code))
    assert not list(choices_of_words("x = 'a b' if one else 'c d'"))


RECOMMENDATION_WORDS_UP_TO = 60


def _most_words(parts: Iterable[nodes.Node]) -> int:
    """How many words these parts of a template come to at most, a figure counted as one."""
    return sum(_words_of(part) for part in parts)


def _words_of(part: nodes.Node) -> int:
    if isinstance(part, nodes.TemplateData):
        return len(part.data.split())
    if isinstance(part, nodes.If):
        return max(_most_words(part.body), _most_words(part.else_))
    if isinstance(part, nodes.Include):
        assert isinstance(part.template, nodes.Const)
        subject, _, name = str(part.template.value).rpartition("/")
        return _most_words(_parsed((CODE / "subjects" / subject / "words" / name).read_text()).body)
    return _most_words(part.iter_child_nodes()) if isinstance(part, nodes.Output | nodes.For) else 1


def _parsed(text: str) -> nodes.Template:
    return jinja2.Environment(autoescape=True).parse(text)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_recommendation_is_short(path: Path) -> None:
    asked = re.findall(r"## Recommendation\n(.*?)(?:\n##|\Z)", path.read_text(), re.DOTALL)
    whole = [] if "## " in path.read_text() else [path.read_text()]
    for said in (*asked, *whole):
        assert _most_words(_parsed(said).body) <= RECOMMENDATION_WORDS_UP_TO


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
