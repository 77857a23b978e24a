"""The site: every page of docs/ has a place in it, and the data dictionary has every public column."""

from __future__ import annotations

import re

import yaml

from docs_site.hooks import MODELS, SCHEMAS, pages
from tests.workspace import ROOT


def _paths(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    values = entry.values() if isinstance(entry, dict) else entry
    return [path for value in values for path in _paths(value)]  # type: ignore[attr-defined]


def test_every_page_is_in_the_navigation_once() -> None:
    navigation = _paths(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    written = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert sorted(navigation) == sorted({*written, *pages(), "example-report/finops_summary.md"})


def test_the_dictionary_has_every_public_mart_with_its_columns_and_decisions() -> None:
    made = pages()
    for schema in SCHEMAS:
        for path in (MODELS / schema).rglob("*.yml"):
            for model in yaml.safe_load(path.read_text()).get("models") or ():
                is_public = model["config"]["access"] == "public"
                assert (f"\n## {model['name']}\n" in made[f"dictionary/{schema}.md"]) == is_public, model[
                    "name"
                ]
    freshness = made["dictionary/core.md"].partition("\n## rpt_source_freshness\n")[2].partition("\n## ")[0]
    assert "| `days_behind` | bigint | Days from the source's last day" in freshness
    assert "Decision: [The as-of date](decisions.md#the_as_of_date)" in freshness
    assert "## The as-of date {#the_as_of_date}" in made["dictionary/decisions.md"]
    # No template is left where a reader would see it, and no row of a table breaks.
    for path, content in made.items():
        assert "doc(" not in content, path
        for table in re.findall(r"\| Column \| Type \| \|\n\|---\|---\|---\|\n((?:.+\n)*)", content):
            for row in table.splitlines():
                assert len(re.findall(r"(?<!\\)\|", row)) == 4, row
