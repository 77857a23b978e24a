"""Who sells what: the specification's six models, or seven providers with shares as on the market."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import MODELS, SPECIFIED_MODELS, TASKS, Model, Task
from generator.patterns.seasonality import HOME_REGIONS, REGIONS

Floats = NDArray[np.float64]

PROVIDER_SHARES: Final = {
    "openai": 0.40,
    "anthropic": 0.25,
    "google": 0.15,
    "bedrock": 0.07,
    "azure": 0.06,
    "mistral": 0.04,
    "cohere": 0.03,
}
"""Shares of all calls where the market is wide."""

# Teams look for a model a little above what the task needs: one too weak fails, one far stronger is waste.
_COMFORT: Final = 0.02
_TASTE: Final = 0.10


@dataclass(frozen=True, slots=True)
class Market:
    """What is on sale: the first `models` of MODELS, in the first `regions` of REGIONS.

    `weights` ([tasks, models]) says which models teams choose. `cost_floor` widens what customers
    spend: the least is this part of their archetype's, since most models are cheaper than the
    specification's.
    """

    models: int
    regions: int
    weights: Floats
    cost_floor: float

    def edges(self) -> Floats:
        """Running sums of the weights, rows ending at 1: a uniform number between two picks a model."""
        rows = [weights / weights.sum() for weights in self.weights]
        edges: Floats = np.cumsum(rows, axis=1)
        return edges

    def providers(self) -> list[str]:
        """The providers on sale, each once, in the order of their first models."""
        return list(dict.fromkeys(model.provider for model in MODELS[: self.models]))


@cache
def specified_market() -> Market:
    """The specification's models alone."""
    weights = np.array([task.model_weights for task in TASKS])
    return Market(len(SPECIFIED_MODELS), len(HOME_REGIONS), weights, 1.0)


@cache
def wide_market() -> Market:
    """Every model, its provider's share of each task's calls split by how well it fits the task."""
    weights = np.array([[model.share_of_provider * _fit(model, task) for model in MODELS] for task in TASKS])
    for provider, share in PROVIDER_SHARES.items():
        own = np.array([model.provider == provider for model in MODELS])
        weights[:, own] *= share / weights[:, own].sum(axis=1, keepdims=True)
    return Market(len(MODELS), len(REGIONS), weights, 0.02)


def _fit(model: Model, task: Task) -> float:
    distance = (model.capability - task.difficulty - _COMFORT) / _TASTE
    return float(np.exp(-(distance**2) / 2))
