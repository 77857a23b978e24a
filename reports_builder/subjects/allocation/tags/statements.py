"""Sentences, figures and tables about tags; the report and the dashboard say the same."""

from collections.abc import Mapping

from reports_builder import formatting
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.formatting import Value
from reports_builder.model import Column, KeyFigure, Section, Table
from reports_builder.subjects.allocation.spend.queries import month
from reports_builder.subjects.allocation.tags import queries as ask
from reports_builder.warehouse import Warehouse

# What is said of the target after its share, by target_outlook.
_OUTLOOKS = {
    "reached": " and is reached",
    "on the way": "; at the pace since the month before it is {days_to_target:count} days away",
    "not at this pace": "; at the pace since the month before it is not reached",
    "unchanged": "; nothing has changed since the month before",
    "moving away": "; the share is moving away from it",
}


def tags_said(tagged: Evidence) -> Prose:
    """How much of the cost of resources is tagged as the policy wants, and where that leads."""
    if not tagged.rows:
        return note("No bill names a resource, so there are no tags to judge.")
    return tagged.say(
        "Of **{cost_usd:usd}** for {resources:count} resources in {month_start_date:month}, "
        "**{compliant_cost_share:percent}** is tagged as the policy wants; {untagged_cost_usd:usd} have "
        "no tag at all. The target is {target_share:percent}"
        + _OUTLOOKS.get(str(tagged["target_outlook"]), "")
        + "."
    )


def tag_figures(tagged: Evidence) -> tuple[KeyFigure, ...]:
    """Compliance by cost and by resources."""
    if not tagged.rows:
        return ()
    return (
        KeyFigure(
            tagged.say("Cost tagged right in {month_start_date:month}"),
            tagged.cell("compliant_cost_share", "percent"),
            tagged.say("{prior_compliant_cost_share:percent} in {prior_month_start_date:month}")
            if tagged["prior_compliant_cost_share"] is not None
            else None,
            target=tagged.cell("target_share", "percent"),
            status=tagged.cell("target_outlook", "text"),
        ),
        KeyFigure(
            tagged.say("Resources tagged right in {month_start_date:month}"),
            tagged.cell("compliant_share", "percent"),
            status=tagged.say("{compliant_resources:count} of {resources:count}"),
        ),
    )


def _days_to_target(record: Mapping[str, Value]) -> str:
    """The days, or why there are none."""
    if record["target_outlook"] == "on the way":
        return formatting.count(record["days_to_target"])
    return formatting.text(record["target_outlook"])


def tag_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """Compliance by tag and by scope, and what to put right; nothing without resources on a bill."""
    tagged, wrong, in_all = ask.tagged(warehouse), ask.to_fix(warehouse), ask.to_fix_in_all(warehouse)
    if not tagged.rows:
        return ()
    judged = (
        Column("resources", "Resources", "count"),
        Column("compliant_share", "Tagged right", "percent"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("compliant_cost_share", "Cost tagged right", "percent"),
        Column("prior_compliant_cost_share", "Month before", "percent"),
    )
    outlook = Column("days_to_target", "Days to the target", words=_days_to_target)
    by_tag = (
        Column("scope", "Tag"),
        *judged,
        Column("untagged_cost_usd", "Without this tag", "usd_table"),
        outlook,
    )
    by_scope = (
        Column("scope_kind", "By"),
        Column("scope_name", "Which"),
        *judged,
        Column("untagged_cost_usd", "Without any tag", "usd_table"),
        outlook,
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
        Section(
            "Tags",
            text=(
                say(
                    "Tagged right is what has every tag of the policy, with an allowed value. One that leads "
                    "to a team is enough for an owner, and so is an account: that is why teams answer for "
                    "{owned_share:percent} of all cost, while {compliant_cost_share:percent} of the cost of "
                    "resources is tagged right.",
                    month(warehouse),
                    tagged,
                ),
            ),
            tables=(
                Table(by_tag, ask.tagged_by_tag(warehouse), note("Each tag of the policy."), max_rows=20),
                Table(
                    by_scope,
                    ask.tagged_by_scope(warehouse),
                    note("All tags together, by team first."),
                    max_rows=30,
                ),
            ),
        ),
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
