"""Sentences, figures and tables about tags; the report and the dashboard say the same."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, KeyFigure, Section, Table
from reports_builder.subjects.allocation.tags import queries as ask
from reports_builder.warehouse import Warehouse


def tags_said(tagged: Evidence) -> Prose:
    """How much of the cost of resources is tagged as the policy wants."""
    if not tagged.rows:
        return note("No bill names a resource, so there are no tags to judge.")
    said = tagged.say(
        "Of **{cost_usd:usd}** for {resources:count} resources in {month_start_date:month}, "
        "**{compliant_cost_share:percent}** is tagged as the policy wants; {untagged_cost_usd:usd} carry "
        "no tag "
        "at all."
    )
    if not tagged["days_to_target"]:
        return said
    return said + tagged.say(" At the pace of the last month the target is {days_to_target:count} days away.")


def tag_figures(tagged: Evidence) -> tuple[KeyFigure, ...]:
    """Compliance by cost and by resources."""
    if not tagged.rows:
        return ()
    return (
        KeyFigure(
            "Tagged right, by cost",
            tagged.cell("compliant_cost_share", "percent"),
            tagged.cell("prior_compliant_cost_share", "percent"),
        ),
        KeyFigure(
            "Tagged right, by resources",
            tagged.cell("compliant_share", "percent"),
            status=tagged.say("{compliant_resources:count} of {resources:count}"),
        ),
    )


def tag_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """Compliance by scope, and what to put right; nothing without resources on a bill."""
    by_scope, wrong, in_all = ask.tagged_by(warehouse), ask.to_fix(warehouse), ask.to_fix_in_all(warehouse)
    if not by_scope.rows:
        return ()
    scopes = (
        Column("scope_kind", "By"),
        Column("scope", "Which"),
        Column("resources", "Resources", "count"),
        Column("compliant_share", "Right", "percent"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("compliant_cost_share", "Of it, right", "percent"),
        Column("untagged_cost_usd", "Without", "usd_table"),
        Column("prior_compliant_cost_share", "Month before", "percent"),
        Column("days_to_target", "Days to the target", "count"),
    )
    fixes = (
        Column("resource_id", "Resource"),
        Column("service_name", "Service"),
        Column("corrections", "What to do"),
        Column("fixed_by", "Who"),
        Column("cost_usd", "Cost in the month", "usd_table"),
    )
    sums = (
        Column("owned", "Resources with something wrong"),
        Column("resources", "Resources", "count"),
        Column("cost_usd", "Cost in the month", "usd_table"),
    )
    return (
        Section("Tags", tables=(Table(scopes, by_scope, max_rows=30),)),
        Section(
            "Tags to put right",
            tables=(
                Table(
                    fixes,
                    wrong,
                    wrong.say("Resources of {month_start_date:month}, those without a team first.")
                    if wrong.rows
                    else None,
                    max_rows=25,
                ),
                *((Table(sums, in_all),) if in_all.rows else ()),
            ),
        ),
    )
