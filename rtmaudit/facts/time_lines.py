"""Lines of the time log and of calls -> entries and calls per patient, with what is in doubt about
each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from rtmaudit.facts.days import ELSEWHERE
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import RULING, ruling_of
from rtmaudit.facts.time import Call, Entry, TimeTables
from rtmaudit.model import (
    LIVE_CONTACTS,
    Cause,
    Disposition,
    Problem,
    ProblemKind,
    Program,
    Role,
)
from rtmaudit.windows import Month

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
