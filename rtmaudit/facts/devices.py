"""Whose device it was: readings that came from a device while another patient had it.

devices.csv says who has a device from when to when; without a day at an end, always. A reading of a
device that stands there counts for a patient who has it on that day; of any other patient it is
quarantined. Two patients who have a device on the same days share it, and both count.

Of a device that devices.csv does not name, the readings themselves tell who used it, from a
patient's first reading to the last. Where two such stretches follow each other the device was
handed over: that is told, and nothing else. Where they cross, somebody's readings may be the
other's, and nothing in the export says whose: the days in which they cross count for both in `high`
only, unless something else than that device saw the patient on that day.

A household that shares a cuff looks like that too. It is not stopped needlessly: only the days in
which both use it are in doubt, and of these only the ones that rest on it alone; no file is refused
and no other patient is touched; a code is held back only if it hangs on such days; and two lines of
devices.csv, without any date, say once and for good that they share it. To take the pattern itself
(both on many days) for a household would be kinder still and not as safe: a portal that credits
some of a new patient's readings to the one before looks the same.

An id that is not on the roster contends with nobody: it is told as such, and it is more often the
same patient's, with its zeros lost, than another's. Once it is corrected, the uses cross or do not.

What crosses among five patients or more is no single device but its model, or a word for none; it
says nothing of who used what, so it is told once and nothing is doubted for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, pairwise
from typing import Any

import pandas as pd

from rtmaudit.facts.days import ELSEWHERE
from rtmaudit.facts.ruling import RULING, Place
from rtmaudit.facts.spans import Holder
from rtmaudit.model import Disposition, Problem, ProblemKind, System

NO_DEVICE = frozenset({"-", "--", "n/a", "na", "none", "null", "unknown", "manual"})
"""Words that stand in a device's column where there was none."""

MANY = 5
"""Patients among whom one device does not go to and fro."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading as far as devices go; `row` is its place in the frame."""

    day: date
    place: Place
    patient: str
    system: System | None
    row: Any


@dataclass(slots=True)
class Use:
    """One patient's readings of one device in the judged days, the earliest first."""

    readings: list[Reading] = field(default_factory=list)

    @property
    def first(self) -> Reading:
        """The first reading."""
        return self.readings[0]

    @property
    def last(self) -> Reading:
        """The last reading."""
        return self.readings[-1]

    def crosses(self, other: Use) -> bool:
        """Whether neither was done with the device before the other began. On one day it may
        change hands."""
        return self.first.day < other.last.day and other.first.day < self.last.day

    def near(self, day: date) -> Reading:
        """The reading nearest to a day."""
        after = bisect_left(self.readings, day, key=lambda each: each.day)
        around = self.readings[max(0, after - 1) : after + 1]
        return min(around, key=lambda each: abs(each.day - day))


def check_devices(
    frame: pd.DataFrame, files: Sequence[str], held: Mapping[str, Sequence[Holder]]
) -> list[Problem]:
    """Quarantines the readings of a device that another patient had, and marks those that may be
    another's. Works on the frame of readings in place."""
    told = frame[frame["device_id"].notna() & frame["patient_id"].notna() & frame["day"].notna()]
    told = told[~told["device_id"].str.lower().isin(NO_DEVICE) & ~told["kind"].isin(ELSEWHERE)]
    told = told[told["disposition"].isin([Disposition.USED, Disposition.EXCLUDED])]
    named = told["device_id"].isin(held.keys())
    for each, device in _readings(told[named], files):
        if _counts(frame, each.row) and not _holds(held[device], each):
            frame.at[each.row, "disposition"] = Disposition.QUARANTINED
            frame.at[each.row, "kind"] = ProblemKind.DEVICE_NOT_ASSIGNED
            frame.at[each.row, "column"] = "device_id"
    return [*_unnamed(frame, told[~named], files), *_several(frame.loc[told.index], files)]


def _holds(held: Sequence[Holder], reading: Reading) -> bool:
    return any(h.patient == reading.patient and h.holds(reading.day) for h in held)


def _readings(told: pd.DataFrame, files: Sequence[str]) -> list[tuple[Reading, str]]:
    """The readings and their devices, the earliest first."""
    columns = ("day", "file", "line", "patient_id", "system", "device_id")
    found = [
        (Reading(day, (files[file], int(line)), patient, system, row), device)
        for row, (day, file, line, patient, system, device) in zip(
            told.index, zip(*(told[c] for c in columns), strict=True), strict=True
        )
    ]
    return sorted(found, key=lambda each: (each[0].day, each[0].place))


def _counts(frame: pd.DataFrame, row: Any) -> bool:
    """Whether a reading is used, and no person has settled it."""
    settled = RULING in frame and frame.at[row, RULING] is not None
    return frame.at[row, "disposition"] is Disposition.USED and not settled


def _unnamed(frame: pd.DataFrame, told: pd.DataFrame, files: Sequence[str]) -> list[Problem]:
    """What the uses of devices that devices.csv does not name say of each other."""
    patients = told.groupby("device_id")["patient_id"].nunique()
    told = told[told["device_id"].isin(patients[patients > 1].index)]
    uses: dict[str, dict[str, Use]] = defaultdict(dict)
    for each, device in _readings(told, files):
        uses[device].setdefault(each.patient, Use()).readings.append(each)
    problems: list[Problem] = []
    contended: list[tuple[Reading, Reading]] = []
    for mine in uses.values():
        crossing = [pair for pair in combinations(mine.values(), 2) if pair[0].crosses(pair[1])]
        if len({use.first.patient for pair in crossing for use in pair}) >= MANY:
            first, other = (use.first for use in crossing[0])
            problems.append(_problem(other, ProblemKind.DEVICE_OF_MANY, "note", first))
        else:
            problems += _handed_over(list(mine.values()))
            contended += [each for pair in crossing for each in _contended(*pair)]
    return problems + list(_doubt(frame, contended))


def _handed_over(uses: Sequence[Use]) -> Iterator[Problem]:
    for one, other in pairwise(uses):
        if not one.crosses(other):
            yield _problem(other.first, ProblemKind.DEVICE_HANDED_OVER, "note", one.last)


def _contended(one: Use, other: Use) -> Iterator[tuple[Reading, Reading]]:
    """The readings of the days in which two uses cross, each with one of the other patient."""
    start, end = max(one.first.day, other.first.day), min(one.last.day, other.last.day)
    for mine, theirs in ((one, other), (other, one)):
        for each in mine.readings:
            if start <= each.day <= end:
                yield each, theirs.near(each.day)


def _doubt(frame: pd.DataFrame, contended: Sequence[tuple[Reading, Reading]]) -> Iterator[Problem]:
    """Marks the readings that may be another's. Told is each day that rests on them alone."""
    mine = [pair for pair in contended if _counts(frame, pair[0].row)]
    for each, _ in mine:
        frame.at[each.row, "kind"], frame.at[each.row, "column"] = ProblemKind.DEVICE_SHARED, ""
    sure = frame[frame["disposition"] == Disposition.USED]
    sure = sure[sure["kind"] != ProblemKind.DEVICE_SHARED]
    told = set(zip(sure["patient_id"], sure["system"], sure["day"], strict=True)) if mine else set()
    for each, other in mine:
        key = (each.patient, each.system, each.day)
        if key not in told:
            told.add(key)
            yield _problem(each, ProblemKind.DEVICE_SHARED, "disputed", other)


def _several(told: pd.DataFrame, files: Sequence[str]) -> Iterator[Problem]:
    """A patient whom two devices saw on one day, which counts once. Told once per patient."""
    used = told[told["disposition"] == Disposition.USED]
    devices = used.groupby("patient_id")["device_id"].nunique()
    used = used[used["patient_id"].isin(devices[devices > 1].index)]
    first: dict[tuple[str, System | None, date], tuple[str, Reading]] = {}
    patients: set[str] = set()
    for each, device in _readings(used, files):
        other, there = first.setdefault((each.patient, each.system, each.day), (device, each))
        if other != device and each.patient not in patients:
            patients.add(each.patient)
            yield _problem(each, ProblemKind.SEVERAL_DEVICES, "note", there)


def _problem(reading: Reading, kind: ProblemKind, how: str, other: Reading) -> Problem:
    where = f"{other.place[0]}:{other.place[1]}"
    return Problem(*reading.place, "device_id", kind, how, where)
