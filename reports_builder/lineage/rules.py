"""By which rule a charge has its owner, and in which version of the rules."""

from pathlib import Path

from dbt_project.landing.seed_lines import find_seed_line
from reports_builder.escaping import sql_literal
from reports_builder.evidence import Evidence
from reports_builder.lineage.chain import Step
from reports_builder.seals import check, log
from reports_builder.seals.ledgers import LEDGERS, PRICES, RULES, version_of
from reports_builder.warehouse import Warehouse, attach

_BY_DEFAULT = "default"
_OF_POOL = "pool"
_SEEDS_OF = {"shared_cost_pools": "shared_cost_pools", "provisioned_throughput": "provisioned_throughput"}


def owner_step(warehouse: Warehouse, charge: Evidence) -> Step:
    """The rule that found the owner, the row of the seed that says so, and the version of all rules."""
    rule = str(charge["owner_rule"])
    said = [f"Charge {charge['charge_id']}, {charge['charge_date']}: owner by the rule `{rule}`."]
    owners = sorted(
        {
            str(charge[name])
            for name in ("user_id", "project_id", "team_id", "business_unit_id")
            if charge[name]
        }
    )
    found = None
    if rule in (_BY_DEFAULT, _OF_POOL):
        said.append(
            "No rule of the seed owner_rules found one."
            if rule == _BY_DEFAULT
            else "A shared cost is nobody's own: it is shared out by its driver."
        )
    else:
        day = sql_literal(charge["charge_date"])
        matched = _matched(charge)
        found = warehouse.evidence(
            "select *\nfrom seeds.owner_assignments\n"
            f"where owner_rule = {sql_literal(rule)} and owner_id in {sql_literal(tuple(owners))}{matched}\n"
            f"and coalesce(valid_from_date, {day}) <= {day} and coalesce(valid_to_date > {day}, true)\n"
            "order by match_key, match_value"
        )
        lines = [find_seed_line("owner_assignments", record) for record in found.records()[:3]]
        said += [str(line) for line in lines if line]
        if not found.rows:
            said.append("Its value names the owner itself: no row of owner_assignments was needed.")
    return Step("Owner rule", (*said, *versions(warehouse.path, str(charge["charge_date"]))), found)


def _matched(charge: Evidence) -> str:
    """For rules that look at the feature: the row of the feature, where an owner has several."""
    if charge["owner_rule"] != "feature":
        return ""
    product, feature = sql_literal(str(charge["product_id"])), sql_literal(str(charge["feature_id"]))
    return f" and match_value = {feature} and (match_key is null or match_key = {product})"


def versions(warehouse: Path, day: str) -> tuple[str, ...]:
    """The versions of rules and prices of the warehouse, beside those that the day was sealed with."""
    connection = attach(warehouse)
    try:
        now = version_of(connection, RULES), version_of(connection, PRICES)
    finally:
        connection.close()
    said = [f"Rules of version {now[0]}, prices of version {now[1]}."]
    heads, _ = check.read_chain(log.heads_content(log.DEFAULT_SEALS), {})
    of_day = [head for head in heads if (head["ledger"], head["day"]) == (LEDGERS[0].table, day)]
    if of_day:
        head = of_day[-1]
        same = (head["rules_version"], head["prices_version"]) == now
        said.append(
            f"The day is sealed (head {head['sequence']}), with "
            + ("the same." if same else f"rules {head['rules_version']} and prices {head['prices_version']}.")
        )
    return tuple(said)


def seed_step(charge: Evidence) -> Step:
    """The row of a seed that a charge is, which came from no file."""
    seed = _SEEDS_OF.get(str(charge["source"]))
    pool = str(charge["cost_pool"])
    row = (
        {"cost_pool": pool, "month_start_date": str(charge["charge_date"])[:8] + "01"}
        if seed == "shared_cost_pools"
        else {"capacity_id": pool.removeprefix("provisioned ")}
    )
    line = find_seed_line(seed, row) if seed else None
    return Step(
        "Source line",
        (str(line),) if line else (f"The charge is a row of the seed {seed}, whose file is not here.",),
    )
