"""From a file to all that it touched: charges, owners and customers, chargebacks, marts, pages."""

from collections.abc import Iterator
from pathlib import Path

from dbt_project.landing.project import PROJECT
from dbt_project.landing.registry import CALL_SOURCES, LANDED_SOURCES
from reports_builder.errors import ReportError
from reports_builder.escaping import sql_literal
from reports_builder.formatting import exact
from reports_builder.lineage.chain import Chain, Step
from reports_builder.lineage.explaining import models_of
from reports_builder.lineage.figure_ids import mart_figure_id
from reports_builder.lineage.models import Models, relation_of
from reports_builder.warehouse import RAW_FOLDER, Warehouse

_CALLS = "calls"
_CUSTOMERS = "customers.parquet"
_BILLS = "focus"


def explain_file(warehouse: Warehouse, path: Path) -> Chain:
    """What a raw file or a seed touched; ReportError for a file that no source reads."""
    seed = _seed_of(path)
    if seed:
        return Chain(str(path), tuple(_made_of(_models(warehouse), "seeds", seed)))
    name = _name_of(path)
    folder = name.partition("/")[0]
    landed = {source.name: source.staged_as for source in LANDED_SOURCES}
    if name == _CUSTOMERS or folder == _CALLS:
        schema, table = "raw", folder.removesuffix(".parquet")
    elif folder in landed:
        schema, table = landed[folder], ""
    else:
        raise ReportError(
            f"{path} is read by no source: name a file below {RAW_FOLDER} "
            f"({_CALLS}/, {', '.join(f'{each}/' for each in landed)}) or a seed "
            f"({PROJECT / 'seeds'}/NAME.csv)."
        )
    steps: list[Step] = []
    if folder == _CALLS or folder in CALL_SOURCES:
        steps += _calls(warehouse, name)
    elif schema == _BILLS:
        steps += _bills(warehouse, name)
    steps.append(_rejected(warehouse, name))
    return Chain(name, (*steps, *_made_of(_models(warehouse), schema, table)))


def _seed_of(path: Path) -> str:
    folders = {(PROJECT / "seeds").resolve(), Path("seeds").resolve()}
    return path.stem if path.suffix == ".csv" and path.absolute().parent.resolve() in folders else ""


def _name_of(path: Path) -> str:
    """The file as the warehouse names it: below the folder of raw data."""
    for root in (RAW_FOLDER.absolute(), RAW_FOLDER.resolve()):
        if path.absolute().is_relative_to(root):
            return path.absolute().relative_to(root).as_posix()
    return path.as_posix()


def _models(warehouse: Warehouse) -> Models:
    models = models_of(warehouse)
    if models is None:
        raise ReportError(
            "the manifest of dbt is not here, which says what is made of a file: "
            "run `dbt build --project-dir dbt_project`."
        )
    return models


def _bills(warehouse: Warehouse, name: str) -> Iterator[Step]:
    here = f"from core.fct_charges\nwhere file_name = {sql_literal(name)}"
    yield _charges(warehouse, name, here, "its lines")


def _calls(warehouse: Warehouse, name: str) -> Iterator[Step]:
    day = name.partition("date=")[2][:10] if name.startswith(f"{_CALLS}/date=") else ""
    # A day that can be no day names no partition.
    on_day = f"cast(usage_date as varchar) = {sql_literal(day)} and " if day else ""
    of_file = f"{on_day}(file_name = {sql_literal(name)} or ends_with(file_name, {sql_literal(f'/{name}')}))"
    found = warehouse.evidence(
        "select count(*) as calls, sum(effective_cost_usd) as effective_cost_usd, "
        "count(*) filter (where effective_cost_usd is null) as unknown, "
        "count(distinct customer_id) as customers, "
        f"min(usage_date) as first_day, max(usage_date) as last_day\nfrom core.fct_calls\nwhere {of_file}"
    )
    yield Step(
        "Calls",
        (
            f"{int(str(found['calls'])):,} calls of it count, of {int(str(found['customers'])):,} customers, "
            f"effective cost {exact(found['effective_cost_usd'])} USD.",
        ),
        found,
    )
    if not found["calls"]:
        return
    first, last = sql_literal(found["first_day"]), sql_literal(found["last_day"])
    owners = (
        *("organization_id", "product_id", "feature_id", "customer_id", "team_id", "business_unit_id"),
        *("project_id", "user_id", "cost_centre", "owner_rule"),
    )
    same_call = " and ".join(
        f"owned.{theirs} = calls.{own}"
        for theirs, own in (
            *(
                (each, each)
                for each in ("usage_date", "provider", "model", "service_tier", "product_id", "feature_id")
            ),
            ("named_customer_id", "customer_id"),
            ("named_team_id", "team_id"),
        )
    )
    same_charge = " and ".join(
        ["charges.charge_date = owned.usage_date"]
        + [f"charges.{each} = owned.{each}" for each in ("provider", "model", "service_tier")]
        + [f"charges.{each} is not distinct from owned.{each}" for each in owners]
    )
    here = (
        "from core.fct_charges as charges\n"  # noqa: S608
        f"where source = 'calls' and charge_date between {first} and {last}\n"
        "and exists (\n    select 1 from intermediate.int_usage_owned_daily as owned\n"
        "    inner join (\n        select distinct usage_date, provider, model, service_tier, product_id, "
        "feature_id, customer_id, team_id\n"
        f"        from core.fct_calls where {of_file}) as calls on {same_call}\n    where {same_charge}\n)"
    )
    yield _charges(
        warehouse, name, here, "its calls, of a day, model and owner each, with those of other files"
    )


def _charges(warehouse: Warehouse, name: str, here: str, made_of: str) -> Step:
    """The charges by line of the chargeback that they are in."""
    found = warehouse.evidence(
        "select cast(date_trunc('month', charge_date) as date) as month_start_date, team_id, cost_centre, "
        "count(*) as charges, count(*) filter (where is_counted) as counted_charges, "
        "sum(effective_cost_usd) filter (where is_counted) as effective_cost_usd, "
        "count(distinct customer_id) as customers, min(charge_date) as first_day, "
        "max(charge_date) as last_day, "
        f"min(charge_id) as first_charge_id\n{here}\ngroup by all\n"
        "order by effective_cost_usd desc nulls last, 1, 2, 3"
    )
    charges = sum(int(str(row["charges"])) for row in found.records())
    lines = [
        mart_figure_id(
            "allocation.rpt_chargebacks_monthly",
            {key: row[key] for key in ("month_start_date", "team_id", "cost_centre")},
            "allocated_cost_usd",
        )
        for row in found.records()[:3]
    ]
    return Step(
        "Charges",
        (
            f"{charges:,} charges are made of {made_of}, in {len(found.rows):,} lines of chargebacks.",
            *(
                (f"Lines to explain: {', '.join(lines)}.",)
                if lines
                else (f"Nothing of {name} counts in the ledger.",)
            ),
        ),
        found,
    )


def _rejected(warehouse: Warehouse, name: str) -> Step:
    found = warehouse.evidence(
        "select reason, count(*) as records, min(line_number) as first_line\nfrom core.rejected_records\n"
        f"where file_name = {sql_literal(name)} or ends_with(file_name, {sql_literal(f'/{name}')})\n"
        "group by reason\norder by records desc, reason"
    )
    number = sum(int(str(row["records"])) for row in found.records())
    return Step("Rejected records", (f"{number:,} records of it were rejected.",), found)


def _made_of(models: Models, schema: str, table: str) -> Iterator[Step]:
    """The marts and pages that the manifest says are made of a source or a seed."""
    started = [
        key
        for key, node in models.nodes.items()
        if node["resource_type"] != "model"
        and node["schema"] == schema
        and (not table or (node.get("alias") or node["name"]) == table)
    ]
    if not started:
        raise ReportError(
            f"the manifest of dbt knows no {schema}.{table}: run `dbt parse --project-dir dbt_project`."
        )
    reached = models.downstream(started)
    marts = sorted(
        relation_of(node)
        for key, node in models.nodes.items()
        if key in reached and node["resource_type"] == "model" and node["config"].get("access") == "public"
    )
    pages = sorted(
        exposure["name"] for key, exposure in models.manifest["exposures"].items() if key in reached
    )
    yield Step(
        f"Marts: {len(marts)}",
        (
            f"{', '.join(marts) or 'none'}.",
            "By the manifest: what is made of it, whether or not this file changed a figure there.",
        ),
    )
    yield Step(f"Pages: {len(pages)}", (f"{', '.join(pages) or 'none'}.",))
