"""Engineers take cost out of features: shorter prompts, and fewer calls for the same answers."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from generator.calls.flow import Flow
from generator.company.catalogue import FEATURE_INDEX, FEATURES
from generator.company.population import Population
from generator.company.segments import Segments
from generator.scenarios.protocol import Course, Ints, Planted, Scenario, Setting, ramp

# Where prompts are ours to write: pipelines, not what people type or editors send.
_CANDIDATES: Final = tuple(FEATURE_INDEX[name] for name in ("search", "summarize", "classify", "extract"))
_COUNT: Final = 2
_PROMPT_CUTS: Final = (0.25, 0.45)
_CALL_CUTS: Final = (0.05, 0.15)
_EARLIEST, _LATEST = 0.25, 0.50
_ROLLOUT_DAYS: Final = 21


class CostOptimization(Scenario):
    """Two features are made cheaper, for all customers, within three weeks each."""

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:  # noqa: ARG002
        """One course per feature."""
        rng = setting.draw()
        chosen = np.sort(rng.permutation(_CANDIDATES)[:_COUNT])
        return tuple(
            _Saving(
                feature,
                setting.day_at(float(rng.uniform(_EARLIEST, _LATEST))),
                setting.last,
                round(float(rng.uniform(*_PROMPT_CUTS)), 3),
                round(float(rng.uniform(*_CALL_CUTS)), 3),
            )
            for feature in chosen.tolist()
        )


@dataclass(frozen=True, slots=True)
class _Saving(Course):
    feature: int
    start: date
    last: date
    prompt_cut: float
    call_cut: float

    @property
    def planted(self) -> tuple[Planted, ...]:
        text = f"Prompt length at the end over that before; {self.call_cut:.1%} fewer calls beside it"
        name = FEATURES[self.feature].feature_id
        return (
            Planted(
                *("cost_optimization", "prompts_shortened", "feature", name, self.start, self.last),
                *(round(1.0 - self.prompt_cut, 4), text),
            ),
        )

    def on(self, day: date, flow: Flow) -> Flow:
        done = ramp(day, self.start, _ROLLOUT_DAYS)
        own = flow.segments.feature == self.feature
        shorter = flow.with_prompts(np.where(own, 1.0 - self.prompt_cut * done, 1.0))
        return shorter.times(np.where(own, 1.0 - self.call_cut * done, 1.0))

    def subject(self, day: date, segments: Segments) -> Ints:
        return np.where((day >= self.start) & (segments.feature == self.feature), 0, -1)
