"""AWS tag policies: what a chain of them comes to, and the rows of the seeds that it makes."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dbt_project.landing.errors import UsageError
from dbt_project.landing.tag_policy.policy import effective_rules
from tests.real_files import real_file
from tests.workspace import ROOT


def rules_of(*chain: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {rule.tag_key: rule.values for rule in effective_rules(chain)}


def test_the_examples_of_the_manual_come_out() -> None:
    for case in json.loads((real_file("tags") / "aws_tag_policy_effective.json").read_text())["cases"]:
        expected = {
            (tag["tag_key"], tuple(tag.get("tag_value", ())), tuple(tag.get("enforced_for", ())))
            for tag in case["effective"]["tags"].values()
        }
        found = {(rule.tag_key, rule.values, rule.enforced_for) for rule in effective_rules(case["chain"])}
        assert found == expected, case["id"]


def test_values_are_taken_away_and_a_lock_holds_further_down() -> None:
    locked = {"tag_value": {"@@assign": ["a", "b"], "@@operators_allowed_for_child_policies": ["@@append"]}}
    opened = {
        "tag_value": {
            "@@assign": ["x"],
            "@@append": ["c", "a"],
            "@@operators_allowed_for_child_policies": ["@@all"],
        }
    }
    assert rules_of({"tags": {"Stage": locked}}, {"tags": {"stage": opened}}) == {"Stage": ("a", "b", "c")}
    gone = {"tag_value": {"@@remove": ["a"], "@@assign": ["y"]}}
    assert rules_of({"tags": {"Stage": locked}}, {"tags": {"stage": opened}}, {"tags": {"stage": gone}}) == {
        "Stage": ("a", "b", "c")
    }


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"rules": {}}, "has no `tags`"),
        ({"tags": {"A": []}}, "settings are an object"),
        ({"tags": {"A": {"tag_value": ["x"]}}}, "expected operators"),
        ({"tags": {"A": {"tag_value": {"@@asign": ["x"]}}}}, "@@asign is no operator"),
        ({"tags": {"A": {"tag_value": {"@@assign": [1]}}}}, "values are texts"),
    ],
)
def test_what_is_no_tag_policy_is_refused(policy: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        effective_rules([policy])


def test_the_command_replaces_the_rows_of_its_tags_alone(tmp_path: Path) -> None:
    for name in ("tag_keys", "tag_values"):
        shutil.copy(ROOT / "dbt_project" / "seeds" / f"{name}.csv", tmp_path)
    policy = {
        "tags": {"environment": {"tag_key": {"@@assign": "Environment"}, "tag_value": {"@@assign": ["Prod"]}}}
    }
    file = tmp_path / "policy.json"
    # As `aws organizations describe-policy` prints it.
    file.write_text(json.dumps({"Policy": {"Content": json.dumps(policy)}}))
    command = [
        sys.executable,
        "-m",
        "dbt_project.landing",
        "tags",
        "import",
        str(file),
        "--seeds",
        str(tmp_path),
    ]
    for _ in range(2):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    with (tmp_path / "tag_values.csv").open() as values:
        assert [
            row["allowed_value"] for row in csv.DictReader(values) if row["tag_key"] == "Environment"
        ] == ["Prod"]
    with (tmp_path / "tag_keys.csv").open() as keys:
        rows = list(csv.DictReader(keys))
    assert len(rows) == 6 and rows[-1]["provider_name"] == "AWS"
