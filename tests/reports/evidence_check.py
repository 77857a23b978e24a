"""Re-run the evidence printed in a rendered page and compare it with what the page quotes."""

import html
import re
from dataclasses import dataclass

import duckdb

from reports_builder import formatting

_BLOCK = re.compile(r"^(?P<fence>`{3,})sql\n(?P<sql>.*?)\n(?P=fence)$", re.MULTILINE | re.DOTALL)
_QUOTE = re.compile(
    r"^- (?P<shown>.+) is `(?:\w+/)?(?P<column>\w+)(?:` = |=)(?P<exact>[^`\n]+)`?$", re.MULTILINE
)


@dataclass(frozen=True)
class Checked:
    """How much a page was checked: queries run and quoted figures found in their results."""

    queries: int
    quotes: int


def check_evidence(page: str, connection: duckdb.DuckDBPyConnection) -> Checked:
    """Run every ``sql`` block of ``page``; each figure quoted after it must be in its result.

    A figure is found when its column holds the exact value printed, that value rounds to the
    figure shown, and the figure shown stands in the text before the block.
    """
    blocks = list(_BLOCK.finditer(page))
    ends = [block.start() for block in blocks[1:]] + [len(page)]
    quotes = 0
    for block, end in zip(blocks, ends, strict=True):
        cursor = connection.execute(block["sql"])
        columns = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        tail = page[block.end() : end]
        quoted = tail.split("</details>")[0]
        for quote in _QUOTE.finditer(quoted):
            values = [row[columns.index(quote["column"])] for row in rows]
            exact = [value for value in values if formatting.exact(value) == quote["exact"]]
            where = f"{quote.group()} under:\n{block['sql']}"
            assert exact, f"the query does not return {where}"
            assert quote["shown"] in _styled(exact[0]), f"not a rounding of the value: {where}"
            assert quote["shown"] in page[: block.start()], f"not in the text above: {where}"
            quotes += 1
    return Checked(len(blocks), quotes)


def _styled(value: formatting.Value) -> set[str]:
    """Every way in which a number may be shown."""
    return {
        html.unescape(style(value))
        for name, style in formatting.STYLES.items()
        if name not in formatting.TEXT_STYLES
    }
