"""Which attribute of a source fills which column, as the seed attribute_mappings says.

The seed is read here, before dbt loads it, because landing keeps only what it lists.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from pathlib import Path

from dbt_project.landing.project import PROJECT
from dbt_project.landing.seed_lines import find_seed_line

SEED = PROJECT / "seeds" / "attribute_mappings.csv"

# Attributes that hold what was said to a model or by it, as the usual instrumentations spell them: these
# and whatever stands below them, and any field named like a message.
_CONTENT = (
    "ai.prompt",
    "ai.response.object",
    "ai.response.text",
    "ai.response.toolcalls",
    "ai.toolcall",
    "ai.value",
    "ai.values",
    "completion",
    "embedding.embeddings",
    "embedding.text",
    "embedding.vector",
    "gen_ai.completion",
    "gen_ai.event.content",
    "gen_ai.input",
    "gen_ai.output",
    "gen_ai.prompt",
    "gen_ai.retrieval",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.tool.definitions",
    "input",
    "llm.completions",
    "llm.input_messages",
    "llm.output_messages",
    "llm.prompt_template",
    "llm.prompts",
    "messages",
    "output",
    "prompt",
    "proxy_server_request",
    "response",
    "retrieval.documents",
    "tool.parameters",
    "traceloop.entity.input",
    "traceloop.entity.output",
)
_CONTENT_FIELDS = frozenset(
    {"arguments", "completion", "content", "contents", "message", "messages", "prompt"}
)

Targets = Mapping[str, tuple[tuple[str, int], ...]]


class MappingError(Exception):
    """A row of the seed that cannot be used, in one line."""


def holds_message_contents(attribute: str) -> bool:
    """Whether an attribute of that name holds what was said to a model or by it."""
    parent, _, field = attribute.lower().rpartition(".")
    # llm.token_count.prompt and llm.cost.prompt are numbers.
    if field in _CONTENT_FIELDS and not parent.endswith(("token_count", ".cost")):
        return True
    return any(f"{attribute.lower()}.".startswith(f"{known}.") for known in _CONTENT)


def attribute_targets(source_name: str, columns: Collection[str], seed: Path = SEED) -> Targets:
    """For each attribute of a source the columns that it fills, with its rank there (1 counts first).

    MappingError for a row that names no column of the source, or an attribute with message contents.
    """
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    with seed.open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            if row.get("source_name") != source_name:
                continue
            attribute, column = row["attribute_name"] or "", row["target_column"]
            problem = None
            if column not in columns:
                problem = f"{column} is not a column of {source_name}; there are {', '.join(sorted(columns))}"
            elif holds_message_contents(attribute):
                problem = f"{attribute} holds message contents, which are never read"
            elif not (row["priority"] or "").isdecimal():
                problem = f"priority {row['priority']} is not a whole number"
            if problem:
                raise MappingError(f"{_where(seed, row)}: {problem}")
            found[attribute] = (*found.get(attribute, ()), (column, int(row["priority"])))
    return found


def _where(seed: Path, row: Mapping[str, str]) -> str:
    """The file and the line, of a company's own file where the seed was put together from that."""
    found = find_seed_line(seed.stem, row, project=seed.parent.parent)
    return f"{found.path}, line {found.number}" if found else str(seed)


def column_names_of(targets: Targets) -> Mapping[str, tuple[str, int]]:
    """For each column of a file, in lower case, the first column of the source that it is, with its rank."""
    return {attribute.strip().lower(): columns[0] for attribute, columns in targets.items()}
