"""Budgets, tag policy and report schedule as a Terraform module for AWS, in Terraform's JSON syntax.

AWS sees what AWS bills, so only budgets of scopes that it knows (a tag, a service, a region) are in it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from reports_builder.delivery.schedule import Schedule
from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse

Block = dict[str, object]

_BUDGETS = """
select scope, scope_id, period, period_start_date, budget_usd
from planning.rpt_budgets
where period_end_date >= :tomorrow
qualify row_number() over (partition by scope, scope_id, period order by period_start_date) = 1
order by scope, scope_id, period
"""
_TAGS = """
with tag_keys as (
    select distinct tag_key, values_from from seeds.tag_keys where provider_name in ('*', 'AWS')
),
allowed as (
    select tag_key, allowed_value from seeds.tag_values
    union
    select tag_keys.tag_key, owners.owner_id
    from tag_keys
    inner join seeds.owners on tag_keys.values_from = owners.owner_type
    union
    select tag_keys.tag_key, owners.cost_centre
    from tag_keys
    inner join seeds.owners on tag_keys.values_from = 'cost_centre' and owners.cost_centre is not null
    union
    select tag_keys.tag_key, assignments.cost_centre
    from tag_keys
    inner join seeds.owner_assignments as assignments
        on tag_keys.values_from = 'cost_centre' and assignments.cost_centre is not null
)
select
    tag_keys.tag_key,
    any_value(tag_keys.values_from) as values_from,
    list_sort(list(allowed.allowed_value) filter (where allowed.allowed_value is not null)) as allowed_values
from tag_keys
left join allowed on tag_keys.tag_key = allowed.tag_key
group by tag_keys.tag_key
order by tag_keys.tag_key
"""
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


def read_module(warehouse: Warehouse, schedule: Schedule) -> Module:
    """The module of the budgets in force on the day after the as-of date, and of the tag policy."""
    tomorrow = warehouse.period.as_of + timedelta(days=1)
    tags = warehouse.evidence(_TAGS)
    key_of = {record["values_from"]: record["tag_key"] for record in tags.records() if record["values_from"]}
    thresholds = [float(str(row[0])) for row in warehouse.evidence(_THRESHOLDS).rows]
    budgets: Block = {}
    elsewhere = []
    for record in warehouse.evidence(_BUDGETS, tomorrow=tomorrow).records():
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


def _tag_policy(tags: Evidence) -> str:
    """The policy as AWS Organizations has it: spelling of each key, and its values where they are listed."""
    policy: Block = {}
    for record in tags.records():
        rule: Block = {"tag_key": {"@@assign": record["tag_key"]}}
        if record["allowed_values"]:
            rule["tag_value"] = {"@@assign": record["allowed_values"]}
        policy[str(record["tag_key"]).lower()] = rule
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
