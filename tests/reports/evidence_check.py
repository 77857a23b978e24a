"""Re-run the evidence printed in a rendered page and compare it with what the page quotes."""

import html
import re
from dataclasses import dataclass

import duckdb

from reports_builder import formatting

_FOLD = re.compile(r"^<details><summary>.*?^</details>$", re.MULTILINE | re.DOTALL)
_CITED = re.compile(
    r"^- \[Query (?P<number>\d+)\]\(#query-(?P=number)\) of (?P<marts>[^:\n]+)(?:: (?P<shown>.+))?$",
    re.MULTILINE,
)
_BLOCK = re.compile(
    r"^### Query (?P<number>\d+)\n+(?P<fence>`{3,})sql\n(?P<sql>.*?)\n(?P=fence)$", re.MULTILINE | re.DOTALL
)
_FIGURE = re.compile(r"^- `(?:\w+/)?(?P<column>\w+)=(?P<exact>[^`\n]+)`: (?P<shown>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Checked:
    """How much a page was checked: queries run and quoted figures found in their results."""

    queries: int
    quotes: int


def check_evidence(page: str, connection: duckdb.DuckDBPyConnection) -> Checked:
    """Run every query of the appendix of ``page``; each figure that is listed below it must be in its result.

    A figure is found when its column holds the exact value printed, and that value rounds to each figure shown.
    What a part of the page cites must be listed so, and must stand in the text above it.
    """
    listed: dict[str, set[str]] = {}
    blocks = list(_BLOCK.finditer(page))
    assert len({block["sql"] for block in blocks}) == len(blocks), "a query is printed twice"
    ends = [block.start() for block in blocks[1:]] + [len(page)]
    for block, end in zip(blocks, ends, strict=True):
        cursor = connection.execute(block["sql"])
        columns = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        shown = listed.setdefault(block["number"], set())
        for figure in _FIGURE.finditer(page[block.end() : end]):
            values = [row[columns.index(figure["column"])] for row in rows]
            exact = [value for value in values if formatting.exact(value) == figure["exact"]]
            where = f"{figure.group()} under:\n{block['sql']}"
            assert exact, f"the query does not return {where}"
            said = set(figure["shown"].split("; "))
            assert said <= _styled(exact[0]), f"not a rounding of the value: {where}"
            shown |= said
    quotes, text, place = 0, "", 0
    for fold in _FOLD.finditer(page):
        text += page[place : fold.start()]
        place = fold.end()
        for cited in _CITED.finditer(fold.group()):
            for said in cited["shown"].split("; ") if cited["shown"] else ():
                assert said in listed[cited["number"]], f"not listed at its query: {cited.group()}"
                assert said in text, f"not in the text above: {cited.group()}"
                quotes += 1
    return Checked(len(blocks), quotes)


def _styled(value: formatting.Value) -> set[str]:
    """Every way in which a number may be shown."""
    return {
        html.unescape(style(value))
        for name, style in formatting.STYLES.items()
        if name not in formatting.TEXT_STYLES
    }
