"""What a page of the dashboard shows, without a word about how it is drawn."""

from dataclasses import dataclass

from reports_builder.evidence import Prose
from reports_builder.model import KeyFigure, Section
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
