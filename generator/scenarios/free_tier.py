"""A free plan: who signs up begins without a fee, and some of them begin to pay."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from generator.company.population import HEAVY, LIGHT, POWER, Population, as_date, customer_ids
from generator.scenarios.protocol import Planted, Scenario, Setting

_FREE_SHARE: Final = 0.9
_CONVERSIONS: Final = {LIGHT: 0.08, POWER: 0.40, HEAVY: 0.70}
"""By archetype the share that begins to pay, given time: who uses more has more reason to."""

_SHORTEST_DAYS: Final = 7
_MEAN_FURTHER_DAYS: Final = 14.0


class FreeTier(Scenario):
    """Nearly all who sign up within the period begin for free; larger ones are likelier to pay later."""

    def settle(self, people: Population, setting: Setting) -> Population:
        """The first day with a fee of who began without one."""
        rng = setting.draw()
        count = len(people)
        is_new = people.signup >= setting.first.toordinal()
        begins_free = is_new & (rng.random(count) < _FREE_SHARE)
        share = np.array([_CONVERSIONS[kind] for kind in sorted(_CONVERSIONS)])[people.archetype]
        is_won = rng.random(count) < share
        wait = _SHORTEST_DAYS + rng.exponential(_MEAN_FURTHER_DAYS, count).astype(np.int64)
        paying = np.where(is_won, people.signup + wait, 0)
        is_left = (people.churned > 0) & (paying >= people.churned)
        paying = np.where(is_left | (paying > setting.last.toordinal()), 0, paying)
        return replace(people, paying=np.where(begins_free, paying, people.paying))

    def lasting(self, people: Population, setting: Setting) -> tuple[Planted, ...]:
        """A row per customer who began for free: from its sign-up to the last day without a fee."""
        ids = customer_ids(len(people))
        rows = []
        for index in np.flatnonzero(people.paying != people.signup).tolist():
            paying, churned = int(people.paying[index]), int(people.churned[index])
            end = as_date(paying or churned) - timedelta(days=1) if paying or churned else setting.last
            kind = "free_tier_conversion" if paying else "free_tier_signup"
            said = "Began without a fee" + (", and pays from the day after" if paying else "")
            rows.append(
                Planted(
                    *("free_tier", kind, "customer", ids[index]),
                    *(as_date(int(people.signup[index])), end, 1.0, said),
                )
            )
        return tuple(rows)
