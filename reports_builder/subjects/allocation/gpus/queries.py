"""The questions about GPUs that the analysis of all spend puts to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse

_SUMS = """
            sum(requested_gpu_hours) as requested_gpu_hours,
            sum(allocated_gpu_hours) as allocated_gpu_hours,
            sum(measured_gpu_hours) as measured_gpu_hours,
            sum(measured_gpu_hours)
                / nullif(sum(allocated_gpu_hours) filter (where measured_gpu_hours is not null)::double, 0)
                as busy_share,
            sum(idle_gpu_hours) as idle_gpu_hours,
            sum(cost_usd) as cost_usd,
            sum(recorded_cost_usd) as recorded_cost_usd,
            sum(cost_usd) - coalesce(sum(recorded_cost_usd), 0) as unrecorded_cost_usd,
            sum(idle_cost_usd) as idle_cost_usd,
            sum(idle_cost_usd) / nullif(sum(recorded_cost_usd)::double, 0) as idle_share,
            sum(recorded_cost_usd)
                / nullif((sum(allocated_gpu_hours) + coalesce(sum(idle_gpu_hours), 0))::double, 0)
                as usd_per_gpu_hour,
            sum(ledger_cost_usd) as ledger_cost_usd,
            sum(cost_usd) - coalesce(sum(ledger_cost_usd), 0) as use_less_ledger_usd
        from allocation.rpt_gpu_costs_daily
        where usage_date between :window_start and :as_of
"""


def gpus(warehouse: Warehouse) -> Evidence:
    """What all GPUs of the period cost, and how much of them was used; no row where there are none."""
    return warehouse.evidence(
        f"""
        select
            cast(:window_start as date) as first_date,
            cast(:as_of as date) as last_date,{_SUMS}        having count(*) > 0
        """
    )


def gpus_by_type(warehouse: Warehouse) -> Evidence:
    """The same by provider and type of machine, the dearest first."""
    return warehouse.evidence(
        f"""
        select
            provider_name,
            coalesce(instance_type, 'unknown') as instance_type,{_SUMS}        group by all
        order by cost_usd desc nulls last, provider_name, instance_type
        """
    )


def gpus_by_team(warehouse: Warehouse) -> Evidence:
    """The same by the team that bears it, and all of them at the end."""
    return warehouse.evidence(
        f"""
        select
            coalesce(team_name, 'All') as team_name,{_SUMS}        group by
            grouping sets ((team_id, team_name), ())
        having count(*) > 0
        order by grouping(team_id), cost_usd desc nulls last, team_id
        """
    )


def unused_by_machine(warehouse: Warehouse) -> Evidence:
    """Machines with unused hours and the team whose they are, the dearest first."""
    return warehouse.evidence(
        """
        select
            provider_name,
            coalesce(instance_type, 'unknown') as instance_type,
            team_name,
            sum(idle_gpu_hours) as machine_idle_gpu_hours,
            sum(idle_cost_usd) as machine_idle_cost_usd
        from allocation.rpt_gpu_costs_daily
        where usage_date between :window_start and :as_of
        group by all
        having sum(idle_cost_usd) > 0
        order by machine_idle_cost_usd desc, provider_name, instance_type, team_name
        """
    )
