"""The Terraform module: the attributes that the provider has, the seeds' budgets and tags, and no template from data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from dbt_project.landing.tag_policy.policy import effective_rules
from reports_builder.delivery.schedule import read_schedule
from reports_builder.exports.terraform import Module, read_module
from reports_builder.warehouse import open_warehouse
from tests.reports.warehouse_fixture import build_warehouse

TEXT = {"type": "string", "minLength": 1}
EXPRESSION = {"type": "string", "pattern": r"^\$\{.*\}$"}


def an(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object with these attributes and no other."""
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


def some(of: dict[str, Any]) -> dict[str, Any]:
    """Blocks by name, of which there is at least one."""
    names = {"pattern": r"^[A-Za-z_][A-Za-z0-9_-]*$"}
    return {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": of}


# What of Terraform's JSON syntax and of the AWS provider's resources the module uses.
SCHEMA = an(
    {
        "terraform": an(
            {
                "required_version": TEXT,
                "required_providers": an({"aws": an({"source": TEXT, "version": TEXT})}),
            }
        ),
        "variable": some(
            an({"type": {"enum": ["string", "list(string)"]}, "description": TEXT}, default={"type": "null"})
        ),
        "resource": an(
            {
                "aws_budgets_budget": some(
                    an(
                        {
                            "name": {"type": "string", "maxLength": 100, "pattern": r"^[^:\\]+$"},
                            "budget_type": {"const": "COST"},
                            "limit_amount": {"type": "string", "pattern": r"^\d+\.\d{2}$"},
                            "limit_unit": {"const": "USD"},
                            "time_unit": {"enum": ["MONTHLY", "QUARTERLY", "ANNUALLY"]},
                            "time_period_start": {
                                "type": "string",
                                "pattern": r"^\d{4}-\d{2}-\d{2}_\d{2}:\d{2}$",
                            },
                            "cost_filter": {
                                "type": "array",
                                "items": an(
                                    {
                                        "name": {"enum": ["TagKeyValue", "Service", "Region"]},
                                        "values": {"type": "array", "items": TEXT, "minItems": 1},
                                    }
                                ),
                            },
                            # A budget of AWS has at most five.
                            "notification": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": 5,
                                "items": an(
                                    {
                                        "comparison_operator": {"const": "GREATER_THAN"},
                                        "threshold": {"type": "number", "exclusiveMinimum": 0},
                                        "threshold_type": {"const": "PERCENTAGE"},
                                        "notification_type": {"enum": ["ACTUAL", "FORECASTED"]},
                                        "subscriber_email_addresses": EXPRESSION,
                                    }
                                ),
                            },
                        }
                    )
                ),
                "aws_organizations_policy": some(
                    an({"count": EXPRESSION, "name": TEXT, "type": {"const": "TAG_POLICY"}, "content": TEXT})
                ),
                "aws_organizations_policy_attachment": some(
                    an({"count": EXPRESSION, "policy_id": EXPRESSION, "target_id": EXPRESSION})
                ),
                "aws_scheduler_schedule": some(
                    an(
                        {
                            "count": EXPRESSION,
                            "name": TEXT,
                            "schedule_expression": {"type": "string", "pattern": r"^cron\(.*\)$"},
                            "schedule_expression_timezone": TEXT,
                            "flexible_time_window": an({"mode": {"enum": ["OFF", "FLEXIBLE"]}}),
                            "target": an({"arn": EXPRESSION, "role_arn": EXPRESSION}),
                        }
                    )
                ),
            }
        ),
    }
)
HOSTILE = '${file("/etc/passwd")}'
SEEDS = {
    "tag_keys": [
        ("Team", "*", "team"),
        ("Stage", "AWS", None),
        ("Free", "AWS", None),
        ("Other", "Google Cloud", None),
    ],
    "tag_values": [("Stage", "prod"), ("Stage", "dev"), ("Stage", "%{if x}")],
    "owners": [("web-team", "team", "CC-1"), (HOSTILE, "team", None)],
    "owner_assignments": [("feature", "CC-2")],
    "alert_rules": [("budget_used", True, 0.5), ("budget_used", True, 1), ("budget_used", False, 0.9)],
}
COLUMNS = {
    "tag_keys": "tag_key varchar, provider_name varchar, values_from varchar",
    "tag_values": "tag_key varchar, allowed_value varchar",
    "owners": "owner_id varchar, owner_type varchar, cost_centre varchar",
    "owner_assignments": "owner_rule varchar, cost_centre varchar",
    "alert_rules": "measure varchar, is_on boolean, threshold_value double",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny warehouse, with budgets of two teams, of a region and of a customer, and the seeds of tags."""
    path = build_warehouse(tmp_path_factory.mktemp("terraform") / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema if not exists seeds")
        for name, rows in SEEDS.items():
            connection.execute(f"create or replace table seeds.{name} ({COLUMNS[name]})")
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"insert into seeds.{name} values ({marks})", rows)
        connection.execute("delete from planning.rpt_budgets")
        connection.executemany(
            "insert into planning.rpt_budgets (scope, scope_id, period, period_start_date, period_end_date, budget_usd)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                ("team", "web-team", "month", "2026-10-01", "2026-10-31", 900),
                ("team", "web-team", "month", "2026-11-01", "2026-11-30", 1000),
                ("team", "web-team", "month", "2026-12-01", "2026-12-31", 1100),
                ("team", HOSTILE, "month", "2026-11-01", "2026-11-30", 5),
                ("region", "eu-west-1", "quarter", "2026-10-01", "2026-12-31", 250.5),
                ("customer", "c1", "month", "2026-11-01", "2026-11-30", 7),
            ],
        )
    return path


@pytest.fixture(scope="module")
def module(warehouse: Path) -> Module:
    with open_warehouse(warehouse) as opened:
        return read_module(opened, read_schedule("monday 07:30"))


def test_it_has_the_attributes_that_the_provider_knows_and_no_other(module: Module) -> None:
    jsonschema.validate(json.loads(module.text), SCHEMA)


def test_budgets_are_those_in_force_of_scopes_that_aws_knows(module: Module) -> None:
    budgets = json.loads(module.text)["resource"]["aws_budgets_budget"]
    web, region = budgets["team_web_team_month"], budgets["region_eu_west_1_quarter"]
    assert (web["limit_amount"], web["time_period_start"]) == ("1000.00", "2026-11-01_00:00")
    assert web["cost_filter"] == [{"name": "TagKeyValue", "values": ["user:Team$web-team"]}]
    assert [(note["notification_type"], note["threshold"]) for note in web["notification"]] == [
        ("ACTUAL", 50),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    assert region["cost_filter"] == [{"name": "Region", "values": ["eu-west-1"]}]
    assert region["time_unit"] == "QUARTERLY" and region["limit_amount"] == "250.50"
    assert module.budgets == len(budgets) == 3
    assert module.elsewhere == ("customer c1, month",)


def test_the_tag_policy_says_what_the_seeds_say(module: Module) -> None:
    content = json.loads(module.text)["resource"]["aws_organizations_policy"]["tags"]["content"]
    policy = json.loads(content.replace("$${", "${").replace("%%{", "%{"))
    # As the import of tag policies reads it, which the examples of AWS's manual hold.
    assert {rule.tag_key: rule.values for rule in effective_rules([policy])} == {
        "Team": (HOSTILE, "web-team"),
        "Stage": ("%{if x}", "dev", "prod"),
        "Free": (),
    }


def test_nothing_that_stands_in_data_is_evaluated(module: Module) -> None:
    assert "$${file(" in module.text and "%%{if x" in module.text
    assert "${file(" not in module.text.replace("$${", "")
    assert "%{if" not in module.text.replace("%%{", "")


@pytest.mark.parametrize(
    ("said", "cron"), [("daily 7", "cron(0 7 * * ? *)"), ("monday 07:30", "cron(30 7 ? * MON *)")]
)
def test_the_schedule_is_that_of_the_report(said: str, cron: str, warehouse: Path) -> None:
    with open_warehouse(warehouse) as opened:
        resources = json.loads(read_module(opened, read_schedule(said)).text)["resource"]
    assert resources["aws_scheduler_schedule"]["report"]["schedule_expression"] == cron


def test_the_command_writes_it_and_says_what_is_not_in_it(warehouse: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reports_builder", "export", "terraform", "--warehouse", str(warehouse)]
    out = tmp_path / "finops.tf.json"
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "3 budgets" in done.stdout and "customer c1, month" in done.stdout
    assert json.loads(out.read_text())["terraform"]["required_providers"]["aws"]["source"] == "hashicorp/aws"
    wrong = subprocess.run(
        [*command, "--out", str(tmp_path / "x.tf")], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2 and "does not end in .tf.json" in wrong.stderr
