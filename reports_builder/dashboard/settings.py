"""Where the dashboard finds what it shows. The command writes it, the page in the browser reads it."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from reports_builder.access.policy import POLICY
from reports_builder.warehouse import DEFAULT_WAREHOUSE, RAW_FOLDER

_VARIABLE = "FINOPS_DASHBOARD"


@dataclass(frozen=True)
class Settings:
    """Paths, how often the page looks for news (seconds), and whether a reader has to log in.

    ``is_limited`` says that there was a policy of access when the command began: where its file is gone
    since, nobody sees anything.
    """

    warehouse: str = str(DEFAULT_WAREHOUSE)
    raw: str = str(RAW_FOLDER)
    reports: str = "reports"
    charts: str = "reports_builder/saved_charts"
    poll_seconds: float = 2.0
    login: bool = False
    access: str = str(POLICY)
    is_limited: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """What the command set; the defaults where the page was started without it."""
        return cls(**json.loads(environment.get(_VARIABLE, "{}")))

    def to_environment(self) -> dict[str, str]:
        """The variable that carries these settings to the page."""
        return {_VARIABLE: json.dumps(asdict(self))}

    @property
    def has_policy(self) -> bool:
        """Whether groups decide what a reader sees; a file that was put there while the page runs counts."""
        return self.is_limited or bool(self.access and os.path.lexists(self.access))

    @property
    def needs_login(self) -> bool:
        """Whether a page is shown to nobody who has not logged in."""
        return self.login or self.has_policy

    @property
    def refresh_file(self) -> Path:
        """What the watcher says of its refreshes; beside the warehouse."""
        return Path(self.warehouse).parent / "refresh.json"

    @property
    def follow_file(self) -> Path:
        """What the follower says of the data it writes; beside the data."""
        return Path(self.raw) / "_follow.json"
