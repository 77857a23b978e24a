"""From rows of the ledger on: allocation, charges, the rule of their owner, calls, prices, source lines."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reports_builder.errors import ReportError
from reports_builder.escaping import sql_literal
from reports_builder.evidence import Evidence
from reports_builder.formatting import Value, exact
from reports_builder.lineage import files, prices, rules
from reports_builder.lineage.chain import MOST_ROWS, Step
from reports_builder.lineage.ties import ALLOCATED, CHARGES, USAGE, Tie
from reports_builder.warehouse import Warehouse

_OWNERS = (
    *("organization_id", "product_id", "feature_id", "customer_id", "team_id", "business_unit_id"),
    *("project_id", "user_id", "cost_centre"),
)
_OF_A_CALL = ("provider", "model", "service_tier")
_FOLLOWED = 2


def steps_from(warehouse: Warehouse, tie: Tie) -> Iterator[Step]:
    """The steps from rows that tie to a figure down to lines of files."""
    if tie.ledger is USAGE:
        yield from _steps_of_usage(warehouse, tie)
        return
    if tie.ledger is ALLOCATED:
        yield from _allocation(warehouse, tie)
        tie = direct_charges(tie)
    yield from _charges(warehouse, tie)


def direct_charges(tie: Tie) -> Tie:
    """The charges behind what was allocated directly."""

    def of_charges(conditions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            "customer_id <> 'unallocated'"
            if each == "is_allocated"
            else each.replace(f"{ALLOCATED.day} between", f"{CHARGES.day} between")
            for each in conditions
        )

    restriction = tuple(each for each in of_charges(tie.restriction) if each != "is_direct")
    return Tie(CHARGES, "effective_cost_usd", of_charges(tie.days), tie.keys, (*restriction, "is_direct"))


def charge_steps(warehouse: Warehouse, charge_id: str) -> Iterator[Step]:
    """The steps of one charge; ReportError when there is none of this id."""
    tie = Tie(CHARGES, "effective_cost_usd", keys=(f"charge_id = {sql_literal(charge_id)}",))
    found = _charge(warehouse, charge_id)
    if not found.rows:
        raise ReportError(f"there is no charge {charge_id} in {CHARGES.table}.")
    counted = (
        "It counts." if found["is_counted"] else "It does not count: a bill or a capacity stands for it."
    )
    yield Step("Charge", (counted,), _charge_rows(warehouse, tie, is_counted=False))
    borne = _conditions_of(found, (*_OWNERS, "cost_pool", "cost_component"))
    day = f"{ALLOCATED.day} = {sql_literal(found['charge_date'])}"
    if found["is_counted"] and found["is_direct"]:
        yield from _allocation(warehouse, Tie(ALLOCATED, "allocated_cost_usd", (day,), borne, ("is_direct",)))
    elif found["is_counted"]:
        pool = f"cost_pool = {sql_literal(found['cost_pool'])}"
        yield from _allocation(
            warehouse, Tie(ALLOCATED, "allocated_cost_usd", (day,), (pool,), ("not is_direct",))
        )
    yield from _behind(warehouse, found)


def _allocation(warehouse: Warehouse, tie: Tie) -> Iterator[Step]:
    parts = warehouse.evidence(
        f"select cost_pool, cost_component, driver, is_direct, count(*) as rows, "
        f"sum({tie.measure}) as {tie.measure}\nfrom {tie.ledger.table}\nwhere {tie.where}\n"
        "group by all\norder by abs(sum(allocated_cost_usd)) desc, cost_pool, cost_component, driver"
    )
    total = _sum(parts, tie.measure)
    rows = sum(int(str(record["rows"])) for record in parts.records())
    yield Step(
        "Allocated cost",
        (
            f"{rows:,} rows of {tie.ledger.table}, {exact(total)} USD, by pool and driver; `direct` is "
            "borne by the owner of the charge and shared with nobody.",
        ),
        parts,
    )
    pools = sorted({str(record["cost_pool"]) for record in parts.records() if not record["is_direct"]})
    if pools:
        yield _pools(warehouse, tie, pools)


def _pools(warehouse: Warehouse, tie: Tie, pools: Sequence[str]) -> Step:
    """The shared costs themselves: what the figure bears is its part of them by the driver."""
    days = " and ".join(each.replace(tie.ledger.day, CHARGES.day) for each in tie.days) or "true"
    found = warehouse.evidence(
        "select cost_pool, allocation_driver, source, count(*) as charges, "
        "sum(effective_cost_usd) as effective_cost_usd, min(charge_id) as first_charge_id\n"
        f"from {CHARGES.table}\nwhere is_counted and not is_direct and {days}\n"
        f"and cost_pool in {sql_literal(tuple(pools))}\n"
        "group by all\norder by cost_pool, source"
    )
    return Step(
        "Shared costs",
        (
            "What is not direct is a part of these pools, by the units of the driver on each day; other "
            "owners bear the rest.",
        ),
        found,
    )


def _charges(warehouse: Warehouse, tie: Tie) -> Iterator[Step]:
    """The charges, and what is behind the largest of each kind."""
    totals = warehouse.evidence(
        f"select count(*) as charges, sum({tie.measure}) as total_usd, "
        f"count(*) filter (where {tie.measure} is null) as unknown\n"
        f"from {tie.ledger.table}\nwhere {tie.where}"
    )
    found = _charge_rows(warehouse, tie)
    unknown = int(str(totals["unknown"] or 0))
    yield Step(
        "Charges",
        (
            f"{int(str(totals['charges'])):,} rows of {tie.ledger.table}, {tie.measure} "
            f"{exact(totals['total_usd'])}; the largest first.",
            *((f"{unknown:,} of them have no known cost, and are in no sum.",) if unknown else ()),
        ),
        found,
    )
    followed: dict[object, object] = {}
    for record in found.records():
        followed.setdefault(record["source"], record["charge_id"])
    for charge_id in list(followed.values())[:_FOLLOWED]:
        yield from _behind(warehouse, _charge(warehouse, str(charge_id)))


def _charge_rows(warehouse: Warehouse, tie: Tie, *, is_counted: bool = True) -> Evidence:
    conditions = (*(tie.ledger.counted if is_counted else ()), *tie.conditions)
    return warehouse.evidence(
        f"select charge_id, charge_date, {tie.measure}, source, file_name, line_number, owner_rule, "
        "team_id, customer_id\n"
        f"from {tie.ledger.table}\nwhere {' and '.join(conditions) or 'true'}\n"
        f"order by {tie.measure} desc nulls last, charge_id\nlimit {MOST_ROWS}"
    )


def _charge(warehouse: Warehouse, charge_id: str) -> Evidence:
    return warehouse.evidence(f"select * from {CHARGES.table} where charge_id = {sql_literal(charge_id)}")  # noqa: S608


def _behind(warehouse: Warehouse, charge: Evidence) -> Iterator[Step]:
    """Rule, price and source of one charge."""
    yield rules.owner_step(warehouse, charge)
    if charge["source"] == "calls":
        yield from _calls(warehouse, charge)
    elif charge["file_name"] is not None:
        yield prices.step_of_bill(warehouse, charge)
        yield files.step_of_bill(warehouse, str(charge["file_name"]), int(str(charge["line_number"])))
    else:
        yield rules.seed_step(charge)


def _calls(warehouse: Warehouse, charge: Evidence) -> Iterator[Step]:
    """The calls that a charge is the sum of, the price of the dearest, and where it stands in its file."""
    owned = " and ".join(f"owned.{each}" for each in _conditions_of(charge, (*_OWNERS, "owner_rule")))
    same = " and ".join(
        f"owned.{theirs} = calls.{own}"
        for theirs, own in (
            *((name, name) for name in ("usage_date", *_OF_A_CALL, "product_id", "feature_id")),
            ("named_customer_id", "customer_id"),
            ("named_team_id", "team_id"),
        )
    )
    of_charge = " and ".join(f"calls.{each}" for each in _conditions_of(charge, _OF_A_CALL))
    source = (
        "from core.fct_calls as calls\n"  # noqa: S608
        f"where calls.usage_date = {sql_literal(charge['charge_date'])} and {of_charge}\n"
        "and exists (\n    select 1 from intermediate.int_usage_owned_daily as owned\n"
        f"    where {same}\n    and {owned}\n)"
    )
    yield from _call_steps(warehouse, source, charge["effective_cost_usd"], f"charge {charge['charge_id']}")


def _steps_of_usage(warehouse: Warehouse, tie: Tie) -> Iterator[Step]:
    """The calls behind rows of the daily usage: of tasks, regions, environments a charge knows nothing."""
    total = f"select sum({tie.measure}) as total_usd from {tie.ledger.table} where {tie.where}"  # noqa: S608
    amount = warehouse.evidence(total)["total_usd"]
    source = f"from core.fct_calls as calls\nwhere {tie.where}"
    yield from _call_steps(warehouse, source, amount, "figure", tie.measure)


def _call_steps(
    warehouse: Warehouse, source: str, amount: Value, what: str, measure: str = "effective_cost_usd"
) -> Iterator[Step]:
    try:
        totals = warehouse.evidence(
            f"select count(*) as calls, sum({measure}) as total_usd, "
            f"count(*) filter (where {measure} is null) as unknown\n{source}"
        )
        found = warehouse.evidence(
            "select call_id, called_at, provider, model, service_tier, input_tokens, cached_input_tokens, "
            "cache_write_input_tokens, output_tokens, effective_cost_usd, usage_date, source_name, "
            f"file_name\n{source}\n"
            f"order by {measure} desc nulls last, call_id\nlimit {MOST_ROWS}"
        )
    except ReportError as error:
        yield Step(
            "Calls", (f"The files of the calls are not beside this warehouse, so they end here: {error}",)
        )
        return
    total = totals["total_usd"]
    ties = total == amount
    count, unknown = int(str(totals["calls"])), int(str(totals["unknown"]))
    yield Step(
        "Calls",
        (
            f"{count:,} calls, {measure} {exact(total)}, "
            + (f"which is that of the {what}." if ties else f"where the {what} has {exact(amount)}.")
            + " The dearest first.",
            *((f"{unknown:,} of them have no known cost.",) if unknown else ()),
        ),
        found,
        ties,
    )
    if found.rows:
        yield prices.step_of_call(warehouse, found)
        yield files.step_of_call(warehouse, found)


def _conditions_of(row: Evidence, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        f"{column} is null" if row[column] is None else f"{column} = {sql_literal(row[column])}"
        for column in columns
    )


def _sum(evidence: Evidence, column: str) -> Decimal:
    amounts = [amount for record in evidence.records() if isinstance(amount := record[column], Decimal)]
    return sum(amounts, Decimal())
