"""Bring what other tools wrote into the warehouse: call records, bills, customers, price lists.

`python -m dbt_project.landing land` does it on its own; `dbt build` on DuckDB does it first by itself.
"""
