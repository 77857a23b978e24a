"""What a page of the dashboard shows, without a word about how it is drawn."""

from dataclasses import dataclass

from reports_builder.evidence import Prose
from reports_builder.model import Insight, KeyFigure, Section
from reports_builder.warehouse import Period


@dataclass(frozen=True)
class View:
    """A headline, the key figures, insights, then sections of charts and tables, for the days of ``period``.

    Insights are those of the reports: of the whole company and the reports' own days, whatever is filtered.
    """

    title: str
    headline: tuple[Prose, ...]
    tiles: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    period: Period
    insights: tuple[Insight, ...] = ()
