"""The pages and their addresses, in the order of the navigation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageName:
    """A page: the module of its view, its title, and the group that it belongs to."""

    view: str
    title: str
    group: str

    @property
    def address(self) -> str:
        """The last part of its address; the first page stands at the root."""
        return self.view.replace("_", "-") if self.group else ""


REVENUE = "Usage-based revenue"
"""The group that the pages of one customer and one trace belong to as well."""

_UNDERSTAND = "Understand usage and cost"
_OPTIMIZE = "Optimize usage and cost"
_VALUE = "Quantify business value"

# The groups are called as the domains of the FinOps framework.
VIEWS = (
    PageName("overview", "Overview", ""),
    PageName("understanding", "Understanding", _UNDERSTAND),
    PageName("allocation", "All spend", _UNDERSTAND),
    PageName("performance", "Performance", _UNDERSTAND),
    PageName("realtime", "Real time", _UNDERSTAND),
    PageName("usage_optimization", "Usage optimization", _OPTIMIZE),
    PageName("commitments", "Commitments", _OPTIMIZE),
    PageName("forecasts_and_budgets", "Forecasts and budgets", _VALUE),
    PageName("unit_economics", "Unit economics and investments", _VALUE),
    PageName("alignment", "Alignment", _VALUE),
    PageName("profitability", "Profitability", REVENUE),
    PageName("pricing", "Pricing", REVENUE),
    PageName("features", "Features", REVENUE),
)

MOVED = {
    "optimization": ("usage_optimization", "commitments"),
    "planning": ("forecasts_and_budgets", "unit_economics"),
}
"""The views that an address of before leads to, the first of them unless it says what only the other has."""


def view_at(address: str) -> str:
    """The name of the view at this last part of an address; itself where there is none."""
    return next((page.view for page in VIEWS if page.address == address), address)


def page_of(view: str) -> PageName | None:
    """The page of a view."""
    return next((page for page in VIEWS if page.view == view), None)
