"""The dated price book of published models: `python -m generator prices`."""
