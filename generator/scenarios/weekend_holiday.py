"""Days off as people have them: public holidays by region, and weekends that are not everywhere the same."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from generator.calls.flow import Flow
from generator.company.population import Population
from generator.company.segments import Segments
from generator.patterns.seasonality import REGIONS, weekly_factors
from generator.scenarios.protocol import Course, Floats, Ints, Planted, Scenario, Setting

_COUNTRIES: Final = {
    "us-east-1": "US",
    "eu-west-1": "IE",
    "ap-southeast-1": "SG",
    "us-west-2": "US",
    "sa-east-1": "BR",
    "eu-central-1": "DE",
    "me-south-1": "BH",
    "ap-south-1": "IN",
    "ap-northeast-1": "JP",
    "ap-southeast-2": "AU",
}
_SATURDAY, _SUNDAY = 5, 6
_WEEKEND: Final = frozenset({_SATURDAY, _SUNDAY})


class WeekendHoliday(Scenario):
    """A public holiday is as quiet as a weekend, kind of work by kind of work."""

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:  # noqa: ARG002
        """One course, with a row of truth per region and holiday on a working day."""
        # Loads the calendars of the world: not where nobody asks for them.
        from holidays import country_holidays  # noqa: PLC0415

        years = range(setting.first.year, setting.last.year + 1)
        days: dict[tuple[int, date], str] = {}
        weekends = [_WEEKEND] * len(REGIONS)
        for index in np.unique(people.region).tolist():
            calendar = country_holidays(_COUNTRIES[REGIONS[index].region], years=years)
            weekends[index] = frozenset(calendar.weekend)
            days |= {
                (index, day): name
                for day, name in sorted(calendar.items())
                if setting.first <= day <= setting.last and day.weekday() not in weekends[index]
            }
        return (_DaysOff(days, tuple(weekends), setting.first, setting.last),)


@dataclass(frozen=True, slots=True)
class _DaysOff(Course):
    """`days` names the holiday of a region (by position) and day; `weekends` are weekdays per region."""

    days: dict[tuple[int, date], str]
    weekends: tuple[frozenset[int], ...]
    first: date
    last: date

    @property
    def planted(self) -> tuple[Planted, ...]:
        holidays = [
            Planted(
                *("weekend_holiday", "public_holiday", "region", REGIONS[region].region, day, day),
                *(
                    self._mean(day, region),
                    f"{name}: traffic over that of the same weekday, kinds of work alike",
                ),
            )
            for (region, day), name in self.days.items()
        ]
        weekends = [
            Planted(
                *("weekend_holiday", "weekend", "region", REGIONS[region].region, self.first, self.last),
                *(
                    self._mean(_weekday(min(own - _WEEKEND)), region),
                    "Traffic of the day off over a working day's",
                ),
            )
            for region, own in self._elsewhere()
        ]
        return (*holidays, *weekends)

    def on(self, day: date, flow: Flow) -> Flow:
        factors = np.stack([self._factors(day, region) for region in range(len(REGIONS))])
        return flow.times(factors[flow.segments.region, flow.segments.task])

    def subject(self, day: date, segments: Segments) -> Ints:
        found = np.full(len(REGIONS), -1)
        for place, (region, _) in enumerate(self._elsewhere(), start=len(self.days)):
            found[region] = place
        for place, (region, holiday) in enumerate(self.days):
            if holiday == day:
                found[region] = place
        return found[segments.region]

    def _elsewhere(self) -> list[tuple[int, frozenset[int]]]:
        return [(region, own) for region, own in enumerate(self.weekends) if own != _WEEKEND]

    def _factors(self, day: date, region: int) -> Floats:
        """Traffic of each task on `day` over what that weekday brings elsewhere, shape [tasks]."""
        week = weekly_factors()
        weekday, off = day.weekday(), self.weekends[region]
        wanted: Floats = week[:, weekday]
        if (region, day) in self.days or (weekday in off and weekday not in _WEEKEND):
            wanted = week[:, [_SATURDAY, _SUNDAY]].mean(axis=1)
        elif weekday in _WEEKEND and weekday not in off:
            wanted = week[:, :_SATURDAY].mean(axis=1)
        factors: Floats = wanted / week[:, weekday]
        return factors

    def _mean(self, day: date, region: int) -> float:
        return round(float(self._factors(day, region).mean()), 4)


def _weekday(number: int) -> date:
    """Some day of the given weekday, on which no holiday lies."""
    monday = date(1, 1, 1)
    return monday + timedelta(days=number)
