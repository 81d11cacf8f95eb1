"""Time and calls of each patient, line by line and in groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from rtmaudit.facts.groups import ByPatient
from rtmaudit.facts.keys import Ints
from rtmaudit.facts.ruling import Place, Ruling
from rtmaudit.facts.spans import Visit
from rtmaudit.model import LIVE_CONTACTS, Cause, Contact, Program, Role
from rtmaudit.tables import NOTHING, numbers_of, words_of


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


@dataclass(slots=True, eq=False, repr=False)
class TimeInGroups:
    """Time that came reduced, all of it beyond doubt, in groups `by` patient, from files of these
    `names`. The `columns` are those of `tables.GROUPED`, and days count from the `first`."""

    by: ByPatient
    columns: Mapping[str, npt.NDArray[Any]]
    names: Sequence[str]
    first: date

    def numbers(self, column: str, rows: Ints) -> Ints:
        """A column of some of the rows."""
        return self.columns[column][rows].astype(np.int64)

    def days(self, column: str, rows: Ints) -> Ints:
        """A column of days of some of the rows, as ordinals."""
        return self.numbers(column, rows) + self.first.toordinal()

    def entries(self, patient: str) -> Iterator[Entry]:
        """The stretches of time of a patient."""
        for row in self._of(patient):
            entry = Entry(
                patient,
                (self.names[row["file"]], 0),
                _PROGRAMS[row["program"]],
                _ROLES[row["role"]],
                _CONTACTS[row["contact"]],
                None,
                self._day(row["since"]),
                None,
                row["seconds"],
                row["seconds"],
            )
            entry.until = self._day(row["until"])
            yield entry

    def calls(self, patient: str) -> Iterator[Call]:
        """The live contacts of a patient; all lines of a group stand on its first day."""
        for row in self._of(patient):
            if row["contact"] in LIVE:
                place, day = (self.names[row["file"]], 0), self._day(row["since"])
                yield from [Call(_PROGRAMS[row["program"]], day, None, place)] * row["times"]

    def programs(self, patient: str) -> set[Program]:
        """The programs for which time of a patient was logged."""
        return {_PROGRAMS[row["program"]] for row in self._of(patient)}

    def _of(self, patient: str) -> Iterator[dict[str, int]]:
        rows = self.by.rows(patient)
        cells = [each[rows.start : rows.stop].tolist() for each in self.columns.values()]
        for row in zip(*cells, strict=True):
            yield dict(zip(self.columns, row, strict=True))

    def _day(self, number: int) -> date:
        return self.first + timedelta(number)


@dataclass(slots=True)
class TimeTables:
    """Everything about time, per patient: line by line, and in groups. `logged` are the patients of
    whom a line tells time in the judged days, by program. `has_*` tell which exports were there."""

    lines: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    groups: TimeInGroups | None = None
    calls: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    visits: Mapping[str, Sequence[Visit]] = field(default_factory=dict)
    logged: dict[Program, set[str]] = field(default_factory=lambda: defaultdict(set))
    has_log: bool = False
    has_contact: bool = False
    has_calls: bool = False

    def entries(self, patient: str) -> list[Entry]:
        """All stretches of time of a patient."""
        grouped = self.groups.entries(patient) if self.groups else ()
        return [*self.lines.get(patient, ()), *grouped]

    def contacts(self, patient: str) -> list[Call]:
        """All live contacts of a patient, certain or not."""
        grouped = self.groups.calls(patient) if self.groups else ()
        return [*self.calls.get(patient, ()), *grouped]

    def programs(self, patient: str) -> set[Program]:
        """The programs for which time of a patient was logged in the judged days."""
        grouped = self.groups.programs(patient) if self.groups else ()
        return {program for program, whom in self.logged.items() if patient in whom}.union(grouped)


_PROGRAMS, _ROLES, _CONTACTS = words_of(Program), words_of(Role), words_of(Contact)

LIVE = frozenset(numbers_of(Contact)[contact] for contact in LIVE_CONTACTS)
"""The numbers of live contacts."""


def time_in_groups(
    groups: pd.DataFrame, names: Sequence[str], first: date, default_role: Role | None
) -> TimeInGroups:
    """The groups that hold time in the judged days, which count from `first`."""
    rows = groups[groups["times"] > 0]
    columns = {column: rows[column].to_numpy() for column in _OF_TIME}
    if default_role is not None:
        role = columns["role"]
        columns["role"] = np.where(role == NOTHING, numbers_of(Role)[default_role], role)
    return TimeInGroups(ByPatient(rows["patient"]), columns, names, first)


_OF_TIME = ("file", "program", "role", "contact", "seconds", "times", "since", "until")


def union_length(pieces: Iterable[tuple[int, int]]) -> int:
    """Seconds covered by any of the pieces."""
    total, reached = 0, None
    for start, end in sorted(pieces):
        begin = start if reached is None else max(start, reached)
        total += max(0, end - begin)
        reached = end if reached is None else max(reached, end)
    return total
