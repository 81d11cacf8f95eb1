"""Text of one cell -> a value. Linear regular expressions, integers, and no guessing.

Each parser raises BadCell with the kind of problem; no message ever holds the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from rtmaudit.config import EPOCHS
from rtmaudit.model import ProblemKind
from rtmaudit.tables import MOST_SECONDS
from rtmaudit.windows import Month

FIRST_YEAR = 2015
"""A device whose clock was reset says 1970, 2000 or 2010. Care management is paid since 2015, so an
earlier reading or entry is no old one: its day is not known (failure mode D02). What lies months
or years from the audited month is of another month, for long exports are welcome."""


class BadCell(Exception):
    """The cell cannot be read."""

    def __init__(self, kind: ProblemKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


class ZoneMissing(Exception):
    """A time without an offset, and no zone declared; or an offset and no zone to see it in."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A local day, the second since 1970 in UTC where a time of day is known, and whether the text
    carried its own offset (None: it was a bare date). `later`: seconds by which it may be later, in
    an hour that the clock shows twice."""

    day: date
    second: int | None
    aware: bool | None
    later: int = 0


_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DECIMAL = re.compile(r"(\d{1,7})(?:\.(\d{1,9}))?", re.ASCII)
_DOLLARS = re.compile(r"\$?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{2}))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)

_CODE = re.compile(r"(\d{4}[\dA-Z]|[A-Z]\d{4})(?:\.0|(?:[-\s:/,.]?[\dA-Z]{2}){1,4})?", re.ASCII)
_PLAIN = re.compile(r"[\w .&/+-]+")
MOST_DIGITS_OF_A_WORD = 3

_NO_CLOCK = ("seconds", "hours", "rounded_hours")
_SECONDS_OF = {"seconds": 1, "minutes": 60, "hours": 3600, "rounded_hours": 3600}

ROUNDED_BY = {"rounded_hours": 18}
"""Seconds by which a duration may be more or less than its cell says."""


def iso_like(text: str) -> bool:
    """Whether a cell is written as an ISO 8601 date or time."""
    return _ISO.fullmatch(text) is not None


def read_instant(text: str, zone: ZoneInfo | None, pattern: str | None) -> Instant:
    """A point in time or a bare day, seen in the zone. `pattern` is a strptime format or an
    epoch."""
    moment, bare = _moment(text, pattern)
    if moment.year < FIRST_YEAR:
        raise BadCell(ProblemKind.IMPLAUSIBLE_DATE)
    if bare:
        return Instant(moment.date(), None, None)
    if zone is None:
        raise ZoneMissing
    if moment.tzinfo is not None:
        return Instant(moment.astimezone(zone).date(), int(moment.timestamp()), True)
    local = moment.replace(tzinfo=zone)
    first, second = int(local.timestamp()), int(local.replace(fold=1).timestamp())
    if second < first:  # only where the clock passes over the time
        raise BadCell(ProblemKind.TIME_NONEXISTENT)
    return Instant(moment.date(), first, False, second - first)


def read_date(text: str, pattern: str | None) -> date:
    """A day."""
    moment, _ = _moment(text, pattern)
    return moment.date()


def read_seconds(text: str, unit: str, longest: int = MOST_SECONDS) -> int:
    """Whole seconds, rounded down, at most the longest. `unit` is one of the configuration; a
    column of minutes may also be written mm:ss."""
    clock = _CLOCK.fullmatch(text)
    if clock and unit not in _NO_CLOCK:
        total = _clock_seconds(clock, unit)
    elif unit in _SECONDS_OF:
        total = _decimal_seconds(text, _SECONDS_OF[unit])
    else:
        raise BadCell(ProblemKind.UNREADABLE_DURATION)
    if total > longest:
        raise BadCell(ProblemKind.DURATION_RANGE)
    return total


def read_month(text: str) -> Month:
    """A month, or the one in which an ISO 8601 date lies."""
    if iso_like(text):
        return Month.of(read_date(text, None))
    for pattern in ("%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y"):
        try:
            return Month.of(datetime.strptime(text, pattern).date())
        except ValueError:
            continue
    raise BadCell(ProblemKind.UNREADABLE_DATE)


def read_number(text: str) -> int:
    """A whole number, not negative."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise BadCell(ProblemKind.UNREADABLE_NUMBER)
    return int(text)


def read_cents(text: str) -> int:
    """An amount in dollars -> whole cents."""
    match = _DOLLARS.fullmatch(text)
    if match is None:
        raise BadCell(ProblemKind.UNREADABLE_NUMBER)
    dollars, cents = match.groups()
    return int(dollars.replace(",", "")) * 100 + int(cents or 0)


def read_code(text: str) -> str:
    """A billing code without the modifiers that may hang on it. A practice's own word for a charge
    stands as it is; what has the digits of a code and is none cannot be read."""
    code = _CODE.fullmatch(text.upper())
    if code is not None:
        return code.group(1)
    if len(re.findall(r"\d", text)) >= MOST_DIGITS_OF_A_WORD or not _PLAIN.fullmatch(text):
        raise BadCell(ProblemKind.BILLING_CODE)
    return text


def read_condition(text: str) -> str:
    """An ICD-10-CM code without its dot, or a practice's own word for a condition."""
    if not re.fullmatch(r"[\w .-]+", text):
        raise BadCell(ProblemKind.UNREADABLE_CONDITION)
    return text.replace(".", "").upper()


def read_name(text: str) -> str:
    """A name that must be found again elsewhere; no quote is part of one."""
    if '"' in text:
        raise BadCell(ProblemKind.STRAY_QUOTE)
    return text


def read_word(words: type[StrEnum], mapped: dict[str, str]) -> Callable[[str], StrEnum]:
    """A reader of one closed vocabulary, after the vendor's own words were mapped onto it."""

    def read(text: str) -> StrEnum:
        word = mapped.get(text, text).strip().lower()
        try:
            return words(word)
        except ValueError:
            raise BadCell(ProblemKind.UNKNOWN_WORD) from None

    return read


def _moment(text: str, pattern: str | None) -> tuple[datetime, bool]:
    """A moment, and whether it is a bare day."""
    if pattern is None:
        return _by_iso(text)
    return _by_epoch(text, EPOCHS[pattern]) if pattern in EPOCHS else _by_pattern(text, pattern)


def _by_epoch(text: str, each: int) -> tuple[datetime, bool]:
    if not re.fullmatch(r"\d{1,13}", text, re.ASCII):
        raise BadCell(ProblemKind.UNREADABLE_DATE)
    try:
        return _plausible(datetime.fromtimestamp(int(text) // each, UTC)), False
    except (ValueError, OverflowError, OSError):
        raise BadCell(ProblemKind.UNREADABLE_DATE) from None


def _by_iso(text: str) -> tuple[datetime, bool]:
    match = _ISO.fullmatch(text)
    if match is None:
        raise BadCell(ProblemKind.UNREADABLE_DATE)
    year, month, day, hour, minute, second, offset = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
        if offset:
            moment = moment.replace(tzinfo=_offset(offset))
        return _plausible(moment), hour is None
    except ValueError:
        raise BadCell(ProblemKind.UNREADABLE_DATE) from None


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text[0] == "-" else span)


def _by_pattern(text: str, pattern: str) -> tuple[datetime, bool]:
    try:
        if not text.isascii():
            raise ValueError
        moment = _plausible(datetime.strptime(text, pattern))
    except ValueError:
        raise BadCell(ProblemKind.UNREADABLE_DATE) from None
    return moment, not any(mark in pattern for mark in ("%H", "%I"))


def _plausible(moment: datetime) -> datetime:
    """A year of two digits is read as 26, an empty date of a spreadsheet as 1900 (D02)."""
    if not 1990 <= moment.year <= 2199:
        raise BadCell(ProblemKind.IMPLAUSIBLE_DATE)
    return moment


def is_one_of(text: str, given: Iterable[str]) -> bool:
    """Whether a cell is one of the values that the mapping names; `*` stands for any characters."""
    return any(text == each or ("*" in each and _is_like(text, each)) for each in given)


def _is_like(text: str, given: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, given.split("*"))), text, re.DOTALL) is not None


def _decimal_seconds(text: str, each: int) -> int:
    match = _DECIMAL.fullmatch(text)
    if match is None or (each == 1 and match.group(2)):
        negative = text.startswith("-") and _DECIMAL.fullmatch(text[1:])
        kind = ProblemKind.DURATION_RANGE if negative else ProblemKind.UNREADABLE_DURATION
        raise BadCell(kind)
    whole, part = match.group(1), match.group(2) or ""
    scale: int = 10 ** len(part)
    total = int(whole + part) * each
    if 0 < total < scale:  # less than a second is a spreadsheet's fraction of a day (M02)
        raise BadCell(ProblemKind.UNREADABLE_DURATION)
    return total // scale


def _clock_seconds(match: re.Match[str], unit: str) -> int:
    first, second, third = (int(part) if part else None for part in match.groups())
    assert first is not None and second is not None
    if third is not None:
        if unit not in ("hh:mm:ss", "minutes"):
            raise BadCell(ProblemKind.UNREADABLE_DURATION)
        return first * 3600 + second * 60 + third
    if unit == "hh:mm":
        return first * 3600 + second * 60
    if unit == "hh:mm:ss":
        raise BadCell(ProblemKind.UNREADABLE_DURATION)
    return first * 60 + second
