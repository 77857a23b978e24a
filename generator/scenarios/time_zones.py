"""Business around the clock: customers in ten regions instead of three."""

from dataclasses import replace

import numpy as np

from generator.company.population import Population
from generator.patterns.seasonality import REGIONS
from generator.scenarios.protocol import Ints, Planted, Scenario, Setting


class TimeZones(Scenario):
    """Every customer's region is drawn from all; its days follow that region's clock."""

    def settle(self, people: Population, setting: Setting) -> Population:
        """Move the customers."""
        weight = np.array([region.weight for region in REGIONS])
        region: Ints = setting.draw().choice(len(REGIONS), size=len(people), p=weight / weight.sum())
        return replace(people, region=region)

    def lasting(self, people: Population, setting: Setting) -> tuple[Planted, ...]:
        """The share of customers in each region."""
        share = np.bincount(people.region, minlength=len(REGIONS)) / len(people)
        return tuple(
            Planted(
                *("time_zones", "time_zone", "region", region.region, setting.first, setting.last),
                *(round(part, 6), f"Share of the customers, {region.utc_offset_hours:+d} h from UTC"),
            )
            for region, part in zip(REGIONS, share.tolist(), strict=True)
            if part > 0
        )
