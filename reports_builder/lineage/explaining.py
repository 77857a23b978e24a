"""What is behind a figure, a line of a chargeback or a charge: the steps from it down to lines of files."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from reports_builder.build import build_pages
from reports_builder.errors import ReportError
from reports_builder.escaping import clean, sql_literal
from reports_builder.evidence import Evidence
from reports_builder.formatting import Value, exact
from reports_builder.lineage import figure_ids
from reports_builder.lineage.chain import Chain, Step
from reports_builder.lineage.charges import charge_steps, steps_from
from reports_builder.lineage.figure_ids import MartFigure, PageFigure
from reports_builder.lineage.mart_rows import MartRows, rows_behind
from reports_builder.lineage.models import Models, columns_of_warehouse, target_folder
from reports_builder.lineage.ties import CHARGES, Tie, columns_of, is_amount, tie_of
from reports_builder.model import Citation
from reports_builder.pages import page_modules
from reports_builder.warehouse import Warehouse

_MOST_PARTS = 4
_MOST_INPUTS = 5
_A_FILE = "What a file touched: explain --file FILE."


def explain(warehouse: Warehouse, asked: str) -> Chain:
    """The chain of a figure, of a charge, or the figures of a page; ReportError for what is none of them."""
    pages = page_modules()
    if asked in pages:
        return _figures(warehouse, asked)
    figure = figure_ids.parse(asked)
    if isinstance(figure, MartFigure):
        return Chain(asked, tuple(_of_mart(warehouse, figure)))
    if isinstance(figure, PageFigure) and figure.page in pages:
        page = build_pages(warehouse, [figure.page]).pages[0]
        return explain_figure(warehouse, figure, page.citations)
    try:
        return Chain(f"Charge {asked}", tuple(charge_steps(warehouse, asked)))
    except ReportError as error:
        raise ReportError(f"{error} {_what_there_is(warehouse, asked, pages)}") from error


def explain_figure(warehouse: Warehouse, figure: PageFigure, citations: Sequence[Citation]) -> Chain:
    """The chain of a figure that one of these queries answers."""
    found = figure_ids.find(figure, citations)
    evidence = found[figure.place - 1]
    value = evidence[figure.column]
    named = figure_ids.figure_id(figure.page, figure.column, exact(value), figure.place)
    others = (
        (f"The page has it {len(found)} times: ~2 at the end of the id asks for the second, and so on.",)
        if len(found) > 1
        else ()
    )
    where = f", in row {evidence.focus + 1} of {len(evidence.rows)}" if len(evidence.rows) > 1 else ""
    row = replace(evidence, rows=evidence.rows[evidence.focus :][:1], focus=0)
    start = Step(
        "Figure", (f"{figure.column} = {exact(value)}, the answer of this query{where}.", *others), row
    )
    return Chain(named, (start, *_behind_answer(warehouse, evidence, figure.column)))


def _figures(warehouse: Warehouse, page: str) -> Chain:
    built = build_pages(warehouse, [page]).pages[0]
    ids = tuple(name for name, _ in figure_ids.figures_of(page, built.citations))
    return Chain(page, (Step(f"{len(ids)} figures, each to be explained by its id", ids),))


def _what_there_is(warehouse: Warehouse, asked: str, pages: Iterable[str]) -> str:
    """What a reader may have meant."""
    start, _, _ = asked.partition("/")
    if near := get_close_matches(start, list(pages), n=3, cutoff=0.6):
        return f"Pages near it are {', '.join(near)}; `explain {near[0]}` lists the figures of one."
    like = sql_literal(f"{asked[: max(8, len(asked) - 6)]}")
    found = warehouse.evidence(
        f"select charge_id from {CHARGES.table} where starts_with(charge_id, {like}) "  # noqa: S608
        "order by charge_id limit 5"
    )
    if found.rows:
        return f"Charges near it are {', '.join(clean(str(charge)) for (charge,) in found.rows)}. {_A_FILE}"
    return (
        "Name a figure (PAGE/COLUMN=VALUE, as the evidence of a page prints it), a line of a chargeback (its "
        f"figure_id) or a charge_id. {_A_FILE}"
    )


def _of_mart(warehouse: Warehouse, asked: MartFigure) -> Iterator[Step]:
    """From a row of a mart that is named by its keys."""
    schema, _, name = asked.mart.partition(".")
    if not warehouse.has(asked.mart):
        raise ReportError(f"there is no mart {asked.mart}.")
    known = columns_of(warehouse, asked.mart)
    for column in (*asked.keys, asked.column):
        if column not in known:
            near = get_close_matches(column, list(known), n=3)
            raise ReportError(
                f"{schema}.{name} has no column {clean(column)}{f'; near it is {near[0]}' if near else ''}."
            )
    conditions = " and ".join(
        f"cast({name} as varchar) = {sql_literal(value)}" if value else f"{name} is null"
        for name, value in asked.keys.items()
    )
    shown = ", ".join(dict.fromkeys((*asked.keys, asked.column)))
    found = warehouse.evidence(
        f"select {shown}\nfrom {asked.mart}\nwhere {conditions or 'true'}\norder by all\nlimit 2"
    )
    if len(found.rows) != 1:
        raise ReportError(
            f"{asked.mart} has no row with these keys."
            if not found.rows
            else f"these keys name several rows of {asked.mart}."
        )
    yield Step("Figure", (f"{asked.column} = {exact(found[asked.column])} in a row of {asked.mart}.",), found)
    yield from _behind_answer(warehouse, found, asked.column)


def _behind_answer(warehouse: Warehouse, evidence: Evidence, column: str) -> Iterator[Step]:
    try:
        rows = rows_behind(evidence, column)
    except ReportError as error:
        yield Step("Mart rows", (str(error),))
        return
    yield from behind_rows(warehouse, rows, evidence[column])


def behind_rows(warehouse: Warehouse, rows: MartRows, value: Value) -> Iterator[Step]:
    """From rows of a mart and what the figure is of them."""
    models = models_of(warehouse)
    if rows.column is None:
        yield from _worked_out(warehouse, rows, models)
        return
    yield _mart_step(warehouse, rows, value)
    yield from _model_steps(models, rows)
    tie = tie_of(warehouse, rows, value)
    if tie:
        yield _tied(warehouse, "Ledger", tie, value)
        yield from steps_from(warehouse, tie)
        return
    if is_amount(rows.column, value):
        zero = " Zero leads to no charge." if not value else ""
        yield Step(
            "Ledger",
            (
                f"No charges were found whose sum is {exact(value)}: by what {rows.mart} has in common with "
                f"the ledger it does not tie. What it is worked out of stands above.{zero}",
            ),
            ties=False,
        )
    yield from _parts(warehouse, rows, models, _named_in_row(warehouse, rows, models))


def _tied(warehouse: Warehouse, title: str, tie: Tie, value: Value) -> Step:
    found = warehouse.evidence(
        f"select count(*) as rows, sum({tie.measure}) as total_usd\n"
        f"from {tie.ledger.table}\nwhere {tie.where}"
    )
    return Step(
        title,
        (
            f"{int(str(found['rows'])):,} rows of {tie.ledger.table}, whose {tie.measure} sums to "
            f"{exact(found['total_usd'])}: to the last digit.",
        ),
        found,
        ties=found["total_usd"] == value,
    )


def _mart_step(warehouse: Warehouse, rows: MartRows, value: Value) -> Step:
    known = columns_of(warehouse, rows.mart)
    keys = [
        name
        for name, kind in known.items()
        if name != rows.column
        and (kind in ("VARCHAR", "DATE") and (name.endswith(("_id", "_date")) or name in _TELLING))
    ][:6] or [name for name, kind in known.items() if kind == "VARCHAR" and name != rows.column][:4]
    shown = ", ".join([*keys, str(rows.column)])
    found = warehouse.evidence(
        f"select {shown}\n{rows.source}\norder by {rows.column} desc nulls last, {', '.join(keys) or 'all'}"
    )
    amounts = [row[-1] for row in found.rows if row[-1] is not None]
    if rows.expression == rows.column:
        ties = (bool(amounts) and all(amount == value for amount in amounts)) or (
            value is None and not amounts
        )
        said = (
            f"{len(found.rows):,} row of {rows.mart} has it."
            if len(found.rows) == 1
            else (f"{len(found.rows):,} rows of {rows.mart} have it.")
        )
    else:
        total = sum(amounts) if amounts else None  # type: ignore[arg-type]
        ties = total == value or (not total and not value)
        said = f"{len(found.rows):,} rows of {rows.mart}, {rows.expression} = {exact(total)}."
    return Step("Mart rows", (said,), found, ties)


_TELLING = frozenset(
    {
        "provider",
        "model",
        "service_category",
        "cost_centre",
        "rollup_level",
        "task_type",
        "action_kind",
        "scope",
    }
)


def _worked_out(warehouse: Warehouse, rows: MartRows, models: Models | None) -> Iterator[Step]:
    """A figure that its query works out of several columns: what they are, and what is behind the amounts."""
    known = columns_of(warehouse, rows.mart)
    inputs = [name for name in rows.inputs if name in known]
    sums = "".join(f", sum({name}) as {name}" for name in inputs if _adds_up(known[name]))
    found = warehouse.evidence(f"select count(*) as rows{sums}\n{rows.source}")
    yield Step(
        "Mart rows",
        (
            f"The query works it out of {int(str(found['rows'])):,} rows of {rows.mart}: {rows.expression}.",
            "It is no sum of charges. Below are its amounts, each added up over these rows.",
        ),
        found,
    )
    yield from _parts(warehouse, rows, models, [name for name in inputs if name.endswith("_usd")])


def _adds_up(kind: str) -> bool:
    return kind.startswith("DECIMAL") or kind in ("BIGINT", "INTEGER", "HUGEINT", "DOUBLE")


def _parts(
    warehouse: Warehouse, rows: MartRows, models: Models | None, names: Iterable[str]
) -> Iterator[Step]:
    """What a figure is worked out of: each amount ties or is made of others; the first that ties leads on."""
    waiting = list(dict.fromkeys(names))
    leads_on: Tie | None = None
    for name in waiting:
        if waiting.index(name) >= _MOST_PARTS:
            break
        part = rows.of(name)
        amount = warehouse.evidence(f"select sum({name}) as {name}\n{rows.source}")[name]
        tie = tie_of(warehouse, part, amount)
        if tie:
            yield _tied(warehouse, f"Part {name}", tie, amount)
            leads_on = leads_on or tie
            continue
        waiting += [each for each in _named_in_row(warehouse, part, models) if each not in waiting]
        yield from _model_steps(models, part, f"Part {name}: {exact(amount)}, by no charges that were found")
    if leads_on:
        yield from steps_from(warehouse, leads_on)


def _named_in_row(warehouse: Warehouse, rows: MartRows, models: Models | None) -> list[str]:
    """The amounts of the same row that a column is worked out of, as its model says."""
    trail = models.trail(rows.mart, rows.column) if models and rows.column else ()
    named = {word for made in trail[:2] for word in re.findall(r"\w+", made.expression)}
    known = columns_of(warehouse, rows.mart)
    return [each for each in known if each in named and each.endswith("_usd") and each != rows.column]


def models_of(warehouse: Warehouse) -> Models | None:
    """The models as the last dbt command left them; None where that is not on this machine."""
    try:
        return Models(target_folder(), columns_of_warehouse(warehouse))
    except ReportError:
        return None


def _model_steps(models: Models | None, rows: MartRows, title: str = "Models") -> Iterator[Step]:
    if models is None:
        yield Step(
            title,
            (
                "The manifest of dbt is not here, so the models in between are not told: "
                "run `dbt build --project-dir dbt_project`.",
            ),
        )
        return
    path = models.path(rows.mart, (CHARGES.table,)) or models.path(CHARGES.table, (rows.mart,))
    said = [f"{' <- '.join(path)}." if path else f"No charge is among what {rows.mart} is made of."]
    trail = models.trail(rows.mart, rows.column) if rows.column else ()
    for made in trail:
        sources = [f"{relation}.{column}" for relation, column in made.inputs]
        more = [f"{len(sources) - _MOST_INPUTS} more"] if len(sources) > _MOST_INPUTS else []
        named = ", ".join([*sources[:_MOST_INPUTS], *more])
        said.append(
            f"{made.relation}.{made.column} = {_one_line(made.expression)}; of {named or 'no column'}"
        )
    yield Step(title, tuple(said))


def _one_line(sql: str) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= 300 else f"{text[:299]}…"
