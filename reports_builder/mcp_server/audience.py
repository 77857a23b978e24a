"""For whom the server answers: its groups in the policy of access, which is read anew for every answer."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reports_builder.access import EVERYTHING, AccessError, Scope, load_policy
from reports_builder.access.policy import POLICY
from reports_builder.errors import ReportError


@dataclass(frozen=True)
class Audience:
    """The groups whose rows are answered with; without a policy everything is.

    ``claims`` are those that groups name rows by, as ``tenants`` with ``customers_claim``.
    """

    policy: Path = POLICY
    groups: tuple[str, ...] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    is_unlimited: bool = False

    def scope(self) -> Scope:
        """What may be seen now; ReportError where that is nothing, or was not said."""
        if self.is_unlimited:
            if self.groups:
                raise ReportError("--unlimited shows everything; it does not go with --group.")
            return EVERYTHING
        if self.groups:
            return load_policy(self.policy).scope_of_groups(self.groups, self.claims)
        if self.policy != POLICY or os.path.lexists(self.policy):
            raise AccessError(
                f"{self.policy} says which group sees what: name yours with --group. To answer with "
                "everything, as whoever can read the warehouse may: --unlimited."
            )
        return EVERYTHING
