"""Customers of all archetypes on the wide market, with the anomalies that every run has."""

from generator.scenarios.protocol import Scenario


class Base(Scenario):
    """Nothing beyond what stands under every other scenario."""
