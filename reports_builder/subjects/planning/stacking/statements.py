"""What the reports say of savings that stand on one another."""

from reports_builder.evidence import note
from reports_builder.model import Column, Section, Table
from reports_builder.subjects.planning.stacking import queries as ask
from reports_builder.warehouse import Warehouse


def stacking_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Model, prompt, cache and batch service by task and content; nothing without calls or content."""
    stacked = ask.stacked(warehouse)
    if not stacked.rows:
        return ()
    return (
        Section(
            "Savings in the order in which they are made",
            text=(
                note(
                    "Each step saves of what the ones before left: the model first, then a shorter prompt, "
                    "then what of it is read from the cache, then the batch service. Added up, what each "
                    "would save alone promises more than there is."
                ),
                note(
                    "Of tasks the model is the recommended switch, and what more can be cached is measured "
                    "against the model that caches best. How much shorter prompts can be, and all of "
                    "content, is assumed in the seed savings_levers. None of this is in a total of savings."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("subject_kind", "Of"),
                        Column("subject", "Task or content", "words"),
                        Column("cost_usd", "Cost", "usd_table"),
                        Column("model_savings_usd", "Model saves", "usd_table"),
                        Column("prompt_savings_usd", "then prompt", "usd_table"),
                        Column("cache_savings_usd", "then cache", "usd_table"),
                        Column("batch_savings_usd", "then batch", "usd_table"),
                        Column("cost_after_usd", "Left", "usd_table"),
                        Column("savings_share", "Saved", "percent"),
                        Column("added_up_share", "Added up", "percent"),
                    ),
                    stacked,
                    note("Tasks: the last 30 days at the standard tier. Content: a month of the plan."),
                    max_rows=30,
                ),
            ),
        ),
    )
