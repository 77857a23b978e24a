"""What a page of the dashboard shows, without a word about how it is drawn."""

from dataclasses import dataclass

from reports_builder.evidence import Prose
from reports_builder.model import Citation, Insight, KeyFigure, Section, cite
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
    ``left_out`` names the parts that its reader may not see.
    """

    title: str
    headline: tuple[Prose, ...]
    tiles: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    period: Period
    insights: tuple[Insight, ...] = ()
    opening: tuple[Opening, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The queries behind all parts of the view, in its order."""
        cells = [cell for tile in self.tiles for cell in tile.cells]
        return (
            *cite([*self.headline, *cells]),
            *(citation for section in self.sections for citation in section.citations),
        )
