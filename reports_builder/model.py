"""What a page is made of. Frozen values; the templates lay them out and do nothing else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import PurePosixPath
from urllib.parse import quote_plus

import altair as alt

from reports_builder import formatting
from reports_builder.currency import USD, Currency
from reports_builder.escaping import Markdown
from reports_builder.evidence import Evidence, Prose, Quote, literal, note
from reports_builder.formatting import Value
from reports_builder.warehouse import Period

SUPPORTING_ROWS = 10


def _evidence_of(*parts: Prose | None) -> tuple[Evidence, ...]:
    """The distinct queries that these texts quote, in order of appearance."""
    found = {quote.evidence.sql: quote.evidence for part in parts if part for quote in part.quotes}
    return tuple(found.values())


@dataclass(frozen=True)
class Citation:
    """One query as it is printed, with the figures that the text took from it."""

    evidence: Evidence
    quotes: tuple[Quote, ...]


def cite(parts: Iterable[Prose | None], also: Iterable[Evidence | None] = ()) -> tuple[Citation, ...]:
    """Every query behind ``parts``, and those in ``also``, each printed once; rows of a file have none."""
    texts = [part for part in parts if part]
    evidence = {item.sql: item for item in _evidence_of(*texts)}
    evidence |= {item.sql: item for item in also if item is not None and item.sql not in evidence}
    quotes = [quote for text in texts for quote in text.quotes]
    return tuple(
        Citation(
            item,
            tuple(
                {
                    (quote.shown, quote.column, quote.exact): quote
                    for quote in quotes
                    if quote.evidence.sql == sql
                }.values()
            ),
        )
        for sql, item in evidence.items()
        if sql
    )


@dataclass(frozen=True)
class Column:
    """A column of a table: the result column, its heading, the style of its values.

    ``words`` makes the text of the whole row instead, for a sentence that has a renderer of its own.
    ``page`` is where the dashboard says more of what the column names: an address up to the value of its last
    parameter, as ``customer?customer``, and the column with that value.
    """

    name: str
    heading: str
    style: str = "text"
    words: Callable[[Mapping[str, Value]], Value] | None = None
    page: tuple[str, str] | None = None

    @property
    def is_number(self) -> bool:
        """Whether its values are set flush right."""
        return self.style not in formatting.TEXT_STYLES

    def value(self, record: Mapping[str, Value]) -> Value:
        """What the column shows of one row, before its style."""
        return self.words(record) if self.words else record[self.name]


CUSTOMER_PAGE = ("customer?customer", "customer_id")
"""The page of the customer of a row."""

FEATURE_PAGE = ("features?feature", "feature_id")
"""The page of features, narrowed to that of a row."""

TEAM_PAGE = ("understanding?team", "team_id")
"""The page on usage, narrowed to the team of a row."""


def page_of_row(page: tuple[str, str], record: Mapping[str, Value]) -> str | None:
    """The address of the page on what a row names, beside that of the row; None where it names nothing."""
    address, column = page
    value = record[column]
    # The id is whatever data says it is.
    return None if value is None else f"{address}={quote_plus(str(value))}"


@dataclass(frozen=True)
class Table:
    """Rows of one query. At most ``max_rows`` are shown, and the page says how many are left.

    ``stacks`` sets the cells of a row below each other where the screen is narrow. ``name`` is what a page
    of the dashboard calls it where it opens with a click, if its caption is too long for that.
    """

    columns: tuple[Column, ...]
    evidence: Evidence
    caption: Prose | None = None
    max_rows: int = SUPPORTING_ROWS
    stacks: bool = False
    name: str = ""

    @property
    def cells(self) -> tuple[tuple[Markdown, ...], ...]:
        """The rows that are shown, formatted and escaped."""
        return tuple(
            tuple(formatting.markdown(c.value(record), c.style) for c in self.columns)
            for record in self.evidence.records()[: self.max_rows]
        )

    @property
    def rows_left_out(self) -> int:
        """How many rows of the result the page does not show."""
        return max(0, len(self.evidence.rows) - self.max_rows)


KEY_FIGURE_HEADINGS = ("Figure", "This period", "Period before", "Change", "Target or budget", "Status")


_WEEKS = 12


@dataclass(frozen=True)
class Weeks:
    """The twelve weeks up to ``end`` of a figure, from a row for each ``day``.

    A week is the sum of its days in ``value``, or over that in ``per`` where it is a rate.
    """

    evidence: Evidence
    end: date
    value: str
    per: str = ""

    @property
    def values(self) -> tuple[float, ...]:
        """Of the weeks that the rows cover whole, the oldest first; one without a denominator is left out."""
        sums: dict[int, list[float]] = {}
        days = [row["day"] for row in self.evidence.records()]
        first = min((day for day in days if isinstance(day, date)), default=self.end)
        for row in self.evidence.records():
            if not isinstance(row["day"], date):
                continue
            back = (self.end - row["day"]).days // 7
            week = sums.setdefault(back, [0.0, 0.0])
            week[0] += float(str(row[self.value] or 0))
            week[1] += float(str(row[self.per] or 0)) if self.per else 0
        whole = [back for back in range(_WEEKS) if self.end - timedelta(days=7 * back + 6) >= first]
        found = [sums.get(back, [0.0, 0.0]) for back in reversed(whole)]
        return tuple(amount / per if self.per else amount for amount, per in found if per or not self.per)


@dataclass(frozen=True)
class KeyFigure:
    """One row of the key figures table; ``status`` in words, never by colour alone.

    ``better`` says whether it is better ``up`` or ``down``; empty where neither is. ``weeks`` are drawn
    as a small line on a page of the dashboard, and ``parts`` said there where the pointer rests on it.
    """

    label: str | Prose
    now: Prose
    before: Prose | None = None
    change: Prose | None = None
    target: Prose | None = None
    status: Prose | None = None
    better: str = ""
    weeks: Weeks | None = None
    parts: Prose | None = None

    @property
    def cells(self) -> tuple[Prose, ...]:
        """The row of the table, after its number."""
        blank = note("-")
        return (
            self.label if isinstance(self.label, Prose) else literal(self.label),
            self.now,
            self.before or blank,
            self.change or blank,
            self.target or blank,
            self.status or blank,
        )


def compared(
    evidence: Evidence,
    label: str,
    column: str,
    style: str,
    *,
    change: str = "",
    by: str = "delta",
    status: Prose | None = None,
    better: str = "",
) -> KeyFigure:
    """The figure in ``column`` beside that of the window before, which stands in ``prior_<column>``.

    ``change`` is the column of the change between them, ``by`` its style.
    """
    return KeyFigure(
        label,
        evidence.cell(column, style),
        evidence.cell(f"prior_{column}", style),
        evidence.cell(change, by) if change else None,
        status=status,
        better=better,
    )


@dataclass(frozen=True)
class Figure:
    """A chart titled with its message; ``alt`` says the same in words.

    ``key`` explains marks that are not labelled where they stand, in a line below the title. For the
    dashboard ``page`` is where a click on the bar of a row leads, as of a column, and ``days`` says of which
    days the chart is, which the filters decide.
    """

    name: str
    chart: alt.TopLevelMixin
    title: Prose
    alt: Prose
    evidence: Evidence
    height: int = 280
    key: str = ""
    page: tuple[str, str] | None = None
    days: str = ""


@dataclass(frozen=True)
class TextHistogram:
    """Bars of text, one per bucket, for readers of the plain file."""

    title: Prose
    evidence: Evidence
    label_column: str
    count_column: str
    unit: str
    width: int = 40

    @property
    def lines(self) -> tuple[str, ...]:
        """Label, bar and count; a bucket that is not empty always has a visible bar."""
        records = self.evidence.records()
        labels = [formatting.text(record[self.label_column]) for record in records]
        counts = [int(record[self.count_column] or 0) for record in records]  # type: ignore[arg-type]
        longest, most = max(map(len, labels), default=0), max(counts, default=0)
        return tuple(
            f"{label:<{longest}}  {_bar(number, most, self.width)} {number:,}"
            for label, number in zip(labels, counts, strict=True)
        )


def _bar(number: int, most: int, width: int) -> str:
    return "█" * max(1, round(number / most * width)) if number else ""


NO_EFFORT = "none"
"""The effort of a recommendation to leave things as they are, which is nothing to do."""


@dataclass(frozen=True)
class Recommendation:
    """One verb, one owner role, an effort.

    ``is_in_plan`` says that the plan's actions hold it already; any other is listed after them, with
    ``worth`` where that is an amount.
    """

    action: Prose
    owner_role: str
    effort: str
    is_in_plan: bool = False
    worth: Prose | None = None

    @property
    def line(self) -> Prose:
        """The sentence of the insight."""
        return (
            self.action
            + note(" Owner: ")
            + literal(self.owner_role)
            + note(". Effort: ")
            + literal(self.effort)
            + note(".")
        )


@dataclass(frozen=True)
class Insight:
    """Problem, domain, impact, recommendation, outcome, data: the block readers act on.

    ``domain_spec`` is the specification's wording of the FinOps domain, ``domain_framework`` the
    2026 framework's. ``outcome`` carries its assumption and its range.
    """

    title: Prose
    problem: Prose
    domain_spec: str
    domain_framework: str
    ubr_impact: Prose
    recommendation: Recommendation
    outcome: Prose
    supporting: Table

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The queries behind this part."""
        texts = (
            self.title,
            self.problem,
            self.ubr_impact,
            self.recommendation.action,
            self.outcome,
            self.supporting.caption,
        )
        return cite(texts, [self.supporting.evidence])


NO_FIGURE = note("-")
"""What a cell says that has no figure."""


@dataclass(frozen=True)
class Action:
    """One row of the ranked list of what to do."""

    action: Prose
    owner_role: str
    effort: str
    value: Prose
    value_range: Prose
    confidence: str
    first_step: Prose
    payback: Prose = NO_FIGURE
    first_year: Prose = NO_FIGURE
    pays_from_year: Prose = NO_FIGURE

    @property
    def cells(self) -> tuple[Prose, ...]:
        """The row of the table, after its number."""
        return (
            self.action,
            literal(self.owner_role),
            literal(self.effort),
            self.value,
            self.value_range,
            self.payback,
            self.first_year,
            self.pays_from_year,
            literal(self.confidence),
            self.first_step,
        )


@dataclass(frozen=True)
class ActionPlan:
    """Actions in the order in which to take them; ``total`` is their sum, net of overlap.

    With no action, ``total`` says in one line that nothing needs doing. Where one action must come before
    another, whatever it is worth, they are not ranked.
    """

    actions: tuple[Action, ...]
    total: Prose
    is_ranked: bool = True

    @property
    def texts(self) -> tuple[Prose, ...]:
        """What its actions and their sum say."""
        return (*(cell for action in self.actions for cell in action.cells), self.total)


@dataclass(frozen=True)
class ConfidenceItem:
    """One row of "How sure are we": what was measured, how much it is, what it means."""

    label: str
    value: Prose
    meaning: str


@dataclass(frozen=True)
class Confidence:
    """What is measured and what is assumed. ``coverage`` is one sentence for the page's head."""

    coverage: Prose
    items: tuple[ConfidenceItem, ...]
    assumptions: tuple[Prose, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The queries behind this part."""
        return cite([self.coverage, *(item.value for item in self.items), *self.assumptions])


@dataclass(frozen=True)
class Section:
    """Reference material after the argument: tables, figures, a histogram.

    On a page of the dashboard one that ``is_folded`` opens with a click.
    """

    title: str
    text: tuple[Prose, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    histograms: tuple[TextHistogram, ...] = ()
    is_folded: bool = False

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The queries behind this part."""
        captions = [table.caption for table in self.tables]
        titles = [histogram.title for histogram in self.histograms]
        drawn = [text for figure in self.figures for text in (figure.title, figure.alt)]
        sources = (
            *(table.evidence for table in self.tables),
            *(histogram.evidence for histogram in self.histograms),
            *(figure.evidence for figure in self.figures),
        )
        return cite([*self.text, *captions, *titles, *drawn], sources)


def folded(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections, each to be opened with a click."""
    return tuple(replace(section, is_folded=True) for section in sections)


@dataclass(frozen=True)
class Page:
    """One report or analysis, in the order in which it is read."""

    path: str
    title: str
    period: Period
    question: Prose
    answer: tuple[Prose, ...]
    key_figures: tuple[KeyFigure, ...]
    figures: tuple[Figure, ...]
    insights: tuple[Insight, ...]
    plan: ActionPlan | None
    confidence: Confidence
    sections: tuple[Section, ...] = field(default=())
    key_figure_headings: tuple[str, str, str, str, str, str] = KEY_FIGURE_HEADINGS
    notice: Prose | None = None
    """What a reader has to know before any figure, in one line."""
    currency: Currency = USD
    """What amounts are shown in."""

    @property
    def name(self) -> str:
        """The name by which commands know the page."""
        return PurePosixPath(self.path).stem

    @property
    def decisions(self) -> tuple[tuple[int, Recommendation], ...]:
        """What the insights recommend beyond the plan's actions, each with the insight's number."""
        return tuple(
            (number, insight.recommendation)
            for number, insight in enumerate(self.insights, start=1)
            if not insight.recommendation.is_in_plan and insight.recommendation.effort != NO_EFFORT
        )

    @property
    def action_citations(self) -> tuple[Citation, ...]:
        """The queries behind the actions and the amounts of the decisions."""
        worths = [decision.worth for _, decision in self.decisions]
        return cite([*(self.plan.texts if self.plan else ()), *worths])

    @property
    def answer_citations(self) -> tuple[Citation, ...]:
        """The queries behind the answer and the key figures."""
        cells = [cell for figure in self.key_figures for cell in figure.cells]
        return cite([*self.answer, *cells])

    @property
    def figure_citations(self) -> tuple[Citation, ...]:
        """The queries behind the figures at the head."""
        texts = [text for figure in self.figures for text in (figure.title, figure.alt)]
        return cite(texts, [figure.evidence for figure in self.figures])

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The queries behind all parts of the page, in its order."""
        return (
            *self.answer_citations,
            *self.figure_citations,
            *(citation for insight in self.insights for citation in insight.citations),
            *self.action_citations,
            *self.confidence.citations,
            *(citation for section in self.sections for citation in section.citations),
        )

    @property
    def all_figures(self) -> tuple[Figure, ...]:
        """Every figure of the page, in order."""
        return self.figures + tuple(f for section in self.sections for f in section.figures)
