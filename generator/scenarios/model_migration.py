"""Features move from one provider's model to another's, a part of the traffic at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from generator.calls.flow import Flow
from generator.company.catalogue import FEATURE_INDEX, FEATURES, MODELS, TASK_INDEX
from generator.company.population import Population
from generator.company.segments import Segments
from generator.scenarios.protocol import Course, Flags, Ints, Planted, Scenario, Setting, ramp

_CANDIDATES: Final = tuple(
    FEATURE_INDEX[name]
    for name in ("chat", "search", "summarize", "code_completion", "code_review", "extract")
)
_COUNT: Final = 3
_EARLIEST, _LATEST = 0.15, 0.40
_LENGTHS: Final = (0.30, 0.50)
_SHARES: Final = (0.75, 0.95)


class ModelMigration(Scenario):
    """Three features leave their most used model for another provider's."""

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:  # noqa: ARG002
        """One course per feature."""
        rng = setting.draw()
        chosen = np.sort(rng.permutation(_CANDIDATES)[:_COUNT])
        routes = []
        for feature in chosen.tolist():
            start = setting.day_at(float(rng.uniform(_EARLIEST, _LATEST)))
            length = max(1, round(float(rng.uniform(*_LENGTHS)) * setting.days))
            share = round(float(rng.uniform(*_SHARES)), 3)
            pick = float(rng.random())
            used = segments.feature == feature
            if not used.any():
                continue
            calls = np.bincount(
                segments.model[used], weights=segments.calls_per_day[used], minlength=setting.market.models
            )
            leaving = int(np.argmax(calls))
            weights = setting.market.weights[TASK_INDEX[FEATURES[feature].task_type]].copy()
            same = [model.provider == MODELS[leaving].provider for model in MODELS[: len(weights)]]
            weights[np.array(same)] = 0.0
            arriving = int(np.searchsorted(np.cumsum(weights) / weights.sum(), pick, side="right"))
            tiers = setting.is_offered[:, arriving]
            routes.append(_Route(feature, leaving, arriving, start, setting.last, length, share, tiers))
        return tuple(routes)


@dataclass(frozen=True, slots=True)
class _Route(Course):
    """`tiers` ([service tiers]) says under which of them the new model can be had."""

    feature: int
    leaving: int
    arriving: int
    start: date
    last: date
    length: int
    share: float
    tiers: Flags

    @property
    def planted(self) -> tuple[Planted, ...]:
        there, here = MODELS[self.arriving], MODELS[self.leaving]
        text = f"Share of the calls to {here.provider}/{here.model} that go to {there.provider}/{there.model}"
        name = FEATURES[self.feature].feature_id
        return (
            Planted(
                *("model_migration", "model_migration", "feature", name, self.start, self.last),
                *(self.share, text),
            ),
        )

    def on(self, day: date, flow: Flow) -> Flow:
        done = self.share * ramp(day, self.start, self.length)
        return flow.moved(np.where(self._is_moving(flow.segments), done, 0.0), self.arriving)

    def subject(self, day: date, segments: Segments) -> Ints:
        return np.where((day >= self.start) & self._is_moving(segments), 0, -1)

    def _is_moving(self, segments: Segments) -> Flags:
        here = (segments.feature == self.feature) & (segments.model == self.leaving)
        moving: Flags = here & self.tiers[segments.service_tier]
        return moving
