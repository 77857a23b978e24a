"""What each page of the dashboard shows: one module each, ``build(warehouse) -> View``.

The figures and sentences are those of the reports: a view composes what ``reports_builder.subjects``
defines and adds none of its own where one exists, so that a number has one definition.
"""
