"""Summary exports: a line a patient and month that tells counts without the lines behind them.

A count of days tells how many and not which. So in a window it is an interval: of `n` days in a
stretch at least those that do not fit outside the window lie in it, and at most those that fit
inside. Minutes and contacts are those of the whole stretch, or in doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from rtmaudit.facts.roster import Roster
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import Place
from rtmaudit.facts.time import Call, Entry
from rtmaudit.model import (
    PROGRAM_OF_SYSTEM,
    Cause,
    Disposition,
    Exclusion,
    ProblemKind,
    Program,
    Role,
    System,
)
from rtmaudit.windows import Month, length

MOST_CONTACTS = 1_000
"""Nobody was reached so often in one month: what stands there is another number."""

MINUTES_OF = {f"minutes_{program}": program for program in Program}
"""Columns of exports that tell the minutes of several programs beside each other."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The days of one patient and system in a stretch; None where the count cannot be read."""

    system: System | None
    start: date
    end: date
    days: int | None
    place: Place

    def within(self, start: date, end: date) -> tuple[int, int]:
        """The fewest and the most of its days that can lie in a stretch."""
        room = length(max(start, self.start), min(end, self.end))
        if self.days is None:
            return 0, room
        outside = length(self.start, self.end) - room
        return max(0, self.days - outside), min(self.days, room)


@dataclass(slots=True)
class Summaries:
    """What summary exports tell, per patient."""

    days: Mapping[str, Sequence[Summary]]

    def of(self, patient: str, systems: Sequence[System]) -> list[Summary]:
        """The counts of days of any of the systems."""
        return [each for each in self.days.get(patient, ()) if each.system in (*systems, None)]


def sift_summaries(frame: pd.DataFrame, roster: Roster, month: Month) -> None:
    """Mark the lines of other months and of strangers; one that does not say when may be about any
    of the judged days, and cannot be trusted. Works on the frame in place."""
    for i, row in zip(frame.index, rows_of(frame), strict=True):
        if (row["live_contacts"] or 0) > MOST_CONTACTS:
            frame.at[i, "live_contacts"], frame.at[i, "disposition"] = None, Disposition.QUARANTINED
            frame.at[i, "kind"] = ProblemKind.UNREADABLE_NUMBER
            frame.at[i, "column"] = "live_contacts"
        if not _dated(row):
            frame.at[i, "from"], frame.at[i, "to"] = month.span_start, month.end
            if row["disposition"] is Disposition.USED:
                frame.at[i, "disposition"] = Disposition.QUARANTINED
                frame.at[i, "kind"], frame.at[i, "column"] = ProblemKind.EMPTY_CELL, "month"
        elif row["disposition"] is Disposition.USED and (reason := _exclusion(row, roster, month)):
            frame.at[i, "disposition"], frame.at[i, "kind"] = Disposition.EXCLUDED, reason


def _dated(row: Mapping[Any, Any]) -> bool:
    return row["month"] is not None or (row["from"] is not None and row["to"] is not None)


def _exclusion(row: Mapping[Any, Any], roster: Roster, month: Month) -> Exclusion | None:
    start, end = stretch(row)
    if end < month.span_start or start > month.end:
        return Exclusion.OTHER_MONTH
    return None if roster.knows(row["patient_id"]) else Exclusion.NOT_ON_ROSTER


def stretch(row: Mapping[Any, Any]) -> tuple[date, date]:
    """The days that a line of a summary is about."""
    if row["from"] is not None and row["to"] is not None:
        return row["from"], row["to"]
    return row["month"].start, row["month"].end


def read_days(frame: pd.DataFrame, files: Sequence[str]) -> Mapping[str, Sequence[Summary]]:
    """Counts of days, per patient; a line that cannot be trusted tells none, and a zero on the
    line of another program is about no device."""
    found: dict[str, list[Summary]] = defaultdict(list)
    for row, place, (start, end) in _rows(frame, files):
        if row["reading_days"] == 0 and _of_another(row):
            continue
        trusted = row["disposition"] is Disposition.USED
        if row["reading_days"] is not None or not trusted:
            days = row["reading_days"] if trusted else None
            found[row["patient_id"]].append(Summary(row["system"], start, end, days, place))
    return found


def _of_another(row: Mapping[Any, Any]) -> bool:
    program, system = row["program"], row["system"]
    return program is not None and PROGRAM_OF_SYSTEM.get(system, program) is not program


def read_minutes(
    frame: pd.DataFrame, files: Sequence[str], default_role: Role | None
) -> Iterator[Entry]:
    """An entry for each program's minutes of a line, on the last day of its stretch; beyond doubt
    only where that lies in one month and is the first to tell of it."""
    told = set[tuple[str, Program | None, Month]]()
    for row, place, (start, end) in _rows(frame, files):
        trusted = row["disposition"] is Disposition.USED
        for program, least, most in _told(row):
            key = (row["patient_id"], program, Month.of(end))
            whole = trusted and Month.of(start) == Month.of(end) and key not in told
            told.add(key)
            yield Entry(
                row["patient_id"],
                place,
                program,
                row["role"] or default_role,
                None,
                None,
                end,
                None,
                least if whole else 0,
                most if trusted else None,
                trusted,
                None if whole else Cause.SUMMARY_ONLY if trusted else Cause.LINE_NOT_READABLE,
            )


def _told(row: Mapping[Any, Any]) -> Iterator[tuple[Program | None, int, int | None]]:
    if row["seconds"] is not None or row["minutes"] is not None:
        yield row["program"], row["least"], row["most"]
    for column, program in MINUTES_OF.items():
        if row[column] is not None:
            yield program, row[column], row[column]


def read_contacts(
    frame: pd.DataFrame, files: Sequence[str], month: Month
) -> Iterator[tuple[str, Call]]:
    """Live contacts of the audited month, without their days."""
    for row, place, (start, end) in _rows(frame, files):
        inside = month.start <= start and end <= month.end
        doubt = None if inside and row["program"] is not None else Cause.SUMMARY_ONLY
        contacts = row["live_contacts"] or 0
        if row["disposition"] is Disposition.QUARANTINED:
            doubt = Cause.LINE_NOT_READABLE
            contacts = contacts or int(row["column"] == "live_contacts")
        for _ in range(contacts):
            yield row["patient_id"], Call(row["program"], None, None, place, doubt)


def systems_told(found: Mapping[str, Iterable[Summary]]) -> Iterator[tuple[str, System]]:
    """Which patients are watched by which system."""
    for patient, mine in found.items():
        yield from ((patient, each.system) for each in mine if each.system is not None)


def _rows(
    frame: pd.DataFrame, files: Sequence[str]
) -> Iterator[tuple[dict[Any, Any], Place, tuple[date, date]]]:
    counted = (Disposition.USED, Disposition.QUARANTINED)
    for row in rows_of(frame):
        if row["disposition"] in counted and row["patient_id"] is not None:
            yield row, (files[row["file"]], int(row["line"])), stretch(row)
