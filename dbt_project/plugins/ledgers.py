"""Files beside the published warehouse that people append to and a build reads."""

from pathlib import Path

LEDGERS = ("alerts/events.jsonl", "budgets/changes.jsonl")


def make_ledgers(warehouse_dir: Path) -> None:
    """Make those that are not there: who has never sent an alert, or set a budget, has an empty one."""
    for name in LEDGERS:
        file = warehouse_dir / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
