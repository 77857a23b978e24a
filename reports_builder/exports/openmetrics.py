"""Figures of the newest month as OpenMetrics text, for Prometheus."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse

_COSTS = """
select
    month_start_date, rollup_level, owner_id, ai_cost_usd, infrastructure_cost_usd, storage_cost_usd,
    transfer_cost_usd, services_cost_usd, other_cost_usd, owned_share
from allocation.rpt_owner_costs_monthly
where is_latest and rollup_level in ('total', 'team', 'cost_centre')
order by rollup_level, owner_id, parent_owner_id
"""
_TAGS = """
select scope_kind, scope, compliant_cost_share, compliant_share
from allocation.rpt_tag_compliance
where is_latest
order by scope_kind, scope
"""
_COMPONENTS = ("ai", "infrastructure", "storage", "transfer", "services", "other")


@dataclass(frozen=True)
class Family:
    """A gauge: its name ends with its unit, if any; samples are labels and a value, None where unknown."""

    name: str
    unit: str
    about: str
    samples: tuple[tuple[Mapping[str, object], object], ...]


def read_families(warehouse: Warehouse) -> tuple[Family, ...]:
    """The gauges of the newest month of the warehouse."""
    costs = warehouse.evidence(_COSTS)
    tags = warehouse.evidence(_TAGS)
    return (*_cost_families(costs), *_tag_families(tags))


def _cost_families(costs: Evidence) -> tuple[Family, ...]:
    rows = costs.records()
    spent = [
        ({**_owner(row), "component": component}, row[f"{component}_cost_usd"])
        for row in rows
        for component in _COMPONENTS
        if row[f"{component}_cost_usd"]
    ]
    owned = [({"month": str(row["month_start_date"])}, row["owned_share"]) for row in rows if _is_total(row)]
    return (
        Family("finops_month_cost_usd", "usd", "Cost of the newest month so far.", tuple(spent)),
        Family("finops_month_owned_ratio", "ratio", "Share of it that a team answers for.", tuple(owned)),
    )


def _tag_families(tags: Evidence) -> tuple[Family, ...]:
    samples = [
        ({"by": measure, "scope_kind": row["scope_kind"], "scope": row["scope"]}, row[column])
        for row in tags.records()
        for measure, column in (("cost", "compliant_cost_share"), ("resources", "compliant_share"))
    ]
    return (
        Family(
            "finops_tags_right_ratio", "ratio", "Share that is tagged as the policy wants.", tuple(samples)
        ),
    )


def _owner(row: Mapping[str, object]) -> dict[str, object]:
    return {"month": str(row["month_start_date"]), "level": row["rollup_level"], "owner": row["owner_id"]}


def _is_total(row: Mapping[str, object]) -> bool:
    return row["rollup_level"] == "total"


def as_openmetrics(families: Iterable[Family]) -> bytes:
    """The text of the exposition format, ended as it must be; a family without a known value is left out."""
    lines: list[str] = []
    for family in families:
        known = [(labels, value) for labels, value in family.samples if value is not None]
        if not known:
            continue
        lines.append(f"# TYPE {family.name} gauge")
        lines += [f"# UNIT {family.name} {family.unit}"] if family.unit else []
        lines.append(f"# HELP {family.name} {_escaped(family.about)}")
        for labels, value in known:
            said = ",".join(f'{name}="{_escaped(str(label))}"' for name, label in labels.items())
            lines.append(f"{family.name}{f'{{{said}}}' if said else ''} {float(str(value))!r}")
    return "\n".join([*lines, "# EOF", ""]).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
