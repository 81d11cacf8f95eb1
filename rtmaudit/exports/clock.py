"""How a plain column of times is written, and the SQL that turns it into local days.

Offsets, not zones: Python takes the changes of the zone's offset around the judged days from the
time zone database, and the statement adds them to microseconds. What the statement does not take
for a time is null there, and is read again by the careful reader; it must never take what that one
would read otherwise, so only shapes are taken of which nothing is left to the database's own ideas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from rtmaudit.exports.cells import FIRST_YEAR
from rtmaudit.exports.dialect import Dialect, Stamp

MICRO = 1_000_000
DAY = 86_400 * MICRO
_EPOCH = date(1970, 1, 1)
_LAST_YEAR = 2040

EXACT_DAYS = 70
"""Days from the first on of which the local day of a time is exact."""

# Without a backslash, for in the literals of one of the databases it is an escape.
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"


@dataclass(frozen=True, slots=True)
class Shape:
    """One way of writing times: how long and how a usual one looks, and any that is taken."""

    length: int
    like: str
    any: str
    stamp: Stamp


_OFFSET = "[+-](0[0-9]|1[0-4]):[0-5][0-9]"
_SHAPES = (
    Shape(25, "____-__-__T__:__:__-0_:00", f"{_DATE}[T ]{_TIME}{_OFFSET}", Stamp.ZONED),
    Shape(20, "____-__-__T__:__:__Z", f"{_DATE}[T ]{_TIME}Z", Stamp.ZONED),
    Shape(19, "____-__-__T__:__:__", f"{_DATE}[T ]{_TIME}", Stamp.LOCAL),
    Shape(10, "____-__-__", _DATE, Stamp.DAY),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """The SQL of a `column`, in three steps that each build on the one before: `raw` is what the
    database makes of a cell, in microseconds since 1970 (of UTC where times carry their offset, and
    else of the local clock); `micros` the same, or null where the cell is not plain; `day` the
    number of the local day from the first. Of near days `local` are the microseconds of the local
    clock, and `utc` those of UTC, or null for a bare day."""

    stamp: Stamp
    column: str
    raw: str
    micros: str
    day: str
    local: str
    utc: str


def seconds_between(start: Clock, end: Clock, zone: ZoneInfo | None) -> str | None:
    """The SQL of the whole seconds from `micros` of one clock to `ended` of another, null where
    their local clock was set in between; None where the two do not tell times alike."""
    if start.stamp is not end.stamp or start.stamp is Stamp.DAY:
        return None
    seconds = f"ended // {MICRO} - micros // {MICRO}"
    if start.stamp is Stamp.ZONED or zone is None:
        return seconds
    turns = [sorted((at + before, at + after)) for at, before, after in _changes(zone)]
    turned = " OR ".join(f"micros < {high} AND ended >= {low}" for low, high in turns) or "false"
    return f"CASE WHEN NOT ({turned}) THEN {seconds} END"


def clock_of(
    first_cell: str, column: str, zone: ZoneInfo | None, first: date, words: Dialect
) -> Clock | None:
    """The clock of a column by its first cell; None where it is not plain, or is a time and no zone
    is declared."""
    for shape in _SHAPES:
        if re.fullmatch(shape.any, first_cell):
            timed = shape.stamp is not Stamp.DAY
            return _clock(shape, column, zone, first, words) if zone or not timed else None
    return None


def _clock(shape: Shape, column: str, zone: ZoneInfo | None, first: date, words: Dialect) -> Clock:
    taken = words.matches.format(column, shape.any)
    if words.trusted:
        taken = f"CASE WHEN {_usual(shape, column)} THEN true ELSE {taken} END"
    least, most = (_micros(date(year, 1, 2)) for year in (FIRST_YEAR, _LAST_YEAR))
    taken += f" AND raw BETWEEN {least} AND {most}"
    if shape.stamp is Stamp.LOCAL and zone is not None:
        taken += f" AND NOT ({_skipped(zone)})"
    local = _shifted(zone, first) if shape.stamp is Stamp.ZONED and zone else "micros"
    utc = _back(zone, first) if shape.stamp is Stamp.LOCAL and zone else "micros"
    return Clock(
        shape.stamp,
        column,
        words.micros[shape.stamp].format(column),
        f"CASE WHEN {taken} THEN raw END",
        f"{words.divided.format(local, DAY)} - {(first - _EPOCH).days}",
        local,
        "CAST(NULL AS BIGINT)" if shape.stamp is Stamp.DAY else utc,
    )


def _usual(shape: Shape, column: str) -> str:
    usual = f"strlen({column}) = {shape.length} AND {column} LIKE '{shape.like}'"
    if shape.stamp is not Stamp.DAY:
        # Only a time that ends a minute may have been written as 24:00 or :60.
        midnight, leap = f"{shape.like[:11]}24%", f"{shape.like[:17]}60%"
        odd = f"{column} LIKE '{midnight}' OR {column} LIKE '{leap}'"
        usual += f" AND (raw % {60 * MICRO} <> 0 OR NOT ({odd}))"
    return usual


def _skipped(zone: ZoneInfo) -> str:
    """Local times that the clock passes over."""
    gaps = [(at + before, at + after) for at, before, after in _changes(zone) if after > before]
    return " OR ".join(f"raw BETWEEN {a} AND {b - 1}" for a, b in gaps) or "false"


def _shifted(zone: ZoneInfo, first: date) -> str:
    """UTC to local, exactly from two days before the first day on."""
    near = [(at, after) for at, _, after in _near(zone, first)]
    return f"micros + {_offsets(zone, first, near)}"


def _back(zone: ZoneInfo, first: date) -> str:
    """Local to UTC, of an hour that the clock shows twice the first; as exact."""
    near = [(at + before, after) for at, before, after in _near(zone, first)]
    return f"micros - {_offsets(zone, first, near)}"


def _offsets(zone: ZoneInfo, first: date, near: Sequence[tuple[int, int]]) -> str:
    """The offset of a time, by the times from which on there is another."""
    begin = _offset(zone, _micros(first - timedelta(2)))
    whens = "".join(f" WHEN micros >= {at} THEN {after}" for at, after in reversed(near))
    return f"CASE{whens} ELSE {begin} END" if near else f"({begin})"


def _near(zone: ZoneInfo, first: date) -> list[tuple[int, int, int]]:
    """The changes of the offset that may lie in the judged days."""
    start, end = _micros(first - timedelta(2)), _micros(first + timedelta(EXACT_DAYS))
    return [change for change in _changes(zone) if start <= change[0] <= end]


@cache
def _changes(zone: ZoneInfo) -> tuple[tuple[int, int, int], ...]:
    """Every change of the offset of a zone."""
    return tuple(_find_changes(zone))


def _find_changes(zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """When the offset of a zone changes, in UTC, and the offsets before and after."""
    day = _micros(date(FIRST_YEAR, 1, 1))
    while day < _micros(date(_LAST_YEAR, 1, 2)):
        low, high = day, day + DAY
        before, after = _offset(zone, low), _offset(zone, high)
        if before != after:
            while high - low > MICRO:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            yield high - high % MICRO, before, after
        day += DAY


def _offset(zone: ZoneInfo, micros: int) -> int:
    offset = datetime.fromtimestamp(micros // MICRO, UTC).astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds()) * MICRO


def _micros(day: date) -> int:
    return (day - _EPOCH).days * DAY
