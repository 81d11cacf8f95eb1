"""Who the patients are: the roster's lines, episodes and papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from rtmaudit.facts.rows import rows_of
from rtmaudit.model import (
    ANYTHING,
    BillerType,
    Cause,
    Disposition,
    Fact,
    Program,
    Why,
)
from rtmaudit.tables import UNREADABLE
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


class Roster:
    """All enrolments. `columns` is None where there is no roster at all."""

    def __init__(self, frame: pd.DataFrame | None, columns: Iterable[str] = ()) -> None:
        self.columns: frozenset[str] | None = None if frame is None else frozenset(columns)
        self._clashes: list[tuple[int, int]] = []
        self._used: pd.DataFrame | None = None
        if frame is not None:
            there = [c for c in frame.columns if c in _ALWAYS or self.has(c)]
            self._used = frame.loc[frame["disposition"] == Disposition.USED, there]

    @cached_property
    def lines(self) -> dict[str, list[Enrolment]]:
        """Each patient's lines. Who only asks for ids needs none of them."""
        found: dict[str, list[Enrolment]] = {}
        for cells in rows_of(self._used) if self._used is not None else ():
            programs = cells["programs"] if isinstance(cells["programs"], tuple) else ()
            line, patient = Enrolment(programs, cells["line"], cells), cells["patient_id"]
            if patient in found:
                self._add(found[patient], line)
            else:
                found[patient] = [line]
        return found

    @property
    def clashes(self) -> list[tuple[int, int]]:
        """File and line of every second line of a patient for the same program."""
        return self._clashes if self.lines else []

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(self._used["patient_id"].tolist() if self._used is not None else ())

    def strangers(self, patients: Set[str]) -> set[str]:
        """Those who are not on the roster; nobody where there is none."""
        return set() if self.columns is None else set(patients - self._ids)

    def _add(self, before: list[Enrolment], line: Enrolment) -> None:
        for other in before:
            both_all = not line.programs and not other.programs
            if both_all or set(line.programs) & set(other.programs):
                self._clashes.append((line.cells["file"], line.line))
        before.append(line)

    def knows(self, patient: str) -> bool:
        """Whether the patient is on the roster, or there is none to be on."""
        return self.columns is None or patient in self._ids

    def has(self, column: str) -> bool:
        """Whether the roster has such a column."""
        return self.columns is not None and column in self.columns

    @property
    def tells_ends(self) -> bool:
        """Whether it has a column of anything that ends an episode."""
        return any(map(self.has, ENDS))

    def names(self, patient: str, program: Program) -> bool | None:
        """Whether the roster puts the patient in the program; None where it does not say."""
        lines = self.lines.get(patient, [])
        if any(program in line.programs for line in lines):
            return True
        return None if not all(line.programs for line in lines) or not lines else False

    def enrolment(self, patient: str, program: Program) -> Enrolment:
        """The line that stands for a program: the one naming it, else one that names none."""
        lines = self.lines.get(patient, [])
        for line in lines:
            if program in line.programs:
                return line
        return next((line for line in lines if not line.programs), NOBODY)

    def any_line(self, patient: str, program: Program) -> Enrolment:
        """The program's line, or any other: what is known of the person, whoever enrolled them."""
        own = self.enrolment(patient, program)
        lines = self.lines.get(patient, [])
        return own if own is not NOBODY or not lines else lines[0]

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
        value = line.cells.get("biller_type")
        return value if isinstance(value, BillerType) else default
