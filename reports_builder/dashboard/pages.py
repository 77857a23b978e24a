"""The pages and their addresses, in the order of the navigation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageName:
    """A page: the module of its view, its title, its address and the group it stands in."""

    view: str
    title: str
    group: str

    @property
    def address(self) -> str:
        """The last part of its address; the first page stands at the root."""
        return self.view if self.group else ""


VIEWS = (
    PageName("overview", "Overview", ""),
    PageName("understanding", "Understanding", "FinOps"),
    PageName("performance", "Performance", "FinOps"),
    PageName("realtime", "Real time", "FinOps"),
    PageName("optimization", "Optimization", "FinOps"),
    PageName("alignment", "Alignment", "FinOps"),
    PageName("allocation", "All spend", "FinOps"),
    PageName("planning", "Planning", "FinOps"),
    PageName("profitability", "Profitability", "Usage-based revenue"),
    PageName("pricing", "Pricing", "Usage-based revenue"),
    PageName("features", "Features", "Usage-based revenue"),
)
