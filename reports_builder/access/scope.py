"""What one reader may see, without a word about who the reader is."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Rows of these teams and customers (of organizations too), with or without what customers bring in.

    Two readers of the same scope see the same: it is a key of every cache.
    """

    teams: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    organizations: frozenset[str] = frozenset()
    has_all_rows: bool = False
    has_revenue: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing is held back."""
        return self.has_all_rows and self.has_revenue

    @property
    def is_nothing(self) -> bool:
        """Whether there is no row that this scope could reach."""
        return not (self.has_all_rows or self.teams or self.customers or self.organizations)

    @property
    def said(self) -> str:
        """The same in words, for the reader."""
        rows = [
            *_listed("team", self.teams),
            *_listed("customer", self.customers),
            *_listed("organization", self.organizations),
        ]
        seen = "all rows" if self.has_all_rows else f"the rows of {' and '.join(rows)}" if rows else "no rows"
        return seen if self.has_revenue else f"{seen}, costs without revenue"

    def __or__(self, other: "Scope") -> "Scope":
        """Both: the rows of either, and revenue only where each has it, so that no row gains a column."""
        if self.is_everything or other.is_everything:
            return EVERYTHING
        if self.is_nothing or other.is_nothing:
            return other if self.is_nothing else self
        return Scope(
            self.teams | other.teams,
            self.customers | other.customers,
            self.organizations | other.organizations,
            self.has_all_rows or other.has_all_rows,
            self.has_revenue and other.has_revenue,
        )


EVERYTHING = Scope(has_all_rows=True, has_revenue=True)
"""Finance, and whoever has the file itself."""

_MOST_NAMED = 3


def _listed(noun: str, names: Collection[str]) -> list[str]:
    if not names:
        return []
    if len(names) > _MOST_NAMED:
        return [f"{len(names)} {noun}s"]
    return [f"{noun if len(names) == 1 else noun + 's'} {', '.join(sorted(names))}"]
