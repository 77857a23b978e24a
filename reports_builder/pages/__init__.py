"""The pages: one module each, found by name, so that adding a page touches no other file.

How to add a page
-----------------
Put ``reports_builder/pages/<name>.py`` here with a function ``build(warehouse) -> Page``. The
module's name is what ``--only`` takes; ``Page.path`` is where the page lands (``x.md`` or
``analyses/x.md``). What it asks, and what the dashboard shows as well, stands in
``reports_builder.subjects``.

    from reports_builder.confidence import confidence
    from reports_builder.evidence import note, say
    from reports_builder.model import Column, Insight, KeyFigure, Page, Recommendation, Table
    from reports_builder.warehouse import Warehouse

    def build(warehouse: Warehouse) -> Page:
        spend = warehouse.evidence('''
            select sum(cost_usd) as spend_usd, count(*) as customers
            from margin.rpt_customer_spend
        ''')
        dear = warehouse.evidence('''
            select customer_id, cost_usd
            from margin.rpt_customer_spend
            order by cost_usd desc nulls last, customer_id
            limit 10
        ''')
        insight = Insight(
            title=dear.say("{customer_id:text} costs most"),
            problem=say("{customer_id:text} causes {cost_usd:usd} of {spend_usd:usd}", dear, spend),
            ...
            supporting=Table((Column("customer_id", "Customer"),
                              Column("cost_usd", "Cost", "usd_table")), dear),
        )
        return Page(path="x.md", answer=(spend.say("Spend was **{spend_usd:usd}**."),), ...)

Rules the frame holds you to:

- Every figure in a text is a ``{column:style}`` field filled from a query's row (the first, or
  ``evidence.at(i)`` / ``evidence.each()``). ``$`` and ``%`` typed into a text raise. The styles are
  in ``reports_builder.formatting.STYLES``; a null reads "unknown". ``note("...")`` is text without
  figures.
- A query chooses columns and rows of one mart, and may count and sum them: what needs a definition is
  a column of a mart (``tests/reports/test_queries_read_one_mart.py``).
- The query is printed below the text with its dates filled in (``:as_of``, ``:window_start``,
  ``:prior_start``, ``:prior_end``, ``:history_start``; others as keyword arguments). Order rows
  totally, with a key as the last sort column, or the same warehouse gives two different pages.
- ``select`` from marts by their full name; money stays decimal; round nowhere.
- A table shows ten rows and says how many are left; charts come from ``reports_builder.chart_kinds``
  (or any Altair chart over ``charts.data(charts.records(evidence))``), 720 px wide, no legend,
  series labelled directly. Name the message in ``Figure.title``, say the same in ``Figure.alt``.
- Savings come from ``reports_builder.savings`` (``ledger``, ``action_plan``, ``named``) and nowhere
  else; the footer from ``reports_builder.confidence``. Marks that are not labelled where they stand
  are explained in ``Figure.key``.
- The dbt exposure named after the module lists the marts that the page reads: a test compares.
- When nothing needs doing, ``insights=()`` and a plan whose ``total`` says so in one line.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module

from reports_builder.model import Page
from reports_builder.warehouse import Warehouse

BuildPage = Callable[[Warehouse], Page]

# The order in which pages are built and named; pages that are not listed follow by name.
_FIRST = ("finops_summary", "customer_profitability", "model_efficiency", "pricing_proposal")


def page_modules() -> dict[str, BuildPage]:
    """Every page module's ``build`` function by the module's name."""
    names = sorted(
        (module.name for module in pkgutil.iter_modules(__path__)),
        key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name),
    )
    return {name: import_module(f"{__name__}.{name}").build for name in names}
