"""Names of organisations and customers; the only use of faker."""

from typing import Final

import numpy as np
from faker import Faker
from numpy.typing import NDArray

_POOL: Final = 400


def draw_names(organization: NDArray[np.int64], rng: np.random.Generator, seed: int) -> list[str]:
    """A distinct name per customer; customers of one organisation share its name before a city.

    faker makes pools of parts and numpy combines them, so that 100,000 names take a moment.
    """
    fake = Faker("en_US")
    fake.seed_instance(seed)
    surnames = sorted({fake.last_name() for _ in range(_POOL)})
    suffixes = sorted({fake.company_suffix() for _ in range(_POOL)})
    cities = sorted({fake.city() for _ in range(_POOL)})
    sizes = np.bincount(organization)
    parts = zip(
        rng.integers(len(surnames), size=len(sizes)).tolist(),
        rng.integers(len(surnames), size=len(sizes)).tolist(),
        rng.integers(len(suffixes), size=len(sizes)).tolist(),
        strict=True,
    )
    firms = [f"{surnames[one]}-{surnames[two]} {suffixes[end]}" for one, two, end in parts]
    places = rng.integers(len(cities), size=len(organization)).tolist()
    taken: set[str] = set()
    names: list[str] = []
    for owner, place in zip(organization.tolist(), places, strict=True):
        name = firms[owner] if sizes[owner] == 1 else f"{firms[owner]}, {cities[place]}"
        if name in taken:
            name = f"{name} ({len(taken)})"
        taken.add(name)
        names.append(name)
    return names
