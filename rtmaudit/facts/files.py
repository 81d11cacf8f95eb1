"""What the lines of an export show together: another month, a clock that is wrong, a cap on the
lines, a leap in their number.

All of it is told and changes no count; only a table with no line in the judged days is refused. A
time log that stops early makes nothing provisional: staff may well log a whole month at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from statistics import median

import pandas as pd

from rtmaudit.errors import Fault
from rtmaudit.facts.days import CUT_PATIENTS, coverage
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.seen import Seen
from rtmaudit.model import Disposition, Exclusion, Problem, ProblemKind
from rtmaudit.tables import READINGS, SUMMARY, TABLES, TIME_LOG, Span
from rtmaudit.windows import ONE_DAY, Month, days

CAPS = frozenset(
    {1_000, 5_000, 10_000, 50_000, 65_535, 65_536, 100_000, 1_000_000, 1_048_575, 1_048_576}
)
"""Numbers of lines at which exports and spreadsheets stop."""

LAST_DAYS = timedelta(days=2)
USUAL_DAYS = timedelta(days=14)
"""The last days of a month are held against the usual day of those before them."""

FALL, RISE, LEAP_PATIENTS = 70, 250, 10
"""Per cent of the month before, in patients or their days, below and above which a month is told,
if it is of so many patients. A fall is what a lost part of an export looks like; growth is what
every young program shows, so only the rise by 150 % is told that Medicare's auditors look at."""


def of_another_month(frames: Frames, span: Span) -> Iterator[Fault]:
    """Tables without a line in the judged days."""
    for name in (READINGS, TIME_LOG, SUMMARY):
        if _is_elsewhere(frames, name, span):
            month = Month.of(span.end)
            sentence = (
                f"no line of it lies between {span.start} and {span.end}; is it the export "
                f"of another month? Audit that one with --month, or export {month} again"
            )
            yield Fault(", ".join(frames.files[name]), 0, "", sentence)


def _is_elsewhere(frames: Frames, name: str, span: Span) -> bool:
    frame = frames.get(name)
    if frame is None:
        return False
    if "day" in frame:
        seen = frames.seen(name, span)
        return bool(seen.dated) and not seen.inside
    there = frame[frame["disposition"].isin([Disposition.USED, Disposition.DUPLICATE])]
    kinds = set(frame["kind"][frame["disposition"] == Disposition.EXCLUDED])
    return there.empty and Exclusion.OTHER_MONTH in kinds and Exclusion.NOT_ON_ROSTER not in kinds


def notes(frames: Frames, span: Span) -> Iterator[Problem]:
    """What is worth telling of each file and table."""
    month = Month.of(span.end)
    for name in (READINGS, TIME_LOG):
        for i, (file, frame) in enumerate(frames.of_files(name)):
            for kind, line in _told(frame, frames.seen(name, span, i), name, span):
                yield Problem(file, line, TABLES[name].stamp or "", kind, "note")
        if frames.get(name) is None:
            continue
        seen = frames.seen(name, span)
        days = seen.days()
        if days and not any(month.start <= day <= month.end for day in days):
            yield _of_table(frames.files[name], name, ProblemKind.MOSTLY_OTHER_MONTH)
        if span.as_of > month.end and _leaps(seen, days, month):
            yield _of_table(frames.files[name], name, ProblemKind.VOLUME_LEAP)


def _of_table(files: Sequence[str], name: str, kind: ProblemKind) -> Problem:
    return Problem(files[-1], 0, TABLES[name].stamp or "", kind, "note")


def _told(
    frame: pd.DataFrame, seen: Seen, name: str, span: Span
) -> Iterator[tuple[ProblemKind, int]]:
    if 2 * seen.inside < seen.dated:
        yield ProblemKind.MOSTLY_OTHER_MONTH, 0
    if line := _first_ahead(frame, span.as_of):
        yield ProblemKind.FUTURE_DATE, line
    if seen.lines in CAPS:
        yield ProblemKind.LINES_AT_A_CAP, 0
    covers = coverage(seen) if name == TIME_LOG else None
    if covers and covers.cut_at_end and covers.end < min(span.end, span.as_of):
        yield ProblemKind.EXPORT_ENDS_EARLY, 0


def _first_ahead(frame: pd.DataFrame, as_of: date) -> int:
    """The first line that lies more than a day after the as-of day, though in the month."""
    ahead = frame[frame["kind"] == Exclusion.AFTER_AS_OF]
    lines = (
        line for day, line in zip(ahead["day"], ahead["line"], strict=True) if day > as_of + ONE_DAY
    )
    return int(next(lines, 0))


def stops_at_a_cap(frames: Frames, span: Span) -> bool:
    """Whether a file has as many lines as an export may have, and none of the last days."""
    last = min(span.end, span.as_of)
    files = (
        frames.seen(name, span, i)
        for name in (READINGS, TIME_LOG)
        for i, _ in enumerate(frames.of_files(name))
    )
    return any(
        seen.lines in CAPS and max(seen.ends, default=last) <= last - LAST_DAYS for seen in files
    )


def thins_out(frames: Frames, span: Span) -> Problem | None:
    """Readings of which the last two days hold less than a fifth of the patients of a usual day."""
    last = min(span.end, span.as_of - ONE_DAY)
    if frames.get(READINGS) is None:
        return None
    per_day = frames.seen(READINGS, span).per_day()
    end = last - LAST_DAYS
    usual = median(per_day[day] for day in days(end - USUAL_DAYS + ONE_DAY, end))
    if usual < CUT_PATIENTS or any(5 * per_day[day] >= usual for day in days(end + ONE_DAY, last)):
        return None
    return _of_table(frames.files[READINGS], READINGS, ProblemKind.EXPORT_ENDS_EARLY)


def _leaps(seen: Seen, there: Collection[date], month: Month) -> bool:
    """Whether a month that the table holds wholly differs much from the one before it, in patients
    or in their days."""
    before = month.before
    if not any(before.start <= day < before.start + LAST_DAYS for day in there):
        return False
    if not any(month.end - LAST_DAYS < day <= month.end for day in there):
        return False
    now, then = (seen.volume(each.start, each.end) for each in (month, before))
    if max(now[1], then[1]) < LEAP_PATIENTS:
        return False
    shares = [(100 * a, b) for a, b in zip(now, then, strict=True)]
    return any(a < FALL * b or a > RISE * b for a, b in shares)
