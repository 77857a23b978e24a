"""Files beside the published warehouse that are only appended to, and that a build reads."""

from pathlib import Path

from dbt_project.plugins.forecast_record import FORECASTS

LEDGERS = (
    "alerts/events.jsonl",
    "budgets/changes.jsonl",
    "investments/changes.jsonl",
    "savings/decisions.jsonl",
    FORECASTS,
)


def make_ledgers(warehouse_dir: Path) -> None:
    """Make those that are not there: before the first alert, budget or forecast each is empty."""
    for name in LEDGERS:
        file = warehouse_dir / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
