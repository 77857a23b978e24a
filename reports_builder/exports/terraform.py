"""Budgets, tag policy and report schedule as a Terraform module for AWS, in Terraform's JSON syntax.

AWS sees what AWS bills, so only budgets of scopes that it knows (a tag, a service, a region) are in it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from reports_builder.delivery.schedule import Schedule
from reports_builder.formatting import Value
from reports_builder.warehouse import Warehouse

Block = dict[str, object]

_BUDGETS = """
select scope, scope_id, period, period_start_date, budget_usd
from planning.rpt_budgets
where period_end_date >= :tomorrow
order by scope, scope_id, period, period_start_date
"""
_TAG_KEYS = (
    "select tag_key, values_from from seeds.tag_keys where provider_name in ('*', 'AWS') order by tag_key"
)
_TAG_VALUES = "select tag_key, allowed_value from seeds.tag_values"
_OWNERS = "select owner_type, owner_id, cost_centre from seeds.owners"
_COST_CENTRES = "select cost_centre from seeds.owner_assignments"
_THRESHOLDS = """
select distinct threshold_value
from seeds.alert_rules
where measure = 'budget_used' and is_on and threshold_value is not null
order by threshold_value desc
limit 4
"""
_UNITS = {"month": "MONTHLY", "quarter": "QUARTERLY", "year": "ANNUALLY"}
_FILTERS = {"service": "Service", "region": "Region"}
_CRON_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Module:
    """The module's text, how many budgets are in it, and those of scopes that AWS does not know."""

    text: str
    budgets: int
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class Tag:
    """A tag of the policy: the type of owner that it names, if it names one, and its possible values."""

    key: str
    values_from: Value
    values: tuple[str, ...]


def read_module(warehouse: Warehouse, schedule: Schedule) -> Module:
    """The module of the budgets in force on the day after the as-of date, and of the tag policy."""
    tomorrow = warehouse.period.as_of + timedelta(days=1)
    tags = _read_tags(warehouse)
    key_of = {tag.values_from: tag.key for tag in tags if tag.values_from}
    thresholds = [float(str(row[0])) for row in warehouse.evidence(_THRESHOLDS).rows]
    budgets: Block = {}
    elsewhere = []
    # Of each scope and kind of period the first: the one in force.
    for record in {
        (record["scope"], record["scope_id"], record["period"]): record
        for record in reversed(warehouse.evidence(_BUDGETS, tomorrow=tomorrow).records())
    }.values():
        scope, scope_id = str(record["scope"]), str(record["scope_id"])
        if scope in _FILTERS:
            cost_filter = {"name": _FILTERS[scope], "values": [literal(scope_id)]}
        elif scope in key_of:
            cost_filter = {"name": "TagKeyValue", "values": [literal(f"user:{key_of[scope]}${scope_id}")]}
        else:
            elsewhere.append(f"{scope} {scope_id}, {record['period']}")
            continue
        name = f"{scope} {scope_id} {record['period']}"
        budgets[_identifier(name, budgets)] = {
            "name": literal(re.sub(r"[:\\]", "-", f"finops {name}"))[:_LONGEST_NAME],
            "budget_type": "COST",
            "limit_amount": f"{record['budget_usd']:.2f}",
            "limit_unit": "USD",
            "time_unit": _UNITS[str(record["period"])],
            "time_period_start": f"{record['period_start_date']}_00:00",
            "cost_filter": [cost_filter],
            "notification": [
                *(_notification("ACTUAL", share) for share in sorted(thresholds)),
                _notification("FORECASTED", 1),
            ],
        }
    module = _module(budgets, _tag_policy(tags), _cron(schedule))
    return Module(json.dumps(module, indent=2, ensure_ascii=False) + "\n", len(budgets), tuple(elsewhere))


def literal(text: str) -> str:
    """The text as Terraform reads it from JSON: what would begin a template is escaped."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _module(budgets: Block, tag_policy: str, cron: str) -> Block:
    """The whole document; a part whose target nobody names is not made."""
    if_attached = "${var.organization_target_id == null ? 0 : 1}"
    resources: Block = {
        "aws_organizations_policy": {
            "tags": {
                "count": if_attached,
                "name": "finops tag policy",
                "type": "TAG_POLICY",
                "content": literal(tag_policy),
            }
        },
        "aws_organizations_policy_attachment": {
            "tags": {
                "count": if_attached,
                "policy_id": "${aws_organizations_policy.tags[0].id}",
                "target_id": "${var.organization_target_id}",
            }
        },
        "aws_scheduler_schedule": {
            "report": {
                "count": "${var.report_target_arn == null ? 0 : 1}",
                "name": "finops-report",
                "schedule_expression": cron,
                "schedule_expression_timezone": "UTC",
                "flexible_time_window": {"mode": "OFF"},
                "target": {"arn": "${var.report_target_arn}", "role_arn": "${var.report_role_arn}"},
            }
        },
    }
    if budgets:
        resources["aws_budgets_budget"] = budgets
    return {
        "terraform": {
            "required_version": ">= 1.5",
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.0"}},
        },
        "variable": {
            "alert_email_addresses": {
                "type": "list(string)",
                "description": "Who is told when a budget reaches a threshold.",
            },
            "organization_target_id": _optional(
                "Root, unit or account that gets the tag policy; it is not made where null."
            ),
            "report_target_arn": _optional(
                "What runs `python -m reports_builder send`; no schedule is made where null."
            ),
            "report_role_arn": _optional("Role with which the scheduler starts it."),
        },
        "resource": resources,
    }


def _optional(description: str) -> Block:
    return {"type": "string", "default": None, "description": description}


def _notification(kind: str, share: float) -> Block:
    return {
        "comparison_operator": "GREATER_THAN",
        "threshold": round(share * 100, 6),
        "threshold_type": "PERCENTAGE",
        "notification_type": kind,
        "subscriber_email_addresses": "${var.alert_email_addresses}",
    }


def _read_tags(warehouse: Warehouse) -> tuple[Tag, ...]:
    """The tags of the policy for AWS: their values are those that are listed, or the owners of a type."""
    listed = {tuple(row) for row in warehouse.evidence(_TAG_VALUES).rows}
    owners = warehouse.evidence(_OWNERS).records()
    values = {(owner["owner_type"], owner["owner_id"]) for owner in owners}
    values |= {("cost_centre", owner["cost_centre"]) for owner in owners}
    values |= {("cost_centre", row[0]) for row in warehouse.evidence(_COST_CENTRES).rows}
    keys = {record["tag_key"]: record["values_from"] for record in warehouse.evidence(_TAG_KEYS).records()}
    return tuple(
        Tag(
            str(key),
            values_from,
            tuple(
                sorted(
                    {str(value) for tag_key, value in listed if tag_key == key and value is not None}
                    | {str(value) for kind, value in values if kind == values_from and value is not None}
                )
            ),
        )
        for key, values_from in keys.items()
    )


def _tag_policy(tags: Iterable[Tag]) -> str:
    """The policy as AWS Organizations has it: spelling of each key, and its values where they are listed."""
    policy: Block = {}
    for tag in tags:
        rule: Block = {"tag_key": {"@@assign": tag.key}}
        if tag.values:
            rule["tag_value"] = {"@@assign": list(tag.values)}
        policy[tag.key.lower()] = rule
    return json.dumps({"tags": policy}, ensure_ascii=False)


def _cron(schedule: Schedule) -> str:
    """AWS counts days by name, and wants a question mark for the one of two that is not said."""
    days = "* * ?" if schedule.weekday is None else f"? * {_CRON_DAYS[schedule.weekday]}"
    return f"cron({schedule.minute} {schedule.hour} {days} *)"


def _identifier(name: str, taken: Mapping[str, object]) -> str:
    """A name that Terraform takes, with a number where two would be the same."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name)
    plain = plain if plain[:1].isalpha() else f"_{plain}"
    number, found = 1, plain
    while found in taken:
        number += 1
        found = f"{plain}_{number}"
    return found
