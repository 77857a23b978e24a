"""Who changed the rules: the history of the seeds in version control."""

import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

# A company's folder has its seeds at the top, a clone of the project below dbt_project.
SEED_FOLDERS = ("seeds", "dbt_project/seeds")
_FORMAT = "%x1e%H%x1f%aI%x1f%an%x1f%s"


@dataclass(frozen=True)
class RuleChange:
    """A commit that touched seeds."""

    changed_at: str
    author: str
    subject: str
    commit: str
    seeds: tuple[str, ...]


def rule_changes(start: date, end: date, root: Path) -> list[RuleChange] | None:
    """Commits of these days (UTC, both included) that changed a seed; None where there is no history."""
    folders = [name for name in SEED_FOLDERS if (root / name).is_dir()]
    if not folders:
        return None
    command = [
        "git", "log", f"--format={_FORMAT}", "--name-only",
        f"--since={start}T00:00:00Z", f"--until={end}T23:59:59Z", "--", *folders,
    ]  # fmt: skip
    try:
        told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    changes = []
    for record in told.stdout.split("\x1e")[1:]:
        head, *names = record.strip().split("\n")
        commit, at, author, subject = head.split("\x1f")
        seeds = tuple(sorted({Path(name).stem for name in names if name.endswith(".csv")}))
        if seeds:
            changes.append(RuleChange(at, author, subject, commit, seeds))
    return changes
