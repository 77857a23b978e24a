"""Continuous generation: `python -m generator --follow`."""
