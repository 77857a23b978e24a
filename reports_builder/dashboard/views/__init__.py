"""What each page of the dashboard shows: one module each, ``build(warehouse) -> View``.

The figures are those of the reports: a view asks the queries of ``reports_builder.pages`` and adds
none of its own where one exists, so that a number has one definition.
"""
