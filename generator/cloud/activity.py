"""What customers use beside tokens: storage, deliveries, posts, transfer, support."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from generator.cloud.aws import Line
from generator.company.population import customer_ids
from generator.plan import Plan

# Activity, its driver, the mean units of a customer's day, and how much customers differ.
_ACTIVITIES: Final = (
    ("store_content", "gb_days", 12.0, 1.0),
    ("send_newsletter", "emails", 180.0, 1.2),
    ("publish_post", "posts", 3.0, 0.8),
    ("deliver_content", "gb_transferred", 2.5, 1.1),
    ("answer_support", "tickets", 0.08, 0.9),
)


def activity_lines(plan: Plan, random: np.random.Generator) -> Iterator[Line]:
    """The days of the customers that are served; a day without units has no line."""
    ids = customer_ids(len(plan.population))
    levels = random.lognormal(0.0, [[spread] for *_, spread in _ACTIVITIES], (len(_ACTIVITIES), len(ids)))
    means = np.array([mean for _, _, mean, _ in _ACTIVITIES])[:, None] * levels
    for day in plan.options.dates():
        active = plan.population.is_active(day)
        weekday = 1.0 if day.weekday() < 5 else 0.35
        units = random.poisson(means * weekday * active)
        # What is stored does not rest at weekends.
        units[0] = np.round(means[0] * active).astype(np.int64)
        for place, (activity, driver, *_) in enumerate(_ACTIVITIES):
            for customer in np.flatnonzero(units[place]).tolist():
                yield {
                    "day": day,
                    "tenant": ids[customer],
                    "activity": activity,
                    "driver": driver,
                    "units": int(units[place, customer]),
                }
