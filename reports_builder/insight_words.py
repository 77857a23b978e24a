"""What an insight says: the parts of a Markdown template beside its subject, every figure from its query.

``reports_builder/subjects/<subject>/words/<insight>.md`` has a heading for each part. A name in it is a
column of a query that the code beside it hands over, in a style: ``{{ spend_usd | usd }}``. What the words
decide by is ``{% if %}`` on such a column, and what is said of each row is ``{% for %}``; more is refused.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import ext, nodes, sandbox
from jinja2.runtime import Context

from reports_builder import own_words
from reports_builder.evidence import Evidence, Prose, join, literal, note
from reports_builder.formatting import STYLES, Value
from reports_builder.model import Insight, Recommendation, Table
from reports_builder.singular import of_one

OWN_WORDS = Path("insight_words")
"""Where a company keeps words of its own, as seen from where commands run: each file counts in place of the
product's of its name."""

Named = Evidence | tuple[Evidence, ...] | Prose | bool

_SUBJECTS = Path(__file__).parent / "subjects"
_NEEDED = (
    *("Title", "Problem", "Domain", "Framework", "Impact"),
    *("Recommendation", "Owner", "Effort", "Outcome"),
)
# A table that other pages show as well brings its caption.
_OPTIONAL = ("Worth", "Supporting data")
# What marts of a window cover, the best quality score in points, how many tokens a price is told for.
_KNOWN_TO_ALL = {"window": literal("30 days"), "full_score": literal("100"), "thousand": literal("1,000")}
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_STYLED = re.compile(r"\{\{ *((?:(\w+)\.)?(\w+)) *\| *(\w+) *\}\}")
# A figure while the words around it are put together, by its place among those said so far.
_PIECE = re.compile("\0([0-9]+)\0")
_PIECES, _SOURCES = "_pieces", "_sources"
_TYPED = re.compile(r"[0-9$%]")
# What grammar asks: one or more, none or some.
_COMPARED = (None, 0, 1)
_ALLOWED = (
    *(nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Filter, nodes.If, nodes.For),
    *(nodes.Include, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test, nodes.Const),
)


def insight(
    name: str, /, *evidence: Evidence, supporting: Table, is_in_plan: bool = False, **named: Named
) -> Insight:
    """The block that the template ``name`` says of the focused rows of ``evidence``; see ``parts``."""
    said = parts(name, *evidence, **named)
    return Insight(
        title=said["Title"],
        problem=said["Problem"],
        domain_spec=said["Domain"].plain,
        domain_framework=said["Framework"].plain,
        ubr_impact=said["Impact"],
        recommendation=Recommendation(
            said["Recommendation"],
            said["Owner"].plain,
            said["Effort"].plain,
            is_in_plan,
            worth=said.get("Worth"),
        ),
        outcome=said["Outcome"],
        supporting=replace(supporting, caption=said.get("Supporting data", supporting.caption)),
    )


def phrase(name: str, /, *evidence: Evidence, **named: Named) -> Prose:
    """What a template without headings says: a sentence, or a part of one, that several pages share."""
    return parts(name, *evidence, **named)[""]


def parts(name: str, /, *evidence: Evidence, **named: Named) -> Mapping[str, Prose]:
    """What stands under each heading of the template ``name``, a part without words left out.

    Columns of ``evidence`` are known by their names; ``named`` is a query whose columns are ``name.column``,
    rows to go through, what is said elsewhere, or whether something is so. Raises KeyError for another name.
    """
    if OWN_WORDS.is_dir():
        try:
            return _parts(_environment(with_own=True), name, evidence, named)
        except (jinja2.TemplateError, KeyError, TypeError, ValueError) as error:
            # Words that do not fit these rows must not lose the page.
            said = _parts(_environment(with_own=False), name, evidence, named)
            _warn(name, str(error))
            return said
    return _parts(_environment(with_own=False), name, evidence, named)


def problems_of_own_words(folder: Path) -> Iterator[str]:
    """What is wrong with the templates in a company's folder, by file and line."""
    yield from own_words.problems_of_own_words(
        folder,
        _environment(with_own=False),
        "insight",
        known=frozenset(_KNOWN_TO_ALL),
        rules=problems,
    )


def problems(source: str) -> Iterator[tuple[int, str]]:
    """What a template does that words must not, each with its line."""
    tree = _environment(with_own=False).parse(source)
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.TemplateData) and (typed := _TYPED.search(node.data)):
            line = node.lineno + node.data[: typed.start()].count("\n")
            yield line, f"a figure is typed ({typed.group()}); take it from a query"
        elif isinstance(node, nodes.Filter) and not isinstance(node.node, nodes.Name | nodes.Getattr):
            yield node.lineno, "a style is of one column"
        elif isinstance(node, nodes.Output) and any(isinstance(part, nodes.Getattr) for part in node.nodes):
            yield node.lineno, "a column is shown without a style"
        elif isinstance(node, nodes.If):
            yield from ((node.lineno, problem) for problem in _branches(node))
        elif (
            isinstance(node, nodes.Const) and not isinstance(node.value, str) and node.value not in _COMPARED
        ):
            yield node.lineno, f"a figure is typed ({node.value}); compare columns of a mart"
        elif not isinstance(node, _ALLOWED):
            yield (
                node.lineno,
                f"words hold no {type(node).__name__}: work it out in a mart",
            )
    found = _HEADING.findall(source)
    if found and (lacking := [heading for heading in _NEEDED if heading not in found]):
        yield 1, f"nothing stands under {', '.join(lacking)}"
    for heading in found:
        if heading not in (*_NEEDED, *_OPTIONAL):
            yield 1, f"no part is called {heading}; there are {', '.join((*_NEEDED, *_OPTIONAL))}"


def _branches(outer: nodes.If) -> Iterator[str]:
    if outer.elif_:
        yield "more than two branches are a column of a mart"
    for inner in outer.find_all(nodes.If):
        if _tested(outer) & _tested(inner):
            yield "more than two branches are a column of a mart"
        if any(inner.find_all(nodes.If)):
            yield "a choice within a choice within a choice is a column of a mart"


def _tested(choice: nodes.If) -> set[str]:
    """The columns that a choice is made by, as they are written."""
    test = nodes.Output([choice.test])
    of_queries = {node.node: node.attr for node in test.find_all(nodes.Getattr)}
    return {f"{node.name}.{of_queries.get(node, '')}" for node in test.find_all(nodes.Name)}


def _parts(
    environment: jinja2.Environment, name: str, evidence: tuple[Evidence, ...], named: Mapping[str, Named]
) -> Mapping[str, Prose]:
    sources: dict[str, list[Evidence]] = {}
    for source in evidence:
        for column in source.columns:
            sources.setdefault(column, []).append(source)
    used = own_words.names_read(environment, f"{name}.md") - {*named, *_KNOWN_TO_ALL}
    for column in sorted(used):
        if len(sources.get(column, ())) != 1:
            trouble = "is in more than one query" if column in sources else "is in no query"
            raise KeyError(f"{name}: {column} {trouble}; there are {', '.join(sorted({*sources, *named}))}")
    pieces: list[Prose] = []
    of_columns = {column: sources[column][0] for column in used}
    text = environment.get_template(f"{name}.md").render(
        {
            **_KNOWN_TO_ALL,
            **{column: source[column] for column, source in of_columns.items()},
            **named,
            _PIECES: pieces,
            _SOURCES: of_columns,
        }
    )
    first, *rest = _HEADING.split(text)
    said = {
        heading: _prose(" ".join(under.split()), pieces)
        for heading, under in zip(["", *rest[::2]], [first, *rest[1::2]], strict=True)
    }
    if rest and (lacking := [part for part in _NEEDED if part not in said]):
        raise ValueError(f"{name}: nothing stands under {', '.join(lacking)}")
    return {heading: prose for heading, prose in said.items() if prose.markdown or heading not in _OPTIONAL}


def _prose(text: str, pieces: list[Prose]) -> Prose:
    split = _PIECE.split(text)
    said = [note(split[0])]
    for place, words in zip(split[1::2], split[2::2], strict=True):
        piece = pieces[int(place)]
        said += [piece, note(of_one(words) if piece.plain == "1" else words)]
    return join(said, "")


@cache
def _environment(*, with_own: bool) -> jinja2.Environment:
    shipped = _Shipped()
    environment = sandbox.SandboxedEnvironment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(OWN_WORDS), shipped]) if with_own else shipped,
        undefined=jinja2.StrictUndefined,
        extensions=[_Quoted],
        finalize=_placed,
        # A figure is escaped by its style.
        autoescape=False,
    )
    environment.filters.clear()
    environment.filters |= {style: _styled(style) for style in STYLES}
    return environment


class _Shipped(jinja2.BaseLoader):
    """The words of the product, each by its subject and its own name: ``margin/features/losses.md``."""

    def get_source(
        self, _environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        subject, _, name = template.rpartition("/")
        path = _SUBJECTS / subject / "words" / name
        if template not in self.list_templates():
            raise jinja2.TemplateNotFound(template)
        return path.read_text("utf-8"), str(path), lambda: True

    def list_templates(self) -> list[str]:
        return _shipped_names()


@cache
def _shipped_names() -> list[str]:
    return sorted(
        f"{path.parent.parent.relative_to(_SUBJECTS).as_posix()}/{path.name}"
        for path in _SUBJECTS.rglob("words/*.md")
    )


class _Quoted(ext.Extension):
    """Tells a style which column it is of, so that what it shows is cited."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return _STYLED.sub(r'{{ \1 | \4("\3", \2) }}', source)


def _styled(style: str) -> Callable[..., Prose]:
    @jinja2.pass_context
    def quoted(context: Context, _value: Value, column: str, row: Evidence | None = None) -> Prose:
        return (row or context[_SOURCES][column]).cell(column, style)

    return quoted


@jinja2.pass_context
def _placed(context: Context, said: Any) -> str:
    if not isinstance(said, Prose):
        raise TypeError(f"{said!r} is shown without a style")
    if not said.markdown:
        return ""
    context[_PIECES].append(said)
    return f"\0{len(context[_PIECES]) - 1}\0"


@cache
def _warn(name: str, problem: str) -> None:
    """Say once what was wrong."""
    sys.stderr.write(
        f"Warning: the insight {name} is said in the words of the product, because those in {OWN_WORDS} "
        f"do not fit it ({problem}).\n"
    )
