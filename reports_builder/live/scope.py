"""Which of dbt's nodes new files can change, so that a refresh leaves the others as they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

REFRESHED_TAG = "live_refresh"

# A model that calls one of these reads more than its parents say, and is never left out.
_INTROSPECTIVE = frozenset({"macro.dbt.run_query", "macro.dbt.load_relation", "macro.dbt.statement"})


# Files beside the landing folder that change between refreshes: the history of alerts, notes on raw files.
_READ_EVERY_TIME = frozenset({"alerts.events", "landing.notes"})

# The parser does not see a call that a model makes only while it runs.
_ASKS_WHEN_RUN = re.compile(r"\b(execute|load_relation|run_query|statement|adapter)\b")


def sources_of(files: Iterable[str]) -> frozenset[str] | None:
    """The sources whose data changed files carry; None when only a whole build covers them."""
    sources = set()
    for name in files:
        if name.startswith("calls/"):
            sources.add("raw.calls")
        elif name == "customers.parquet":
            sources.add("raw.customers")
        else:
            return None
    return frozenset(sources)


def touched_nodes(manifest: Any, sources: frozenset[str]) -> frozenset[str]:
    """Unique ids of what has to be built and tested again when the data of ``sources`` changed.

    These are all models below the sources, below models that read files themselves, and whatever asks the
    warehouse while it is compiled. A view below them shows the new data as it stands. Of the tests, those
    that compare the sums of tables; what the rows of one table promise by themselves (a test with arguments
    in its YAML) is left to the next whole build.
    """
    children = defaultdict(list)
    for node in manifest.nodes.values():
        for parent in node.depends_on_nodes:
            children[parent].append(node.unique_id)
    asking = {node.unique_id for node in _models(manifest) if _is_introspective(manifest, node)}
    start = {node.unique_id for node in _models(manifest) if not node.depends_on_nodes} | asking
    start |= {
        source.unique_id
        for source in manifest.sources.values()
        if f"{source.source_name}.{source.name}" in sources | _READ_EVERY_TIME
    }
    reached, ahead = set(start), list(start)
    while ahead:
        new = [child for child in children[ahead.pop()] if child not in reached]
        reached.update(new)
        ahead += new
    nodes = (manifest.nodes[name] for name in reached if name in manifest.nodes)
    return frozenset(
        node.unique_id
        for node in nodes
        if (node.config.materialized != "view" or node.unique_id in asking)
        and not hasattr(node, "test_metadata")
    )


def _models(manifest: Any) -> Iterable[Any]:
    return (node for node in manifest.nodes.values() if node.resource_type == "model")


def _is_introspective(manifest: Any, node: Any) -> bool:
    if _ASKS_WHEN_RUN.search(node.raw_code):
        return True
    ahead, seen = list(node.depends_on.macros), set()
    while ahead:
        name = ahead.pop()
        if name in _INTROSPECTIVE:
            return True
        if name not in seen and name in manifest.macros:
            seen.add(name)
            ahead += manifest.macros[name].depends_on.macros
    return False
