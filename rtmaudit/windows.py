"""The clocks: pure dates. An interval of days includes both of its ends, here and everywhere."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from rtmaudit.model import Clock, Window

PERIOD_DAYS = 30
"""Length of a device supply period (86 FR 5020)."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """`2026-03` -> the month. Raises ValueError on anything else."""
        if not re.fullmatch(r"(19[0-9]{2}|2[01][0-9]{2})-(0[1-9]|1[0-2])", text):
            raise ValueError("a month is written as 2026-03")
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which a day lies."""
        return cls(day.year, day.month)

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return _last_day(self.year, self.number)

    @property
    def before(self) -> Month:
        """The month before."""
        return Month.of(self.start - ONE_DAY)

    @property
    def after(self) -> Month:
        """The month after."""
        return Month.of(self.end + ONE_DAY)

    @property
    def span_start(self) -> date:
        """First day that could matter: a period ending on the 1st began 29 days before it."""
        return self.start - timedelta(days=PERIOD_DAYS - 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@cache
def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode of care as far as it is on file."""

    start: date | None = None
    end: date | None = None


def days(start: date, end: date) -> Iterator[date]:
    """Each day from start to end."""
    while start <= end:
        yield start
        start += ONE_DAY


def length(start: date, end: date) -> int:
    """Number of days from start to end; 0 if end is before start."""
    return max(0, (end - start).days + 1)


def share_a_day(one: Window, other: Window) -> bool:
    """Whether two windows have a day in common."""
    return one.start <= other.end and other.start <= one.end


def calendar_month(month: Month, episode: Episode) -> list[Window]:
    """The month, ending no later than the episode; nothing if the episode is wholly outside it."""
    end = min(month.end, episode.end or month.end)
    first = max(month.start, episode.start or month.start)
    return [Window(Clock.CALENDAR_MONTH, month.start, end)] if first <= end else []


def supply_periods(month: Month, episode: Episode) -> list[Window]:
    """The 30-day periods that end in the month, then the one running past its end.

    Periods are counted from the episode's start without gaps; the episode's end cuts the last one,
    which then falls due on that day. Empty where no start is on file.
    """
    if episode.start is None:
        return []
    last = episode.end or date.max
    skipped = max(0, (month.start - episode.start).days // PERIOD_DAYS)
    start = episode.start + timedelta(days=PERIOD_DAYS * skipped)
    periods: list[Window] = []
    while start <= min(month.end, last):
        end = min(start + timedelta(days=PERIOD_DAYS - 1), last)
        if end >= month.start:
            periods.append(Window(Clock.SUPPLY_PERIOD, start, end))
        start += timedelta(days=PERIOD_DAYS)
    return periods


def episode_so_far(month: Month, episode: Episode) -> list[Window]:
    """From the episode's start to the month's end (or its own); empty without a start or when the
    episode ended before the month."""
    if episode.start is None:
        return []
    end = min(month.end, episode.end or month.end)
    first = max(month.start, episode.start)
    return [Window(Clock.EPISODE, episode.start, end)] if first <= end else []


@dataclass(frozen=True, slots=True)
class Discharge:
    """A discharge and the face-to-face visit after it, as far as they are on file."""

    on: date
    visited: date | None = None


def after_discharge(month: Month, discharge: Discharge | None) -> list[Window]:
    """The 30 days that begin with the discharge, in the month of the visit; without one in every
    month that they touch."""
    if discharge is None:
        return []
    window = Window(Clock.DISCHARGE, discharge.on, discharge.on + timedelta(days=PERIOD_DAYS - 1))
    visited = discharge.visited
    if visited is not None and discharge.on <= visited <= month.end:
        return [window] if visited >= month.start else []
    return [window] if window.start <= month.end and window.end >= month.start else []


def build_windows(
    clocks: Collection[Clock],
    month: Month,
    episode: Episode,
    mode: str,
    discharge: Discharge | None = None,
) -> Mapping[Clock, tuple[Window, ...]]:
    """The windows of one patient and program on the clocks that its rules run on. Where no start is
    on file, or `mode` says so, the calendar month stands for the supply period."""
    by_month = mode == "calendar_month" or (mode == "auto" and episode.start is None)
    builders = {
        Clock.EPISODE: episode_so_far,
        Clock.SUPPLY_PERIOD: calendar_month if by_month else supply_periods,
        Clock.CALENDAR_MONTH: calendar_month,
    }
    found = {
        clock: tuple(build(month, episode)) for clock, build in builders.items() if clock in clocks
    }
    if Clock.DISCHARGE in clocks:
        found[Clock.DISCHARGE] = tuple(after_discharge(month, discharge))
    return found


def stretches(window: Window) -> Iterator[tuple[date, date]]:
    """Each 30-day stretch inside a window, or the window itself where it is shorter."""
    last = max(window.start, window.end - timedelta(days=PERIOD_DAYS - 1))
    for start in days(window.start, last):
        yield start, min(window.end, start + timedelta(days=PERIOD_DAYS - 1))
