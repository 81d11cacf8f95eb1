"""What counts when: marks the lines that are out of scope, with the reason, and the time entries
that repeat or contradict each other. Works on the frames in place; nothing is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from rtmaudit.facts.roster import Roster
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import RULING, contradicts, is_kept, ruling_of
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
class _Seen:
    """A line without an entry_id that went before, and whether a person dropped it."""

    row: Any
    file: int
    dropped: bool


@dataclass(frozen=True)
class Scope:
    """The days that could count and what is known of the patients."""

    month: Month
    as_of: date
    roster: Roster

    @cached_property
    def first(self) -> date:
        """The first day that could count."""
        return self.month.span_start

    @cached_property
    def last(self) -> date:
        """The last of them."""
        return self.month.end

    def exclusion(self, patient: str, program: Program | None, day: date) -> Exclusion | None:
        """Why a line of that day is out of scope, or None."""
        if not self.first <= day <= self.last:
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


def forget_midnights(
    frame: pd.DataFrame,
    whole: pd.DataFrame,
    files: Sequence[str],
    column: str,
    zone: ZoneInfo | None,
) -> Iterator[Problem]:
    """Takes the times of a file for the bare days that they are, where all of them are midnight: a
    spreadsheet wrote them so, and read as times they would make everybody work at once. `whole` are
    the lines of those files of which every line is in the frame."""
    timed = whole[whole["second"].notna()]
    for file, seconds in timed.groupby("file")["second"]:
        days = (datetime.fromtimestamp(second, zone) for second in seconds)
        if len(seconds) > 1 and all((at.hour, at.minute, at.second) == (0, 0, 0) for at in days):
            frame.loc[seconds.index, "second"] = None
            yield Problem(files[int(str(file))], 0, column, ProblemKind.NO_TIME_OF_DAY, "note")


def sift_readings(frame: pd.DataFrame, scope: Scope) -> None:
    """Readings count for the program of their system."""
    _sift(frame, scope, [PROGRAM_OF_SYSTEM.get(each) for each in frame["system"].tolist()])


def sift_time_log(frame: pd.DataFrame, scope: Scope) -> None:
    """Time counts for its own program."""
    _sift(frame, scope, frame["program"].tolist())


def sift_calls(frame: pd.DataFrame, scope: Scope, has_contact: bool) -> None:
    """Calls count for their program, if live; an empty cell says that it was none, and so does a
    length of nothing."""
    _sift(frame, scope, frame["program"].tolist())
    for i, row in _used(frame):
        of_no_length = row["most"] == 0 and ruling_of(row) is None
        if of_no_length or (has_contact and row["contact"] not in LIVE_CONTACTS):
            _exclude(frame, i, Exclusion.NOT_LIVE)


def sift_visits(frame: pd.DataFrame, scope: Scope) -> None:
    """Visits matter on their day, whoever consented to what."""
    _sift(frame, scope, [None] * len(frame))


def mark_repeats(frame: pd.DataFrame, files: list[str]) -> list[Problem]:
    """Duplicates of time entries, edited entries and identical lines, each with its problem.

    The same entry again is a duplicate, the first kept. The same entry_id with other content leaves
    one entry, between its least and its most; if not even patient, day and program agree, none can
    be trusted. Identical lines without an entry_id: the first counts, the others only in `high`,
    unless they come from another file, which is a re-export. What a person keeps stands.
    """
    _choose_versions(frame)
    problems: list[Problem] = []
    by_id: dict[Any, tuple[Any, tuple[Any, ...]]] = {}
    by_content: dict[tuple[Any, ...], list[_Seen]] = {}
    dropped: set[tuple[Any, tuple[Any, ...]]] = set()
    for i, row in _repeated(frame):
        content, entry = _content(row), row["entry_id"]
        if entry is None:
            problems += _alike(frame, files, by_content.setdefault(content, []), i, row)
        elif row["disposition"] is not Disposition.USED:
            dropped.add((entry, content))
        elif (entry, content) in dropped:
            frame.at[i, "disposition"] = Disposition.DUPLICATE
        else:
            first, known = by_id.setdefault(entry, (i, content))
            if first != i:
                problems += _again(frame, files, first, i, known == content)
    return problems


def _repeated(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    """The standing lines that share their entry_id, or without one their content, with another."""
    there = (frame["disposition"] == Disposition.USED) | (frame["kind"] == Exclusion.DROPPED)
    standing = frame[there]
    contents = zip(*(standing[column].tolist() for column in ENTRY), strict=True)
    keys = [
        content if entry is None else (entry,)
        for entry, content in zip(standing["entry_id"].tolist(), contents, strict=True)
    ]
    often = Counter(keys)
    several = standing[[often[key] > 1 for key in keys]]
    return list(zip(several.index, rows_of(several), strict=True))


def _choose_versions(frame: pd.DataFrame) -> None:
    """Of an entry with several contents, the one that a person keeps; the others are dropped."""
    if RULING not in frame:
        return
    kept: dict[Any, Any] = {}
    for _, row in _used(frame):
        if is_kept(row) and row["entry_id"] is not None:
            first = kept.setdefault(row["entry_id"], row)
            one, other = ruling_of(first), ruling_of(row)
            if one and other and _content(first) != _content(row):
                raise contradicts(one, other, "one entry has one content; keep only one")
    for i, row in _used(frame):
        chosen = kept.get(row["entry_id"])
        if chosen is not None and _content(chosen) != _content(row):
            _exclude(frame, i, Exclusion.DROPPED)


def _content(row: Any) -> tuple[Any, ...]:
    return tuple(row[column] for column in ENTRY)


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
        frame.at[first, "kind"], frame.at[first, "column"] = ProblemKind.EDITED_ENTRY, ""
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
    frame: pd.DataFrame, files: list[str], seen: list[_Seen], i: Any, row: Any
) -> Iterator[Problem]:
    here, dropped = row["file"], row["disposition"] is not Disposition.USED
    mine = [one for one in seen if one.file == here]
    standing = [one for one in mine if not one.dropped]
    if not dropped and len(mine) < len(seen) - len(mine):
        frame.at[i, "disposition"] = Disposition.DUPLICATE
    elif not dropped and standing and not is_kept(row):
        frame.at[i, "least"] = 0
        frame.at[i, "kind"], frame.at[i, "column"] = ProblemKind.IDENTICAL_LINES, ""
        kind = ProblemKind.IDENTICAL_LINES
        yield _disputed(frame, files, i, kind, "started_at", standing[0].row)
    seen.append(_Seen(i, here, dropped))


def _disputed(
    frame: pd.DataFrame, files: list[str], i: Any, kind: ProblemKind, column: str, other: Any
) -> Problem:
    here, there = _row(frame, i), _row(frame, other)
    where = f"{files[there['file']]}:{there['line']}"
    return Problem(files[here["file"]], int(here["line"]), column, kind, "disputed", where)


def _row(frame: pd.DataFrame, i: Any) -> Any:
    return frame.loc[i].to_dict()


def _sift(frame: pd.DataFrame, scope: Scope, programs: Sequence[Program | None]) -> None:
    dispositions, kinds = frame["disposition"].tolist(), frame["kind"].tolist()
    patients, days = frame["patient_id"].tolist(), frame["day"].tolist()
    for n, (patient, day) in enumerate(zip(patients, days, strict=True)):
        if dispositions[n] is not Disposition.USED:
            continue
        if day is None:
            reason = None if scope.roster.knows(patient) else Exclusion.NOT_ON_ROSTER
        else:
            reason = scope.exclusion(patient, programs[n], day)
        if reason is not None:
            dispositions[n], kinds[n] = Disposition.EXCLUDED, reason
    for name, column in (("disposition", dispositions), ("kind", kinds)):
        frame[name] = pd.Series(column, index=frame.index, dtype=object)


def _used(frame: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    used = frame[frame["disposition"] == Disposition.USED]
    yield from zip(used.index, rows_of(used), strict=True)


def _exclude(frame: pd.DataFrame, i: Any, reason: Exclusion) -> None:
    frame.at[i, "disposition"], frame.at[i, "kind"] = Disposition.EXCLUDED, reason
