"""The sources that can be switched on beside the calls, as dbt_project.yml registers them.

The list is there, in the variable `source_kinds`, because the macros of dbt can read nothing else. The module
`sources/<name>.py` of each holds the source as a constant with its name in capitals.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import yaml

from dbt_project.landing.project import PROJECT
from dbt_project.landing.source import LandedSource


def project_variables() -> dict[str, Any]:
    """The variables as dbt_project.yml has them, which a business edits."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return dict(project["vars"])


def _landed_source(name: str) -> LandedSource:
    found = getattr(import_module(f"dbt_project.landing.sources.{name}"), name.upper())
    assert isinstance(found, LandedSource)
    return found


SOURCE_KINDS: dict[str, str] = project_variables()["source_kinds"]
"""What each source holds: calls, charges, invoices, billing or customers."""
LANDED_SOURCES = tuple(_landed_source(name) for name in SOURCE_KINDS)
CALL_SOURCES = tuple(name for name, kind in SOURCE_KINDS.items() if kind == "calls")
