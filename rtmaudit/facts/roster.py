"""Who the patients are: the roster's lines, episodes and papers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from rtmaudit.facts.keys import Ints
from rtmaudit.model import (
    ANYTHING,
    BillerType,
    Cause,
    Disposition,
    Fact,
    Program,
    Why,
)
from rtmaudit.tables import NOTHING, UNREADABLE
from rtmaudit.windows import Discharge, Episode

_STARTS = ("enrolled_on", "setup_on")
ENDS = ("ended_on", "goals_met_on", "died_on", "consent_revoked_on")


@dataclass(slots=True)
class Enrolment:
    """One line of the roster, that nobody changes. No programs: it stands for all."""

    programs: tuple[Program, ...] = ()
    line: int = 0
    cells: Mapping[Any, Any] = field(default_factory=dict)

    def day(self, column: str) -> date | None:
        """A day on file, or None."""
        value = self.cells.get(column)
        return value if isinstance(value, date) else None

    def text(self, column: str) -> str:
        """A text on file, or an empty one."""
        value = self.cells.get(column)
        return str(value) if value is not None and column in self.cells else ""

    @property
    def episode(self) -> Episode:
        """From enrolment, or else set-up, to the first thing that ended it."""
        return _episode(*map(self.cells.get, (*_STARTS, *ENDS)))

    @property
    def discharge(self) -> Discharge | None:
        """The discharge on file, and the visit after it."""
        on = self.day("discharged_on")
        return Discharge(on, self.day("visited_on")) if on else None


@lru_cache(maxsize=1 << 12)
def _episode(*cells: Any) -> Episode:
    """Most patients share the days of theirs with others."""
    starts, ends = (
        [cell for cell in some if isinstance(cell, date)]
        for some in (cells[: len(_STARTS)], cells[len(_STARTS) :])
    )
    return Episode(next(iter(starts), None), min(ends, default=None))


NOBODY = Enrolment()

_ALWAYS = ("patient_id", "programs", "file", "line")
"""Cells that are asked for whatever columns there are."""

MOST_MADE = 20_000
"""Lines that are kept once they were asked for."""


class Roster:
    """All enrolments. `columns` is None where there is no roster at all."""

    def __init__(self, frame: pd.DataFrame | None, columns: Iterable[str] = ()) -> None:
        self.columns: frozenset[str] | None = None if frame is None else frozenset(columns)
        self._cells: dict[str, list[Any]] = {"patient_id": []}
        if frame is not None:
            there = [c for c in frame.columns if c in _ALWAYS or self.has(c)]
            used = frame.loc[frame["disposition"] == Disposition.USED, there]
            self._cells = {column: used[column].tolist() for column in there}
            self._cells.setdefault("programs", [None] * len(used))
        self._first, self._several = _rows(self._cells["patient_id"])
        self._made: dict[int, Enrolment] = {}
        self._numbered: dict[str, tuple[Ints, list[Any]]] = {}

    @property
    def patients(self) -> Collection[str]:
        """Everybody who has a line."""
        return self._first.keys()

    def lines(self, patient: str) -> list[Enrolment]:
        """Everything that the roster says of one patient."""
        return [self._line(row) for row in self.rows(patient)]

    def rows(self, patient: str) -> Sequence[int]:
        """The numbers of a patient's lines, as `numbers` counts them."""
        if patient in self._several:
            return self._several[patient]
        return (self._first[patient],) if patient in self._first else ()

    def _line(self, row: int) -> Enrolment:
        if row == NOTHING:
            return NOBODY
        if row not in self._made:
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            cells = {column: cells[row] for column, cells in self._cells.items()}
            self._made[row] = Enrolment(_programs(cells["programs"]), cells["line"], cells)
        return self._made[row]

    def numbers(self, column: str) -> tuple[Ints, Sequence[Any]]:
        """A number for the cell of each line, by which lines with the same have the same, and what
        such cells hold; -1 where one holds nothing, and once more at the end: of no line."""
        if column not in self._numbered:
            cells = self._cells.get(column, [None] * len(self._cells["patient_id"]))
            known: dict[Any, int] = {None: NOTHING}
            found = [known.setdefault(cell, len(known) - 1) for cell in cells]
            self._numbered[column] = np.array([*found, NOTHING]), [*known][1:]
        return self._numbered[column]

    def with_day(self, columns: Iterable[str], first: date, last: date) -> set[str]:
        """Who has a line with a day from `first` to `last` in any of some columns."""
        found, patients = set[str](), self._cells["patient_id"]
        for column in filter(self.has, columns):
            numbers, said = self.numbers(column)
            wanted = [isinstance(cell, date) and first <= cell <= last for cell in said]
            rows = np.array([*wanted, False])[numbers[:-1]].nonzero()[0]
            found |= {patients[row] for row in rows.tolist()}
        return found

    @cached_property
    def clashes(self) -> list[tuple[int, int]]:
        """File and line of every second line of a patient for the same program."""
        return sorted(clash for patient in self._several for clash in _clashes(self.lines(patient)))

    def strangers(self, patients: Set[str]) -> set[str]:
        """Those who are not on the roster; nobody where there is none."""
        return set() if self.columns is None else set(patients - self._first.keys())

    def knows(self, patient: str) -> bool:
        """Whether the patient is on the roster, or there is none to be on."""
        return self.columns is None or patient in self._first

    def has(self, column: str) -> bool:
        """Whether the roster has such a column."""
        return self.columns is not None and column in self.columns

    @property
    def tells_ends(self) -> bool:
        """Whether it has a column of anything that ends an episode."""
        return any(map(self.has, ENDS))

    def names(self, patient: str, program: Program) -> bool | None:
        """Whether the roster puts the patient in the program; None where it does not say."""
        lines = self.lines(patient)
        if any(program in line.programs for line in lines):
            return True
        return None if not all(line.programs for line in lines) or not lines else False

    def row(self, patient: str, program: Program, *, own: bool) -> int:
        """The number of the line that stands for a program: the one naming it, else one that names
        none; where not only the `own`, else any. NOTHING where there is none."""
        rows = self.rows(patient)
        programs = [(row, self._line(row).programs) for row in rows]
        found = [row for row, named in programs if program in named]
        found += [row for row, named in programs if not named]
        return next(iter(found or (() if own else rows)), NOTHING)

    def enrolment(self, patient: str, program: Program) -> Enrolment:
        """The program's own line."""
        return self._line(self.row(patient, program, own=True))

    def any_line(self, patient: str, program: Program) -> Enrolment:
        """The program's line, or any other: what is known of the person, whoever enrolled them."""
        return self._line(self.row(patient, program, own=False))

    def paper(self, line: Enrolment, column: str) -> Fact:
        """A paper, a word or a list on file: there, not there, in doubt, or in no column."""
        if not self.has(column):
            return Fact.unknown(Cause.NO_COLUMN)
        value = line.cells.get(column)
        if value == UNREADABLE:
            return Fact(None, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE)
        return Fact.known(value)

    def biller_type(self, line: Enrolment, default: BillerType | None) -> BillerType | None:
        """Who bills, or None where it is not known."""
        return biller_of(line.cells.get("biller_type"), default)


def biller_of(cell: Any, default: BillerType | None) -> BillerType | None:
    """Who bills by a cell of the roster."""
    return cell if isinstance(cell, BillerType) else default


def _rows(patients: Sequence[str]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """The first line of each patient, and all of those who have several."""
    first: dict[str, int] = {}
    several: dict[str, list[int]] = {}
    for row, patient in enumerate(patients):
        if first.setdefault(patient, row) != row:
            several.setdefault(patient, [first[patient]]).append(row)
    return first, several


def _clashes(lines: Sequence[Enrolment]) -> Iterator[tuple[int, int]]:
    for n, line in enumerate(lines):
        for other in lines[:n]:
            both_all = not line.programs and not other.programs
            if both_all or set(line.programs) & set(other.programs):
                yield line.cells["file"], line.line


def _programs(cell: Any) -> tuple[Program, ...]:
    """The programs of a line; a cell that cannot be read names none."""
    return cell if isinstance(cell, tuple) else ()
