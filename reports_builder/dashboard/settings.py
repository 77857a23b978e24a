"""Where the dashboard finds what it shows. The command writes it, the page in the browser reads it."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from reports_builder.warehouse import DEFAULT_WAREHOUSE, RAW_FOLDER

_VARIABLE = "FINOPS_DASHBOARD"


@dataclass(frozen=True)
class Settings:
    """Paths, how often the page looks for news (seconds), and whether a reader has to log in."""

    warehouse: str = str(DEFAULT_WAREHOUSE)
    raw: str = str(RAW_FOLDER)
    reports: str = "reports"
    charts: str = "reports_builder/saved_charts"
    poll_seconds: float = 2.0
    login: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """What the command set; the defaults where the page was started without it."""
        return cls(**json.loads(environment.get(_VARIABLE, "{}")))

    def to_environment(self) -> dict[str, str]:
        """The variable that carries these settings to the page."""
        return {_VARIABLE: json.dumps(asdict(self))}

    @property
    def refresh_file(self) -> Path:
        """What the watcher says of its refreshes; beside the warehouse."""
        return Path(self.warehouse).parent / "refresh.json"

    @property
    def follow_file(self) -> Path:
        """What the follower says of the data it writes; beside the data."""
        return Path(self.raw) / "_follow.json"
