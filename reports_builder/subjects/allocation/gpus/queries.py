"""The questions about GPUs that the analysis of all spend puts to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def gpus(warehouse: Warehouse) -> Evidence:
    """What all GPUs of the period cost, and how much of them was used; no row where there are none."""
    return _gpus(warehouse, "total")


def gpus_by_type(warehouse: Warehouse) -> Evidence:
    """The same by provider and type of machine, the dearest first."""
    return _gpus(warehouse, "machine")


def gpus_by_team(warehouse: Warehouse) -> Evidence:
    """The same by the team that bears it, and all of them at the end."""
    return _gpus(warehouse, "team", "total")


def _gpus(warehouse: Warehouse, *levels: str) -> Evidence:
    return warehouse.evidence(
        """
        select
            first_date, last_date, provider_name, instance_type, team_name, requested_gpu_hours,
            allocated_gpu_hours, measured_gpu_hours, busy_share, idle_gpu_hours, cost_usd, recorded_cost_usd,
            unrecorded_cost_usd, idle_cost_usd, idle_share, usd_per_gpu_hour, ledger_cost_usd,
            use_less_ledger_usd
        from allocation.rpt_gpu_costs
        where rollup_level in :levels
        order by rollup_level = 'total', cost_usd desc nulls last, provider_name, instance_type, team_id
        """,
        levels=levels,
    )


def unused_by_machine(warehouse: Warehouse) -> Evidence:
    """Machines with unused hours and the team whose they are, the dearest first."""
    return warehouse.evidence(
        """
        select
            provider_name, instance_type, team_name,
            idle_gpu_hours as machine_idle_gpu_hours, idle_cost_usd as machine_idle_cost_usd
        from allocation.rpt_gpu_costs
        where rollup_level = 'machine_and_team' and idle_cost_usd > 0
        order by machine_idle_cost_usd desc, provider_name, instance_type, team_name
        """
    )
