"""What a page of the dashboard shows, without a word about how it is drawn."""

from dataclasses import dataclass

from reports_builder.evidence import Prose
from reports_builder.model import Insight, KeyFigure, Section
from reports_builder.warehouse import Period


@dataclass(frozen=True)
class Opening:
    """A list that a page opens with: what to decide, in an order, or what is new.

    Beside each line stands the view that says more; empty without one.
    """

    title: str
    lines: tuple[tuple[Prose, str], ...]
    is_ordered: bool = False


@dataclass(frozen=True)
class View:
    """What it opens with, a headline, key figures, insights, sections of charts and tables, of one period.

    Insights are those of the reports: of the whole company and the reports' own days, whatever is filtered.
    """

    title: str
    headline: tuple[Prose, ...]
    tiles: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    period: Period
    insights: tuple[Insight, ...] = ()
    opening: tuple[Opening, ...] = ()
