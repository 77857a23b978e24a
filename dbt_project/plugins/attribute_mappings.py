"""Which attribute of a source fills which column, as the seed attribute_mappings says.

The seed is read here, before dbt loads it, because landing keeps only what it lists.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from pathlib import Path

SEED = Path(__file__).resolve().parent.parent / "seeds" / "attribute_mappings.csv"

# Attributes that hold what was said to a model or by it, in the spellings of the usual instrumentations.
MESSAGE_CONTENT = re.compile(
    r"(?!.*token)(?:"
    r"(?:gen_ai\.)?(?:input|output|messages?|prompts?|completions?|response|content|system_instructions)(?:\.\w+)?"
    r"|(?:gen_ai|ai|llm|tool|retrieval|embedding|reranker|traceloop)\.(?:.*[._])?"
    r"(?:prompts?|prompt_template|completions?|messages?|contents?|instructions|documents?|arguments|args|results?"
    r"|definitions|text|object|toolcalls|toolcall|values?|vector|input|output|parameters)(?:\..*)?"
    r"|.*\.(?:messages?|contents?|prompts?|completions?)"
    r"|proxy_server_request.*"
    r")",
    re.IGNORECASE,
)

Targets = Mapping[str, tuple[tuple[str, int], ...]]


class MappingError(Exception):
    """A row of the seed that cannot be used, in one line."""


def attribute_targets(source_name: str, columns: Collection[str], seed: Path = SEED) -> Targets:
    """For each attribute of a source the columns that it fills, with its rank there (1 counts first).

    MappingError for a row that names no column of the source, or an attribute with message contents.
    """
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    with seed.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        for row in reader:
            if row.get("source_name") != source_name:
                continue
            where = f"{seed.name}: line {reader.line_num}"
            attribute, column = row["attribute_name"] or "", row["target_column"]
            if column not in columns:
                raise MappingError(
                    f"{where}: {column} is not a column of {source_name}; there are {', '.join(sorted(columns))}"
                )
            if MESSAGE_CONTENT.fullmatch(attribute):
                raise MappingError(f"{where}: {attribute} holds message contents, which are never read")
            if not (row["priority"] or "").isdecimal():
                raise MappingError(f"{where}: priority {row['priority']} is not a whole number")
            found[attribute] = (*found.get(attribute, ()), (column, int(row["priority"])))
    return found
