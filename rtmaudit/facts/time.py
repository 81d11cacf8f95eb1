"""Time log and calls -> entries per patient, with what is in doubt about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from rtmaudit.facts.days import ELSEWHERE
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import RULING, Place, Ruling, ruling_of
from rtmaudit.facts.spans import Visit
from rtmaudit.model import (
    LIVE_CONTACTS,
    Cause,
    Contact,
    Disposition,
    Problem,
    ProblemKind,
    Program,
    Role,
)
from rtmaudit.tables import LogGroup
from rtmaudit.windows import Month


@dataclass(slots=True)
class Entry:
    """One stretch of time. `least` is beyond doubt, `most` is None where no bound is known.
    `disputed` are the seconds that may be another entry's, `lost` those that are. Several stretches
    of one month that were added up are one entry `until` the day of the last."""

    patient: str
    place: Place
    program: Program | None
    role: Role | None
    contact: Contact | None
    staff: str | None
    day: date | None
    second: int | None
    least: int
    most: int | None
    trusted: bool = True
    cause: Cause | None = None
    disputed: tuple[tuple[int, int], ...] = ()
    lost: tuple[tuple[int, int], ...] = ()
    ruling: Ruling | None = None
    until: date | None = None


class Call(NamedTuple):
    """One live contact. `doubt` says why it may not be one, or not of this program."""

    program: Program | None
    day: date | None
    second: int | None
    place: Place
    doubt: Cause | None = None


@dataclass(slots=True)
class TimeTables:
    """Everything about time, per patient: line by line, and in groups of lines whose time is beyond
    doubt, by their file. `logged` are the patients of whom time was logged in the judged days, by
    program. `has_*` tell which exports were there."""

    lines: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[Place, dict[str, list[LogGroup]]] = field(default_factory=dict)
    calls: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    visits: Mapping[str, Sequence[Visit]] = field(default_factory=dict)
    logged: dict[Program, set[str]] = field(default_factory=lambda: defaultdict(set))
    has_log: bool = False
    has_contact: bool = False
    has_calls: bool = False

    def entries(self, patient: str) -> list[Entry]:
        """All stretches of time of a patient."""
        found = list(self.lines.get(patient, ()))
        for place, groups in self.groups.items():
            found += [_of_group(place, each) for each in groups.get(patient, ())]
        return found


_CAUSES = {
    ProblemKind.IDENTICAL_LINES: Cause.IDENTICAL_LINES,
    ProblemKind.EDITED_ENTRY: Cause.EDITED_ENTRY,
    ProblemKind.REPEATED_HOUR: Cause.REPEATED_HOUR,
}


_ASKED = ("patient_id", "file", "line", "disposition", "kind", "program", "role", "contact") + (
    "staff_id",
    "day",
    "second",
    "least",
    "most",
    RULING,
)


def read_entries(
    frame: pd.DataFrame, files: Sequence[str], default_role: Role | None
) -> dict[str, list[Entry]]:
    """Used and quarantined lines of the time log, per patient."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    counted = frame["disposition"].isin([Disposition.USED, Disposition.QUARANTINED])
    asked = [column for column in _ASKED if column in frame]
    for row in rows_of(frame.loc[counted & frame["patient_id"].notna(), asked]):
        entries[row["patient_id"]].append(_entry(row, files, default_role))
    return entries


def add_log_groups(
    tables: TimeTables, groups: Sequence[LogGroup], file: str, default_role: Role | None
) -> None:
    """Count groups in: all of their time is beyond doubt."""
    place, calls = (file, 0), tables.calls
    mine = tables.groups.setdefault(place, {})
    for group in groups:
        if group.lines > group.elsewhere:
            tables.logged[group.program].add(group.patient)
        if times := group.times:
            patient, program, role, contact = group[:4]
            own = group if role or not default_role else group._replace(role=default_role)
            mine.setdefault(patient, []).append(own)
            if contact in LIVE_CONTACTS:
                calls[patient] += [Call(program, group.since, None, place)] * times


def _of_group(place: Place, group: LogGroup) -> Entry:
    patient, program, role, contact = group[:4]
    seconds, day = group.seconds, group.since
    entry = Entry(patient, place, program, role, contact, None, day, None, seconds, seconds)
    entry.until = group.until
    return entry


def programs_logged(frame: pd.DataFrame) -> dict[Program, set[str]]:
    """The patients for whom time was logged in the judged days, countable or not, by program."""
    found: dict[Program, set[str]] = defaultdict(set)
    for patient, program, kind in zip(
        frame["patient_id"], frame["program"], frame["kind"], strict=True
    ):
        if patient is not None and program is not None and kind not in ELSEWHERE:
            found[program].add(patient)
    return found


def _entry(row: Mapping[Any, Any], files: Sequence[str], default_role: Role | None) -> Entry:
    trusted = row["disposition"] is Disposition.USED
    rounded = Cause.ROUNDED if row["least"] != row["most"] else None
    cause = _CAUSES.get(row["kind"], rounded if trusted else Cause.LINE_NOT_READABLE)
    return Entry(
        row["patient_id"],
        (files[row["file"]], int(row["line"])),
        row["program"],
        row["role"] or default_role,
        row["contact"],
        row["staff_id"],
        row["day"],
        row["second"],
        row["least"] if trusted else 0,
        row["most"],
        trusted,
        cause,
        ruling=ruling_of(row),
    )


def assign_programs(calls: pd.DataFrame, tables: TimeTables, month: Month) -> None:
    """A call without a program serves the only one in which the patient has minutes that month."""
    for i, row in zip(calls.index, rows_of(calls), strict=True):
        if row["program"] is None and row["patient_id"] is not None:
            its = Month.of(row["day"]) if row["day"] else month
            serves = {
                entry.program
                for entry in tables.entries(row["patient_id"])
                if entry.trusted and entry.day and Month.of(entry.day) == its
            }
            calls.at[i, "program"] = serves.pop() if len(serves) == 1 else None


def logged_calls(
    entries: Mapping[str, list[Entry]], has_contact: bool
) -> tuple[dict[str, list[Call]], list[Problem]]:
    """Live contacts per patient from the time log. A line in doubt that does not say how the
    patient was reached may be one, if the log says it at all."""
    found: dict[str, list[Call]] = defaultdict(list)
    problems: list[Problem] = []
    for patient, mine in entries.items():
        for entry in mine:
            unread = has_contact and not entry.trusted and entry.contact is None
            if entry.contact in LIVE_CONTACTS or unread:
                call = Call(entry.program, entry.day, entry.second, entry.place, _contact(entry))
                found[patient].append(call)
                if call.doubt is Cause.CALL_LENGTH:
                    kind = ProblemKind.CALL_LENGTH
                    problems.append(Problem(*entry.place, "seconds", kind, "disputed"))
    return found, problems


_OF_LENGTH = (Cause.EDITED_ENTRY, Cause.ROUNDED, Cause.REPEATED_HOUR)
"""Doubts that are about how long an entry was, and not about whether anybody spoke."""


def _contact(entry: Entry) -> Cause | None:
    """Why the contact of an entry may be none. One of no length took no time to speak (M20)."""
    if entry.ruling is not None and (entry.ruling.kept or entry.ruling.live):
        return None
    if entry.trusted and entry.most == 0:
        return Cause.CALL_LENGTH
    return None if entry.cause in _OF_LENGTH and entry.trusted else entry.cause


def add_calls(
    found: dict[str, list[Call]], calls: pd.DataFrame, files: Sequence[str], has_contact: bool
) -> list[Problem]:
    """The calls of their own export, without those that the log holds too."""
    problems: list[Problem] = []
    for row in rows_of(calls):
        counted = row["disposition"] in (Disposition.USED, Disposition.QUARANTINED)
        if not counted or row["patient_id"] is None:
            continue
        mine, second = found[row["patient_id"]], row["second"]
        if second is not None and any(call.second == second for call in mine):
            continue
        place, doubt = (files[row["file"]], int(row["line"])), _doubt(row, has_contact)
        if doubt is Cause.PROGRAM_OF_CALL:
            problems.append(Problem(*place, "program", ProblemKind.PROGRAM_OF_CALL, "disputed"))
        mine.append(Call(row["program"], row["day"], second, place, doubt))
    return problems


def _doubt(row: Mapping[Any, Any], has_contact: bool) -> Cause | None:
    if row["disposition"] is not Disposition.USED:
        return Cause.LINE_NOT_READABLE
    if row["program"] is None:
        return Cause.PROGRAM_OF_CALL
    known = has_contact or row["contact"] in LIVE_CONTACTS
    return None if known else Cause.NO_CONTACT_COLUMN


def union_length(pieces: Iterable[tuple[int, int]]) -> int:
    """Seconds covered by any of the pieces."""
    total, reached = 0, None
    for start, end in sorted(pieces):
        begin = start if reached is None else max(start, reached)
        total += max(0, end - begin)
        reached = end if reached is None else max(reached, end)
    return total
