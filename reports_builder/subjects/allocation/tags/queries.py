"""The questions about tags that the analysis of all spend puts to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def tagged(warehouse: Warehouse) -> Evidence:
    """How much of the newest month of the bills is tagged right."""
    return warehouse.evidence(
        """
        select
            month_start_date, resources, compliant_resources, compliant_share, cost_usd, compliant_cost_share,
            noncompliant_cost_usd as wrong_cost_usd, untagged_cost_usd,
            cast(month_start_date - interval 1 month as date) as prior_month_start_date,
            prior_compliant_cost_share, target_share, days_to_target, target_outlook
        from allocation.rpt_tag_compliance
        where scope_kind = 'total' and is_latest
        """
    )


def tagged_by_tag(warehouse: Warehouse) -> Evidence:
    """The same by tag of the policy, the widest gap first."""
    return warehouse.evidence(
        """
        select
            scope, resources, compliant_share, cost_usd, compliant_cost_share, untagged_cost_usd,
            prior_compliant_cost_share, days_to_target, target_outlook
        from allocation.rpt_tag_compliance
        where scope_kind = 'tag' and is_latest
        order by compliant_cost_share, scope
        """
    )


def tagged_by_team(warehouse: Warehouse) -> Evidence:
    """The same by team, whose cost is tagged wrong most first."""
    return warehouse.evidence(
        """
        select
            scope_name, noncompliant_resources as wrong_resources,
            noncompliant_cost_usd as team_wrong_cost_usd, compliant_cost_share
        from allocation.rpt_tag_compliance
        where scope_kind = 'team' and is_latest and resources > compliant_resources
        order by team_wrong_cost_usd desc, scope
        """
    )


def tagged_by_scope(warehouse: Warehouse) -> Evidence:
    """The same by team, then by provider, account, service and region, the widest gap first."""
    return warehouse.evidence(
        """
        select
            scope_kind, scope_name, resources, compliant_share, cost_usd, compliant_cost_share,
            untagged_cost_usd, prior_compliant_cost_share, days_to_target, target_outlook
        from allocation.rpt_tag_compliance
        where scope_kind not in ('total', 'tag') and is_latest and (resources > 0 or cost_usd <> 0)
        order by
            list_position(['team', 'provider', 'account', 'service', 'region'], scope_kind),
            compliant_cost_share, cost_usd desc, scope
        """
    )


def to_fix(warehouse: Warehouse) -> Evidence:
    """Resources with something wrong, each once: those without a team first, then the dearest."""
    return warehouse.evidence(
        """
        select month_start_date, resource_id, provider_name, service_name, corrections, fixed_by, cost_usd
        from allocation.rpt_resources_to_tag
        where rollup_level = 'resource'
        order by resource_rank
        """
    )


def to_fix_in_all(warehouse: Warehouse) -> Evidence:
    """How many these are, with and without a team, and what they cost."""
    return warehouse.evidence(
        """
        select month_start_date, owned, resources, cost_usd
        from allocation.rpt_resources_to_tag
        where rollup_level <> 'resource'
        order by rollup_level, owned desc
        """
    )
