"""What a page of the dashboard shows, without a word about how it is drawn."""

from dataclasses import dataclass

from reports_builder.evidence import Prose
from reports_builder.model import Citation, KeyFigure, Section, cite
from reports_builder.warehouse import Period


@dataclass(frozen=True)
class View:
    """A headline, the key figures, then sections of charts and tables, for the days of ``period``.

    ``left_out`` names the parts that its reader may not see.
    """

    title: str
    headline: tuple[Prose, ...]
    tiles: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    period: Period
    left_out: tuple[str, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The queries behind all parts of the view, in its order."""
        cells = [cell for tile in self.tiles for cell in tile.cells]
        return (
            *cite([*self.headline, *cells]),
            *(citation for section in self.sections for citation in section.citations),
        )
