"""What a page of the dashboard shows, without a word about how it is drawn."""

from dataclasses import dataclass, replace
from typing import Self

from reports_builder.evidence import Prose
from reports_builder.model import Citation, Insight, KeyFigure, Section, cite
from reports_builder.warehouse import Period

CHANGED = "What has changed"
"""The title of the list of news."""


@dataclass(frozen=True)
class Opening:
    """A list below the key figures of a page: what to decide, in an order, or what is new.

    Beside each line stands the view that says more; empty without one.
    """

    title: str
    lines: tuple[tuple[Prose, str], ...]
    is_ordered: bool = False


@dataclass(frozen=True)
class View:
    """A headline, key figures, what to decide, insights, sections of charts and tables, of one period.

    Insights are those of the reports: of the whole company and the reports' own days, whatever is filtered.
    ``further`` sentences open with a click: they are read once the headline is understood. ``leads`` are the
    views that say more of each sentence of the headline, as far as there are any.
    ``left_out`` names the parts that its reader may not see.
    """

    title: str
    headline: tuple[Prose, ...]
    tiles: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    period: Period
    insights: tuple[Insight, ...] = ()
    opening: tuple[Opening, ...] = ()
    further: tuple[Prose, ...] = ()
    leads: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def with_news(self, said: Prose, lead: str) -> Self:
        """The view with one more line at the head of what has changed."""
        changed = next((each for each in self.opening if each.title == CHANGED), Opening(CHANGED, ()))
        others = tuple(each for each in self.opening if each.title != CHANGED)
        return replace(self, opening=(*others, replace(changed, lines=((said, lead), *changed.lines))))

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The queries behind all parts of the view, in its order."""
        cells = [cell for tile in self.tiles for cell in tile.cells]
        return (
            *cite([*self.headline, *self.further, *cells]),
            *(citation for section in self.sections for citation in section.citations),
        )
