"""What counts when: marks the lines that are out of scope, with the reason, and the time entries
that repeat or contradict each other. Works on the frames in place; nothing is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from rtmaudit.facts.roster import Roster
from rtmaudit.model import (
    LIVE_CONTACTS,
    PROGRAM_OF_SYSTEM,
    Disposition,
    Exclusion,
    Problem,
    ProblemKind,
    Program,
)
from rtmaudit.windows import Month

ENTRY = ("patient_id", "day", "second", "least", "program", "role", "contact", "staff_id")


@dataclass(frozen=True, slots=True)
class Scope:
    """The days that could count and what is known of the patients."""

    month: Month
    as_of: date
    roster: Roster

    def exclusion(self, patient: str, program: Program | None, day: date) -> Exclusion | None:
        """Why a line of that day is out of scope, or None."""
        if not self.month.span_start <= day <= self.month.end:
            return Exclusion.OTHER_MONTH
        if day > self.as_of:
            return Exclusion.AFTER_AS_OF
        if not self.roster.knows(patient):
            return Exclusion.NOT_ON_ROSTER
        if program is None:
            return None
        line = self.roster.enrolment(patient, program)
        consent = line.day("consent_on")
        if consent is not None and day < consent:
            return Exclusion.BEFORE_CONSENT
        end = line.episode.end
        return Exclusion.AFTER_END if end is not None and day > end else None


def sift_readings(frame: pd.DataFrame, scope: Scope) -> None:
    """Readings count for the program of their system."""
    _sift(frame, scope, lambda row: PROGRAM_OF_SYSTEM.get(row["system"]))


def sift_time_log(frame: pd.DataFrame, scope: Scope) -> None:
    """Time counts for its own program."""
    _sift(frame, scope, lambda row: row["program"])


def sift_calls(frame: pd.DataFrame, scope: Scope, has_contact: bool) -> None:
    """Calls count for their program, if live; an empty cell says that it was none."""
    _sift(frame, scope, lambda row: row["program"])
    for i, row in _used(frame):
        if has_contact and row["contact"] not in LIVE_CONTACTS:
            _exclude(frame, i, Exclusion.NOT_LIVE)


def sift_visits(frame: pd.DataFrame, scope: Scope) -> None:
    """Visits matter on their day, whoever consented to what."""
    _sift(frame, scope, lambda _: None)


def mark_repeats(frame: pd.DataFrame, files: list[str]) -> list[Problem]:
    """Duplicates of time entries, edited entries and identical lines, each with its problem.

    The same entry again is a duplicate, the first kept. The same entry_id with other content leaves
    one entry, between its least and its most; if not even patient, day and program agree, none can
    be trusted. Identical lines without an entry_id: the first counts, the others only in `high`,
    unless they come from another file, which is a re-export.
    """
    problems: list[Problem] = []
    by_id: dict[Any, tuple[Any, tuple[Any, ...]]] = {}
    by_content: dict[tuple[Any, ...], list[tuple[Any, int]]] = {}
    for i, row in list(_used(frame)):
        content = tuple(row[column] for column in ENTRY)
        entry = row["entry_id"]
        if entry is not None:
            first, known = by_id.setdefault(entry, (i, content))
            if first != i:
                problems += _again(frame, files, first, i, known == content)
        else:
            problems += _alike(frame, files, by_content.setdefault(content, []), i, row["file"])
    return problems


def _again(
    frame: pd.DataFrame, files: list[str], first: Any, i: Any, same: bool
) -> Iterator[Problem]:
    if same:
        frame.at[i, "disposition"] = Disposition.DUPLICATE
        return
    one, other = _row(frame, first), _row(frame, i)
    if all(one[column] == other[column] for column in ("patient_id", "day", "program")):
        most = None if None in (one["most"], other["most"]) else max(one["most"], other["most"])
        contact = other["contact"] if one["contact"] in LIVE_CONTACTS else one["contact"]
        frame.at[first, "least"] = min(one["least"], other["least"])
        frame.at[first, "most"], frame.at[first, "contact"] = most, contact
        frame.at[first, "kind"] = ProblemKind.EDITED_ENTRY
        frame.at[i, "least"], frame.at[i, "most"] = 0, 0
        frame.at[i, "contact"] = one["contact"] if contact == other["contact"] else other["contact"]
        untrusted = [i]
    else:
        untrusted = [first, i]
    for each in untrusted:
        frame.at[each, "disposition"] = Disposition.QUARANTINED
        frame.at[each, "kind"], frame.at[each, "column"] = ProblemKind.EDITED_ENTRY, "entry_id"
    yield _disputed(frame, files, first, ProblemKind.EDITED_ENTRY, "entry_id", i)


def _alike(
    frame: pd.DataFrame, files: list[str], seen: list[tuple[Any, int]], i: Any, file: int
) -> Iterator[Problem]:
    elsewhere = [index for index, where in seen if where != file]
    mine = [index for index, where in seen if where == file]
    if len(mine) < len(elsewhere):
        frame.at[i, "disposition"] = Disposition.DUPLICATE
    elif mine:
        frame.at[i, "least"] = 0
        frame.at[i, "kind"] = ProblemKind.IDENTICAL_LINES
        yield _disputed(frame, files, i, ProblemKind.IDENTICAL_LINES, "started_at", mine[0])
    seen.append((i, file))


def _disputed(
    frame: pd.DataFrame, files: list[str], i: Any, kind: ProblemKind, column: str, other: Any
) -> Problem:
    here, there = _row(frame, i), _row(frame, other)
    where = f"{files[there['file']]}:{there['line']}"
    return Problem(files[here["file"]], int(here["line"]), column, kind, "disputed", where)


def _row(frame: pd.DataFrame, i: Any) -> Any:
    return frame.loc[i].to_dict()


def _sift(frame: pd.DataFrame, scope: Scope, program: Callable[[Any], Program | None]) -> None:
    for i, row in _used(frame):
        if row["day"] is None:
            reason = None if scope.roster.knows(row["patient_id"]) else Exclusion.NOT_ON_ROSTER
        else:
            reason = scope.exclusion(row["patient_id"], program(row), row["day"])
        if reason is not None:
            _exclude(frame, i, reason)


def _used(frame: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    used = frame[frame["disposition"] == Disposition.USED]
    yield from zip(used.index, used.to_dict("records"), strict=True)


def _exclude(frame: pd.DataFrame, i: Any, reason: Exclusion) -> None:
    frame.at[i, "disposition"], frame.at[i, "kind"] = Disposition.EXCLUDED, reason
