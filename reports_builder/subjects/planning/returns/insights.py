"""The insight block on an investment that is likely to lose money."""

from reports_builder.evidence import Evidence
from reports_builder.insight_words import insight
from reports_builder.model import Insight
from reports_builder.subjects.planning.returns.statements import Unmeasured, condition, investments_table


def likely_loss(
    doubtful: Evidence, investments: Evidence, unmeasured: Unmeasured = frozenset()
) -> tuple[Insight, ...]:
    """The investment likeliest to lose money, where it is not to be signed as it is; no example."""
    if doubtful["verdict"] in (None, "sign") or doubtful["is_illustrative"]:
        return ()
    return (
        insight(
            "planning/returns/likely_loss",
            doubtful,
            condition=condition(doubtful, unmeasured),
            supporting=investments_table(investments, unmeasured),
        ),
    )
