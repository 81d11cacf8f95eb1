"""What is worth telling about lines that count: what an auditor would ask about. A note changes no
fact and no verdict.

Told are the audited month's entries only, and what concerns a whole file once per file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from rtmaudit.facts.groups import used_lines
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import Place
from rtmaudit.model import Disposition, Exclusion, Problem, ProblemKind
from rtmaudit.tables import (
    LATE_DAYS,
    LOOKED_AT,
    MOST_AT_ONCE,
    PLAUSIBLE_SECONDS,
    STAFF_DAY,
)
from rtmaudit.windows import ONE_DAY, Month

ENOUGH = 5
"""A log of so many entries tells how long a usual one lasts; where that is not plausible, minutes
were read for hours, or hours for minutes (M01, M03)."""


_ASKED = ["file", "line", "staff_id", "created_at", "day", "second", "most"]


def time_notes(
    log: pd.DataFrame,
    files: Sequence[str],
    columns: Collection[str],
    month: Month,
    zone: ZoneInfo | None,
    groups: pd.DataFrame | None,
) -> Iterator[Problem]:
    """What is worth telling about the time log, after its lines were sifted. Of groups there is
    nothing to tell, but they show what is usual."""
    used = rows_of(log.loc[log["disposition"] == Disposition.USED, _ASKED])
    first, last = month.start, month.end
    mine = [row for row in used if first <= row["day"] <= last]
    for row in mine if "created_at" in columns else ():
        yield from _late(row, _place(row, files))
    staffed = groups is not None and groups["staffed"].any()
    if staffed or any(row["staff_id"] is not None for row in used):
        for row in mine:
            if row["staff_id"] is None:
                yield _note(_place(row, files), "staff_id", ProblemKind.STAFF_MISSING)
    for row in used:
        if zone is not None and _crosses(row, month, zone):
            yield _note(_place(row, files), "started_at", ProblemKind.SPLIT_AT_MONTH_END)
    yield from _staff_days(log, files, month)
    column = "minutes" if "minutes" in columns else "seconds"
    if column in columns:
        yield from _durations(used, groups, files, column)


def _late(row: Any, place: Place) -> Iterator[Problem]:
    """An entry that was written late, told once, by the graver of the two."""
    if row["created_at"] is None:
        return
    written, day = row["created_at"].day, row["day"]
    if written > Month.of(day).end:
        yield _note(place, "created_at", ProblemKind.ENTRY_AFTER_CLOSE)
    elif (written - day).days > LATE_DAYS:
        yield _note(place, "created_at", ProblemKind.LATE_ENTRY)


def _crosses(row: Any, month: Month, zone: ZoneInfo) -> bool:
    """Whether an entry begins in one month and ends in another, and one of them is audited. None is
    longer than a day."""
    ends_a_month = (row["day"] + ONE_DAY).day == 1
    if row["second"] is None or not row["most"] or not ends_a_month:
        return False
    last = datetime.fromtimestamp(row["second"] + row["most"] - 1, zone).date()
    begins, ends = Month.of(row["day"]), Month.of(last)
    return begins != ends and month in (begins, ends)


def _staff_days(log: pd.DataFrame, files: Sequence[str], month: Month) -> Iterator[Problem]:
    """A day on which a person logged more than anybody works, whoever the patients are and whether
    their time counts or not. Told at the line that makes it too much."""
    there = log["disposition"].isin([Disposition.USED, Disposition.EXCLUDED])
    there &= (log["kind"] != Exclusion.DROPPED) & log["day"].notna() & log["staff_id"].notna()
    days: dict[tuple[str, date], list[tuple[int, Place, int]]] = defaultdict(list)
    start, end = month.start, month.end
    for row in rows_of(log.loc[there, _ASKED]):
        if start <= row["day"] <= end:
            entry = (row["second"] or 0, _place(row, files), row["most"] or 0)
            days[(row["staff_id"], row["day"])].append(entry)
    for entries in days.values():
        total = 0
        for _, place, seconds in sorted(entries):
            total += seconds
            if total > STAFF_DAY:
                first = min(entries)[1]
                yield _note(place, "staff_id", ProblemKind.STAFF_DAY_EXCESS, first)
                break


def _durations(
    used: Sequence[Any],
    groups: pd.DataFrame | None,
    files: Sequence[str],
    column: str,
) -> Iterator[Problem]:
    """Files whose middle entry is too short or too long to be one."""
    least, most = PLAUSIBLE_SECONDS
    entries, short, long = Counter[int](), Counter[int](), Counter[int]()
    for row in used:
        if row["most"]:
            entries[row["file"]] += 1
            short[row["file"]] += row["most"] < least
            long[row["file"]] += row["most"] > most
    by_file = groups.groupby("file") if groups is not None else ()
    for file, mine in ((int(str(file)), mine) for file, mine in by_file):
        entries[file] += used_lines(mine)
        short[file] += int(mine["short"].sum())
        long[file] += int(mine["long"].sum())
    for file, number in entries.items():
        middle = (number - 1) // 2
        if number >= ENOUGH and not short[file] <= middle < number - long[file]:
            yield _note((files[file], 0), column, ProblemKind.DURATION_UNIT)


def reading_notes(
    readings: pd.DataFrame, files: Sequence[str], columns: Collection[str]
) -> Iterator[Problem]:
    """What is worth telling about when the readings were taken, once per file."""
    used = readings[readings["disposition"] == Disposition.USED]
    if "received_at" in columns:
        yield from _late_syncs(used, files)
    else:
        yield from _stamped_at_once(used, files)


def _late_syncs(used: pd.DataFrame, files: Sequence[str]) -> Iterator[Problem]:
    """The reading that came in longest after it was taken; it counts on the day it was taken."""
    longest: dict[int, tuple[int, int]] = {}
    columns = (used[column] for column in ("received_at", "day", "file", "line"))
    for received, day, file, line in zip(*columns, strict=True):
        lag = 0 if received is None else (received.day - day).days
        if lag > LATE_DAYS:
            longest[file] = max(longest.get(file, (0, 0)), (lag, -int(line)))
    for file, (_, line) in sorted(longest.items()):
        yield _note((files[file], -line), "received_at", ProblemKind.LATE_SYNC)


def _stamped_at_once(used: pd.DataFrame, files: Sequence[str]) -> Iterator[Problem]:
    """Several readings of one device in one minute: their time may be that of an upload."""
    timed = used[used["second"].notna() & (used["line"] <= LOOKED_AT + 1)]
    timed = timed.assign(minute=timed["second"] // 60)
    at_once = timed.groupby(["file", "patient_id", "device_id", "minute"], dropna=False, sort=False)
    sizes = at_once["line"].transform("size")
    told: dict[int, list[int]] = {}
    for file, line in zip(*(timed[sizes > MOST_AT_ONCE][c] for c in ("file", "line")), strict=True):
        told.setdefault(file, []).append(int(line))
    for file, lines in sorted(told.items()):
        first, second = (files[file], lines[0]), (files[file], lines[1])
        yield _note(second, "recorded_at", ProblemKind.SAME_MINUTE, first)


def _place(row: Any, files: Sequence[str]) -> Place:
    return files[row["file"]], int(row["line"])


def _note(place: Place, column: str, kind: ProblemKind, other: Place | None = None) -> Problem:
    return Problem(*place, column, kind, "note", f"{other[0]}:{other[1]}" if other else "")
