"""The dated price book of published models: `python -m dbt_project.landing prices`."""
