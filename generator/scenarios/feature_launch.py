"""A feature goes live: nothing before, curiosity first, then use as usual."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from generator.calls.flow import Flow
from generator.company.catalogue import FEATURE_INDEX, FEATURES
from generator.company.population import Population
from generator.company.segments import Segments
from generator.scenarios.protocol import Course, Flags, Ints, Planted, Scenario, Setting, of_customer

# What no other plant depends on, and not the core of a product.
_CANDIDATES: Final = tuple(
    FEATURE_INDEX[name] for name in ("search", "summarize", "code_review", "extract", "translate")
)
_EARLIEST, _LATEST = 0.25, 0.55
_ADOPTION_DAYS: Final = 9.0
_NOVELTY: Final = 2.0
_NOVELTY_DAYS: Final = 8.0


class FeatureLaunch(Scenario):
    """One feature is launched; customers take it up one after the other.

    Those who use nothing else are its pilots, and have it from the beginning.
    """

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:
        """One course for the feature."""
        rng = setting.draw()
        feature = int(rng.choice(_CANDIDATES))
        launch = setting.day_at(float(rng.uniform(_EARLIEST, _LATEST)))
        adopted = launch.toordinal() + rng.exponential(_ADOPTION_DAYS, len(people)).astype(np.int64)
        is_pilot = np.ones(len(people), dtype=bool)
        others = segments.customer[segments.feature != feature]
        is_pilot[others[others < len(people)]] = False
        return (_Launch(feature, launch, setting.last, adopted, is_pilot),)


@dataclass(frozen=True, slots=True)
class _Launch(Course):
    """`adopted` ([customers]) is the first day of use, as an ordinal."""

    feature: int
    launch: date
    last: date
    adopted: Ints
    is_pilot: Flags

    @property
    def planted(self) -> tuple[Planted, ...]:
        text = "Calls of a customer on its first day with the feature over those once it is used to it"
        name = FEATURES[self.feature].feature_id
        return (
            Planted(
                *("feature_launch", "feature_launch", "feature", name, self.launch, self.last),
                *(1.0 + _NOVELTY, text),
            ),
        )

    def on(self, day: date, flow: Flow) -> Flow:
        since = day.toordinal() - of_customer(self.adopted, flow.segments.customer, 0)
        novelty = 1.0 + _NOVELTY * np.exp(-np.maximum(since, 0.0) / _NOVELTY_DAYS)
        used = np.where(since >= 0, novelty, 0.0)
        return flow.times(np.where(self._is_new(flow.segments), used, 1.0))

    def without(self, day: date, flow: Flow) -> Flow:  # noqa: ARG002
        return flow.times(np.where(self._is_new(flow.segments), 0.0, 1.0))

    def subject(self, day: date, segments: Segments) -> Ints:
        return np.where((day >= self.launch) & self._is_new(segments), 0, -1)

    def _is_new(self, segments: Segments) -> Flags:
        pilot = of_customer(self.is_pilot, segments.customer, 1.0) > 0
        new: Flags = (segments.feature == self.feature) & ~pilot
        return new
