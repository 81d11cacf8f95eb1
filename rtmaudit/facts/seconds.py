"""Seconds of a patient in a window: whose role counts, split at local midnight, without the days of
visits and stays and without what overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from rtmaudit.errors import InvariantError
from rtmaudit.facts.spans import Stays, Visit
from rtmaudit.facts.time import Entry, union_length
from rtmaudit.model import Bar, Cause, FactRef, Program, Role, Share, Why, Window
from rtmaudit.windows import ONE_DAY


@dataclass(slots=True)
class Sum:
    """Seconds beyond doubt, seconds at most, and why the two differ."""

    least: int = 0
    most: int | None = 0
    why: Why | None = None
    cause: Cause | None = None

    def add(self, least: int, most: int | None, why: Why | None, cause: Cause | None) -> None:
        """Count one entry in. What is missing is told before what is disputed."""
        self.least += least
        self.most = None if most is None or self.most is None else self.most + most
        if why is not None and (self.why is None or why is Why.MISSING):
            self.why, self.cause = why, cause


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which no time of a fact counts: those of some visits and of some stays."""

    visits: Sequence[Visit]
    stays: Sequence[Stays]
    ref: FactRef

    def doubt(self, day: date | None) -> Cause | bool:
        """True where no time of that day counts, False where it does, or why it may not."""
        if day is None:
            return False
        found: set[Cause | bool] = set()
        if self.ref.visit_codes:
            found |= {each.takes(day, self.ref.visit_codes) for each in self.visits}
        if self.ref.stays:
            found |= {each.takes(day, self.ref.stays) for each in self.stays}
        told = (True, Cause.VISIT_CODE, Cause.LINE_NOT_READABLE, Cause.ON_STAY)
        return next((each for each in told if each in found), False)


_ELSEWHERE, _ROLE, _VISIT_OR_STAY, _NOTHING_LEFT = (
    (0, 0, None, None, bar)
    for bar in (Bar.ELSEWHERE, Bar.ROLE, Bar.VISIT_OR_STAY, Bar.NOTHING_LEFT)
)


def sum_seconds(shares: Iterable[tuple[Entry, Share]]) -> Sum:
    """The seconds of all entries together."""
    total = Sum()
    for _, (least, most, why, cause, bar) in shares:
        if bar is None:
            total.add(least, most, why, cause)
    return total


def shares(
    entries: Iterable[Entry],
    days: Days,
    zone: ZoneInfo | None,
    program: Program,
    window: Window,
    roles: tuple[Role, ...],
) -> Iterator[tuple[Entry, Share]]:
    """What counts of each entry of one patient and program: what lies in the window, and whose role
    counts."""
    doubts = dict[date | None, Cause | bool]()
    for entry in entries:
        if entry.program not in (program, None):
            continue
        least, most = _inside(entry, window, zone)
        if most == 0:
            yield entry, _nothing(entry, window)
            continue
        if (entry.role is not None and entry.role not in roles) or not roles:
            yield entry, _ROLE
            continue
        why, cause = (_why(entry), entry.cause) if least != most else (None, None)
        if entry.disputed:
            why, cause = Why.DISPUTED, Cause.OVERLAP
        if entry.day not in doubts:
            doubts[entry.day] = days.doubt(entry.day)
        doubt = doubts[entry.day]
        if doubt is True:
            yield entry, _VISIT_OR_STAY
            continue
        if doubt is not False:
            least, why, cause = 0, Why.DISPUTED, doubt
        if entry.role is None and entry.trusted and len(roles) < len(Role):
            least, why, cause = 0, Why.MISSING, Cause.NO_ROLE
        yield entry, (least, most, why, cause, None)


def _nothing(entry: Entry, window: Window) -> Share:
    """Why no second of an entry lies in a window."""
    inside = entry.day is None or window.start <= entry.day <= window.end
    return _NOTHING_LEFT if inside else _ELSEWHERE


def _why(entry: Entry) -> Why:
    """The seconds that an export rounded away are in no export; all else is disputed."""
    return Why.MISSING if entry.cause is Cause.ROUNDED else Why.DISPUTED


def _inside(entry: Entry, window: Window, zone: ZoneInfo | None) -> tuple[int, int | None]:
    """Seconds of an entry that lie in a window: split at local midnight where its time is known."""
    if entry.day is None:
        return 0, entry.most
    if entry.second is None or zone is None or entry.most is None:
        last = entry.until or entry.day
        inside = window.start <= entry.day and last <= window.end
        if not inside and entry.day <= window.end and last >= window.start:
            raise InvariantError(f"{entry.place[0]}: a window cuts time that was added up")
        return (entry.least, entry.most) if inside else (0, 0)
    return _between(entry, _midnight(window.start, zone), _midnight(window.end + ONE_DAY, zone))


def _between(entry: Entry, begin: int, end: int) -> tuple[int, int]:
    """Seconds of an entry from one second up to another; some of them may be another entry's."""
    assert entry.second is not None and entry.most is not None
    second = entry.second

    def clip(seconds: int) -> int:
        return max(0, min(second + seconds, end) - max(second, begin))

    def gone(pieces: Iterable[tuple[int, int]]) -> int:
        clipped = ((max(a, begin), min(b, end)) for a, b in pieces)
        return union_length((a, b) for a, b in clipped if b > a)

    if not entry.disputed and not entry.lost:
        return clip(entry.least), clip(entry.most)
    least = clip(entry.least) - gone([*entry.disputed, *entry.lost])
    return max(0, least), max(0, clip(entry.most) - gone(entry.lost))


def in_one_piece(entry: Entry, zone: ZoneInfo | None) -> tuple[date, date, int, int] | None:
    """The first and the last day of an entry, and its seconds in a window that holds both; None
    where they are not known, or where midnight parts them."""
    if entry.day is None or entry.most is None:
        return None
    if entry.second is None or zone is None:
        return entry.day, entry.until or entry.day, entry.least, entry.most
    begin, end = _midnight(entry.day, zone), _midnight(entry.day + ONE_DAY, zone)
    if not begin <= entry.second <= end - entry.most:
        return None
    return entry.day, entry.day, *_between(entry, begin, end)


@lru_cache(maxsize=10_000)
def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
