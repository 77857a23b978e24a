"""A view without what its reader may not see: a part that would be empty for that is left out, and named."""

from collections.abc import Iterable
from dataclasses import replace

from reports_builder.dashboard.view import View
from reports_builder.evidence import Prose
from reports_builder.model import KeyFigure, Section, cite


def permitted(view: View) -> View:
    """The parts of the view that rest on figures which the reader may see.

    What rests on none may have been chosen by their absence ("there are no customers"): it goes, too.
    Insights, and what the page opens with, speak of the whole company; without some of the sentences it is
    not known which of the others leads where.
    """
    tiles = tuple(_tile(tile) for tile in view.tiles if _is_shown([tile.now]))
    sections = tuple(section for section in map(_section, view.sections) if section is not None)
    kept = {section.title for section in sections}
    gone = [section.title for section in view.sections if section.title not in kept]
    gone += [_words(tile.label) for tile in view.tiles if not _is_shown([tile.now])]
    headline, further = (
        tuple(sentence for sentence in said if _is_shown([sentence]))
        for said in (view.headline, view.further)
    )
    return replace(
        view,
        headline=headline,
        further=further,
        tiles=tiles,
        sections=sections,
        insights=(),
        opening=(),
        leads=(),
        left_out=tuple(dict.fromkeys(gone)),
    )


def _words(label: str | Prose) -> str:
    return label.plain if isinstance(label, Prose) else label


def _tile(tile: KeyFigure) -> KeyFigure:
    """The figure, beside it only what may be seen with it."""

    def beside(cell: Prose | None) -> Prose | None:
        return None if _is_withheld([cell]) else cell

    return replace(
        tile,
        before=beside(tile.before),
        change=beside(tile.change),
        target=beside(tile.target),
        status=beside(tile.status),
    )


def _section(section: Section) -> Section | None:
    figures = tuple(
        one for one in section.figures if not (one.evidence.is_withheld or _is_withheld([one.title, one.alt]))
    )
    tables = tuple(
        one for one in section.tables if not (one.evidence.is_withheld or _is_withheld([one.caption]))
    )
    text = tuple(
        one for one in section.text if _is_shown([one]) or ((figures or tables) and not _is_withheld([one]))
    )
    if not (figures or tables or text):
        return None
    return replace(section, figures=figures, tables=tables, text=text, histograms=())


def _is_withheld(parts: Iterable[Prose | None]) -> bool:
    return any(citation.evidence.is_withheld for citation in cite(parts))


def _is_shown(parts: Iterable[Prose | None]) -> bool:
    """Whether there is a figure behind it, and none that is withheld."""
    citations = cite(parts)
    return bool(citations) and not any(citation.evidence.is_withheld for citation in citations)
