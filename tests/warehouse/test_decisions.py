"""Decisions stand beside their mart, in its description, and in the log, which is their index."""

from __future__ import annotations

import re

from tests.workspace import ROOT

PROJECT = ROOT / "dbt_project"
BLOCK = re.compile(r"{% docs (\w+) %}\n### (.+)\n")


def test_each_decision_is_told_by_its_mart_and_listed_in_the_log() -> None:
    log = (PROJECT / "DECISIONLOG.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^- \[(.+)\]\((models/.+\.md)\): `(\w+)`$", log, re.MULTILINE))
    assert len(listed) == len(re.findall(r"^- \[.*\]\(models/", log, re.MULTILINE))
    found = set()
    for file in sorted((PROJECT / "models").rglob("*.md")):
        description = file.with_suffix(".yml").read_text(encoding="utf-8")
        for block, heading in BLOCK.findall(file.read_text(encoding="utf-8")):
            assert f'{{{{ doc("{block}") }}}}' in description, f"{file.name}: {heading}"
            found.add((heading, str(file.relative_to(PROJECT)), file.stem))
    assert len(found) > 50
    assert listed == found
