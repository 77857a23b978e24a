"""The unit tests that try what differs by engine: few that together run every macro of macros/dialect/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def dialect_tests(manifest: Mapping[str, Any]) -> list[str]:
    """Names of unit tests, the ones that try most first, until every macro that a test can reach is tried."""
    macros = manifest["macros"]
    differing = {
        name for name, macro in macros.items() if macro["original_file_path"].startswith("macros/dialect/")
    }
    tried = {}
    for test in manifest["unit_tests"].values():
        model = manifest["nodes"].get(f"model.ai_finops.{test['model']}")
        # A test may put something in the place of a macro.
        if model and not (test.get("overrides") or {}).get("macros"):
            tried[test["name"]] = _reached(model["depends_on"]["macros"], macros) & differing
    chosen: list[str] = []
    left = set().union(*tried.values())
    while left:
        best = max(sorted(tried), key=lambda name: len(tried[name] & left))
        chosen.append(best)
        left -= tried[best]
    return chosen


def _reached(names: Iterable[str], macros: Mapping[str, Any]) -> set[str]:
    """The macros that these call, and those that they call in turn."""
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached and name in macros:
            reached.add(name)
            waiting += macros[name]["depends_on"]["macros"]
    return reached
